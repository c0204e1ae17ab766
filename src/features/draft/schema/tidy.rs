//! How is a value cleaned up, and how is it told what is wrong with it?

use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// Trimmed, newlines normalised, empty and repeated entries removed.
pub fn tidy(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(tidy_text(&text)),
        Value::Array(items) => {
            let mut kept: Vec<Value> = Vec::with_capacity(items.len());
            for item in items.into_iter().map(tidy) {
                if item != Value::String(String::new()) && !kept.contains(&item) {
                    kept.push(item);
                }
            }
            Value::Array(kept)
        }
        other => other,
    }
}

/// Unix newlines, no trailing blanks, at most one empty line in a row.
fn tidy_text(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

/// A validation error as a person or a model can act on it.
pub fn in_words(error: &jsonschema::ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let prefix = match place.trim_start_matches('/') {
        "" => String::new(),
        inside => format!("at `{inside}`: "),
    };
    let length = error.instance().as_str().map_or(0, |text| text.chars().count());
    let items = error.instance().as_array().map_or(0, Vec::len);
    let said = match error.kind() {
        ValidationErrorKind::MaxLength { limit } => {
            format!("is {length} characters long; at most {limit} are allowed")
        }
        ValidationErrorKind::MinLength { limit } if length == 0 => {
            format!("is empty; at least {limit} character is needed")
        }
        ValidationErrorKind::MaxItems { limit } => format!("has {items} entries; at most {limit} are allowed"),
        ValidationErrorKind::Enum { options } => {
            let names: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(|option| option.as_str().map_or_else(|| option.to_string(), |name| format!("`{name}`")))
                .collect();
            format!("must be one of {}", names.join(", "))
        }
        _ => error.to_string(),
    };
    format!("{prefix}{said}")
}
