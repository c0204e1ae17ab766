//! How is a section's value drawn? Text as CommonMark, lists as lists, checklists as boxes, objects as a table.

use crate::page::markdown::{Manner, html, line};
use minijinja::Value as Drawn;
use serde::Serialize;
use serde_json::Value;

/// More entries than this are folded away in a table's cell.
const FOLDED: usize = 6;

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shape {
    Empty,
    Text { html: Drawn },
    Word { html: Drawn },
    Checks { items: Vec<Drawn> },
    Items { items: Vec<Drawn> },
    Table { columns: Vec<String>, rows: Vec<Vec<Cell>> },
}

#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    entries: Vec<Drawn>,
    /// `41 commits`: what stands for many entries until they are opened.
    folded: Option<String>,
    /// Sentences rather than words: one below the other.
    lines: bool,
}

/// `group` tells a checklist from a list.
pub fn shape(group: &str, value: &Value) -> Shape {
    match value {
        Value::Null => Shape::Empty,
        Value::String(text) if text.trim().is_empty() => Shape::Empty,
        Value::String(text) if is_word(text) => Shape::Word { html: safe(line(&format!("`{text}`"))) },
        Value::String(text) => Shape::Text { html: safe(html(text, Manner::default())) },
        Value::Array(items) if items.is_empty() => Shape::Empty,
        Value::Array(items) if items.iter().all(Value::is_object) => table(items),
        Value::Array(items) if group.starts_with("checklist") => {
            Shape::Checks { items: items.iter().map(entry).collect() }
        }
        Value::Array(items) => Shape::Items { items: items.iter().map(entry).collect() },
        Value::Object(_) => table(std::slice::from_ref(value)),
        Value::Bool(_) | Value::Number(_) => Shape::Word { html: safe(line(&value.to_string())) },
    }
}

/// `REDEPLOY_NO_BUILD`, `v2.4.0`: one of a list of choices rather than a sentence.
fn is_word(text: &str) -> bool {
    !text.contains(char::is_whitespace) && text.len() <= 60 && !text.contains('`')
}

fn table(rows: &[Value]) -> Shape {
    let mut keys: Vec<&str> = Vec::new();
    for key in rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()) {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let filled = |key: &&str| rows.iter().any(|row| !matches!(shape("", &row[*key]), Shape::Empty));
    keys.retain(|key| filled(key));
    let row = |row: &Value| keys.iter().map(|key| cell(key, &row[*key])).collect();
    Shape::Table { columns: keys.iter().map(|key| words(key)).collect(), rows: rows.iter().map(row).collect() }
}

fn cell(key: &str, value: &Value) -> Cell {
    match value {
        Value::Null => Cell { entries: Vec::new(), folded: None, lines: false },
        Value::Array(items) => {
            let folded = (items.len() > FOLDED).then(|| format!("{} {}", items.len(), words(key).to_lowercase()));
            let entries = items.iter().map(|item| entry(&reference(key, item))).collect();
            let lines = items.len() > 1 && items.iter().filter_map(Value::as_str).any(|text| text.contains(' '));
            Cell { entries, folded, lines }
        }
        other => Cell { entries: vec![entry(other)], folded: None, lines: false },
    }
}

/// Pull requests are numbers, and said as `#812`.
fn reference(key: &str, item: &Value) -> Value {
    match item {
        Value::Number(number) if key == "pull_requests" => Value::String(format!("#{number}")),
        other => other.clone(),
    }
}

fn entry(value: &Value) -> Drawn {
    match value {
        Value::String(text) => safe(line(text)),
        other => safe(line(&other.to_string())),
    }
}

/// `communityChannel` → `Community channel`, `pull_requests` → `Pull requests`.
fn words(key: &str) -> String {
    let mut words = String::new();
    for letter in key.chars() {
        match letter {
            '_' | '-' => words.push(' '),
            _ if words.is_empty() => words.extend(letter.to_uppercase()),
            _ if letter.is_uppercase() => {
                words.push(' ');
                words.extend(letter.to_lowercase());
            }
            _ => words.push(letter),
        }
    }
    words
}

fn safe(html: String) -> Drawn {
    Drawn::from_safe_string(html)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_read_as_words() {
        assert_eq!(words("communityChannel"), "Community channel");
        assert_eq!(words("pull_requests"), "Pull requests");
    }

    #[test]
    fn each_kind_of_value_has_its_shape() {
        assert!(matches!(shape("", &json!("  ")), Shape::Empty));
        assert!(matches!(shape("", &json!("REDEPLOY")), Shape::Word { .. }));
        assert!(matches!(shape("", &json!("Deploy it again.")), Shape::Text { .. }));
        assert!(matches!(shape("checklistGroup", &json!(["a"])), Shape::Checks { .. }));
        assert!(matches!(shape("noteDetails", &json!(["a"])), Shape::Items { .. }));
        let Shape::Table { columns, rows } = shape("", &json!([{ "repository": "pay", "tickets": [], "from": "v1" }]))
        else {
            panic!("objects make a table");
        };
        assert_eq!(columns, ["Repository", "From"], "an empty column says nothing");
        assert_eq!(rows[0].len(), 2);
    }
}
