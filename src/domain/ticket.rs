//! A ticket as its tracker knows it: why a change was wanted, and when it counts as done.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// `PAY-311`, `#12`, `acme/pay#12`.
    pub key: String,
    pub title: String,
    /// Plain text, whatever the tracker's markup; cut at 8 KiB on a character boundary.
    pub description: String,
    pub url: String,
    /// The tracker's word: `In Progress`.
    pub status: String,
    pub stage: Stage,
    /// `Bug`, `Story`; empty where the tracker has none.
    pub kind: String,
    pub assignees: Vec<String>,
    pub acceptance: Vec<Criterion>,
    pub fix_versions: Vec<String>,
    pub links: Vec<TicketLink>,
    pub labels: Vec<String>,
}

/// How far it is, in every tracker's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    ToDo,
    InProgress,
    Done,
    /// The tracker has a status that we cannot place.
    Unknown,
}

/// One line of what must be true for it to be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    pub text: String,
    /// Ticked or not; `None` where it is not a box.
    pub met: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketLink {
    /// As the tracker words it from this ticket's side: `is blocked by`.
    pub how: String,
    pub key: String,
    pub title: String,
    pub stage: Stage,
}

/// What a look-up came to: every key asked for is in one of the two lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketsFound {
    pub tickets: Vec<Ticket>,
    pub unreadable: Vec<Unreadable>,
}

/// A ticket that is there in name only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    pub key: String,
    /// The end of a sentence: `does not exist or is hidden from Slipway's account`.
    pub why: String,
}
