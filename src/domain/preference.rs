//! A preference: what a team always wants in its notes, or never.

use crate::domain::note::Kind;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One wish of a workspace, for one section of one kind of note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// Its number in the workspace.
    pub id: u64,
    pub kind: Kind,
    /// The section's key.
    pub section: String,
    /// Services it holds for, by name; none mean all.
    pub services: Vec<String>,
    pub wish: Wish,
    pub origin: Origin,
    /// The note in whose thread it was learnt and told.
    pub told_under: Option<u64>,
    pub standing: Standing,
}

/// Texts may hold `{service}`, `{version}` and `{previous}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", content = "text", rename_all = "snake_case")]
pub enum Wish {
    /// This entry is always there.
    Add(String),
    /// An entry that begins like this is never there.
    Omit(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum Origin {
    Stated {
        by: Person,
        at: DateTime<Utc>,
    },
    /// What people did to notes says so; their numbers, newest first.
    Learnt {
        notes: Vec<u64>,
        at: DateTime<Utc>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    Active,
    /// Somebody does not want it; it is not learnt again.
    Forgotten {
        by: Person,
    },
    /// What people did to later notes says otherwise.
    Withdrawn {
        notes: Vec<u64>,
    },
}

impl Preference {
    pub fn is_active(&self) -> bool {
        self.standing == Standing::Active
    }

    /// Does it hold for a note about these services?
    pub fn holds_for<'a>(&self, mut services: impl Iterator<Item = &'a str>) -> bool {
        self.services.is_empty() || services.any(|name| self.services.iter().any(|own| own == name))
    }
}
