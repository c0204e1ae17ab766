//! Which commits of the range were taken back within it? A revert and what it reverts cancel each other.

use super::plain;
use super::reading::Reading;
use super::subject::Subject;
use crate::domain::change::{Commit, Gap};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Indexes of commits that no longer matter.
#[derive(Debug, Default)]
pub struct Reverts {
    pub cancelled: HashSet<usize>,
    /// Titles of what came and went, newest first.
    pub titles: Vec<String>,
}

static REVERTED_SHA: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)reverts? (?:commit|commits|merge)?\s*\b([0-9a-f]{7,64})\b"));

/// Pairs reverts with what they revert, newest first, so that a reverted revert leaves the original standing.
pub fn reverts(reading: &Reading) -> Reverts {
    let commits = reading.changes.commits.as_slice();
    let mut found = Reverts::default();
    if !commits.iter().any(is_revert) {
        return found;
    }
    let mut by_title: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, subject) in reading.subjects.iter().enumerate() {
        by_title.entry(subject.title.to_lowercase()).or_default().push(index);
    }
    for (index, commit) in commits.iter().enumerate() {
        if found.cancelled.contains(&index) || !is_revert(commit) {
            continue;
        }
        let targets: Vec<usize> = targets(commits, index, &by_title)
            .into_iter()
            .filter(|target| *target > index && !found.cancelled.contains(target))
            .collect();
        if targets.is_empty() {
            continue;
        }
        found.titles.extend(targets.iter().map(|target| reading.subjects[*target].title.clone()));
        found.cancelled.insert(index);
        found.cancelled.extend(targets);
    }
    found
}

impl Reverts {
    /// The sentence for the note, if anything cancelled out.
    pub fn gap(&self) -> Option<Gap> {
        let mut titles: Vec<&String> = Vec::new();
        for title in &self.titles {
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
        let first: Vec<String> =
            titles.iter().take(5).map(|title| format!("`{}`", plain::shortened(title, 80))).collect();
        let more = titles.len().saturating_sub(first.len());
        let tail = if more == 0 { String::new() } else { format!(" and {more} more") };
        let (count, verb) = if self.titles.len() == 1 {
            ("1 change was".to_owned(), "is")
        } else {
            (format!("{} changes were", self.titles.len()), "are")
        };
        (!self.titles.is_empty()).then(|| Gap {
            sentence: format!(
                "{count} made and reverted within the range and {verb} not listed: {}{tail}.",
                first.join(", ")
            ),
        })
    }
}

fn is_revert(commit: &Commit) -> bool {
    let subject = commit.subject.trim_start();
    subject.starts_with("Revert ")
        || subject.starts_with("revert:")
        || subject.starts_with("revert(")
        || subject.starts_with("Reapply \"")
}

fn targets(commits: &[Commit], index: usize, by_title: &HashMap<String, Vec<usize>>) -> Vec<usize> {
    let commit = &commits[index];
    let by_sha: Vec<usize> = REVERTED_SHA
        .captures_iter(&commit.body)
        .filter_map(|found| commits.iter().position(|other| other.sha.starts_with(&found[1])))
        .collect();
    if !by_sha.is_empty() {
        return by_sha;
    }
    let quoted = commit.subject.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map(|(title, _)| title);
    let title = quoted.or_else(|| commit.subject.split_once(':').map(|(_, title)| title)).unwrap_or("");
    let wanted = key(title);
    // The oldest name wins nothing: the revert takes back the newest of that name which is older than itself.
    by_title
        .get(&wanted)
        .and_then(|found| found.iter().find(|target| **target > index))
        .map(|target| vec![*target])
        .unwrap_or_default()
}

fn key(subject: &str) -> String {
    Subject::parse(subject).title.to_lowercase()
}
