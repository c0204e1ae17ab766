//! What a draft is made of before it becomes a revision: the schema's fields and their proposed values.

use crate::domain::note::Writer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The four requests that fill a note, each independent of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Title, people, rollback strategy.
    Basics,
    /// Checklists before and after.
    Checklist,
    /// Changes, impact, effects, rollback and monitoring scenarios.
    Body,
    /// Repository, versions, commits, tickets. Always filled by code.
    Repositories,
}

impl Part {
    pub const ALL: [Part; 4] = [Part::Basics, Part::Checklist, Part::Body, Part::Repositories];
    pub fn name(self) -> &'static str {
        match self {
            Part::Basics => "basics",
            Part::Checklist => "checklist",
            Part::Body => "body",
            Part::Repositories => "repositories",
        }
    }
}

/// One field of a note's schema, flattened out of its group.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub key: String,
    pub group: String,
    /// What people read above the group: `Checklists`.
    pub group_title: String,
    pub title: String,
    pub description: String,
    pub part: Part,
    /// The JSON schema of the value, without annotations of ours.
    pub schema: Value,
    pub default: Option<Value>,
    pub required: bool,
}

/// A value for one field, not yet checked. Text still carries its citations in brackets.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub key: String,
    pub value: Value,
    pub writer: Writer,
}
