//! How many tests ran, and how much is covered, in the words that reporters of tests use?

use crate::domain::checks::{Coverage, TestCounts};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Text read of one report, in bytes: the counts stand at its beginning.
const READ: usize = 4 * 1024;

static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<n>\d[\d,]*)\s+(?:tests?\s+)?(?:were\s+|have\s+)?(?P<word>pass(?:ed|es|ing)?|succeeded|successful|fail(?:ed|ures?|ing)?|errors?|errored|skipped|ignored|pending|disabled)\b",
    )
});

/// `152 passed, 3 failed, 2 skipped`, in any order and with the usual other words; `None` unless at least what passed or
/// failed is counted.
pub fn tests(told: &str) -> Option<TestCounts> {
    let told = &told[..told.floor_char_boundary(READ)];
    let (mut passed, mut failed, mut skipped) = (None, None, None);
    for found in COUNT.captures_iter(told) {
        let Ok(n) = found["n"].replace(',', "").parse::<u64>() else { continue };
        let word = found["word"].to_lowercase();
        let count = match word.as_bytes()[0] {
            b'p' if word != "pending" => &mut passed,
            b's' if word.starts_with("succe") => &mut passed,
            b'f' | b'e' => &mut failed,
            _ => &mut skipped,
        };
        // Totals come first; the same words about parts follow.
        let errors = word.starts_with("error") && count.is_some() && !told.contains("failures and");
        match count {
            None => *count = Some(n),
            Some(before) if errors => *count = Some(*before + n),
            Some(_) => {}
        }
    }
    (passed.is_some() || failed.is_some()).then(|| TestCounts {
        passed: passed.unwrap_or_default(),
        failed: failed.unwrap_or_default(),
        skipped: skipped.unwrap_or_default(),
    })
}

static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<n>\d{1,3}(?:\.\d+)?)\s?%"));
static CHANGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<sign>[-+\x{2212}]|(?:in|de)creased\s+\(?[-+]?|(?:in|de)creased by )\s?(?P<n>\d{1,3}(?:\.\d+)?)\s?%",
    )
});

/// `81.20% (-0.40%) compared to 1a2b3c4`, `coverage decreased (-0.4%) to 81.2%`: only of checks that are about coverage, and
/// not about the lines of the change alone.
pub fn coverage(name: &str, told: &str) -> Option<Coverage> {
    let told = &told[..told.floor_char_boundary(READ)];
    let about = format!("{name} {told}").to_lowercase();
    if !(about.contains("coverage") || about.contains("codecov") || about.contains("coveralls"))
        || name.contains("patch")
    {
        return None;
    }
    let change = CHANGE.captures(told).and_then(|found| {
        let n: f64 = found["n"].parse().ok()?;
        let sign = found["sign"].to_lowercase();
        Some(if sign.contains(['-', '\u{2212}']) || sign.starts_with("de") { -n } else { n })
    });
    let changed = CHANGE.find(told).map(|found| found.range());
    let percent = PERCENT
        .captures_iter(told)
        .filter(|found| {
            !changed.as_ref().is_some_and(|range| range.contains(&found.get(0).map_or(0, |all| all.start())))
        })
        .find_map(|found| found["n"].parse::<f64>().ok())?;
    (percent <= 100.0).then_some(Coverage { percent, change })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_reports_are_counted() {
        for (told, counts) in [
            ("1,204 passed, 3 failed, 2 skipped", (1204, 3, 2)),
            ("= 152 passed, 1 error in 12.3s =", (152, 1, 0)),
            ("Tests: 3 failed, 1 skipped, 96 passed, 100 total", (96, 3, 1)),
            ("test result: ok. 41 passed; 0 failed; 2 ignored; 0 measured", (41, 0, 2)),
            ("812 tests passed, 4 tests failed and 1 test was skipped", (812, 4, 0)),
            ("12 passing (3s)\n1 pending\n2 failing", (12, 2, 1)),
            ("3 errors and 96 passed", (96, 3, 0)),
        ] {
            let found = super::tests(told).unwrap_or_else(|| panic!("{told}"));
            assert_eq!((found.passed, found.failed, found.skipped), counts, "{told}");
        }
    }

    #[test]
    fn what_counts_no_tests_says_nothing() {
        for told in ["", "Build finished in 12 s", "2 skipped", "No annotations", "Deployed 3 pods"] {
            assert_eq!(super::tests(told), None, "{told}");
        }
    }

    #[test]
    fn coverage_is_read_with_its_change_and_only_where_it_is_meant() {
        let of = |name: &str, told: &str| coverage(name, told).map(|found| (found.percent, found.change));
        assert_eq!(of("codecov/project", "81.20% (-0.40%) compared to 1a2b3c4"), Some((81.2, Some(-0.4))));
        assert_eq!(of("codecov/project", "81.20% (+0.40%) compared to 1a2b3c4"), Some((81.2, Some(0.4))));
        assert_eq!(of("coverage/coveralls", "Coverage decreased (-0.4%) to 81.2%"), Some((81.2, Some(-0.4))));
        assert_eq!(of("coverage/coveralls", "Coverage increased (+1.0%) to 90.0%"), Some((90.0, Some(1.0))));
        assert_eq!(of("unit", "Line coverage: 77.5 %"), Some((77.5, None)));
        assert_eq!(of("codecov/patch", "100% of diff hit"), None);
        assert_eq!(of("lint", "100% clean"), None);
    }
}
