//! What another system told us of its own accord, as heard over a webhook or found by looking.

use crate::domain::service::Remote;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A tag was pushed, moved or deleted.
    Tag(PushedTag),
    /// An incident began, changed or is over.
    Incident(Reported),
    /// A version went live, or failed to.
    Deployment(Deployed),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedTag {
    pub remote: Remote,
    pub name: String,
    /// The commit it was put on, where that was told.
    pub sha: Option<String>,
    pub deleted: bool,
    pub at: DateTime<Utc>,
}

/// An incident as a pager or a script tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// What it is called there; the next report of it has the same.
    pub id: String,
    pub title: String,
    pub text: String,
    pub url: Option<String>,
    pub resolved: bool,
}

/// A deployment as a code host, a CD tool or a script tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    pub of: Of,
    /// A commit, a tag or a version.
    pub revision: String,
    /// What it is called beside that: the tag or branch it was deployed by.
    pub name: Option<String>,
    pub environment: String,
    pub failed: bool,
    pub at: DateTime<Utc>,
    /// Who says so: `GitHub`, `argo-cd`.
    pub source: String,
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// As the catalogue calls it.
    Service(String),
    /// What was deployed from it.
    Repository(Remote),
}
