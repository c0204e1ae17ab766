//! Which files became programs, or stopped being ones?

use super::super::reading::{FileReading, Reading};
use super::super::role::Role;
use super::found::{Told, count, listed, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};

/// Medium where a production file loses its executable bit: whatever starts it by its path fails. Low where one gains it.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let of = |executable: bool| -> Vec<&FileReading> {
        reading.files.iter().filter(|file| file.role != Role::Docs && turned(file) == Some(executable)).collect()
    };
    let (gained, lost) = (of(true), of(false));
    let mut risks = Vec::new();
    if !lost.is_empty() {
        let runs = lost.iter().any(|file| matches!(file.role, Role::Production | Role::Tooling));
        let severity = if runs { Severity::Medium } else { Severity::Low };
        let meaning = "Whatever starts it by its path fails with `permission denied`. Check entry points, hooks and jobs that name it.";
        risks.push(told(severity, ("file is no longer executable", "files are no longer executable"), meaning, &lost));
    }
    if !gained.is_empty() {
        let meaning = "It can be started by its path now. Check that this is meant where it lies in an image or on a search path.";
        risks.push(told(Severity::Low, ("file becomes executable", "files become executable"), meaning, &gained));
    }
    risks
}

fn told(severity: Severity, (one, many): (&str, &str), meaning: &str, files: &[&FileReading]) -> Risk {
    let paths: Vec<&str> = files.iter().map(|file| file.path).collect();
    let title = format!("{}: {}", count(files.len(), one, many), listed(&paths));
    let modes = |file: &&FileReading| file.change.mode.as_ref().map(|(old, new)| file.whole(&format!("{old} → {new}")));
    risk(RiskKind::Permission, severity, title, meaning).seen(files.iter().filter_map(modes))
}

/// Did the executable bit come (true) or go (false)?
fn turned(file: &FileReading) -> Option<bool> {
    match file.change.mode.as_ref().map(|(old, new)| (old.as_str(), new.as_str())) {
        Some(("100644", "100755")) => Some(true),
        Some(("100755", "100644")) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn a_bit_that_comes_or_goes_is_told() {
        let mut story = Story::new().file("bin/start", "+exec pay\n").file("deploy.sh", "+pay\n").file("a.txt", "+a\n");
        story.changes.files[0].mode = Some(("100755".to_owned(), "100644".to_owned()));
        story.changes.files[1].mode = Some(("100644".to_owned(), "100755".to_owned()));
        assert_eq!(
            story.risks(),
            ["Medium 1 file is no longer executable: `bin/start`", "Low 1 file becomes executable: `deploy.sh`"]
        );
        assert_eq!(story.digest().risks[0].evidence[0].quote, "100755 → 100644");
    }
}
