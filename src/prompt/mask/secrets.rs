//! Where in a text are secrets, in the order they stand?

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

pub struct Secret {
    pub range: Range<usize>,
    pub kind: String,
}

static KNOWN: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    [
        ("private-key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----"),
        ("aws-key", r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"),
        ("connection", r"\b[a-z][a-z0-9+.-]*://[^\s:/@]+:[^\s/@]+@[^\s]+"),
        ("password", r#"(?i)\b(?:password|passwd|pwd|secret|token|api[_-]?key)\b["']?\s*[:=]\s*["']?([^\s"',;]{8,})"#),
    ]
    .into_iter()
    .map(|(kind, pattern)| (kind, Regex::new(pattern).expect("the pattern is fixed and was compiled in a test")))
    .collect()
});

pub fn find(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    for (kind, pattern) in KNOWN.iter() {
        for captures in pattern.captures_iter(text) {
            let range = captures.get(1).or(captures.get(0)).map(|part| part.range()).unwrap_or_default();
            if found.iter().all(|other| other.range.end <= range.start || range.end <= other.range.start) {
                found.push(Secret { range, kind: (*kind).to_owned() });
            }
        }
    }
    found.sort_by_key(|secret| secret.range.start);
    found
}
