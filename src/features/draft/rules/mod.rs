//! What does the note say when no model words it? One file per kind of section, all from facts.

pub mod phrase;

mod announcement;
mod changes;
mod checklist;
mod checks;
mod downtime;
mod effects;
mod impact;
mod monitoring;
mod people;
mod published;
mod repositories;
mod rollback;
mod several;
mod steps;
mod story;
mod summary;
mod title;
pub mod work;

use crate::domain::draft::{Field, Proposal};
use crate::domain::note::Writer;
use crate::features::draft::Material;
use serde_json::Value;
use story::Story;

/// Writes one section; `None` when the facts say nothing about it. Text carries its citations in brackets.
type Tell = fn(&Story<'_>, &Field) -> Option<Value>;

/// Who may fill a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// A choice, a number or a name: never asked of a model, and no sentence that could cite.
    Code,
    /// A list of facts as they are, each cited: never asked of a model.
    Facts,
    /// A text: rules write it when no model does.
    Words,
}

const SECTIONS: [(&str, By, Tell); 23] = [
    ("title", By::Words, title::title),
    ("summary", By::Words, summary::summary),
    ("purpose", By::Words, summary::purpose),
    ("changes", By::Words, changes::changes),
    ("impact", By::Words, impact::impact),
    ("effects_on_services", By::Words, effects::effects),
    ("target", By::Words, impact::target),
    ("deployment_order", By::Facts, several::order),
    ("steps", By::Words, steps::steps),
    ("expected_downtime", By::Words, downtime::downtime),
    ("rollback_strategy", By::Code, rollback::strategy),
    ("rollback_scenario", By::Words, rollback::scenario),
    ("monitoring_scenario", By::Words, monitoring::scenario),
    ("signals", By::Words, monitoring::signals),
    ("before", By::Words, checklist::before),
    ("after", By::Words, checklist::after),
    ("operators", By::Code, people::operators),
    ("repositories", By::Facts, repositories::repositories),
    ("announce_channel", By::Code, |_, _| None),
    ("dashboards", By::Code, people::dashboards),
    ("open_points", By::Facts, |_, _| None),
    ("checks", By::Facts, checks::checks),
    ("announcement", By::Words, announcement::announcement),
];

/// The rule-made values of all fields the rules know something about.
pub fn propose(material: &Material, fields: &[Field]) -> Vec<Proposal> {
    let story = Story::of(material);
    fields
        .iter()
        .filter_map(|field| {
            let (_, _, tell) = SECTIONS.iter().find(|(key, ..)| *key == field.key)?;
            let value = if let Some(worked) = &material.work {
                work::tell(material, worked, field)
            } else if material.is_several() {
                several::tell(material, field, *tell)
            } else {
                tell(&story, field)
            }?;
            Some(Proposal { key: field.key.clone(), value, writer: Writer::Rules })
        })
        .collect()
}

/// Is this a section that code decides (a choice, names, versions) and that no model is asked for?
pub fn decided_by_code(key: &str) -> bool {
    SECTIONS.iter().any(|(known, by, _)| *known == key && *by != By::Words)
}

/// Is it a list of facts, which stands only where there are some?
pub fn lists_facts(key: &str) -> bool {
    SECTIONS.iter().any(|(known, by, _)| *known == key && *by == By::Facts)
}

/// Do its sentences cite? Choices, numbers and names do not.
pub fn cites(key: &str) -> bool {
    !SECTIONS.iter().any(|(known, by, _)| *known == key && *by == By::Code)
}

/// Do the rules know this section at all? A team's own does not.
pub fn know(key: &str) -> bool {
    SECTIONS.iter().any(|(known, ..)| *known == key)
}

/// A text as a section's value; nothing for an empty one.
fn text(text: String) -> Option<Value> {
    (!text.is_empty()).then_some(Value::String(text))
}

/// Entries as a section's value: the schema decides whether they are a list or one text.
fn entries(entries: Vec<String>, field: &Field) -> Option<Value> {
    if entries.is_empty() {
        return None;
    }
    if field.schema.get("type").and_then(Value::as_str) == Some("array") {
        return Some(Value::Array(entries.into_iter().map(Value::String).collect()));
    }
    let lines: Vec<String> = entries.into_iter().map(|entry| format!("- {entry}")).collect();
    text(lines.join("\n"))
}

#[cfg(test)]
pub mod tests;
