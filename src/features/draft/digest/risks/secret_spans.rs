//! Did a secret come in with this change?

use super::super::plain;
use super::super::reading::{FileReading, Reading};
use super::super::role::Role;
use super::super::topics::Topic;
use super::found::{Told, count, listed, risk};
use crate::domain::change::Status;
use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};
use crate::domain::secret::find_secrets;
use std::collections::BTreeMap;

/// Added lines of every file, noise included: a bundle can leak as well. In test data, examples, documents and comments only
/// shapes that providers issue count, at low severity unless they open a real account; a made-up password is what such
/// places are made of.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut by_severity: BTreeMap<Severity, Vec<(&'static str, Evidence)>> = BTreeMap::new();
    for file in &reading.files {
        for (kind, evidence) in spans(file) {
            let shown = matches!(file.role, Role::Production | Role::Tooling) && !is_test_data(file.path);
            let loose = matches!(kind, "password" | "connection-string" | "jwt");
            if loose && is_comment(file, evidence.line) {
                continue;
            }
            if shown && kind == "password" {
                // Told by how random it looks, not by a known shape: somebody has to look.
                by_severity.entry(Severity::Medium).or_default().push((kind, evidence));
            } else if shown {
                by_severity.entry(Severity::High).or_default().push((kind, evidence));
            } else if LIVE.contains(&kind) && file.role != Role::Docs {
                by_severity.entry(Severity::Medium).or_default().push((kind, evidence));
            } else {
                by_severity.entry(Severity::Low).or_default().push((kind, evidence));
            }
        }
        if let Some(found) = key_file(file) {
            by_severity
                .entry(if file.role == Role::Test { Severity::Low } else { Severity::High })
                .or_default()
                .push(found);
        }
    }
    by_severity.into_iter().map(|(severity, found)| told(severity, found)).collect()
}

