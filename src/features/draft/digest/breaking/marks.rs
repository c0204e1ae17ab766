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

/// `feat!:`, `[BREAKING]`, `breaking:`, and a sentence of the message that claims it (`This is a breaking change`). A message
/// that only speaks of breaking changes (a guide, a section, somebody else's notes, a merge of branches) claims nothing.
pub fn sightings(reading: &Reading) -> Vec<Sighting> {
    let mut found = Vec::new();
    for (index, commit) in reading.changes.commits.iter().enumerate() {
        let first = title(commit);
        let subject = if first == commit.subject { reading.subjects[index].clone() } else { Subject::parse(first) };
        let how = if subject.bang {
            "subject marked `!`".to_owned()
        } else if let Some(words) = in_subject(first) {
            format!("subject says `{words}`")
        } else if may_claim(commit, &subject) && in_body(&commit.body) {
            "body says `breaking change`".to_owned()
        } else {
            continue;
        };
        found.push(Sighting { text: subject.title, how, commit: Some(index), path: None });
    }
    found
}

/// Version bumps quote the notes of others, branch merges list conflicts, documents describe what was done before.
fn may_claim(commit: &Commit, subject: &Subject) -> bool {
    let foreign = is_bump(&subject.title) || commit.is_merge && commit.pull_requests.is_empty();
    let apart = matches!(subject.kind.as_str(), "docs" | "doc" | "test" | "tests" | "ci" | "chore" | "deps" | "revert");
    let spoken = |word: &&str| contains_ignoring_case(&commit.body, word);
    !foreign && !apart && ["break", "incompatible"].iter().any(spoken)
}

/// The subject, or the request's title where the commit only merges it.
fn title(commit: &Commit) -> &str {
    let merge = commit.is_merge && commit.subject.starts_with("Merge ");
    let said = commit.body.lines().map(str::trim).find(|line| !line.is_empty());
    said.filter(|_| merge).unwrap_or(&commit.subject)
}

static SAID_IN_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W{0,3}(?P<a>breaking(?:[ -]changes?)?)\W{0,2}:|[(\[]\s?(?P<b>(?:api[ -])?breaking(?:[ -]changes?)?)\s?[)\]]|\s[-\x{2013}\x{2014}]\s(?P<c>breaking(?:[ -]changes?)?)$|^(?P<d>(?:make |introduce )?(?:a )?(?:backwards?[ -]incompatible|breaking change))\b",
    )
});

/// The words by which a subject marks itself: at its start, in brackets, or after a dash at its end.
fn in_subject(text: &str) -> Option<String> {
    let found = SAID_IN_SUBJECT.captures(text)?;
    ["a", "b", "c", "d"].iter().find_map(|name| found.name(name)).map(|words| words.as_str().to_lowercase())
}

static CLAIM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:this|it|that|which|these|those|change|patch|commit|pr|technically)\b[^.;:?]{0,60}?\b(?:is|are|was|were|makes?|introduces?|causes?|contains?|be)\b[^.;:?]{0,24}?\b(?:breaking[ -]changes?|backwards?[ -]incompatible|api[ -]break(?:age|ing)?)\b",
    )
});

/// Does a sentence claim that this very change breaks something, without taking it back or making it a condition?
fn in_body(body: &str) -> bool {
    paragraphs(body).iter().any(|paragraph| {
        CLAIM.find_iter(paragraph).any(|claim| {
            let start = paragraph[..claim.start()].rfind(". ").map_or(0, |at| at + 2);
            let end = paragraph[claim.end()..].find(". ").map_or(paragraph.len(), |at| claim.end() + at);
            let whole = format!(" {} ", paragraph[start..end].to_lowercase());
            let taken_back = [
                " not ",
                "n't",
                "non-",
                " no ",
                " without ",
                " avoid",
                " never ",
                " if ",
                " would ",
                " could ",
                " might ",
                " may ",
                " potential",
                " unless ",
                " any ",
                " revert",
                " detect",
                " http",
                "](",
                " template",
            ];
            !taken_back.iter().any(|word| whole.contains(word))
        })
    })
}

/// The message's own prose: no quotes, code, tables, check lists and markup, wrapped lines joined.
fn paragraphs(body: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut fenced = false;
    for line in body.lines().map(str::trim) {
        fenced ^= line.starts_with("```");
        let foreign =
            fenced || line.starts_with(['>', '|', '<', '#', '`']) || line.contains("[ ]") || line.contains("[x]");
        if line.is_empty() || foreign {
            found.push(String::new());
        } else if let Some(last) = found.last_mut() {
            last.push_str(if last.is_empty() { "" } else { " " });
            last.push_str(line);
        }
    }
    found.retain(|paragraph| !paragraph.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_mark_themselves_or_only_speak_of_it() {
        for marked in ["breaking: rename the flag", "Backwards incompatible: drop v1", "Drop v1 (breaking change)"] {
            assert!(in_subject(marked).is_some(), "{marked}");
        }
        for harmless in [
            "Bring back the breaking changes readme section",
            "Don't raise individual requests for non breaking changes",
            "Wind back the update which has breaking change",
            "breaking news page",
            "fix groundbreaking typo",
        ] {
            assert_eq!(in_subject(harmless), None, "{harmless}");
        }
    }

    #[test]
    fn only_sentences_that_claim_it_count() {
        assert!(in_body("This is a breaking change for callers."));
        assert!(in_body("The flag is gone. Since the default differs, it is technically\na breaking change."));
        for harmless in [
            "This is a non-breaking change",
            "There are no breaking changes",
            "This is not a breaking change",
            "This would be a breaking change if anybody used it",
            "- [ ] This is a breaking change (fix or feature)",
            "> This release contains breaking changes",
            "Resolved docs/upgrading.md by keeping both new\n\"Breaking Changes\" entries",
            "This contains the [breaking changes](https://example.com/guide) of the library",
            "See the list of breaking changes",
        ] {
            assert!(!in_body(harmless), "{harmless}");
        }
    }
}
