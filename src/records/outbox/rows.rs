//! How do messages lie in the store?

use super::Target;
use crate::domain::message::Message;
use crate::records::key;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub const PENDING: &str = "outbox/pending/";

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Place in the order of first saying.
    pub sequence: u64,
    pub target: Target,
    pub message: Message,
    pub wording: u64,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    /// The newest wording people see; 0 before the first.
    pub wording: u64,
    pub message_id: Option<String>,
    /// When a first post was begun.
    pub begun_at: Option<DateTime<Utc>>,
    /// Attempts that failed since the last success.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub why: Option<String>,
    /// The wording that was given up: no further attempts until a newer one is said.
    pub abandoned: Option<u64>,
}

/// An entry of the index of what is wanted and not yet seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    pub key: String,
    /// Each platform is served by itself, so that one in trouble holds up no other.
    pub platform: String,
    pub not_before: Option<DateTime<Utc>>,
}

pub fn said_key(key: &str) -> String {
    format!("outbox/said/{key}")
}

pub fn posted_key(key: &str) -> String {
    format!("outbox/posted/{key}")
}

pub fn pending_key(sequence: u64) -> String {
    format!("{PENDING}{}", key::ascending(sequence))
}

pub fn at_key(platform: &str, channel: &str, id: &str) -> String {
    format!("outbox/at/{}/{}/{id}", key::part(platform), key::part(channel))
}
