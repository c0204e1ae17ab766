//! Which ids and content words does a release note mention, and how many of them does a text keep?

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What a note mentions.
pub struct Truth {
    /// Those that the raw text has too.
    pub ids: BTreeSet<String>,
    pub words: BTreeSet<String>,
    words_in_raw: BTreeSet<String>,
}

/// Parts kept, from 0 to 1.
pub struct Score {
    /// None where the note mentions no id.
    pub ids: Option<f64>,
    pub words: f64,
    pub words_in_raw: f64,
}

impl Truth {
    pub fn of(section: &str, raw: &str) -> Self {
        let known = ids(raw);
        let mut mentioned = ids(section);
        mentioned.retain(|id| known.contains(id));
        let raw_words = words(raw);
        let words = words(&PLACES.replace_all(section, " "));
        let words_in_raw = words.intersection(&raw_words).cloned().collect();
        Self { ids: mentioned, words, words_in_raw }
    }

    pub fn score(&self, text: &str) -> Score {
        let (ids, words) = (ids(text), words(text));
        let part = |wanted: &BTreeSet<String>, found: &BTreeSet<String>| {
            wanted.intersection(found).count() as f64 / wanted.len().max(1) as f64
        };
        Score {
            ids: (!self.ids.is_empty()).then(|| part(&self.ids, &ids)),
            words: part(&self.words, &words),
            words_in_raw: part(&self.words_in_raw, &words),
        }
    }
}

/// The part of a changelog below the heading (Markdown, or underlined) that names the version of a tag.
pub fn section(changelog: &str, tag: &str) -> Option<String> {
    let version = &tag[tag.find(|letter: char| letter.is_ascii_digit())?..];
    let lines: Vec<&str> = changelog.lines().collect();
    let named = |line: &str| VERSION.find_iter(line).any(|found| found.as_str() == version);
    let start = (0..lines.len()).find(|at| level(&lines, *at) > 0 && named(lines[*at]))?;
    let own = level(&lines, start);
    let ends = |at: usize| {
        let level = level(&lines, at);
        level > 0 && (level < own || level == own && VERSION.is_match(lines[at]))
    };
    let end = (start + 1..lines.len()).find(|at| ends(*at)).unwrap_or(lines.len());
    Some(lines[start + 1..end].join("\n"))
}

/// 1 for the highest heading; 0 for a line that is none.
fn level(lines: &[&str], at: usize) -> usize {
    let line = lines[at];
    if line.starts_with('#') {
        return line.chars().take_while(|letter| *letter == '#').count();
    }
    let under = lines.get(at + 1).map_or("", |line| line.trim_end());
    let underlined = |sign: char| under.len() > 3 && under.chars().all(|letter| letter == sign);
    match line.trim().is_empty() || line.starts_with('|') {
        true => 0,
        false if underlined('=') => 1,
        false if underlined('-') => 2,
        false => 0,
    }
}

/// Changelogs, news, and folders of their fragments.
pub fn is_changelog(path: &str) -> bool {
    CHANGELOG.is_match(path)
}

fn ids(text: &str) -> BTreeSet<String> {
    IDS.captures_iter(text)
        .filter_map(|found| (1..=3).find_map(|group| found.get(group)))
        .map(|id| id.as_str().to_string())
        .filter(|id| !STANDARDS.iter().any(|name| id.starts_with(name)))
        .collect()
}

/// Lower-case alphabetic words of at least four letters that are not mere grammar.
fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_lowercase()).filter(|word| word.len() >= 4);
    words.filter(|word| !GRAMMAR.contains(word)).map(str::to_string).collect()
}

static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+\.\d+(?:\.\d+)*(?:-(?:alpha|beta|rc)[\w.]*)?").expect("a constant"));
/// Addresses and the names of people are no content words.
static PLACES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"https?://\S+|\]\([^)]*\)|@[\w-]+").expect("a constant"));
static IDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^\w&])\\?#(\d{1,7})\b|/(?:issues|pull|pulls)/(\d{1,7})\b|\b([A-Z][A-Z0-9]{1,9}-[1-9]\d{0,6})\b")
        .expect("a constant")
});
static CHANGELOG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|/)\.?(?:changelogs?|changes|history|news|newsfragments|relnotes?|release[-_]?notes?)(?:[/.\-_]|$)",
    )
    .expect("a constant")
});

/// What looks like a ticket and is a standard, an encoding or an algorithm.
const STANDARDS: [&str; 11] =
    ["UTF-", "UCS-", "SHA-", "ISO-", "RFC-", "CVE-", "AES-", "PEP-", "RUSTSEC-", "GHSA-", "HTTP-"];

const GRAMMAR: [&str; 72] = [
    "this",
    "that",
    "with",
    "from",
    "have",
    "been",
    "were",
    "will",
    "would",
    "should",
    "could",
    "when",
    "where",
    "which",
    "while",
    "there",
    "their",
    "them",
    "then",
    "than",
    "they",
    "these",
    "those",
    "what",
    "whose",
    "also",
    "into",
    "only",
    "some",
    "such",
    "over",
    "under",
    "your",
    "more",
    "most",
    "other",
    "about",
    "after",
    "before",
    "because",
    "between",
    "both",
    "each",
    "does",
    "doing",
    "down",
    "during",
    "further",
    "here",
    "itself",
    "just",
    "once",
    "same",
    "very",
    "being",
    "having",
    "cannot",
    "through",
    "until",
    "above",
    "below",
    "again",
    "against",
    "without",
    "within",
    "myself",
    "ours",
    "yours",
    "theirs",
    "himself",
    "herself",
    "themselves",
];
