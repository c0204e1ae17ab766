//! What did we leave out of the note?

use super::{head, note};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::thousands;
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use futures::future::BoxFuture;
use std::collections::BTreeSet;

pub const LEFT_OUT: Spoken = Spoken {
    says: ["what did we leave out of note 7?", "노트 7에서 뭐가 빠졌어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\b(?:leave|left|leaving)\b.*\bout\b|\bwhat(?:'s| is)? missing\b|\bnot (?:in|covered by) (?:it|the note)\b|\bwhat (?:did|could) (?:you|slipway) not (?:read|see)\b",
        r"빠졌|빠진|빠뜨|누락|못\s*읽",
    ],
    fits: |_| true,
    answer,
};

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let (language, note) = (asked.language, note(context, asked).await?);
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let Some(revision) = latest else { return Err(Trouble::refused(text::NO_NOTE.plain(language))) };
        let seen = &revision.seen;
        let mut lines = vec![format!(
            "{}{}",
            head(context, asked, &note).await?,
            text::LEFT_READ.of(
                language,
                &[
                    ("read", &thousands(seen.files_read)),
                    ("total", &thousands(seen.files_total)),
                    ("by_name", &thousands(seen.files_by_name)),
                ],
            )
        )];
        let gaps =
            revision.modules.iter().flat_map(|module| module.background.gaps.iter().map(|gap| gap.sentence.as_str()));
        let cited =
            revision.facts.iter().filter(|fact| fact.id.parts().1.starts_with("gap:")).map(|fact| fact.text.as_str());
        let all: BTreeSet<&str> = gaps.chain(cited).chain(revision.remarks.iter().map(String::as_str)).collect();
        if all.is_empty() {
            lines.push(text::LEFT_NOTHING.plain(language));
            return Ok(Reply::text(lines.join(" ")));
        }
        lines.push(text::LEFT_HEAD.plain(language));
        let listed: Vec<String> = all.iter().map(|sentence| format!("- {sentence}")).collect();
        Ok(Reply::text(format!("{}\n{}", lines.join(" "), listed.join("\n"))))
    })
}
