//! What could the context tell: the items with their ids, titles and the words behind them.

use super::clean;
use super::ids::{self, Id, Role};
use super::lexicon::{Lexicon, Source};
use super::sentences;
use crate::domain::change::{ChangeSet, Commit};
use crate::domain::digest::{Digest, Intent, Item};
use std::collections::{HashMap, HashSet};

/// One item, ready to be told in full, in a few words, or by its ids.
#[derive(Debug)]
pub struct Entry {
    /// One clean line.
    pub title: String,
    pub area: String,
    pub intent: Intent,
    /// Pull requests and tickets first, then what the bodies mention.
    pub ids: Vec<Id>,
    /// Short SHA; empty where an id names the entry.
    pub sha: String,
    /// Words of the title, then of subjects and bodies, as the lexicon numbers them.
    pub title_words: Vec<u32>,
    pub more_words: Vec<u32>,
    pub said: Vec<Said>,
}

/// A sentence of a body with its words.
#[derive(Debug)]
pub struct Said {
    pub text: String,
    pub words: Vec<u32>,
}

/// Text of bodies read of one item, in bytes: at least, and for all items together.
const BODY_BYTES: usize = 600;
const ALL_BODY_BYTES: usize = 1024 * 1024;

/// Entries in the order of the digest; commits that no item holds follow, newest first.
pub fn gather(changes: &ChangeSet, digest: &Digest, lexicon: &mut Lexicon) -> Vec<Entry> {
    let by_short: HashMap<&str, &Commit> = changes.commits.iter().map(|commit| (commit.short(), commit)).collect();
    let limit = BODY_BYTES.max(ALL_BODY_BYTES / digest.items.len().max(1));
    let mut held: HashSet<&str> = HashSet::new();
    let mut entries = Vec::with_capacity(digest.items.len());
    for item in &digest.items {
        let commits: Vec<&Commit> =
            item.commits.iter().filter_map(|short| by_short.get(short.as_str()).copied()).collect();
        held.extend(commits.iter().map(|commit| commit.short()));
        entries.push(entry(item, &commits, limit, lexicon));
    }
    let known: HashSet<u64> = digest.items.iter().flat_map(|item| &item.pull_requests).copied().collect();
    for commit in changes.commits.iter().filter(|commit| !held.contains(commit.short())) {
        if !commit.is_merge || commit.pull_requests.iter().any(|number| !known.contains(number)) {
            entries.push(stray(commit));
        }
    }
    entries
}

/// A commit that no item holds, for example because it was taken back within the range: only its ids are told.
fn stray(commit: &Commit) -> Entry {
    let own = commit.pull_requests.iter().map(|number| format!("#{number}")).chain(commit.tickets.iter().cloned());
    only_ids("taken back or without effect", own.map(|text| Id { text, role: Role::Mentioned }).collect())
}

/// Ids without an item.
pub fn only_ids(area: &str, ids: Vec<Id>) -> Entry {
    Entry {
        title: String::new(),
        area: area.to_string(),
        intent: Intent::Other,
        ids,
        sha: String::new(),
        title_words: Vec::new(),
        more_words: Vec::new(),
        said: Vec::new(),
    }
}

fn entry(item: &Item, commits: &[&Commit], limit: usize, lexicon: &mut Lexicon) -> Entry {
    let bot =
        item.intent == Intent::Dependency || item.authors.iter().any(|author| is_bot(&author.name, &author.email));
    let title = clean::line(&item.title);
    let source = match (bot, item.intent.user_visible()) {
        (true, _) => Source::BotTitle,
        (false, true) => Source::Title,
        (false, false) => Source::InnerTitle,
    };
    let title_words = lexicon.read(&title, source);
    let ids = ids::of(item, commits, bot);
    let sha = if ids.is_empty() { item.commits.first().cloned().unwrap_or_default() } else { String::new() };
    let mut entry = Entry {
        title,
        area: clean::line(&item.area),
        intent: item.intent,
        ids,
        sha,
        title_words,
        more_words: Vec::new(),
        said: Vec::new(),
    };
    if !bot {
        commits.iter().for_each(|commit| entry.read(commit, limit, lexicon));
    }
    entry
}

impl Entry {
    fn read(&mut self, commit: &Commit, limit: usize, lexicon: &mut Lexicon) {
        let subject = if commit.is_merge { branch(&commit.subject) } else { &commit.subject };
        let words = lexicon.read(subject, Source::Lead);
        self.add(&words);
        let body = &commit.body[..commit.body.floor_char_boundary(limit)];
        for sentence in sentences::of(body) {
            if sentence.text == self.title {
                continue;
            }
            let words = lexicon.read(&sentence.text, if sentence.leads { Source::Lead } else { Source::Body });
            self.add(&words);
            if sentence.tellable {
                self.said.push(Said { text: sentence.text, words });
            }
        }
    }

    fn add(&mut self, words: &[u32]) {
        for word in words {
            if !self.title_words.contains(word) && !self.more_words.contains(word) {
                self.more_words.push(*word);
            }
        }
    }
}

/// The branch a merge names, without its owner: it often says what the title does not.
fn branch(subject: &str) -> &str {
    let branch = subject.split_once(" from ").map_or("", |(_, branch)| branch);
    branch.split_once('/').map_or(branch, |(_, name)| name)
}

fn is_bot(name: &str, email: &str) -> bool {
    [name, email].iter().any(|text| text.contains("[bot]") || text.contains("dependabot") || text.contains("renovate"))
}
