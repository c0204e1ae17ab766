//! What is on watch?

use super::state;
use crate::domain::trouble::Trouble;
use crate::domain::watch::{State, Watch};
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::plain;
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use chrono::TimeDelta;
use futures::future::BoxFuture;

pub const WATCHED: Spoken = Spoken {
    says: ["what is on watch?", "지금 뭘 관찰하고 있어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\b(?:on|under) watch\b|\bbeing watched\b|\bwatching\b",
        r"\bhow is (?:it|the (?:release|deployment|rollout)|note \d+) (?:doing|going|looking)\b",
        r"관찰|지켜보|모니터링하고",
    ],
    fits: |_| true,
    answer,
};

const LOOKED_AT: usize = 200;
const LISTED: usize = 15;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let mut watches = context.records.watches.list(LOOKED_AT).await.map_err(store_trouble)?;
        watches.retain(|watch| watch.end.is_none());
        watches.retain(|watch| {
            asked.services.is_empty() || watch.services.iter().any(|name| asked.services.contains(name))
        });
        if let Some(note) = asked.note.as_ref().filter(|note| watches.iter().any(|watch| watch.note == note.id)) {
            watches.retain(|watch| watch.note == note.id);
        }
        if watches.is_empty() {
            return Ok(Reply::text(text::WATCH_NONE.plain(language)));
        }
        let mut lines = vec![text::WATCH_HEAD.plain(language)];
        for watch in watches.iter().take(LISTED) {
            lines.push(line(context, asked, watch));
            lines.extend(watch.findings.iter().take(3).map(|finding| format!("  - {finding}")));
        }
        if watches.len() > LISTED {
            lines.push(text::MORE.of(language, &[("count", &(watches.len() - LISTED))]));
        }
        Ok(Reply::text(lines.join("\n")))
    })
}

fn line(context: &Context, asked: &Asked<'_>, watch: &Watch) -> String {
    let (language, zone) = (asked.language, context.zone_of(asked.note.as_ref()));
    let next = watch.plan.iter().find(|after| !watch.checkpoints.iter().any(|known| known.after == **after));
    let next = next.map(|after| language.moment(watch.at + TimeDelta::seconds(*after), zone));
    let next = next.map(|at| text::WATCH_NEXT.of(language, &[("at", &at)])).unwrap_or_default();
    text::WATCH_LINE.of(
        language,
        &[
            ("id", &watch.note),
            ("url", &context.note_url(watch.note)),
            ("services", &plain(&watch.services.join(", "))),
            ("at", &language.moment(watch.at, zone)),
            ("state", &state(watch.state.unwrap_or(State::NotEnough), language)),
            ("next", &next),
        ],
    )
}
