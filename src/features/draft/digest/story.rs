//! A change told in a test: commits and diffs as text.

use crate::domain::background::Background;
use crate::domain::change::*;
use chrono::{DateTime, Utc};

pub struct Story {
    pub changes: ChangeSet,
    pub background: Background,
}

impl Story {
    pub fn new() -> Self {
        let end = |name: &str| Revision { name: name.to_owned(), sha: "0".repeat(40), at: None };
        let range = Range {
            repo: "shop".to_owned(),
            from: end("v1.0.0"),
            to: end("v1.1.0"),
            chosen: String::new(),
            commits: 0,
            lost: 0,
        };
        let changes = ChangeSet { range, commits: Vec::new(), files: Vec::new(), gaps: Vec::new(), raw_bytes: 0 };
        Self { changes, background: Background::default() }
    }

    /// One commit; tell the newest first.
    pub fn commit(mut self, subject: &str, body: &str, paths: &[&str]) -> Self {
        let number = self.changes.commits.len() + 1;
        self.changes.commits.push(Commit {
            sha: format!("{number:07x}{}", "0".repeat(33)),
            author: Author { name: "Ops".to_owned(), email: "ops@example.com".to_owned() },
            co_authors: Vec::new(),
            at: DateTime::<Utc>::UNIX_EPOCH,
            subject: subject.to_owned(),
            body: body.to_owned(),
            is_merge: subject.starts_with("Merge "),
            pull_requests: numbers(subject),
            tickets: Vec::new(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        });
        self.changes.range.commits += 1;
        self
    }
    pub fn by(mut self, name: &str) -> Self {
        let commit = self.changes.commits.last_mut().expect("`by` follows `commit`");
        commit.author = Author { name: name.to_owned(), email: format!("{name}@example.com") };
        self
    }

    /// A modified file; `diff` holds the lines of one hunk with their signs.
    pub fn file(self, path: &str, diff: &str) -> Self {
        self.with(path, Status::Modified, diff)
    }
    pub fn added(self, path: &str, text: &str) -> Self {
        let diff: String = text.lines().map(|line| format!("+{line}\n")).collect();
        self.with(path, Status::Added, &diff)
    }
    pub fn deleted(self, path: &str, text: &str) -> Self {
        let diff: String = text.lines().map(|line| format!("-{line}\n")).collect();
        self.with(path, Status::Deleted, &diff)
    }
    pub fn with(mut self, path: &str, status: Status, diff: &str) -> Self {
        let count = |sign: char| diff.lines().filter(|line| line.starts_with(sign)).count() as u32;
        let hunk = Hunk { old_start: 1, new_start: 1, context: String::new(), body: diff.to_owned() };
        self.changes.files.push(FileChange {
            path: path.to_owned(),
            old_path: None,
            status,
            nature: Nature::Text,
            added: count('+'),
            removed: count('-'),
            mode: None,
            hunks: vec![hunk],
            cut: false,
        });
        self
    }
    pub fn digest(&self) -> crate::domain::digest::Digest {
        super::digest(&self.changes, &self.background)
    }
    /// `High Title` of every risk, in order.
    pub fn risks(&self) -> Vec<String> {
        self.digest().risks.iter().map(|risk| format!("{:?} {}", risk.severity, risk.title)).collect()
    }
}

fn numbers(subject: &str) -> Vec<u64> {
    subject
        .match_indices('#')
        .filter_map(|(at, _)| subject[at + 1..].split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
        .collect()
}
