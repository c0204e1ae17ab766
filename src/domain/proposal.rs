//! An edit that somebody asked for in plain words: shown as a difference, and written only when somebody says so.

use crate::domain::language::Language;
use crate::domain::message::Place;
use crate::domain::note::Planned;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    pub note: u64,
    /// 1, 2, 3 … of its note.
    pub number: u64,
    /// In their words: from them it is made anew where the note moved on meanwhile.
    pub asked: String,
    pub by: Person,
    pub at: DateTime<Utc>,
    pub place: Place,
    /// Only they see it, because they asked where nobody else reads.
    pub quiet: bool,
    pub language: Language,
    pub patch: Patch,
    pub fate: Fate,
    /// When its fate was settled last: what was applied last is undone first.
    pub settled_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Patch {
    Sections(Vec<Changed>),
    /// When it is meant to happen.
    Time {
        before: Option<Planned>,
        after: Planned,
    },
}

/// One section, as it was and as it would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    pub section: String,
    pub title: String,
    pub before: Value,
    pub after: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Open,
    Applied(Person),
    Discarded(Person),
    Undone(Person),
}
