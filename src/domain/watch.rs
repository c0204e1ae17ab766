//! A change under watch: since when, by which services, and how it stood at each checkpoint.

use crate::domain::message::Place;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The worst one is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Stable,
    /// It could not be told, and is not stable by that.
    NotEnough,
    MostlyStable,
    Unstable,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::NotEnough => "not enough data",
            Self::MostlyStable => "mostly stable",
            Self::Unstable => "unstable",
        }
    }

    /// A form of its own beside the word, for who sees no colours.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Stable => "●",
            Self::NotEnough => "○",
            Self::MostlyStable => "◐",
            Self::Unstable => "✖",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    pub note: u64,
    /// When the change went live.
    pub at: DateTime<Utc>,
    pub by: Person,
    /// Those of its services that are measured.
    pub services: Vec<String>,
    /// When it is judged, in seconds since the change, and when the thread is told whatever came out.
    pub plan: Vec<i64>,
    pub tell: Vec<i64>,
    /// The state before the change.
    pub before: Option<State>,
    /// As far as they were judged, in order.
    pub checkpoints: Vec<Checkpoint>,
    pub state: Option<State>,
    pub worst: Option<State>,
    /// What got worse so far, a line each, the worst first.
    #[serde(default)]
    pub findings: Vec<String>,
    /// The last that could be judged: a look that sees nothing is no news.
    pub told: Option<State>,
    /// How often the state changed: what is told of it has its number.
    pub changes: u32,
    pub end: Option<End>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Seconds since the change.
    pub after: i64,
    pub state: State,
    pub judged_at: DateTime<Utc>,
}

/// Why nobody looks any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// A day is over.
    Over,
    Stopped(Person),
    /// A later change of the same service is watched instead: the number of its note.
    HandedTo(u64),
}

/// All that the newest look told, for the note's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub at: DateTime<Utc>,
    /// As `slipway replay --format json` prints it.
    pub told: Value,
    pub findings: Vec<String>,
    pub suspects: Vec<String>,
    /// What to do, a line for each module that is unstable now.
    pub advice: Vec<String>,
    pub promises: Vec<Answer>,
    /// What could not be asked.
    pub gaps: Vec<String>,
}

/// What became of something that the note promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// In the note's own words.
    pub text: String,
    pub kept: Kept,
    /// By which numbers.
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    Yes,
    No,
    Unknown,
}

impl Kept {
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "kept",
            Self::No => "not kept",
            Self::Unknown => "cannot be told",
        }
    }
}

/// One signal around the change, as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub service: String,
    pub signal: String,
    /// What it shows, in words.
    pub told: String,
    /// PNG, in base64.
    pub png: String,
}

/// Something that went live without a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unannounced {
    pub service: String,
    /// What a note of it is drafted for: a tag or a commit.
    pub revision: String,
    pub environment: String,
    pub at: DateTime<Utc>,
    /// Who says so.
    pub source: String,
    pub by: Person,
    /// Where it was asked about.
    pub place: Place,
    pub answer: Option<Adopted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adopted {
    /// A note of it was drafted.
    As { note: u64, by: Person },
    /// It needs none, somebody says.
    NotNeeded { by: Person },
}

impl Unannounced {
    /// `v1.4.0`, or the beginning of a commit.
    pub fn called(&self) -> &str {
        let is_commit = self.revision.len() == 40 && self.revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_commit { &self.revision[..9] } else { &self.revision }
    }
}
