//! A review: what speaks against a change going out as its note says, why, and what to do instead.

use crate::domain::fact::FactId;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How a note stands, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Pass,
    Caution,
    Danger,
    /// It must not go out so; only an override with a reason lets it.
    Block,
}

impl Grade {
    pub fn name(self) -> &'static str {
        match self {
            Grade::Pass => "pass",
            Grade::Caution => "caution",
            Grade::Danger => "danger",
            Grade::Block => "block",
        }
    }
}

/// One point to look at. Pure findings: what, why and what instead are code's, with the values it saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id: `freeze-window`.
    pub rule: String,
    /// What it is about within the rule: the same finding in a later review has the same one.
    pub about: String,
    /// How bad it is; never `Pass`.
    pub grade: Grade,
    pub what: String,
    pub why: String,
    pub instead: String,
    /// What the rule saw, by name.
    pub values: Vec<(String, String)>,
    /// The note's section that would have to change; `None`: none would help.
    pub section: Option<String>,
    pub facts: Vec<FactId>,
}

impl Finding {
    /// The same in every review of the note.
    pub fn key(&self) -> String {
        format!("{}/{}", self.rule, self.about)
    }
}

/// How one rule stands for this note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standard {
    pub rule: String,
    /// What it asks for, as people read it: `Two people operate it`.
    pub asks: String,
    pub standing: Standing,
    /// It is only being tried: its findings count for nothing.
    pub dry: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", content = "why", rename_all = "snake_case")]
pub enum Standing {
    Met,
    NotMet,
    /// It could not be looked at, and why: neither met nor broken.
    Unknown(String),
    /// It has nothing to say about a note of this kind.
    NotAsked,
}

/// A past incident that is like this change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Similar {
    pub incident: u64,
    pub called: String,
    pub title: String,
    pub date: String,
    pub link: Option<String>,
    /// One line of what happened then.
    pub happened: String,
    /// One line of what it means for this change.
    pub meaning: String,
    /// Its own lesson, where it has one.
    pub lesson: String,
    pub bound: Bound,
    pub score: f32,
    /// What makes it alike.
    pub why: String,
}

/// The part of the note that an incident is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// `hunk`, `change`, `step`, `checklist`, `note`.
    pub kind: String,
    /// `migrations/V42.sql:3`, a step's words.
    pub text: String,
    pub fact: Option<FactId>,
}

/// Something else that is planned at that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    pub title: String,
    pub note: Option<u64>,
    pub services: Vec<String>,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// `the same service`, `needs \`ledger\``, `the same day`.
    pub relation: String,
}

/// One look at one revision of a note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// 1, 2, 3 … of its note.
    pub number: u32,
    pub note: u64,
    pub revision: u32,
    pub at: DateTime<Utc>,
    pub grade: Grade,
    /// Why it is graded so, worst first, each one sentence.
    pub reasons: Vec<String>,
    pub findings: Vec<Finding>,
    /// What rules that are only being tried would have said.
    pub tried: Vec<Finding>,
    pub standards: Vec<Standard>,
    pub similar: Vec<Similar>,
    pub overlaps: Vec<Overlap>,
    /// How busy the days around it are.
    pub load: Option<Load>,
    /// What could not be checked, and why.
    pub unchecked: Vec<String>,
}

impl Review {
    /// Met, and asked for: rules that had nothing to say or are only tried do not count.
    pub fn standards_met(&self) -> (usize, usize) {
        let asked = self.standards.iter().filter(|one| !one.dry);
        let asked: Vec<&Standard> =
            asked.filter(|one| matches!(one.standing, Standing::Met | Standing::NotMet)).collect();
        (asked.iter().filter(|one| one.standing == Standing::Met).count(), asked.len())
    }
}

/// How much is planned, by part of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// The days, as people read them: `Thu 3 Dec`.
    pub days: Vec<String>,
    /// What the rows are: kinds of work, or services.
    pub rows: Vec<LoadRow>,
    /// In which the days begin.
    pub zone: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadRow {
    pub name: String,
    /// One for each half of each day.
    pub counts: Vec<u32>,
}

/// What was decided about a note, or asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub by: Person,
    pub at: DateTime<Utc>,
    pub what: Decided,
    /// The reason, where one was given.
    pub text: String,
    pub revision: u32,
    /// What the decision is bound to: each section with the hash of its value.
    pub sections: Vec<(String, String)>,
    /// The level in which they decided: `lead`.
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    Requested,
    Approved,
    ChangesRequested,
    Overridden,
}
