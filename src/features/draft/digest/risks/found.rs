//! How is a risk put into words? Shared by everything that looks for risks.

use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};
use crate::domain::fact::FactId;

/// Evidence beyond this many is counted in the title and not shown.
const MOST_EVIDENCE: usize = 8;

/// A risk without its number, which it gets when all are known.
pub fn risk(kind: RiskKind, severity: Severity, title: impl Into<String>, meaning: impl Into<String>) -> Risk {
    Risk {
        id: FactId::risk(0),
        kind,
        severity,
        title: title.into(),
        meaning: meaning.into(),
        reversible: None,
        evidence: Vec::new(),
        facts: Vec::new(),
    }
}

pub trait Told {
    fn seen(self, evidence: impl IntoIterator<Item = Evidence>) -> Self;
    fn reversible(self, can: bool) -> Self;
}

impl Told for Risk {
    fn seen(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        for one in evidence {
            if self.evidence.len() < MOST_EVIDENCE && !self.evidence.contains(&one) {
                self.evidence.push(one);
            }
        }
        self
    }
    fn reversible(mut self, can: bool) -> Self {
        self.reversible = Some(can);
        self
    }
}

/// One thing seen, before what is alike is told together.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// What it is about, as it stands in the title: `legacy_id`, or whole words with their own backticks.
    pub what: String,
    pub evidence: Evidence,
}

/// Each thing once, in order.
pub fn distinct(sightings: &[Sighting]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for sighting in sightings {
        if !names.contains(&sighting.what.as_str()) {
            names.push(&sighting.what);
        }
    }
    names
}

pub fn evidence(sightings: &[Sighting]) -> impl Iterator<Item = Evidence> + '_ {
    sightings.iter().map(|sighting| sighting.evidence.clone())
}

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b`, `c` and 4 more ``.
pub fn listed<S: AsRef<str>>(names: &[S]) -> String {
    joined(&names.iter().map(|name| coded(name.as_ref())).collect::<Vec<_>>())
}

/// Like [`listed`], for words that bring their own backticks.
pub fn joined<S: AsRef<str>>(parts: &[S]) -> String {
    const SHOWN: usize = 4;
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    match parts.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if parts.len() <= SHOWN => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", parts[..SHOWN - 1].join(", "), parts.len() - (SHOWN - 1)),
    }
}

/// A name in backticks, without any of its own.
pub fn coded(name: &str) -> String {
    format!("`{}`", super::super::plain::shortened(&super::super::plain::plain(&name.replace('`', "'")), 80))
}

/// `1 file`, `3 files`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
