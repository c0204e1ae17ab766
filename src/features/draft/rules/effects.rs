//! What must other services know or do because of this change?

use super::phrase::{cited, short, told};
use super::story::Story;
use crate::domain::digest::{RiskKind, Severity};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// How many contracts are told one by one.
const SHOWN: usize = 8;

pub fn effects(story: &Story<'_>, _: &Field) -> Option<Value> {
    let mut lines: Vec<String> = Vec::new();
    for breaking in story.digest.breaking.iter().take(SHOWN) {
        let text = short(breaking.text.trim_end_matches('.'), 300);
        let text = format!("{text}: whoever relies on the old behaviour must adapt before this goes out");
        lines.push(told(&text, std::slice::from_ref(&breaking.id)));
    }
    for (kind, duty) in [
        (RiskKind::Api, "Its callers need to know before it goes out"),
        (RiskKind::Schema, "Its readers and writers need to know before it goes out"),
        (RiskKind::Migration, "Whatever else reads this database sees the new schema as soon as the migration ran"),
        (RiskKind::Permission, "Check who gains or loses access"),
    ] {
        let risks: Vec<_> = story.of_kind(kind).filter(|risk| risk.severity > Severity::Low).collect();
        let Some(first) = risks.first() else { continue };
        let ids: Vec<FactId> = risks.iter().take(SHOWN).map(|risk| risk.id.clone()).collect();
        let more =
            if risks.len() > 1 { format!(" (and {} more of this kind)", risks.len() - 1) } else { String::new() };
        lines.push(format!(
            "{} {duty}{}.",
            told(&format!("{}{more}", first.title.trim_end_matches('.')), std::slice::from_ref(&first.id)),
            cited(&ids)
        ));
    }
    match lines.as_slice() {
        [] => nothing(story),
        [one] => super::text(one.clone()),
        many => super::text(many.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")),
    }
}

fn nothing(story: &Story<'_>) -> Option<Value> {
    super::text(format!(
        "None found: the diff removes or changes no route, message, schema or exported item{}.",
        cited(&story.range())
    ))
}
