//! What a team's own notes teach: a draft gets what the team always adds and does without what it always deletes.
//!
//! `learn` compares what was drafted with what people made of it; `shape` applies what was learnt or stated; code does
//! both, so that they hold with any model and with none.

mod alike;
pub mod command;
pub mod forget;
mod learn;
mod names;
mod shape;
mod taught;
mod words;

pub use shape::{facts, shaped};
pub use taught::taught;

use crate::domain::draft::Field;
use crate::domain::note::Revision;
use crate::domain::preference::Preference;
use crate::features::draft::rules;
use crate::features::draft::schema::is_prose;
use serde_json::Value;

/// What a draft may learn from: the newest notes of the workspace, newest first, and what its team wants.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    pub notes: Vec<Revision>,
    pub preferences: Vec<Preference>,
}

impl Memory {
    /// Notes that are remembered; examples are chosen among them.
    pub const NOTES: usize = 20;

    /// The newest, which shape tone and habits.
    pub fn recent(&self) -> impl Iterator<Item = &Revision> {
        self.notes.iter().take(5)
    }
}

/// Lists of words, and texts that the rules know, are shaped by habits. A title, a choice or a table is not, nor is a list of
/// facts.
pub fn is_shaped(field: &Field) -> bool {
    let is_list = field.schema.get("type").and_then(Value::as_str) == Some("array");
    let holds_facts = rules::lists_facts(&field.key);
    is_prose(field) && !holds_facts && (is_list || (rules::know(&field.key) && field.key != "title"))
}

/// A section's value, entry by entry; of a text its lines, without their list markers.
fn entries(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::String(text) => text.lines().map(bare).filter(|line| !line.is_empty()).collect(),
        _ => Vec::new(),
    }
}

fn bare(line: &str) -> &str {
    let line = line.trim();
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).unwrap_or(line).trim()
}
