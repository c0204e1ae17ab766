//! What lies between two revisions of a repository, as it was collected: commits and file changes, unjudged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a person asked for: `FROM..TO`, `..TO`, `TO` or nothing at all.
///
/// `from = None` means the previous release tag of that line; `to = None` means the head of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeAsk {
    pub from: Option<String>,
    pub to: Option<String>,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The name it was asked by or found under (`v2.4.0`, `main`), else the short SHA.
    pub name: String,
    /// The full object name; the empty tree's for "since the very beginning".
    pub sha: String,
    pub at: Option<DateTime<Utc>>,
}

/// A resolved range: both ends exist and `to` is not behind `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// How the repository is called in sentences, for example the last part of its path.
    pub repo: String,
    pub from: Revision,
    pub to: Revision,
    /// How `from` was chosen when nobody named it, as a sentence for the note; empty when it was named.
    pub chosen: String,
    /// Commits in the range.
    pub commits: usize,
    /// Commits that `from` has and `to` has not (a hotfix that was never merged back): they leave with this change.
    pub lost: usize,
}

impl Range {
    /// `v2.3.0..v2.4.0`
    pub fn label(&self) -> String {
        format!("{}..{}", self.from.name, self.to.name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub name: String,
    pub email: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    pub sha: String,
    pub author: Author,
    /// Authors named by `Co-authored-by` footers.
    pub co_authors: Vec<Author>,
    pub at: DateTime<Utc>,
    pub subject: String,
    /// The message after the subject, trimmed; cut at 8 KiB on a character boundary.
    pub body: String,
    pub is_merge: bool,
    /// Pull-request numbers from merge and squash subjects (`Merge pull request #12`, `… (#12)`, `(!12)`, `PR-12`) and bodies.
    pub pull_requests: Vec<u64>,
    /// Ticket keys (`PAY-311`) from subject, body and merged branch name.
    pub tickets: Vec<String>,
    /// Paths this commit touched; empty for merges and where the range is too long to ask.
    pub paths: Vec<String>,
}

impl Commit {
    /// First seven characters of the SHA: what people say aloud.
    pub fn short(&self) -> &str {
        self.sha.get(..7).unwrap_or(&self.sha)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Added,
    Modified,
    Deleted,
    Renamed,
    Copied,
    TypeChanged,
}

/// One `@@` block of a unified diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    pub old_start: u32,
    pub new_start: u32,
    /// What git prints after the second `@@`: the enclosing function or section.
    pub context: String,
    /// Lines with their leading ` `, `+` or `-`, newline separated; invalid UTF-8 replaced.
    pub body: String,
}

/// What a file is beyond text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    Text,
    Binary,
    Submodule,
    Symlink,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Path after the change (before it, for a deletion); invalid UTF-8 replaced.
    pub path: String,
    pub old_path: Option<String>,
    pub status: Status,
    pub nature: Nature,
    /// Lines added and removed, as git counts them; zero for binaries.
    pub added: u32,
    pub removed: u32,
    /// Old and new mode where they differ (`100644` → `100755`).
    pub mode: Option<(String, String)>,
    pub hunks: Vec<Hunk>,
    /// True when the file's diff was larger than we keep and `hunks` holds only its beginning.
    pub cut: bool,
}

/// Something that could not be read; it becomes a fact in the note instead of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// What is missing, as a whole sentence for the note.
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    pub range: Range,
    /// Newest first, as `git log` gives them.
    pub commits: Vec<Commit>,
    pub files: Vec<FileChange>,
    pub gaps: Vec<Gap>,
    /// Bytes of log and diff that were read, before any limit.
    pub raw_bytes: u64,
}
