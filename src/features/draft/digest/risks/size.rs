//! Is the change too large to be understood when something goes wrong?

use super::super::reading::Reading;
use super::found::{count, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};

/// Lines read, noise aside, from which a change is large, and from which it is very large.
const LARGE: u32 = 4_000;
const VERY_LARGE: u32 = 20_000;

pub fn look(reading: &Reading) -> Vec<Risk> {
    let read = || reading.files.iter().filter(|file| file.noise.is_none());
    let lines: u32 = read().map(|file| file.change.added + file.change.removed).sum();
    if lines < LARGE {
        return Vec::new();
    }
    let commits = count(reading.changes.range.commits.max(reading.changes.commits.len()), "commit", "commits");
    let title =
        format!("The change is large: {lines} lines in {} and {commits}", count(read().count(), "file", "files"));
    let meaning =
        "When something goes wrong, the cause is hard to find among so much. Release it in parts, or to a few first.";
    let severity = if lines >= VERY_LARGE { Severity::Medium } else { Severity::Low };
    vec![risk(RiskKind::Size, severity, title, meaning)]
}
