//! Which pull requests are labelled as breaking?

use super::super::reading::Reading;
use super::super::subject::Subject;
use super::Sighting;
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// `breaking`, `breaking-change`, `semver: major`, `kind/api-change/breaking`; not `non-breaking`.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[\w-]+\s?[:/]\s?)*(?:breaking(?:[ _-]?changes?)?|backwards?[ _-]incompatible|semver[ :/_-]*major)$",
    )
});

pub fn sightings(reading: &Reading) -> Vec<Sighting> {
    let place = |sha: &str| reading.changes.commits.iter().position(|commit| commit.sha == sha);
    let labelled = reading.background.requests.iter().filter_map(|request| {
        let label = request.labels.iter().find(|label| LABEL.is_match(label.trim()))?;
        Some(Sighting {
            text: Subject::parse(&request.title).title,
            how: format!("label `{}`", super::super::plain::plain(label).replace('`', "'")),
            commit: request.commits.iter().find_map(|sha| place(sha)),
            path: None,
        })
    });
    labelled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_say_breaking_count_and_others_do_not() {
        for breaking in
            ["breaking", "breaking-change", "Breaking Changes", "semver: major", "semver-major", "kind/breaking"]
        {
            assert!(LABEL.is_match(breaking), "{breaking}");
        }
        for harmless in ["non-breaking", "not breaking", "major", "breaking news", "semver: minor"] {
            assert!(!LABEL.is_match(harmless), "{harmless}");
        }
    }
}
