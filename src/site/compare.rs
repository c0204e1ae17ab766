//! What did one revision change against another? Section by section, line by line.

use crate::domain::note::{Revision, Section};
use crate::page::visible::visible;
use diffy::{DiffOptions, Line};
use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Part {
    pub title: String,
    pub lines: Vec<Row>,
}

#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Row {
    /// `same`, `added`, `removed`, or `skipped` between two places.
    pub kind: &'static str,
    pub text: String,
}

/// The sections whose value differs, in the order of the newer revision; removed ones last.
pub fn sections(before: &Revision, after: &Revision) -> Vec<Part> {
    let changed = after.sections.iter().filter_map(|section| {
        let old = before.section(&section.key).map(text).unwrap_or_default();
        part(section, &old, &text(section))
    });
    let removed = before.sections.iter().filter(|section| after.section(&section.key).is_none());
    changed.chain(removed.filter_map(|section| part(section, &text(section), ""))).collect()
}

fn part(section: &Section, old: &str, new: &str) -> Option<Part> {
    if old == new {
        return None;
    }
    let mut options = DiffOptions::new();
    options.set_context_len(2);
    let patch = options.create_patch(old, new);
    let mut lines = Vec::new();
    for (index, hunk) in patch.hunks().iter().enumerate() {
        if index > 0 {
            lines.push(Row { kind: "skipped", text: "…".to_owned() });
        }
        lines.extend(hunk.lines().iter().map(|line| match line {
            Line::Context(text) => row("same", text),
            Line::Delete(text) => row("removed", text),
            Line::Insert(text) => row("added", text),
        }));
    }
    Some(Part { title: section.title.clone(), lines })
}

fn row(kind: &'static str, text: &str) -> Row {
    let sign = match kind {
        "added" => "+ ",
        "removed" => "− ",
        _ => "  ",
    };
    Row { kind, text: format!("{sign}{}", visible(text.trim_end_matches('\n'))) }
}

/// A value as lines: text as it is, one line per entry of a list, anything else as JSON.
fn text(section: &Section) -> String {
    let text = match &section.value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        Value::Null => String::new(),
        other => format!("{other:#}"),
    };
    if text.is_empty() { text } else { text + "\n" }
}