fn told(severity: Severity, found: Vec<(&'static str, Evidence)>) -> Risk {
    let mut kinds: Vec<&str> = found.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut paths: Vec<&str> = found.iter().map(|(_, evidence)| evidence.path.as_str()).collect();
    paths.dedup();
    let what = if found.len() == 1 {
        format!("{} {} ", article(kinds[0]), readable(kinds[0]))
    } else {
        format!("{} ({}) ", count(found.len(), "secret", "secrets"), listed(&kinds))
    };
    let verb = if found.len() == 1 { "stands" } else { "stand" };
    let (place, meaning) = if severity == Severity::High {
        (
            "",
            "Whoever can read the repository has it, also after the line is removed. Revoke and replace it before the release, then keep it in the secret store.",
        )
    } else if severity == Severity::Medium {
        (
            ", by the look of it",
            "If it opens anything, whoever can read the repository can open it too: revoke it and keep the new one in the secret store. If it is made up, nothing needs to be done.",
        )
    } else {
        (
            " in test data",
            "It has the shape of a credential. If it ever opened anything, revoke it; if it is made up, nothing needs to be done.",
        )
    };
    let place = if severity == Severity::Low { place.to_owned() } else { format!(" in added lines{place}") };
    let title = format!("{what}{verb}{place}: {}", listed(&paths));
    risk(RiskKind::Secret, severity, title, meaning).seen(found.into_iter().map(|(_, evidence)| evidence))
}

/// Kinds that no tutorial prints: their issuers give them to live accounts only.
const LIVE: [&str; 8] = [
    "stripe-key",
    "github-token",
    "gitlab-token",
    "slack-token",
    "npm-token",
    "pypi-token",
    "openai-key",
    "anthropic-key",
];

/// Made-up answers, seeds and settings for one's own machine, by a word of the path.
fn is_test_data(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let told = |word: &str| {
        matches!(
            word,
            "mock"
                | "mocks"
                | "mocked"
                | "msw"
                | "fake"
                | "fakes"
                | "stub"
                | "stubs"
                | "fixture"
                | "fixtures"
                | "dummy"
                | "testdata"
                | "stories"
                | "storybook"
                | "seeds"
                | "demo"
        )
    };
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    words.into_iter().any(told)
        || ["dev.", "local.", "development."].iter().any(|start| name.starts_with(start))
        || [".dev", ".local", ".development"].iter().any(|end| name.ends_with(end))
}

/// Is the added line of this number a comment or part of a docstring?
fn is_comment(file: &FileReading, number: u32) -> bool {
    file.added_at(number).is_some_and(|line| line.silent)
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o']) { "An" } else { "A" }
}

fn readable(kind: &str) -> String {
    kind.replace('-', " ")
}

fn spans(file: &FileReading) -> Vec<(&'static str, Evidence)> {
    let mut found = Vec::new();
    let skipped = file.name.ends_with(".sum") || super::super::noise::is_lock(&file.name.to_ascii_lowercase());
    if skipped {
        return found;
    }
    // What begins on a line is told by the line; only where it ends may be a matter of the whole hunk.
    let begins = |line: &&super::super::reading::Line| line.is_added() && !find_secrets(line.text).is_empty();
    let mut hunks: Vec<u32> = file.about(Topic::Secret).filter(begins).map(|line| line.hunk).collect();
    hunks.dedup();
    for hunk in hunks.into_iter().map(|hunk| &file.change.hunks[hunk as usize]) {
        for span in find_secrets(&hunk.body) {
            let start = hunk.body[..span.range.start].rfind('\n').map_or(0, |at| at + 1);
            if !hunk.body[start..].starts_with('+') {
                continue;
            }
            let number =
                hunk.new_start + hunk.body[..start].lines().filter(|line| !line.starts_with('-')).count() as u32;
            let line = hunk.body[start + 1..].lines().next().unwrap_or("");
            found.push((
                span.kind,
                Evidence { path: plain::path(file.path), line: number, quote: super::super::reading::quote(line) },
            ));
        }
    }
    // The same line kept from before, only moved within the file, did not come in with this change.
    let was_there = |evidence: &Evidence| {
        file.removed().any(|line| line.moved && super::super::reading::quote(line.text) == evidence.quote)
    };
    found.retain(|(_, evidence)| !was_there(evidence));
    found
}

/// Files that are secrets by their name.
fn key_file(file: &FileReading) -> Option<(&'static str, Evidence)> {
    let name = file.name.to_ascii_lowercase();
    let key = matches!(
        name.as_str(),
        "id_rsa"
            | "id_dsa"
            | "id_ecdsa"
            | "id_ed25519"
            | ".htpasswd"
            | ".netrc"
            | ".pgpass"
            | "credentials.json"
            | "service-account.json"
    ) || [".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"].iter().any(|end| name.ends_with(end));
    let env = name == ".env" || matches!(name.as_str(), ".env.production" | ".env.prod" | ".env.staging");
    let valued = file.added().any(|line| line.text.split_once('=').is_some_and(|(_, value)| value.trim().len() >= 8));
    (file.change.status == Status::Added
        && file.role != Role::Docs
        && file.role != Role::Example
        && (key || env && valued))
        .then(|| (if key { "key-file" } else { "environment-file" }, file.whole("added")))
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    /// Put together here so that no scanner takes this file for a leak.
    fn key() -> String {
        format!("AK{}", "IAQ3EGT2ZPLMN7WXYZ")
    }

    #[test]
    fn a_key_is_told_with_its_place_and_never_shown() {
        let story = Story::new().file("src/store.rs", &format!(" fn a() {{\n+    let id = \"{}\";\n", key()));
        let digest = story.digest();
        assert_eq!(story.risks(), ["High An aws key stands in added lines: `src/store.rs`"]);
        assert_eq!(
            (digest.risks[0].evidence[0].line, digest.risks[0].evidence[0].quote.as_str()),
            (2, "let id = \"[REDACTED:aws-key]\";")
        );
        assert!(!serde_json::to_string(&digest.risks).expect("risks are JSON").contains(&key()));
    }

    #[test]
    fn bundles_leak_too_and_removed_or_moved_lines_do_not() {
        let line = format!("const id = \"{}\";\n", key());
        assert_eq!(Story::new().file("web/app.min.js", &format!("+{line}")).risks().len(), 1);
        assert!(Story::new().file("src/a.rs", &format!("-{line}")).risks().is_empty());
        assert!(Story::new().file("Cargo.lock", "+checksum = \"0123\"\n").risks().is_empty());
    }

    #[test]
    fn in_test_data_a_password_is_low_and_a_live_key_is_not() {
        let password = "+const password = \"hT7!kq92Lm\";\n";
        let told = |path: &str, diff: &str| Story::new().file(path, diff).risks();
        assert_eq!(
            told("packages/shop-msw/user.ts", password),
            ["Low A password stands in test data: `packages/shop-msw/user.ts`"]
        );
        assert_eq!(told("settings/dev.py", password), ["Low A password stands in test data: `settings/dev.py`"]);
        assert_eq!(
            told("src/user.ts", password),
            ["Medium A password stands in added lines, by the look of it: `src/user.ts`"]
        );
        let live = format!("+const key = \"sk_live_{}\";\n", "a1B2c3D4e5F6g7H8i9J0k1L2");
        assert_eq!(
            told("tests/pay.rs", &live),
            ["Medium A stripe key stands in added lines, by the look of it: `tests/pay.rs`"]
        );
        assert!(told("src/user.rs", "+// password = \"hT7!kq92Lm\"\n").is_empty(), "a comment");
    }

    #[test]
    fn key_files_count_by_their_name() {
        let story = Story::new()
            .added("deploy/id_rsa", "x")
            .added(".env", "TOKEN_NAME=abcdefgh\n")
            .added(".env.example", "TOKEN_NAME=abcdefgh\n");
        let risks = story.risks();
        assert_eq!(
            risks[0],
            "High 2 secrets (`environment-file` and `key-file`) stand in added lines: `deploy/id_rsa` and `.env`"
        );
    }
}
