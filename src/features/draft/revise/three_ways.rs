//! What becomes of a value that a person and the new draft both changed?

use crate::features::draft::check::sentences::sentences;
use serde_json::Value;

/// The merged value, or nothing when both sides changed the same place.
pub fn three_ways(base: &Value, mine: &Value, theirs: &Value) -> Option<Value> {
    match (base, mine, theirs) {
        (Value::String(base), Value::String(mine), Value::String(theirs)) => {
            merge_texts(base, mine, theirs).map(Value::String)
        }
        (Value::Array(base), Value::Array(mine), Value::Array(theirs)) => {
            merge_lists(base, mine, theirs).map(Value::Array)
        }
        _ => None,
    }
}

/// Marks that a sentence goes on in the line of the one before it.
const GOES_ON: char = '\u{1f}';
/// Stands between two sentences, so that changes in neighbouring ones do not touch.
const BETWEEN: &str = "\u{1e}\n";

fn merge_texts(base: &str, mine: &str, theirs: &str) -> Option<String> {
    if !base.contains(' ') {
        return None;
    }
    let merged = diffy::merge(&spread(base), &spread(mine), &spread(theirs)).ok()?;
    Some(gathered(&merged))
}

/// One sentence per line; numbers of entries are left open, since the merge may shift them.
fn spread(text: &str) -> String {
    let mut spread = String::new();
    for line in text.lines() {
        let line = unnumbered(line);
        let parts = sentences(&line);
        if parts.len() < 2 {
            spread.push_str(&line);
            spread.push('\n');
        } else {
            let indent = line.len() - line.trim_start().len();
            for (n, part) in parts.iter().enumerate() {
                let lead = if n == 0 { line[..indent].to_owned() } else { GOES_ON.to_string() };
                spread.push_str(&format!("{lead}{part}\n"));
                spread.push_str(if n + 1 < parts.len() { BETWEEN } else { "" });
            }
        }
        spread.push_str(BETWEEN);
    }
    spread
}

fn gathered(spread: &str) -> String {
    let mut text = String::new();
    for line in spread.lines().filter(|line| !line.starts_with(BETWEEN.trim_end_matches('\n'))) {
        match line.strip_prefix(GOES_ON) {
            Some(part) => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(part);
            }
            None => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
            }
        }
    }
    renumbered(text.trim_matches('\n'))
}

/// `3. Redeploy` as `0. Redeploy`
fn unnumbered(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.get(digits..digits + 2) {
        Some(". ") if (1..=2).contains(&digits) => format!("0. {}", &line[digits + 2..]),
        _ => line.to_owned(),
    }
}

fn renumbered(text: &str) -> String {
    let mut number = 0;
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix("0. ") {
            Some(rest) => {
                number += 1;
                format!("{number}. {rest}")
            }
            None => {
                if !line.is_empty() && !line.starts_with(' ') {
                    number = 0;
                }
                line.to_owned()
            }
        })
        .collect();
    lines.join("\n")
}

/// The new list without what the person removed and with what the person added, in their place. A reworded entry that the
/// new draft reworded too is for a person to decide.
fn merge_lists(base: &[Value], mine: &[Value], theirs: &[Value]) -> Option<Vec<Value>> {
    let mut merged: Vec<Value> =
        theirs.iter().filter(|item| !base.contains(item) || mine.contains(item)).cloned().collect();
    for (at, item) in mine.iter().enumerate().filter(|(_, item)| !base.contains(item)) {
        if merged.contains(item) {
            continue;
        }
        if theirs.iter().filter(|other| !base.contains(other)).any(|other| alike(other, item)) {
            return None;
        }
        let before = mine[..at].iter().rev().find_map(|earlier| merged.iter().position(|other| other == earlier));
        merged.insert(before.map_or(if at == 0 { 0 } else { merged.len() }, |before| before + 1), item.clone());
    }
    Some(merged)
}

fn alike(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => strsim::normalized_levenshtein(a, b) > 0.6,
        _ => a.is_object() && b.is_object(),
    }
}
