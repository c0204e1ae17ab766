//! A pull request as its code host knows it, beyond what the commits say.

use crate::domain::change::Author;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    pub number: u64,
    pub title: String,
    /// As its author wrote it, comments and templates' hints removed; cut at 8 KiB on a character boundary.
    pub body: String,
    pub url: String,
    /// The host's name for who opened it.
    pub author: Author,
    pub merged_at: Option<DateTime<Utc>>,
    pub labels: Vec<String>,
    /// The newest of each reviewer.
    pub reviews: Vec<Review>,
    /// The branch it came from.
    pub branch: String,
    /// Keys of tickets it says it closes or that are linked to it: `#12`, `acme/pay#12`.
    pub issues: Vec<String>,
    /// Which commits of the range it brought, as full SHAs.
    pub commits: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub by: String,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Approved,
    ChangesRequested,
    Commented,
    Dismissed,
}
