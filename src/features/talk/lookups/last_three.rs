//! What happened to the last three?

use super::state;
use crate::domain::trouble::Trouble;
use crate::domain::watch::State;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::plain;
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use futures::future::BoxFuture;

pub const LAST_THREE: Spoken = Spoken {
    says: ["what happened to the last three releases of payments?", "payments 최근 배포 세 개는 어떻게 됐어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bhow\b.*\b(?:did|have|were)\b.*\blast (?:\w+ )?(?:releases?|deployments?|deploys|changes|notes|ones?)\b",
        r"\bwhat (?:happened|became|came)\b.*\b(?:last|previous|latest) (?:\w+ )?(?:releases?|deployments?|deploys?|changes?|notes?|ones?)\b",
        r"\b(?:last|previous) three\b",
        r"(?:최근|지난|마지막).*(?:배포|릴리스|노트).*(?:어떻게|어땠|결과)",
    ],
    fits: |_| true,
    answer,
};

const LOOKED_AT: usize = 200;
const TOLD: usize = 3;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let (language, zone) = (asked.language, context.zone_of(asked.note.as_ref()));
        let own: Vec<String> = match &asked.note {
            Some(note) if asked.services.is_empty() => note.services().map(str::to_owned).collect(),
            _ => asked.services.clone(),
        };
        let mut watches = context.records.watches.list(LOOKED_AT).await.map_err(store_trouble)?;
        watches.sort_by_key(|watch| std::cmp::Reverse(watch.at));
        let mut lines = Vec::new();
        for watch in watches {
            let found = context.records.notes.get(watch.note).await.map_err(store_trouble)?;
            let Some((note, _)) = found else { continue };
            let is_asked = asked.note.as_ref().is_some_and(|own| own.id == note.id);
            if is_asked || !(own.is_empty() || note.services().any(|name| own.iter().any(|one| one == name))) {
                continue;
            }
            let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
            let title = latest.map_or_else(|| note.subject(), |revision| plain(revision.title()));
            let finding = watch.findings.first().map(|finding| format!(" · {finding}")).unwrap_or_default();
            lines.push(text::LAST_LINE.of(
                language,
                &[
                    ("id", &note.id),
                    ("url", &context.note_url(note.id)),
                    ("title", &title),
                    ("at", &language.moment(watch.at, zone)),
                    ("state", &state(watch.worst.unwrap_or(State::NotEnough), language)),
                    ("finding", &finding),
                ],
            ));
            if lines.len() == TOLD {
                break;
            }
        }
        if lines.is_empty() {
            return Ok(Reply::text(text::LAST_NONE.plain(language)));
        }
        lines.insert(0, text::LAST_HEAD.of(language, &[("count", &lines.len())]));
        Ok(Reply::text(lines.join("\n")))
    })
}
