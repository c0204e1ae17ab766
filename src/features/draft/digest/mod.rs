//! What does this change mean for the people who release it? The steps of reading, in order.
//!
//! Pure code: the same change gives the same digest. Text from outside (messages, paths, lines) is data; it is cleaned of
//! invisible characters before it is kept and never decides anything beyond the conventions named in these files.

mod area;
mod breaking;
mod bumps;
mod detail;
mod facts;
mod groups;
mod intent;
mod items;
mod labels;
mod language;
mod moved;
mod noise;
mod outside;
mod plain;
mod reading;
mod reverts;
mod risks;
mod role;
mod side_by_side;
mod subject;
mod topics;

use crate::domain::background::Background;
use crate::domain::change::{Author, ChangeSet, Nature};
use crate::domain::digest::{Digest, Noise, NoiseKind, Seen};
use reading::Reading;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a collected change: noise named, commits folded into items, areas, risk facts with evidence, breaking changes.
///
/// One pass over the lines of the diff, then one per kind of risk over the files that kind looks at. Nothing is refused:
/// what could not be read is in `gaps`.
pub fn digest(changes: &ChangeSet, background: &Background) -> Digest {
    let reading = Reading::of(changes, background);
    let (risks, (areas, folded, breaking)) = std::thread::scope(|scope| {
        let risks = scope.spawn(|| risks::risks(&reading));
        let areas = area::areas(&reading);
        let folded = items::items(&reading);
        let breaking = breaking::breaking(&reading, &folded);
        (risks.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), (areas, folded, breaking))
    });
    let mut gaps = changes.gaps.clone();
    gaps.extend(folded.gaps.iter().cloned());
    gaps.extend(outside::gaps(background));
    let mut digest = Digest {
        range: changes.range.clone(),
        items: folded.items,
        areas,
        risks,
        breaking,
        noise: named_noise(&reading),
        seen: seen(&reading),
        authors: authors(changes),
        pull_requests: pull_requests(changes),
        tickets: tickets(changes, background),
        gaps,
        outside: reading.outside.clone(),
        facts: Vec::new(),
    };
    digest.facts = facts::facts(&reading, &digest);
    digest
}

fn named_noise(reading: &Reading) -> Vec<Noise> {
    let mut kinds: BTreeMap<NoiseKind, Noise> = BTreeMap::new();
    for file in &reading.files {
        let Some(kind) = file.noise else { continue };
        let noise = kinds.entry(kind).or_insert(Noise { kind, paths: Vec::new(), added: 0, removed: 0 });
        noise.paths.push(plain::path(&file.change.path));
        noise.added += file.change.added;
        noise.removed += file.change.removed;
    }
    kinds.into_values().collect()
}

fn seen(reading: &Reading) -> Seen {
    let total = reading.files.len();
    // Lines were counted or expected, yet none came: that file was not read.
    let has_lines = |file: &reading::FileReading| {
        !file.change.hunks.is_empty()
            || file.change.added + file.change.removed == 0 && file.change.nature == Nature::Text
    };
    let read = reading.files.iter().filter(|file| file.noise.is_none() && !file.change.cut && has_lines(file)).count();
    Seen {
        files_total: total,
        files_read: read,
        files_by_name: total - read,
        commits: reading.changes.commits.len().max(reading.changes.range.commits),
        added: reading.files.iter().map(|file| file.change.added).sum(),
        removed: reading.files.iter().map(|file| file.change.removed).sum(),
    }
}

/// Everybody who wrote a commit of the range, by number of commits; one person with two spellings of a name is one.
fn authors(changes: &ChangeSet) -> Vec<Author> {
    let mut counts: BTreeMap<String, (usize, Author)> = BTreeMap::new();
    for commit in changes.commits.iter().filter(|commit| !commit.is_merge) {
        for author in std::iter::once(&commit.author).chain(&commit.co_authors) {
            let key = if author.email.is_empty() { author.name.to_lowercase() } else { author.email.to_lowercase() };
            counts.entry(key).or_insert_with(|| (0, plain::author(author))).0 += 1;
        }
    }
    let mut counted: Vec<(usize, Author)> = counts.into_values().collect();
    counted.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.name.cmp(&right.1.name)));
    counted.into_iter().map(|(_, author)| author).collect()
}

fn pull_requests(changes: &ChangeSet) -> Vec<u64> {
    let numbers: BTreeSet<u64> =
        changes.commits.iter().flat_map(|commit| commit.pull_requests.iter().copied()).collect();
    numbers.into_iter().collect()
}

/// Those that commits name, and those that were found by their pull requests.
fn tickets(changes: &ChangeSet, background: &Background) -> Vec<String> {
    let named = changes.commits.iter().flat_map(|commit| commit.tickets.iter());
    let found = background.tickets.iter().map(|ticket| &ticket.key);
    let unread = background.unreadable.iter().map(|ticket| &ticket.key);
    let keys: BTreeSet<String> = named.chain(found).chain(unread).map(|key| plain::plain(key)).collect();
    keys.into_iter().filter(|key| !key.is_empty()).collect()
}

#[cfg(test)]
mod beyond_git;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
