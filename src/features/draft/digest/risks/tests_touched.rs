//! Did the tests follow the code, or were they taken away?

use super::super::reading::{FileReading, Reading, Sign};
use super::super::role::Role;
use super::super::topics::Topic;
use super::found::{Sighting, Told, count, evidence, listed, risk};
use crate::domain::change::Status;
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Production lines that may change without a test before it is worth saying.
const UNTESTED: usize = 200;

static SKIP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^\s*#\[ignore\b|\bt\.Skip(?:f|Now)?\(|\b(?:it|test|describe|context)\.(?:skip|todo)\(|^\s*x(?:it|describe|test)\s*[( ]|@Disabled\b|@Ignore\b|@pytest\.mark\.skip\b|@unittest\.skip\b|\[Fact\(Skip|\[Ignore\b|^\s*pending\s+["']|\$this->markTestSkipped"#,
    )
});

/// Medium: much code and no test touched. Low: tests deleted or newly skipped.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut risks = Vec::new();
    risks.extend(untested(reading));
    risks.extend(skipped(reading));
    risks.extend(deleted(reading));
    risks
}

fn untested(reading: &Reading) -> Option<Risk> {
    let lines = |file: &FileReading| file.changed().filter(|line| !line.moved && !line.test).count();
    let mut files: Vec<(&FileReading, usize)> = reading
        .production()
        .filter(|file| file.language.is_code() && file.change.status != Status::Deleted)
        .map(|file| (file, lines(file)))
        .filter(|(_, lines)| *lines > 0)
        .collect();
    let total: usize = files.iter().map(|(_, lines)| lines).sum();
    let touched = reading
        .files
        .iter()
        .any(|file| file.role == Role::Test || file.lines.iter().any(|line| line.test && line.sign != Sign::Context));
    if total <= UNTESTED || touched {
        return None;
    }
    files.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.path.cmp(right.0.path)));
    let title = format!("{total} lines of production code changed and no test was touched");
    let meaning = "Old tests say that old behaviour still holds; nothing says that the new one does. Try by hand what the largest files do before the release.";
    let evidence = files.iter().map(|(file, lines)| file.whole(&format!("{lines} lines changed")));
    Some(risk(RiskKind::Tests, Severity::Medium, title, meaning).seen(evidence))
}

fn skipped(reading: &Reading) -> Option<Risk> {
    let mut sightings = Vec::new();
    let may_skip =
        |file: &&FileReading| file.topics.has(Topic::Skip) && file.noise.is_none() && file.language.is_code();
    for file in reading.files.iter().filter(may_skip) {
        let skips = |line: &&super::super::reading::Line| {
            line.topics.has(Topic::Skip)
                && (line.test || file.role == Role::Test)
                && line.text.len() < 300
                && SKIP.is_match(line.text)
        };
        let before = file.removed().filter(skips).count();
        // A skip under a condition, or one that only moved, takes nothing away.
        let now: Vec<_> = file.added().filter(skips).filter(|line| !line.moved).collect();
        if file.change.status == Status::Modified && now.len() > before {
            sightings.extend(
                now.into_iter()
                    .skip(before)
                    .map(|line| Sighting { what: file.name.to_owned(), evidence: file.evidence(line) }),
            );
        }
    }
    let names = super::found::distinct(&sightings);
    let title = format!("{} newly skipped, in {}", count(sightings.len(), "test is", "tests are"), listed(&names));
    let meaning =
        "What they guarded is not guarded in this release; see whether the reason for skipping is the change itself.";
    (!names.is_empty()).then(|| risk(RiskKind::Tests, Severity::Low, title, meaning).seen(evidence(&sightings)))
}

fn deleted(reading: &Reading) -> Option<Risk> {
    let gone: Vec<&FileReading> = reading
        .files
        .iter()
        .filter(|file| {
            file.change.status == Status::Deleted
                && file.role == Role::Test
                && file.noise.is_none()
                && file.language.is_code()
        })
        .filter(|file| file.removed().filter(|line| !line.moved).count() >= 20)
        .collect();
    let names: Vec<&str> = gone.iter().map(|file| file.path).collect();
    let title = format!("{} deleted: {}", count(names.len(), "test file was", "test files were"), listed(&names));
    let meaning = "If what they tested still exists, nothing guards it now.";
    let evidence = gone.iter().map(|file| file.whole(&format!("deleted, {} lines", file.change.removed)));
    (!gone.is_empty()).then(|| risk(RiskKind::Tests, Severity::Low, title, meaning).seen(evidence))
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    fn code(lines: usize) -> String {
        (0..lines).map(|n| format!("+let value_{n} = {n};\n")).collect()
    }

    #[test]
    fn much_code_without_a_test_is_told() {
        assert_eq!(
            Story::new().file("src/a.rs", &code(201)).risks(),
            ["Medium 201 lines of production code changed and no test was touched"]
        );
        assert!(Story::new().file("src/a.rs", &code(200)).risks().is_empty());
        assert!(Story::new().file("src/a.rs", &code(201)).file("tests/a.rs", "+x\n").risks().is_empty());
        assert!(
            Story::new().file("src/a.rs", &format!("{}+#[cfg(test)]\n+mod tests {{\n", code(201))).risks().is_empty()
        );
    }

    #[test]
    fn skipped_tests_are_told() {
        let risks = Story::new().file("web/pay.test.js", "-it('pays', () => {\n+it.skip('pays', () => {\n").risks();
        assert_eq!(risks, ["Low 1 test is newly skipped, in `pay.test.js`"]);
    }
}
