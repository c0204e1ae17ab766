//! Which commits are marked as breaking in their subject, or say so in their words?

use super::super::intent::is_bump;
use super::super::reading::Reading;
use super::super::subject::Subject;
use super::Sighting;
use super::footers::contains_ignoring_case;
use crate::domain::change::Commit;
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// `feat!:`, `[BREAKING]`, `breaking:`, and "breaking change" in a sentence that does not deny it.
pub fn sightings(reading: &Reading) -> Vec<Sighting> {
    let mut found = Vec::new();
    for (index, commit) in reading.changes.commits.iter().enumerate() {
        let first = title(commit);
        let subject = if first == commit.subject { reading.subjects[index].clone() } else { Subject::parse(first) };
        let how = if subject.bang {
            "subject marked `!`".to_owned()
        } else if let Some(words) = in_words(first) {
            format!("subject says `{words}`")
        } else if !is_bump(&subject.title)
            && contains_ignoring_case(&commit.body, "breaking")
            && in_words(&commit.body).is_some()
        {
            "body says `breaking change`".to_owned()
        } else {
            continue;
        };
        found.push(Sighting { text: subject.title, how, commit: Some(index), path: None });
    }
    found
}

/// The subject, or the request's title where the commit only merges it.
fn title(commit: &Commit) -> &str {
    let merge = commit.is_merge && commit.subject.starts_with("Merge ");
    let said = commit.body.lines().map(str::trim).find(|line| !line.is_empty());
    said.filter(|_| merge).unwrap_or(&commit.subject)
}

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(\S+\s+)?(\S+\s+)?(\S*)\b(breaking[ -]changes?|breaking:|\[breaking\]|backwards?[ -]incompatible|api[ -]break)\b?(\W{0,3}\S*)",
    )
});

/// The words that say it, unless the words before them take it back.
fn in_words(text: &str) -> Option<String> {
    WORDS.captures_iter(text).find_map(|found| {
        let before: String = (1..=3).filter_map(|n| found.get(n)).map(|part| part.as_str().to_lowercase()).collect();
        let denied = [
            "non-",
            "not ",
            "no ",
            "without ",
            "isn't",
            "avoid",
            "any ",
            "nor ",
            "never",
            "un",
            "zero ",
            "prevent",
            "if ",
            "detect",
            "possible",
            "potential",
            "future",
            "for ",
            "list of",
            "check",
        ]
        .iter()
        .any(|word| before.contains(word));
        let after = found.get(5).map_or("", |part| part.as_str()).to_lowercase();
        // `Breaking changes: none`, `- [ ] Breaking change` and `Breaking change? no` come from templates.
        let template =
            ["none", "no", "n/a", "?"].iter().any(|word| after.trim_matches([':', ' ', '*']).starts_with(word))
                || before.contains("[ ]")
                || before.trim_end().ends_with(']');
        (!denied && !template).then(|| found[4].to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_mean_it_count() {
        assert!(in_words("This is a breaking change for callers").is_some());
        assert!(in_words("breaking: rename the flag").is_some());
        assert!(in_words("Backwards incompatible: drop v1").is_some());
        for harmless in [
            "This is a non-breaking change",
            "There are no breaking changes",
            "not a breaking change",
            "without any breaking changes",
            "- [ ] Breaking change (fix or feature)",
            "Breaking changes: none",
            "breaking news page",
            "fix groundbreaking typo",
        ] {
            assert_eq!(in_words(harmless), None, "{harmless}");
        }
    }
}
