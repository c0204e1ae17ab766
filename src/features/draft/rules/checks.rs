//! What does continuous integration say, and what runs where?

use super::phrase::told;
use super::story::Story;
use crate::domain::draft::Field;
use serde_json::Value;
use std::slice::from_ref;

/// One entry per fact; nothing where nobody was asked or nothing ran.
pub fn checks(story: &Story<'_>, _: &Field) -> Option<Value> {
    let outside = &story.digest.outside;
    let facts = outside.checks.iter().chain(&outside.live);
    let lines: Vec<String> = facts.map(|fact| format!("- {}", told(&fact.text, from_ref(&fact.id)))).collect();
    super::text(lines.join("\n"))
}
