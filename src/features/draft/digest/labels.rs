//! What do a pull request's labels say it is about?

use crate::domain::digest::Intent;

/// By the last part of a label (`type: bug`, `kind/feature`); the first that says something counts.
pub fn intent(labels: &[String]) -> Option<Intent> {
    labels.iter().find_map(|label| {
        let label = label.to_lowercase();
        let word = label.rsplit([':', '/']).next().unwrap_or(&label).trim().replace(['_', ' '], "-");
        Some(match word.as_str() {
            "security" | "vulnerability" => Intent::Security,
            "bug" | "bugfix" | "fix" | "regression" => Intent::Fix,
            "feature" | "enhancement" | "new-feature" | "feat" => Intent::Feature,
            "performance" | "perf" => Intent::Performance,
            "deprecation" | "deprecated" => Intent::Deprecation,
            "revert" => Intent::Revert,
            "refactor" | "refactoring" | "cleanup" | "tech-debt" => Intent::Refactor,
            "documentation" | "docs" => Intent::Documentation,
            "test" | "tests" | "testing" => Intent::Tests,
            "dependencies" | "deps" | "dependency" => Intent::Dependency,
            "ci" | "build" | "build-and-ci" => Intent::Build,
            "chore" | "housekeeping" => Intent::Chore,
            _ => return None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_the_first_telling_label_counts() {
        let of = |labels: &[&str]| intent(&labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["area: refunds", "type: bug"]), Some(Intent::Fix));
        assert_eq!(of(&["kind/feature"]), Some(Intent::Feature));
        assert_eq!(of(&["new feature"]), Some(Intent::Feature));
        assert_eq!(of(&["good first issue", "team/payments"]), None);
    }
}
