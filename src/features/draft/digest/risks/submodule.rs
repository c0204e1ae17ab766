//! Which submodules point to another commit?

use super::super::plain;
use super::super::reading::{FileReading, Reading, Sign};
use super::found::{Told, count, joined, risk};
use crate::domain::change::Nature;
use crate::domain::digest::{Risk, RiskKind, Severity};

/// Medium: their changes are in none of the commits that were read.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let moved: Vec<&FileReading> =
        reading.files.iter().filter(|file| file.change.nature == Nature::Submodule).collect();
    if moved.is_empty() {
        return Vec::new();
    }
    let words: Vec<String> = moved.iter().map(|file| told(file)).collect();
    let title =
        format!("{} to another commit: {}", count(moved.len(), "submodule points", "submodules point"), joined(&words));
    let meaning = "What changed inside is not part of what was read here. Draft a note for its repository too, or read its log between the two commits.";
    let evidence = moved.iter().map(|file| file.whole("submodule"));
    vec![risk(RiskKind::Submodule, Severity::Medium, title, meaning).seen(evidence)]
}

fn told(file: &FileReading) -> String {
    let commit = |sign: Sign| {
        let line = file.lines.iter().find(|line| line.sign == sign)?;
        line.text.strip_prefix("Subproject commit ")?.get(..7)
    };
    let name = plain::path(file.path);
    match (commit(Sign::Removed), commit(Sign::Added)) {
        (Some(old), Some(new)) => format!("`{name}` {old} → {new}"),
        (None, Some(new)) => format!("`{name}` (new, {new})"),
        _ => format!("`{name}`"),
    }
}
