//! A section in a person's hands: may it be edited, and how does it read as plain text?

use crate::domain::note::{Revision, Section};
use serde_json::Value;

/// Text and lists of text can be typed; tables of facts are code's.
pub fn editable(section: &Section) -> bool {
    match &section.value {
        Value::String(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    }
}

/// Lists have one item per line.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// ``edited `Title` and `Summary` ``, for the history.
pub fn what_changed(old: &Revision, new: &Revision) -> String {
    let changed = new
        .sections
        .iter()
        .filter(|section| old.section(&section.key).is_none_or(|before| before.value != section.value));
    let names: Vec<String> = changed.map(|section| format!("`{}`", section.title)).collect();
    match names.split_last() {
        None => "changed nothing".to_owned(),
        Some((one, [])) => format!("edited {one}"),
        Some((last, others)) => format!("edited {} and {last}", others.join(", ")),
    }
}
