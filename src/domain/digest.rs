//! A change after pure code has read it: noise named, the rest grouped, risks found with their evidence.

use crate::domain::change::{Author, Gap, Range};
use crate::domain::fact::{Fact, FactId};
use crate::domain::ticket::{Criterion, Stage};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
        }
    }
}

/// The kinds of risk that code looks for. The order is the order of telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskKind {
    Secret,
    Migration,
    Api,
    Schema,
    Permission,
    Config,
    Infrastructure,
    Dependency,
    FeatureFlag,
    Schedule,
    Deletion,
    LostCommits,
    /// Continuous integration did not pass on what goes out.
    Checks,
    /// A ticket is not done, or waits for another one.
    Ticket,
    /// Merged against somebody's request for changes.
    Review,
    /// Another version runs than the one the range begins at.
    Live,
    Submodule,
    Tests,
    Size,
}

/// Where a risk was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub path: String,
    /// Line in the new file (the old one for deletions), 1-based; 0 when the whole file is meant.
    pub line: u32,
    /// The line itself, at most 160 characters, never a secret.
    pub quote: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// `risk:1`, …, in the order of `Digest::risks`.
    pub id: FactId,
    pub kind: RiskKind,
    pub severity: Severity,
    /// One line that reads alone: ``Migration `0042_drop_legacy.sql` drops column `legacy_id` and has no way back``.
    pub title: String,
    /// What it means for the people who release, one or two sentences.
    pub meaning: String,
    /// For migrations and schema changes: can it be undone? `None` where the question does not arise.
    pub reversible: Option<bool>,
    pub evidence: Vec<Evidence>,
    /// Commits, pull requests and files this risk comes from.
    pub facts: Vec<FactId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaking {
    /// `brk:1`, …
    pub id: FactId,
    /// What breaks, in the author's words where there are some.
    pub text: String,
    /// How we know: ``footer `BREAKING CHANGE` ``, ``subject marked `!` ``, ``public `fn parse` removed``, ``changelog fragment``.
    pub how: String,
    pub facts: Vec<FactId>,
}

/// Why a file was left out of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoiseKind {
    LockFile,
    Generated,
    Vendored,
    Minified,
    Whitespace,
    Moved,
    Binary,
    Snapshot,
    /// A hand-written changelog: an answer to our question, not a source for it.
    Changelog,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noise {
    pub kind: NoiseKind,
    pub paths: Vec<String>,
    pub added: u32,
    pub removed: u32,
}

/// What a commit is about, from its conventional type, its words or what it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    Feature,
    Fix,
    Performance,
    Security,
    Deprecation,
    Revert,
    Refactor,
    Documentation,
    Tests,
    Build,
    Dependency,
    Chore,
    Other,
}

impl Intent {
    /// Would a user of the service notice it?
    pub fn user_visible(self) -> bool {
        matches!(
            self,
            Self::Feature | Self::Fix | Self::Performance | Self::Security | Self::Deprecation | Self::Revert
        )
    }
}

/// One thing that changed: a pull request with its commits, or a commit on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// `pr:#812` or `c:1a2b3c4`
    pub id: FactId,
    /// A sentence-cased title without prefixes, numbers and ticket keys.
    pub title: String,
    pub intent: Intent,
    /// The conventional scope, else the area it mostly touches.
    pub area: String,
    pub authors: Vec<Author>,
    pub pull_requests: Vec<u64>,
    pub tickets: Vec<String>,
    /// Short SHAs.
    pub commits: Vec<String>,
    /// The most telling line or two of the body, if any.
    pub detail: String,
    /// Lines changed by its commits where known: a weight, not a promise.
    pub weight: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// A folder, module or component people would recognise: `billing`, `api`, `docs`, `ci`.
    pub name: String,
    pub files: Vec<String>,
    pub languages: Vec<String>,
    pub added: u32,
    pub removed: u32,
}

/// How much of the change was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub files_total: usize,
    /// Diff read to the end.
    pub files_read: usize,
    /// Known by name and size only (noise, binary, over the limit).
    pub files_by_name: usize,
    pub commits: usize,
    pub added: u32,
    pub removed: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub range: Range,
    /// User-visible first, heavier first.
    pub items: Vec<Item>,
    pub areas: Vec<Area>,
    pub risks: Vec<Risk>,
    pub breaking: Vec<Breaking>,
    pub noise: Vec<Noise>,
    pub seen: Seen,
    /// By number of commits, most first.
    pub authors: Vec<Author>,
    pub pull_requests: Vec<u64>,
    pub tickets: Vec<String>,
    pub gaps: Vec<Gap>,
    pub outside: Outside,
    /// Everything that may be cited.
    pub facts: Vec<Fact>,
}

/// What others say about the change, as lines that can be cited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// Of continuous integration: what did not pass first. `ci:1`, …
    pub checks: Vec<Fact>,
    pub tickets: Vec<Wanted>,
    /// Services that may feel the change, nearest first: `dep:checkout`.
    pub affected: Vec<Fact>,
    /// What runs where: `env:production`.
    pub live: Vec<Fact>,
}

/// A ticket as a reason for the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// `t:PAY-311`
    pub id: FactId,
    pub key: String,
    pub title: String,
    /// The tracker's word.
    pub status: String,
    pub stage: Stage,
    /// What must be true for it to be accepted.
    pub criteria: Vec<Criterion>,
}

/// The digest squeezed into a budget of tokens, with its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Tokens of the raw log and diff (`o200k_base`).
    pub raw_tokens: usize,
    /// Tokens of `context`.
    pub context_tokens: usize,
    pub context: String,
    /// What is not in it, one line each: `41 commits by subject only`, `noise: Cargo.lock (lock file, 900 lines)`.
    pub left_out: Vec<String>,
}
