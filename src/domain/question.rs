//! A question that a model answered, with all that it was given and all that was kept of its answer: so that people can judge it later.

use crate::domain::fact::Fact;
use crate::domain::language::Language;
use crate::domain::message::Place;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub id: u64,
    pub text: String,
    pub by: Person,
    pub at: DateTime<Utc>,
    pub place: Place,
    /// Only they see the answer, because they asked where nobody else reads.
    pub quiet: bool,
    pub language: Language,
    pub note: u64,
    pub stopped: Option<Person>,
    pub answer: Option<Answer>,
    pub opinions: Vec<Opinion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `None`: no model answered.
    pub model: Option<String>,
    pub sentences: Vec<Sentence>,
    /// Sentences that fell, because they rest on nothing that was given.
    pub dropped: usize,
    /// Everything that was given, or looked up.
    pub facts: Vec<Known>,
    /// Look-ups as they were asked for, each with what came of it.
    pub looked: Vec<String>,
    pub milliseconds: u64,
    /// Of them, those in which a model was waited for.
    pub model_milliseconds: u64,
    /// What a reader should know about how it came to be.
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    #[serde(flatten)]
    pub fact: Fact,
    /// Where a person can look it up.
    pub link: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    pub text: String,
    pub cites: Vec<String>,
}

/// What somebody thinks of the answer; each person has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub by: Person,
    pub good: bool,
}
