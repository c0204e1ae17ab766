//! How do the chosen steps read, as text for a model and for a person?

use super::choose::Step;
use super::entries::Entry;
use super::hints::Places;
use super::lexicon::Lexicon;
use crate::domain::digest::Intent;
use std::collections::{HashMap, HashSet};
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

/// What there is to tell from.
pub struct Source<'a> {
    pub entries: &'a [Entry],
    pub lexicon: &'a Lexicon,
    pub places: &'a Places,
}

/// The items by area, then the words of the diff.
pub fn items(source: &Source, steps: &[Step]) -> String {
    let (told, loose) = collect(source.entries, steps);
    let mut areas: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut at_area: HashMap<&str, usize> = HashMap::new();
    for at in (0..told.len()).filter(|at| told[*at].says_something()) {
        let name = source.entries[at].area.as_str();
        let area = *at_area.entry(name).or_insert_with(|| {
            areas.push((name, Vec::new()));
            areas.len() - 1
        });
        areas[area].1.push(at);
    }
    let (small, large): (Vec<_>, Vec<_>) = areas.into_iter().partition(|(_, members)| members.len() < 3);
    let mut text = String::new();
    for (name, members) in large {
        area(&mut text, name, &members, source, &told, false);
    }
    let rest: Vec<usize> = small.into_iter().flat_map(|(_, members)| members).collect();
    if !rest.is_empty() {
        area(&mut text, "Elsewhere", &rest, source, &told, true);
    }
    diff_words(&mut text, source, &loose);
    text
}

/// `area: word word`, one line for each area that has some.
fn diff_words(text: &mut String, source: &Source, loose: &[u32]) {
    let mut places: Vec<(&str, Vec<&str>)> = Vec::new();
    for word in loose {
        let place = source.places.of(*word);
        let at = places.iter().position(|(name, _)| *name == place).unwrap_or_else(|| {
            places.push((place, Vec::new()));
            places.len() - 1
        });
        places[at].1.push(source.lexicon.word(*word));
    }
    if !places.is_empty() {
        text.push_str("## Words of the diff\n");
    }
    let (mut named, rest): (Vec<_>, Vec<_>) =
        places.into_iter().partition(|(name, words)| !name.is_empty() && words.len() > 3);
    let rest: Vec<&str> = rest.into_iter().flat_map(|(_, words)| words).collect();
    if !rest.is_empty() {
        named.push(("elsewhere", rest));
    }
    for (name, words) in named {
        let _ = writeln!(text, "{name}: {}", words.join(" "));
    }
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

/// One area; with `scoped`, each title says which area it is of.
fn area(text: &mut String, name: &str, members: &[usize], source: &Source, told: &[Told], scoped: bool) {
    let entries = source.entries;
    let _ = writeln!(text, "## {}", if name.is_empty() { "other" } else { name });
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
            full(text, &entries[*at], &told[*at], source.lexicon, scoped);
        }
    }
    if !rest.is_empty() {
        let rest: Vec<String> = rest.iter().map(|at| brief(&entries[*at], &told[*at], source.lexicon)).collect();
        let _ = writeln!(text, "also: {}", rest.join("; "));
    }
}

/// `- #812 Retry budget. It is refilled every minute. (ceiling backoff)`
fn full(text: &mut String, entry: &Entry, told: &Told, lexicon: &Lexicon, scoped: bool) {
    let _ = write!(text, "- {}", name_of(entry, told));
    if scoped && !entry.area.is_empty() {
        let _ = write!(text, "{}: ", entry.area);
    }
    text.push_str(&entry.title);
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
