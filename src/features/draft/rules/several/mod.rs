//! What does the note say when several modules go out together? What each needs under its name, and what they need together.

mod bonds;
mod order;
mod rollback;

pub use order::order;

use super::phrase::name;
use super::story::Story;
use super::{Tell, summary};
use crate::domain::draft::Field;
use crate::features::draft::{Material, Read};
use serde_json::Value;

/// Entries of a list when its schema names no limit.
const ENTRIES: usize = 30;

/// One section over all modules.
pub fn tell(material: &Material, field: &Field, tell: Tell) -> Option<Value> {
    let whole = Story::of(material);
    match field.key.as_str() {
        "title" | "operators" | "dashboards" | "announce_channel" | "announcement" | "deployment_order" => {
            tell(&whole, field)
        }
        "summary" => super::text(summary::together(&whole)),
        "rollback_strategy" => rollback::strategy(material, field),
        "rollback_scenario" => {
            let each = under_names(material, field, tell)?;
            let text = format!("{}\n\n{}", rollback::together(material), each.as_str().unwrap_or_default());
            Some(fitting(text, field, || tell(&whole, field)))
        }
        "repositories" => {
            Some(all(material, field, tell).into_iter().flat_map(entries).map(|(_, entry)| entry).collect())
        }
        _ => match field.schema["type"].as_str() {
            Some("array") => listed(material, field, tell),
            _ => {
                let each = under_names(material, field, tell)?;
                let text = each.as_str().unwrap_or_default().to_owned();
                Some(fitting(text, field, || tell(&whole, field)))
            }
        },
    }
}

/// What each module has to say, in the order of deployment.
fn all<'a>(material: &'a Material, field: &Field, tell: Tell) -> Vec<(&'a Read, Value)> {
    let told = |read: &'a Read| Some((read, tell(&Story::of_module(material, read), field)?));
    material.modules.iter().filter_map(told).collect()
}

fn entries((read, value): (&Read, Value)) -> Vec<(&Read, Value)> {
    match value {
        Value::Array(entries) => entries.into_iter().map(|entry| (read, entry)).collect(),
        other => vec![(read, other)],
    }
}

/// The texts of the modules, each under a heading.
fn under_names(material: &Material, field: &Field, tell: Tell) -> Option<Value> {
    let parts: Vec<String> = all(material, field, tell)
        .iter()
        .filter_map(|(read, value)| Some(format!("### {}\n\n{}", read.service.name, value.as_str()?)))
        .collect();
    super::text(parts.join("\n\n"))
}

/// Entries of all modules, each with its module; where the list has no room for all, each module keeps its first.
fn listed(material: &Material, field: &Field, tell: Tell) -> Option<Value> {
    let most = field.schema["maxItems"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(ENTRIES);
    let share = (most / material.modules.len()).max(1);
    let told = all(material, field, tell).into_iter().flat_map(|one| entries(one).into_iter().take(share));
    let lines: Vec<Value> = told
        .filter_map(|(read, entry)| Some(Value::from(format!("{}: {}", name(&read.service.name), entry.as_str()?))))
        .take(most)
        .collect();
    (!lines.is_empty()).then_some(Value::Array(lines))
}

/// The text, or a shorter telling when the schema has no room for it; citations do not count, they are taken out.
fn fitting(text: String, field: &Field, shorter: impl Fn() -> Option<Value>) -> Value {
    let most = field.schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let mut depth = 0_usize;
    let shown = text.chars().filter(|letter| {
        depth = if *letter == '[' { depth + 1 } else { depth };
        let counts = depth == 0;
        depth = if *letter == ']' { depth.saturating_sub(1) } else { depth };
        counts
    });
    let fits = shown.count() <= most;
    let shorter = if fits { None } else { shorter() };
    shorter.unwrap_or(Value::String(text))
}
