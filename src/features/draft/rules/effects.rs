//! What must other services know or do because of this change?

use super::phrase::{cited, count, short, told};
use super::story::Story;
use crate::domain::digest::{RiskKind, Severity};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// How many contracts are told one by one.
const SHOWN: usize = 8;

pub fn effects(story: &Story<'_>, _: &Field) -> Option<Value> {
    let mut lines: Vec<String> = Vec::new();
    for breaking in story.announced().into_iter().take(SHOWN) {
        let text = short(breaking.text.trim_end_matches('.'), 300);
        let text = format!("{text}: whoever relies on the old behaviour must adapt before this goes out");
        lines.push(told(&text, std::slice::from_ref(&breaking.id)));
    }
    let told_by_api = story.of_kind(RiskKind::Api).any(|risk| risk.severity > Severity::Low);
    if !told_by_api {
        lines.extend(removals(story));
    }
    for (kind, duty) in [
        (RiskKind::Api, "Its callers need to know before it goes out"),
        (RiskKind::Schema, "Its readers and writers need to know before it goes out"),
        (RiskKind::Migration, "Whatever else reads this database sees the new schema as soon as the migration ran"),
        (RiskKind::Permission, "Check who gains or loses access"),
    ] {
        let risks: Vec<_> = story.of_kind(kind).filter(|risk| risk.severity > Severity::Low).collect();
        let Some(first) = risks.first() else { continue };
        let mut ids: Vec<FactId> = risks.iter().take(SHOWN).map(|risk| risk.id.clone()).collect();
        if kind == RiskKind::Api {
            ids.extend(story.removed().iter().map(|breaking| breaking.id.clone()));
        }
        let more =
            if risks.len() > 1 { format!(" (and {} more of this kind)", risks.len() - 1) } else { String::new() };
        lines.push(format!(
            "{} {duty}{}.",
            told(&format!("{}{more}", first.title.trim_end_matches('.')), std::slice::from_ref(&first.id)),
            cited(&ids)
        ));
    }
    if lines.is_empty() && story.digest.outside.affected.is_empty() {
        return nothing(story);
    }
    if lines.is_empty() {
        lines.push(told(&format!("None found in the code: {}", unseen(story)), &story.range()));
    }
    lines.extend(dependents(story));
    match lines.as_slice() {
        [one] => super::text(one.clone()),
        many => super::text(many.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")),
    }
}

/// Services that depend on what changes, nearest first.
fn dependents(story: &Story<'_>) -> Vec<String> {
    let affected = &story.digest.outside.affected;
    let mut lines: Vec<String> =
        affected.iter().take(SHOWN).map(|fact| told(&fact.text, std::slice::from_ref(&fact.id))).collect();
    let rest: Vec<FactId> = affected.iter().skip(SHOWN).map(|fact| fact.id.clone()).collect();
    if !rest.is_empty() {
        lines.push(told(&format!("{} further away may feel it too", count(rest.len(), "service")), &rest));
    }
    lines
}

/// Removals nobody announced, in one line.
fn removals(story: &Story<'_>) -> Option<String> {
    let removed = story.removed();
    let ids: Vec<FactId> = removed.iter().map(|breaking| breaking.id.clone()).collect();
    let texts: Vec<&str> = removed.iter().take(3).map(|breaking| breaking.text.trim_end_matches('.')).collect();
    let more = match removed.len().saturating_sub(texts.len()) {
        0 => String::new(),
        n => format!("; {}", count(n, "more removal")),
    };
    let text = format!("{}{more}: whoever uses it from outside must adapt before this goes out", texts.join("; "));
    (!texts.is_empty()).then(|| told(&text, &ids))
}

fn nothing(story: &Story<'_>) -> Option<Value> {
    let text = if story.is_blind() {
        "Unknown: the contents of the changed files could not be read".to_owned()
    } else {
        format!("None found: {}", unseen(story))
    };
    super::text(told(&text, &story.range()))
}

fn unseen(story: &Story<'_>) -> String {
    format!("no route, message, schema or exported item was seen to go or change {}", story.where_looked())
}
