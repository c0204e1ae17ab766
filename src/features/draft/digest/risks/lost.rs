//! Does something leave that the last release had, because it was never merged back?

use super::super::reading::Reading;
use super::found::{count, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};

/// High where commits of the old end are not in the new one.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let range = &reading.changes.range;
    if range.lost == 0 {
        return Vec::new();
    }
    let commits = count(range.lost, "commit", "commits");
    let title = format!(
        "{commits} of `{}` {} not in `{}`",
        range.from.name,
        if range.lost == 1 { "is" } else { "are" },
        range.to.name
    );
    let meaning = format!(
        "Unless they were picked over under another id, what they fixed or added leaves production with this release. Compare with `git log {}..{}` and merge back what is needed.",
        range.to.name, range.from.name
    );
    vec![risk(RiskKind::LostCommits, Severity::High, title, meaning)]
}
