//! Is a note approved, by whom, and for which of its sections does that still hold?

use crate::domain::note::{Note, Revision};
use crate::domain::review::{Decided, Decision};
use sha2::{Digest as _, Sha256};

/// How approval stands for a note as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval<'a> {
    /// Nobody was asked, nobody said anything.
    Open,
    /// Asked, not answered.
    Requested(&'a Decision),
    /// Somebody wants it changed first, and nobody approved since.
    ChangesRequested(&'a Decision),
    /// By these; every section is as they saw it.
    Approved(Vec<&'a Decision>),
    /// By these, but not for the sections that changed since: their titles.
    Lapsed(Vec<&'a Decision>, Vec<&'a str>),
}

/// What a decision is bound to: each section's key with the hash of its value.
pub fn bound(revision: &Revision) -> Vec<(String, String)> {
    revision.sections.iter().map(|section| (section.key.clone(), hash(&section.value.to_string()))).collect()
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

pub fn approval<'a>(note: &'a Note, revision: &'a Revision) -> Approval<'a> {
    let Some(last) = note.decisions.last() else { return Approval::Open };
    let is_yes = |one: &&Decision| matches!(one.what, Decided::Approved | Decided::Overridden);
    // What was said before somebody asked for changes holds no longer.
    let since = note.decisions.iter().rposition(|one| one.what == Decided::ChangesRequested).map_or(0, |at| at + 1);
    let given: Vec<&Decision> = note.decisions[since..].iter().filter(is_yes).collect();
    if given.is_empty() {
        return match (last.what, since) {
            (Decided::Requested, _) => Approval::Requested(last),
            (_, 0) => Approval::Open,
            _ => Approval::ChangesRequested(&note.decisions[since - 1]),
        };
    }
    let now = bound(revision);
    let lapsed = now.iter().filter(|one| !given.iter().any(|decision| decision.sections.contains(one)));
    let titles: Vec<&str> =
        lapsed.filter_map(|(key, _)| revision.section(key)).map(|section| section.title.as_str()).collect();
    if titles.is_empty() { Approval::Approved(given) } else { Approval::Lapsed(given, titles) }
}
