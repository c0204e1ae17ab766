//! A digest of what is going on, told in a channel by the clock: daily, weekly, or at the hand-over of on-call duty.

use crate::domain::message::Place;
use crate::domain::person::Person;
use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub id: u64,
    pub kind: Kind,
    pub place: Place,
    pub author: Person,
    /// With seconds, as the `cron` crate reads it.
    pub cron: String,
    /// As somebody wrote it.
    pub when: String,
    pub zone: Tz,
    /// Only of these; empty: of all.
    pub services: Vec<String>,
    /// Nothing is said between these; what falls into them comes at their end.
    pub quiet: Option<(NaiveTime, NaiveTime)>,
    /// Is a line said when there is nothing to say?
    pub says_nothing: bool,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Daily,
    Weekly,
    Handover,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Handover];

    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Handover => "handover",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Shown to its author, who has not said yes.
    Trial,
    Live,
    Stopped,
}
