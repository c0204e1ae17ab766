//! Somebody who answers for a service that may feel a change: what they were told, and what they said.

use super::message::Place;
use super::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The owners behind one channel, as a note tells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub place: Place,
    /// Teams or people, as the catalogue names them.
    pub names: Vec<String>,
    /// Their services that may feel the change.
    pub services: Vec<String>,
    pub answer: Option<Answer>,
    #[serde(default)]
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Verdict,
    pub person: Person,
    /// Why they object; empty where they do not.
    pub text: String,
    pub at: DateTime<Utc>,
    /// What the note covered then; an answer to something else is none.
    pub covered: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Acknowledged,
    Objected,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub person: Person,
    pub text: String,
    /// Who answered, and what.
    pub reply: Option<(Person, String)>,
}

impl Owner {
    /// How buttons name it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.place.platform, self.place.channel)
    }

    pub fn verdict(&self) -> Option<Verdict> {
        self.answer.as_ref().map(|answer| answer.verdict)
    }
}
