//! How do the chosen steps read, as text for a model and for a person?

use super::choose::Step;
use super::entries::Entry;
use super::lexicon::Lexicon;
use crate::domain::digest::Intent;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

/// What is told of one entry.
#[derive(Debug, Default, Clone)]
struct Told {
    ids: Vec<usize>,
    sha: bool,
    title: bool,
    words: Vec<u32>,
    sentences: Vec<usize>,
}

/// The items by area, then the words of the diff.
pub fn items(entries: &[Entry], lexicon: &Lexicon, steps: &[Step]) -> String {
    let (told, loose) = collect(entries, steps);
    let mut areas: BTreeMap<usize, (&str, Vec<usize>)> = BTreeMap::new();
    for at in (0..entries.len()).filter(|at| told[*at].says_something()) {
        let area = entries[at].area.as_str();
        let first = areas.iter().find(|(_, (name, _))| *name == area).map_or(areas.len(), |(first, _)| *first);
        areas.entry(first).or_insert((area, Vec::new())).1.push(at);
    }
    let mut text = String::new();
    for (name, members) in areas.into_values() {
        area(&mut text, name, &members, entries, &told, lexicon);
    }
    if !loose.is_empty() {
        let words: Vec<&str> = loose.iter().map(|word| lexicon.word(*word)).collect();
        let _ = writeln!(text, "## Words of the diff\n{}", words.join(" "));
    }
    text
}

impl Told {
    fn says_something(&self) -> bool {
        !self.ids.is_empty() || self.title || !self.words.is_empty()
    }
}

fn collect(entries: &[Entry], steps: &[Step]) -> (Vec<Told>, Vec<u32>) {
    let mut told = vec![Told::default(); entries.len()];
    let mut loose = Vec::new();
    for step in steps {
        match *step {
            Step::Id(at, id) => told[at].ids.push(id),
            Step::Sha(at) => told[at].sha = true,
            Step::Title(at) => told[at].title = true,
            Step::Sentence(at, sentence) => told[at].sentences.push(sentence),
            Step::Word(word, Some(at)) => told[at].words.push(word),
            Step::Word(word, None) => loose.push(word),
        }
    }
    for (entry, told) in entries.iter().zip(&mut told) {
        told.ids.sort_unstable();
        told.sentences.sort_unstable();
        let place = |word: &u32| entry.title_words.iter().chain(&entry.more_words).position(|known| known == word);
        told.words.sort_by_key(place);
        let mut once = HashSet::new();
        told.words.retain(|word| once.insert(*word) && !(told.title && entry.title_words.contains(word)));
    }
    (told, loose)
}

fn area(text: &mut String, name: &str, members: &[usize], entries: &[Entry], told: &[Told], lexicon: &Lexicon) {
    let name = if name.is_empty() { "other" } else { name };
    let _ = writeln!(text, "## {name}");
    let (titled, rest): (Vec<usize>, Vec<usize>) = members.iter().partition(|at| told[**at].title);
    let mut intents: Vec<Intent> = Vec::new();
    for at in &titled {
        if !intents.contains(&entries[*at].intent) {
            intents.push(entries[*at].intent);
        }
    }
    for intent in intents {
        let _ = writeln!(text, "{}:", label(intent));
        for at in titled.iter().filter(|at| entries[**at].intent == intent) {
            full(text, &entries[*at], &told[*at], lexicon);
        }
    }
    if !rest.is_empty() {
        let rest: Vec<String> = rest.iter().map(|at| brief(&entries[*at], &told[*at], lexicon)).collect();
        let _ = writeln!(text, "also: {}", rest.join("; "));
    }
}

/// `- #812 Retry budget. It is refilled every minute. (ceiling backoff)`
fn full(text: &mut String, entry: &Entry, told: &Told, lexicon: &Lexicon) {
    let _ = write!(text, "- {}{}", name_of(entry, told), entry.title);
    for sentence in &told.sentences {
        let stop = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
        let _ = write!(text, "{stop} {}", entry.said[*sentence].text);
    }
    let words: Vec<&str> = told.words.iter().map(|word| lexicon.word(*word)).collect();
    if !words.is_empty() {
        let _ = write!(text, " ({})", words.join(" "));
    }
    text.push('\n');
}

/// Ids and words without a sentence: `#1203 retry budget`.
fn brief(entry: &Entry, told: &Told, lexicon: &Lexicon) -> String {
    let words: Vec<&str> = told.words.iter().map(|word| lexicon.word(*word)).collect();
    format!("{}{}", name_of(entry, told), words.join(" ")).trim_end().to_string()
}

fn name_of(entry: &Entry, told: &Told) -> String {
    let mut name = String::new();
    for id in &told.ids {
        let _ = write!(name, "{} ", entry.ids[*id].text);
    }
    if told.sha {
        let _ = write!(name, "{} ", entry.sha);
    }
    name
}

/// What people call a group of such items.
fn label(intent: Intent) -> &'static str {
    match intent {
        Intent::Feature => "Features added",
        Intent::Fix => "Bug fixes",
        Intent::Performance => "Performance improvements",
        Intent::Security => "Security",
        Intent::Deprecation => "Deprecated, removed",
        Intent::Revert => "Reverted",
        Intent::Refactor => "Internal changes",
        Intent::Documentation => "Documentation",
        Intent::Tests => "Tests",
        Intent::Build => "Build, release",
        Intent::Dependency => "Dependencies updated",
        Intent::Chore => "Chores",
        Intent::Other => "Changed",
    }
}
