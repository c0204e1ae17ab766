//! Did this happen before, and what ended it?

use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::recall::{Found, Wanted};
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use futures::future::BoxFuture;

pub const SIMILAR: Spoken = Spoken {
    says: ["did this happen before?", "전에도 이런 일이 있었어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\b(?:happened|happen|seen|had) (?:this |it |that )?before\b|\bsimilar (?:incidents?|outages?|past)\b|\bincidents? like\b|\blike this before\b",
        r"전에.*(?:있었|겪|발생)|비슷한\s*(?:인시던트|장애|사고)|유사한\s*(?:인시던트|장애|사고)",
    ],
    fits: |_| true,
    answer,
};

const TOLD: usize = 3;
/// Below this an incident is like anything.
const LEAST: f32 = 0.30;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let about = match (&asked.incident, &asked.note) {
            (Some(incident), _) => incident.whole(),
            (None, Some(note)) => {
                let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
                latest
                    .map(|revision| {
                        format!("{}\n{}\n{}", revision.title(), revision.text("summary"), revision.text("changes"))
                    })
                    .unwrap_or_default()
            }
            (None, None) => String::new(),
        };
        let own = asked.incident.as_ref().map(|incident| incident.id);
        let wanted = Wanted {
            services: asked.services.clone(),
            place: Some(asked.heard.place.clone()),
            ..Wanted::text(format!("{}\n{about}", asked.text))
        };
        let found = context.recall.find(&[wanted], TOLD + 1).await?.pop().unwrap_or_default();
        let count = context.recall.means().await?.incidents;
        let alike: Vec<&Found> =
            found.iter().filter(|one| Some(one.incident.id) != own && one.hit.score >= LEAST).take(TOLD).collect();
        if alike.is_empty() {
            return Ok(Reply::text(text::SIMILAR_NONE.of(language, &[("count", &count)])));
        }
        let mut lines = vec![text::SIMILAR_HEAD.of(language, &[("count", &count)])];
        lines.extend(alike.into_iter().map(|one| one.line(language)));
        Ok(Reply::text(lines.join("\n")))
    })
}
