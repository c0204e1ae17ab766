//! Which words does the diff itself offer, and in which area: headings, flags, keys, definitions, comments, names?

use super::clean;
use super::ids::{self, Id};
use super::lexicon::{Lexicon, Source};
use crate::domain::change::{ChangeSet, FileChange};
use crate::domain::digest::Digest;
use std::collections::{HashMap, HashSet};

/// Added text read of one file, and of all files together, in bytes: what comes after adds little and takes time.
const FILE_BYTES: usize = 48 * 1024;
const ALL_BYTES: usize = 1536 * 1024;

/// Where a word of the diff was first seen.
#[derive(Debug, Default)]
pub struct Places {
    names: Vec<String>,
    first: HashMap<u32, usize>,
    /// Issues and pull requests that added comments and documents link to, each once.
    pub linked: Vec<Id>,
}

/// Of a diff that links to everything, so many are kept.
const MOST_LINKED: usize = 24;

impl Places {
    /// Name of the area a word was first seen in; empty when it is of no area.
    pub fn of(&self, word: u32) -> &str {
        self.first.get(&word).map_or("", |place| &self.names[*place])
    }

    fn note(&mut self, words: &[u32], place: Option<usize>) {
        for word in words {
            if let Some(place) = place {
                self.first.entry(*word).or_insert(place);
            }
        }
    }
}

/// Reads paths and added lines of every file that is not noise.
pub fn read(changes: &ChangeSet, digest: &Digest, lexicon: &mut Lexicon) -> Places {
    let noise: HashSet<&str> = digest.noise.iter().flat_map(|noise| &noise.paths).map(String::as_str).collect();
    let areas =
        digest.areas.iter().enumerate().flat_map(|(at, area)| area.files.iter().map(move |file| (file.as_str(), at)));
    let areas: HashMap<&str, usize> = areas.collect();
    let names = digest.areas.iter().map(|area| clean::line(&area.name)).collect();
    let mut places = Places { names, first: HashMap::new(), linked: Vec::new() };
    let mut left = ALL_BYTES;
    for file in changes.files.iter().filter(|file| !noise.contains(file.path.as_str())) {
        let place = areas.get(file.path.as_str()).copied();
        places.note(&lexicon.read(&file.path, Source::Path), place);
        left -= read_file(file, FILE_BYTES.min(left), &mut |line, source| {
            if places.linked.len() < MOST_LINKED && (line.contains("/issues/") || line.contains("/pull/")) {
                ids::linked(line, &mut places.linked);
            }
            let words = lexicon.read(line, source);
            places.note(&words, place);
        });
    }
    places
}

/// Returns how many bytes were read.
fn read_file(file: &FileChange, limit: usize, found: &mut dyn FnMut(&str, Source)) -> usize {
    let nature = nature(&file.path);
    let mut read = 0;
    for line in file.hunks.iter().flat_map(|hunk| hunk.body.lines()).filter_map(|line| line.strip_prefix('+')) {
        if read + line.len() > limit {
            break;
        }
        read += line.len();
        read_line(line.trim_start(), nature, found);
    }
    read
}

fn read_line(line: &str, nature: Nature, found: &mut dyn FnMut(&str, Source)) {
    let letters = |letter: char| !(letter.is_alphanumeric() || letter == '-');
    for flag in line.split(letters).filter(|word| word.starts_with("--")) {
        found(flag, Source::Setting);
    }
    let is_comment = COMMENTS.iter().any(|sign| line.starts_with(sign));
    match nature {
        Nature::Prose if line.starts_with('#') => found(line, Source::Heading),
        Nature::Prose => found(line, Source::Prose),
        Nature::Test => {}
        Nature::Code | Nature::Keys if is_comment => found(line, Source::Comment),
        Nature::Keys => {
            let (key, value) = line.split_once(':').unwrap_or(("", line));
            found(key, Source::Setting);
            found(value, Source::Code);
        }
        Nature::Code if DEFINITIONS.iter().any(|sign| line.starts_with(sign)) => {
            let (name, rest) = line.split_once(['(', '{', '=']).unwrap_or((line, ""));
            found(name, Source::Definition);
            found(rest, Source::Code);
        }
        Nature::Code => found(line, Source::Code),
    }
}

/// How the lines of a file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Prose,
    Keys,
    Test,
    Code,
}

fn nature(path: &str) -> Nature {
    let path = path.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    if path.split(['/', '.', '_', '-']).any(|part| TESTS.contains(&part)) {
        Nature::Test
    } else if ends(&[".md", ".markdown", ".rst", ".adoc", ".txt"]) {
        Nature::Prose
    } else if ends(&[".yaml", ".yml", ".json"]) {
        Nature::Keys
    } else {
        Nature::Code
    }
}

const TESTS: [&str; 10] =
    ["test", "tests", "testing", "testdata", "spec", "specs", "fixtures", "e2e", "benches", "__tests__"];
const COMMENTS: [&str; 6] = ["//", "# ", "/*", "* ", "\"\"\"", "-- "];
const DEFINITIONS: [&str; 14] = [
    "pub ",
    "fn ",
    "def ",
    "class ",
    "func ",
    "function ",
    "struct ",
    "type ",
    "interface ",
    "enum ",
    "trait ",
    "export ",
    "public ",
    "async ",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str, path: &str) -> Vec<(String, Source)> {
        let mut seen = Vec::new();
        read_line(line, nature(path), &mut |text, source| seen.push((text.trim().to_string(), source)));
        seen
    }

    #[test]
    fn a_line_is_read_by_what_its_file_is() {
        assert_eq!(found("## Retry budget", "docs/retry.md"), [("## Retry budget".to_string(), Source::Heading)]);
        assert_eq!(found("Budgets refill.", "README.rst"), [("Budgets refill.".to_string(), Source::Prose)]);
        assert_eq!(
            found("maxRetries: 3", "a.yaml"),
            [("maxRetries".to_string(), Source::Setting), ("3".to_string(), Source::Code)]
        );
        assert_eq!(found("// why", "src/a.rs"), [("// why".to_string(), Source::Comment)]);
        assert_eq!(
            found("pub fn refill(now: Instant)", "src/a.rs"),
            [("pub fn refill".to_string(), Source::Definition), ("now: Instant)".to_string(), Source::Code)]
        );
        assert!(found("assert!(refilled)", "tests/a.rs").is_empty());
        assert_eq!(
            found("run(\"--dry-run\")", "src/a.rs"),
            [("--dry-run".to_string(), Source::Setting), ("run(\"--dry-run\")".to_string(), Source::Code)]
        );
    }
}
