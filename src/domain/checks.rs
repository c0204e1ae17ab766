//! What continuous integration says about a revision.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    pub sha: String,
    /// The newest run of each name.
    pub runs: Vec<CheckRun>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    pub name: String,
    pub outcome: Outcome,
    pub url: String,
    /// Counted tests, where the check reports them.
    pub tests: Option<TestCounts>,
    /// Covered lines, where the check reports them.
    pub coverage: Option<Coverage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Failed,
    /// Cancelled, timed out, stale or waiting for somebody: not passed.
    Unfinished,
    Running,
    Passed,
    /// Neutral or skipped: says nothing.
    Skipped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCounts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

/// In percent of lines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    pub percent: f64,
    /// Against the base it names, in percentage points.
    pub change: Option<f64>,
}

impl Eq for Coverage {}

impl Checks {
    /// The worst of what says something; `None` when nothing does.
    pub fn outcome(&self) -> Option<Outcome> {
        self.runs.iter().map(|run| run.outcome).filter(|outcome| *outcome != Outcome::Skipped).min()
    }
}

/// A deployment as the code host recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    pub environment: String,
    pub sha: String,
    /// The branch or tag that was deployed.
    pub name: String,
    pub at: DateTime<Utc>,
    /// The host's word for how it went: `success`, `failure`, `in_progress`.
    pub state: String,
    pub url: String,
}
