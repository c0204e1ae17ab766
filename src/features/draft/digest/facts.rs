//! What may a sentence cite? Every commit, pull request, ticket, risk and breaking change, and the files that matter.

use super::plain;
use super::reading::Reading;
use super::subject::Subject;
use crate::domain::digest::Digest;
use crate::domain::fact::{Fact, FactId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Files beyond this many are counted but cannot be cited one by one.
const MOST_FILES: usize = 2_000;
/// Largest files of an area that can be cited without being evidence.
const TOP_OF_AREA: usize = 60;

/// One fact per id, in the order risks, breaking changes, gaps, what others say, pull requests, tickets, commits, files.
pub fn facts(reading: &Reading, digest: &Digest) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    facts.extend(digest.risks.iter().map(|risk| Fact { id: risk.id.clone(), text: risk.title.clone() }));
    facts.extend(digest.breaking.iter().map(|breaking| Fact { id: breaking.id.clone(), text: breaking.text.clone() }));
    facts.extend(
        digest
            .gaps
            .iter()
            .enumerate()
            .map(|(n, gap)| Fact { id: FactId(format!("gap:{}", n + 1)), text: plain::plain(&gap.sentence) }),
    );
    let outside = &digest.outside;
    facts.extend(outside.checks.iter().chain(&outside.live).chain(&outside.affected).cloned());
    facts.extend(requests(reading, digest));
    facts.extend(tickets(digest));
    facts.extend(reading.changes.commits.iter().map(|commit| Fact {
        id: FactId::commit(commit.short()),
        text: plain::shortened(&plain::plain(&commit.subject), 200),
    }));
    facts.extend(files(reading, digest));
    let mut known: HashSet<FactId> = HashSet::with_capacity(facts.len());
    facts.retain(|fact| known.insert(fact.id.clone()));
    facts
}

fn requests(reading: &Reading, digest: &Digest) -> Vec<Fact> {
    let mut titles: BTreeMap<u64, String> = BTreeMap::new();
    for item in &digest.items {
        for number in &item.pull_requests {
            titles.entry(*number).or_insert_with(|| item.title.clone());
        }
    }
    for request in &reading.background.requests {
        titles.insert(request.number, plain::shortened(&plain::plain(&request.title), 200));
    }
    // A number that no item carries was reverted or belongs to a merge: its own words serve.
    for commit in &reading.changes.commits {
        for number in &commit.pull_requests {
            titles.entry(*number).or_insert_with(|| Subject::parse(&commit.subject).title);
        }
    }
    titles.into_iter().map(|(number, text)| Fact { id: FactId::pull_request(number), text }).collect()
}

fn tickets(digest: &Digest) -> Vec<Fact> {
    let titles: HashMap<&str, &str> = digest
        .items
        .iter()
        .rev()
        .flat_map(|item| item.tickets.iter().map(|key| (key.as_str(), item.title.as_str())))
        .collect();
    let wanted = |key: &String| digest.outside.tickets.iter().find(|ticket| ticket.key == *key);
    let text = |key: &String| match (wanted(key), titles.get(key.as_str())) {
        (Some(ticket), _) => format!("{key}: {} ({})", ticket.title, ticket.status),
        (None, Some(title)) => format!("{key}: {title}"),
        (None, None) => key.clone(),
    };
    digest.tickets.iter().map(|key| Fact { id: FactId::ticket(key), text: text(key) }).collect()
}

fn files(reading: &Reading, digest: &Digest) -> Vec<Fact> {
    let counts: HashMap<String, (u32, u32)> =
        reading.files.iter().map(|file| (plain::path(file.path), (file.change.added, file.change.removed))).collect();
    let size = |path: &String| counts.get(path).map_or(0, |(added, removed)| added + removed);
    let evidence = digest.risks.iter().flat_map(|risk| risk.evidence.iter().map(|evidence| evidence.path.clone()));
    let top = digest.areas.iter().flat_map(|area| {
        let mut files = area.files.clone();
        files.sort_by_key(|path| std::cmp::Reverse(size(path)));
        files.truncate(TOP_OF_AREA);
        files
    });
    let fact = |path: String| {
        let (added, removed) = counts.get(&path).copied().unwrap_or_default();
        Fact { id: FactId::file(&path), text: format!("{path} (+{added} −{removed})") }
    };
    let mut seen = HashSet::new();
    evidence
        .chain(top)
        .filter(|path| !path.is_empty() && seen.insert(path.clone()))
        .take(MOST_FILES)
        .map(fact)
        .collect()
}
