//! Do two entries mean the same, although a version, a number or a word differs?

use crate::domain::preference::Wish;
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// How many of their words two entries share at least.
const SHARED: f32 = 0.75;

/// Words that turn a sentence around.
const AGAINST: [&str; 8] = ["not", "no", "never", "without", "don", "dont", "nicht", "kein"];

pub fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let against = |words: &HashSet<String>| AGAINST.iter().any(|word| words.contains(*word));
    let shared = one.intersection(&other).count() as f32;
    let all = one.union(&other).count() as f32;
    all > 0.0 && shared >= SHARED * all && against(&one) == against(&other)
}

/// Compared by what comes before a list of subjects: `Read the upgrade notes: A; B` and `Read the upgrade notes: C`.
pub fn begin_alike(one: &str, other: &str) -> bool {
    alike(head(one), head(other))
}

/// Do both speak of the same entry, be it wanted or not?
pub fn same_entry(one: &Wish, other: &Wish) -> bool {
    match (one, other) {
        (Wish::Add(one), Wish::Add(other)) => alike(one, other),
        (Wish::Omit(one), Wish::Omit(other)) => begin_alike(one, other),
        (Wish::Add(add), Wish::Omit(omit)) | (Wish::Omit(omit), Wish::Add(add)) => begin_alike(add, omit),
    }
}

/// `Read the upgrade notes` of `Read the upgrade notes: A; B`; all of an entry that has no such beginning. For which of several
/// services it stands is no part of it.
pub fn head(entry: &str) -> &str {
    static MODULES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(?:`[^`]+`(?:, | and )?)+: ").expect("a pattern"));
    let entry = entry.trim();
    let entry = MODULES.find(entry).map_or(entry, |modules| &entry[modules.end()..]);
    entry.split_once(": ").map(|(head, _)| head).filter(|head| head.split_whitespace().count() >= 3).unwrap_or(entry)
}

/// Citations are no words of it; ids, numbers and tickets are each as good as another.
fn words(text: &str) -> HashSet<String> {
    let text = without_citations(text).to_lowercase();
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| if word.chars().any(|letter| letter.is_ascii_digit()) { "#".to_owned() } else { word.to_owned() })
        .collect()
}

pub fn without_citations(text: &str) -> String {
    static CITATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s*\[[^\[\]\s]+:[^\[\]]+\]").expect("a pattern"));
    CITATION.replace_all(text, "").into_owned()
}

/// Does it speak of one change only: a ticket, a pull request, a commit?
pub fn is_about_one_change(text: &str) -> bool {
    static ONE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b[A-Z][A-Z0-9]+-\d+\b|#\d+|\b[0-9a-f]{7,40}\b|https?://").expect("a pattern"));
    ONE.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_versions_and_marks_is_alike_and_what_says_the_opposite_is_not() {
        for (one, other) in [
            ("Tell support.", "tell support"),
            ("Tell `support` that 3.2 is out", "Tell support that 3.3 is out"),
            ("Check that {version} is live [range:1].", "Check that {version} is live"),
            ("고객센터에 알린다", "고객센터에 알린다."),
        ] {
            assert!(alike(one, other), "{one} / {other}");
        }
        for (one, other) in [
            ("Check that the cache is warm", "Check that the cache is not warm"),
            ("Tell support", "Tell the on-call person of payments"),
            ("", ""),
        ] {
            assert!(!alike(one, other), "{one} / {other}");
        }
        assert!(begin_alike("Read the upgrade notes: serde 2", "Read the upgrade notes: tokio 3; axum 1"));
        assert!(begin_alike("`web` and `api`: Read the upgrade notes: serde 2", "Read the upgrade notes"));
        assert!(!begin_alike("Note: careful", "Note: go"), "two words are no beginning");
    }

    #[test]
    fn what_names_a_ticket_or_a_commit_is_about_one_change() {
        for text in ["Close PAY-311", "See #12", "Revert 1a2b3c4d first", "See https://wiki.example/x"] {
            assert!(is_about_one_change(text), "{text}");
        }
        for text in ["Tell support", "Wait 30 minutes", "Watch p95 for {version}"] {
            assert!(!is_about_one_change(text), "{text}");
        }
    }
}
