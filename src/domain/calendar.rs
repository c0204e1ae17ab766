//! What is planned, frozen or off: entries of the release calendar, from notes, the policy and other calendars.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Deployment,
    Work,
    /// Nothing goes out, except with a reason.
    Freeze,
    Holiday,
    /// Somebody is away.
    Absence,
    /// From another calendar; what it is, only people know.
    Outside,
}

impl EntryKind {
    pub const ALL: [Self; 6] =
        [Self::Deployment, Self::Work, Self::Freeze, Self::Holiday, Self::Absence, Self::Outside];

    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::Work => "work",
            Self::Freeze => "freeze",
            Self::Holiday => "holiday",
            Self::Absence => "absence",
            Self::Outside => "other calendar",
        }
    }

    /// Does something happen that may break?
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Deployment | Self::Work | Self::Outside)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub kind: EntryKind,
    pub title: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Which it is about; empty: all of them, or nobody said.
    pub services: Vec<String>,
    /// Who operates it, or who is away.
    pub people: Vec<String>,
    /// Work on what others stand on: a cluster, a network, a database of several.
    pub shared: bool,
    pub note: Option<u64>,
    /// The calendar it comes from: `policy`, a feed's name. Empty: a note of ours.
    pub source: String,
}

/// What nobody gave a length counts as this long.
pub const SHORTEST: TimeDelta = TimeDelta::minutes(30);

impl Entry {
    pub fn overlaps(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        self.from < until && from < self.until
    }

    /// Does it hold for a service? An entry that names none holds for all.
    pub fn holds_for(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|own| own == service)
    }
}
