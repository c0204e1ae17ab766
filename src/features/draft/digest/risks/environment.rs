//! Which environment variables does the new version read that the old one did not, or no longer?

use super::super::reading::{FileReading, Reading, Sign};
use super::super::topics::Topic;
use super::found::{Sighting, Told, coded, count, distinct, evidence, joined, listed, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static READ: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:os\.(?:Getenv|LookupEnv|getenv)\(\s*|process\.env\.|process\.env\[|import\.meta\.env\.|env::var(?:_os)?\(\s*|System\.getenv\(\s*|os\.environ(?:\.get\(|\[|\.setdefault\(|\.pop\()\s*|\bENV(?:\.fetch\(|\[)\s*|\bgetenv\(\s*|\benv(?:\.(?:str|int|bool|list|get))?\(\s*|GetEnvironmentVariable\(\s*|Deno\.env\.get\(\s*|\benv\s*=\s*|BindEnv\([^,]*,?\s*|System\.(?:get_env|fetch_env!?)\(\s*|\benvconfig:)["'`]?(?P<n>[A-Z][A-Z0-9_]{2,60})\b(?P<s>[^\n]{0,80})"#,
    )
});

/// Reads of one variable on both sides of the change.
#[derive(Default)]
struct Uses {
    before: Vec<Sighting>,
    after: Vec<Sighting>,
    stays: bool,
    has_default: bool,
}

/// Medium for variables that must be set, or were renamed; low for those with a default and those no longer read. Tests,
/// examples, documents and tooling are exempt.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut uses: BTreeMap<String, Uses> = BTreeMap::new();
    for file in reading.production() {
        read_code(file, &mut uses);
        read_dotenv(file, &mut uses);
    }
    let renamed = renamed(reading, &uses);
    let is_renamed = |name: &str| renamed.iter().any(|(old, new, _)| old == name || new == name);
    let (mut required, mut optional, mut gone): (Vec<Sighting>, Vec<Sighting>, Vec<Sighting>) = Default::default();
    for (_, uses) in uses.into_iter().filter(|(name, uses)| !uses.stays && !is_renamed(name)) {
        match (uses.before.is_empty(), uses.after.is_empty()) {
            (true, false) if uses.has_default => optional.extend(uses.after),
            (true, false) => required.extend(uses.after),
            (false, true) => gone.extend(uses.before),
            _ => {}
        }
    }
    let mut risks = Vec::new();
    if !renamed.is_empty() {
        let pairs: Vec<String> =
            renamed.iter().map(|(old, new, _)| format!("{} is now {}", coded(old), coded(new))).collect();
        let title = format!("Environment variable renamed: {}", joined(&pairs));
        let meaning = "Set the new name wherever the old one is set before the release; keep the old one until nobody needs to go back.";
        risks.push(
            risk(RiskKind::Config, Severity::Medium, title, meaning)
                .seen(renamed.iter().map(|(_, _, sighting)| sighting.evidence.clone())),
        );
    }
    risks.extend(told(
        &required,
        Severity::Medium,
        "read for the first time, without a default on the line",
        "Set them in every environment before the release, or check what the code does when they are missing.",
    ));
    risks.extend(told(
        &optional,
        Severity::Low,
        "read for the first time, with a default",
        "Nothing must be set for the release to start; check that the defaults are right for production.",
    ));
    risks.extend(told(
        &gone,
        Severity::Low,
        "no longer read",
        "What they switched is fixed or gone now; keep them set until nobody needs to go back.",
    ));
    risks
}

fn told(sightings: &[Sighting], severity: Severity, what: &str, meaning: &str) -> Option<Risk> {
    let names = distinct(sightings);
    let verb = if names.len() == 1 { "is" } else { "are" };
    let title = format!(
        "{} {verb} {what}: {}",
        count(names.len(), "environment variable", "environment variables"),
        listed(&names)
    );
    (!names.is_empty()).then(|| risk(RiskKind::Config, severity, title, meaning).seen(evidence(sightings)))
}

fn read_code(file: &FileReading, uses: &mut BTreeMap<String, Uses>) {
    if !file.language.is_code() {
        return;
    }
    for line in file.about(Topic::Environment).filter(|line| !line.silent && !line.test) {
        for found in READ.captures_iter(line.text) {
            let entry = uses.entry(found["n"].to_owned()).or_default();
            let sighting = Sighting { what: found["n"].to_owned(), evidence: file.evidence(line) };
            match line.sign {
                Sign::Context => entry.stays = true,
                Sign::Added => entry.after.push(sighting),
                Sign::Removed => entry.before.push(sighting),
            }
            let rest = found.name("s").map_or("", |rest| rest.as_str());
            let default = [
                "||",
                "??",
                "unwrap_or",
                ", ",
                "or ",
                "default",
                "LookupEnv",
                ".ok()",
                "is_ok",
                "is_some",
                "!= \"\"",
                "== \"\"",
                "?:",
                "{ ",
                "if ",
            ];
            entry.has_default |= default.iter().any(|mark| rest.contains(mark))
                || line.text.contains("LookupEnv")
                || line.text.trim_start().starts_with("if ");
        }
    }
}

/// `.env.example` and its kin tell what an installation sets.
fn read_dotenv(file: &FileReading, uses: &mut BTreeMap<String, Uses>) {
    if file.language.name != "dotenv" {
        return;
    }
    for key in super::keys::keys(file) {
        let sighting = Sighting { what: key.path.clone(), evidence: key.evidence };
        let entry = uses.entry(key.path).or_default();
        match (key.old, key.new) {
            (None, Some(value)) => {
                entry.has_default |= !value.is_empty();
                entry.after.push(sighting);
            }
            (Some(_), None) => entry.before.push(sighting),
            _ => {}
        }
    }
}

/// A block of lines that stops reading exactly one variable and starts reading exactly one other.
fn renamed(reading: &Reading, uses: &BTreeMap<String, Uses>) -> Vec<(String, String, Sighting)> {
    let only = |name: &str, before: bool| {
        uses.get(name)
            .is_some_and(|uses| !uses.stays && if before { uses.after.is_empty() } else { uses.before.is_empty() })
    };
    let mut renamed: Vec<(String, String, Sighting)> = Vec::new();
    for file in reading.production().filter(|file| file.language.is_code() && file.topics.has(Topic::Environment)) {
        for block in file.lines.split(|line| line.sign == Sign::Context) {
            let names = |sign: Sign| -> BTreeSet<&str> {
                block
                    .iter()
                    .filter(|line| line.topics.has(Topic::Environment))
                    .filter(|line| line.sign == sign && !line.silent && !line.test)
                    .filter_map(|line| READ.captures(line.text)?.name("n").map(|name| name.as_str()))
                    .collect()
            };
            let (before, after) = (names(Sign::Removed), names(Sign::Added));
            let (Some(old), Some(new)) = (before.first(), after.first()) else { continue };
            if before.len() == 1
                && after.len() == 1
                && only(old, true)
                && only(new, false)
                && !renamed.iter().any(|(known, _, _)| known == old)
            {
                let line = block.iter().find(|line| line.sign == Sign::Added && line.text.contains(new));
                let evidence = line.map_or_else(|| file.whole("renamed"), |line| file.evidence(line));
                renamed.push(((*old).to_owned(), (*new).to_owned(), Sighting { what: String::new(), evidence }));
            }
        }
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn new_renamed_and_forgotten_variables_are_told() {
        let risks = Story::new()
            .file("src/a.rs", "+let key = std::env::var(\"PAY_KEY\")?;\n")
            .file("src/b.py", "-x = os.environ[\"OLD_URL\"]\n+x = os.environ[\"NEW_URL\"]\n")
            .file("src/c.ts", "+const port = process.env.PORT || 80;\n")
            .file("src/d.go", "-v := os.Getenv(\"GONE\")\n")
            .risks();
        assert_eq!(
            risks,
            [
                "Medium Environment variable renamed: `OLD_URL` is now `NEW_URL`",
                "Medium 1 environment variable is read for the first time, without a default on the line: `PAY_KEY`",
                "Low 1 environment variable is read for the first time, with a default: `PORT`",
                "Low 1 environment variable is no longer read: `GONE`",
            ]
        );
    }

    #[test]
    fn comments_tests_and_moves_are_silent() {
        let story = Story::new()
            .file("src/a.rs", "+// std::env::var(\"X_KEY\")\n")
            .file("src/a_test.go", "+os.Getenv(\"Y_KEY\")\n")
            .file("src/b.py", "-a = os.environ[\"SAME\"]\n")
            .file("src/c.py", "+b = os.environ[\"SAME\"]\n");
        assert!(story.risks().is_empty(), "{:?}", story.risks());
    }
}
