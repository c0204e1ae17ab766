//! Which keys of a configuration file were added, removed, or given another value?

use super::super::reading::{FileReading, Line, Sign};
use crate::domain::digest::Evidence;
use std::collections::HashMap;

/// One key whose line changed. Both values: changed. One: added or removed.
#[derive(Debug, Clone)]
pub struct Key {
    /// The last parts of its path as far as the diff shows them: `server.timeout`.
    pub path: String,
    pub old: Option<String>,
    pub new: Option<String>,
    pub evidence: Evidence,
}

impl Key {
    pub fn changed(&self) -> Option<(&str, &str)> {
        Some((self.old.as_deref()?, self.new.as_deref()?))
    }
    /// The last part of the path in lower case.
    pub fn name(&self) -> String {
        self.path.rsplit('.').next().unwrap_or(&self.path).to_lowercase()
    }
    /// `` `server.timeout` 30s → 10s ``
    pub fn told(&self) -> String {
        let short =
            |value: &str| super::super::plain::shortened(&super::super::reading::quote(value).replace('`', "'"), 40);
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => format!("`{}` {} → {}", self.path, short(old), short(new)),
            _ => format!("`{}`", self.path),
        }
    }
}

/// The keys of a YAML, TOML, JSON, properties or ini file, in the order of the new file. Lines that moved count as
/// unchanged; so does a key that was removed and added with the same value.
pub fn keys(file: &FileReading) -> Vec<Key> {
    let mut trail: Vec<(usize, String)> = Vec::new();
    let mut section = String::new();
    let mut hunk = u32::MAX;
    let mut removed: HashMap<String, Vec<(String, usize)>> = HashMap::new();
    let mut found: Vec<(String, String, usize, Sign)> = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        if line.hunk != hunk {
            hunk = line.hunk;
            trail.clear();
            section.clear();
        }
        if line.silent {
            continue;
        }
        if let Some(name) = section_of(line.text) {
            section = name;
            continue;
        }
        let Some((indent, name, value)) = key_value(file, line) else { continue };
        trail.retain(|(depth, _)| *depth < indent);
        let path = path(&section, &trail, &name);
        trail.push((indent, name));
        if line.sign == Sign::Context
            || value.is_empty()
            || value == "{"
            || value == "["
            || value == "|"
            || value == ">"
        {
            continue;
        }
        if line.sign == Sign::Removed {
            removed.entry(path.clone()).or_default().push((value.clone(), index));
        }
        found.push((path, value, index, line.sign));
    }
    paired(file, found, removed)
}

fn paired(
    file: &FileReading,
    found: Vec<(String, String, usize, Sign)>,
    mut removed: HashMap<String, Vec<(String, usize)>>,
) -> Vec<Key> {
    let mut keys: Vec<(usize, Key)> = Vec::new();
    for (path, value, index, _) in found.iter().filter(|(_, _, _, sign)| *sign == Sign::Added) {
        let old = removed.get_mut(path).filter(|olds| !olds.is_empty()).map(|olds| {
            // Lists repeat keys: the same value is the same entry, else the first one left.
            let at = olds.iter().position(|(old, _)| old == value).unwrap_or(0);
            olds.remove(at).0
        });
        if old.as_ref() != Some(value) {
            let key =
                Key { path: path.clone(), old, new: Some(value.clone()), evidence: file.evidence(&file.lines[*index]) };
            keys.push((*index, key));
        }
    }
    for (path, left) in removed {
        for (old, index) in left.into_iter().filter(|(_, index)| !file.lines[*index].moved) {
            keys.push((
                index,
                Key { path: path.clone(), old: Some(old), new: None, evidence: file.evidence(&file.lines[index]) },
            ));
        }
    }
    keys.sort_by_key(|(index, _)| *index);
    keys.into_iter().map(|(_, key)| key).collect()
}

fn path(section: &str, trail: &[(usize, String)], name: &str) -> String {
    let mut parts: Vec<&str> = trail.iter().map(|(_, part)| part.as_str()).collect();
    parts.push(name);
    let from = parts.len().saturating_sub(3);
    let inner = parts[from..].join(".");
    if section.is_empty() { inner } else { format!("{section}.{inner}") }
}

/// `[server.http]` of TOML and ini.
fn section_of(text: &str) -> Option<String> {
    let text = text.trim();
    let name = text.strip_prefix('[')?.trim_start_matches('[').strip_suffix(']')?.trim_end_matches(']').trim();
    (!name.is_empty() && !name.contains(['"', ',', '{', ' '])).then(|| name.to_owned())
}

/// Indentation, key and value of a line, comments and quotes taken off.
fn key_value(file: &FileReading, line: &Line) -> Option<(usize, String, String)> {
    let text = line.text;
    let start = text.trim_start_matches([' ', '\t']);
    let mut indent = text.len() - start.len();
    let start = match start.strip_prefix("- ") {
        Some(rest) => {
            indent += 2;
            rest.trim_start()
        }
        None => start,
    };
    let separator = match file.language.name {
        "YAML" | "JSON" => ':',
        "TOML" | "Terraform" | "dotenv" => '=',
        _ => *start.as_bytes().iter().find(|byte| matches!(byte, b'=' | b':'))? as char,
    };
    let (key, value) = if let Some(quoted) = start.strip_prefix('"') {
        let (key, rest) = quoted.split_once('"')?;
        (key, rest.trim_start().strip_prefix(separator)?)
    } else {
        start.split_once(separator)?
    };
    let key = key.trim().trim_matches(['"', '\'']);
    let plain_key = !key.is_empty()
        && key.len() <= 80
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'));
    // `http://…` in a list is no key, nor is `a::b`.
    if !plain_key
        || value.starts_with("//")
        || value.starts_with(':')
        || separator == ':' && file.language.name == "YAML" && !value.is_empty() && !value.starts_with(' ')
    {
        return None;
    }
    let value = value.split(" #").next().unwrap_or(value).trim().trim_end_matches(',').trim();
    Some((indent, key.to_owned(), unquoted(value).to_owned()))
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

/// Parts of names that bound something: time, amount, size.
pub const LIMITING: [&str; 34] = [
    "timeout",
    "limit",
    "max",
    "min",
    "pool",
    "size",
    "replica",
    "ttl",
    "retr",
    "thread",
    "worker",
    "concurren",
    "rate",
    "interval",
    "memory",
    "cpu",
    "connection",
    "capacity",
    "quota",
    "deadline",
    "backoff",
    "buffer",
    "queue",
    "batch",
    "period",
    "threshold",
    "expir",
    "lifetime",
    "delay",
    "keepalive",
    "burst",
    "parallel",
    "grace",
    "shards",
];

pub fn is_limit(name: &str) -> bool {
    let lower = name.to_lowercase();
    LIMITING.iter().any(|word| lower.contains(word))
}
