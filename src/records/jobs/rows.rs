//! How do jobs lie in the store?

use crate::records::key;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub const ROWS: &str = "job/row/";
pub const DUE: &str = "job/due/";
pub const LANES: &str = "job/lane/";
pub const DEAD: &str = "job/dead/";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub name: String,
    pub lane: String,
    pub payload: Value,
    pub due: DateTime<Utc>,
    /// Breaks ties between jobs due at the same moment, in the order they were queued.
    pub sequence: u64,
    /// Attempts begun.
    pub attempts: u32,
    pub why: Option<String>,
    pub attempt: Option<Attempt>,
}

impl Job {
    /// Where its index entry is: at the moment it is due, or at the end of its lease as it was first taken.
    pub fn entry_key(&self) -> String {
        due_key(self.attempt.as_ref().map_or(self.due, |attempt| attempt.until), self.sequence)
    }
}

/// A running attempt as it began. Renewals are in the lane's row only, so that they do not move the fence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub until: DateTime<Utc>,
}

/// A lane's row: which job holds it, for whom, until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lease {
    pub key: String,
    pub attempt: u32,
    pub worker: String,
    pub until: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Due {
    pub key: String,
    pub lane: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dead {
    pub job: Job,
    pub why: String,
    pub at: DateTime<Utc>,
}

pub fn row_key(job: &str) -> String {
    format!("{ROWS}{job}")
}

pub fn dead_key(job: &str) -> String {
    format!("{DEAD}{job}")
}

pub fn lane_key(lane: &str) -> String {
    format!("{LANES}{lane}")
}

pub fn due_key(at: DateTime<Utc>, sequence: u64) -> String {
    format!("{DUE}{}/{}", key::moment(at), key::ascending(sequence))
}

/// Back from [`due_key`].
pub fn due_time(due_key: &str) -> Option<DateTime<Utc>> {
    due_key.strip_prefix(DUE)?.split_once('/').and_then(|(moment, _)| key::to_moment(moment))
}
