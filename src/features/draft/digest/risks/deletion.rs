//! Which larger parts of the code are gone?

use super::super::area::area_of;
use super::super::reading::{FileReading, Reading};
use super::found::{Told, coded, count, risk};
use crate::domain::change::Status;
use crate::domain::digest::{Risk, RiskKind, Severity};
use std::collections::BTreeMap;

/// Fewer deleted lines than this are everyday tidying.
const WORTH_TELLING: u32 = 200;
/// As many or more are a part of the system.
const LARGE: u32 = 1_500;

/// Low from 200 deleted lines in whole files of production code, medium from 1,500. Moved lines are not deleted.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let deleted: Vec<(&FileReading, u32)> = reading
        .production()
        .filter(|file| file.change.status == Status::Deleted && file.language.is_code())
        .map(|file| {
            let moved = file.lines.iter().filter(|line| line.moved).count() as u32;
            (file, file.change.removed.saturating_sub(moved))
        })
        .filter(|(_, lines)| *lines > 0)
        .collect();
    let lines: u32 = deleted.iter().map(|(_, lines)| lines).sum();
    if lines < WORTH_TELLING {
        return Vec::new();
    }
    let mut areas: BTreeMap<String, u32> = BTreeMap::new();
    for (file, lines) in &deleted {
        *areas.entry(area_of(file.path, &reading.changes.range.repo)).or_default() += lines;
    }
    let most = areas.iter().max_by_key(|(_, lines)| **lines).map_or("", |(name, _)| name.as_str());
    let place = if areas.len() == 1 { format!("all in {}", coded(most)) } else { format!("most in {}", coded(most)) };
    let title = format!("{} of code with {lines} lines deleted, {place}", count(deleted.len(), "file", "files"));
    let meaning = "If something still needs them at run time (reflection, configuration, another repository), it fails when it asks. Search for their names in what is deployed next to it.";
    let mut largest = deleted;
    largest.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.path.cmp(right.0.path)));
    let severity = if lines >= LARGE { Severity::Medium } else { Severity::Low };
    let evidence = largest.iter().map(|(file, lines)| file.whole(&format!("deleted, {lines} lines")));
    vec![risk(RiskKind::Deletion, severity, title, meaning).seen(evidence)]
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn large_parts_are_told_and_moves_are_not() {
        let text: String = (0..300).map(|n| format!("let value_number_{n} = compute({n});\n")).collect();
        let risks = Story::new().deleted("src/legacy/old.rs", &text).risks();
        assert_eq!(risks, ["Low 1 file of code with 300 lines deleted, all in `legacy`"]);
        let moved = Story::new().deleted("src/legacy/old.rs", &text).added("src/fresh/new.rs", &text).risks();
        assert!(moved.is_empty(), "{moved:?}");
    }
}
