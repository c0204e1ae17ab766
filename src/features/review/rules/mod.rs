//! THE RULES: one file each, with its options; the table lists them. A rule says what it saw, why that matters, what to do instead.

mod active_incident;
mod certificate_expiry;
mod change_size;
mod checklist;
mod checks;
mod dependency_conflict;
mod double_booked;
mod freeze_window;
mod reviewer_level;
mod rollback;
mod service_conflict;
mod shared_work;
mod tickets;
mod two_operators;
mod working_hours;

pub use reviewer_level::wanted as wanted_level;

use super::facts::Facts;
use crate::domain::fact::FactId;
use crate::domain::review::Grade;
use serde::de::DeserializeOwned;

/// In the order in which standards are shown.
pub const RULES: &[Rule] = &[
    two_operators::RULE,
    working_hours::RULE,
    checklist::RULE,
    reviewer_level::RULE,
    rollback::RULE,
    freeze_window::RULE,
    service_conflict::RULE,
    dependency_conflict::RULE,
    shared_work::RULE,
    double_booked::RULE,
    active_incident::RULE,
    certificate_expiry::RULE,
    checks::RULE,
    change_size::RULE,
    tickets::RULE,
];

pub struct Rule {
    /// As the policy names it: `two-operators`.
    pub id: &'static str,
    /// What it asks for: `At least two people operate it`.
    pub asks: &'static str,
    pub why: &'static str,
    /// How bad its findings are where the policy says nothing.
    pub grade: Grade,
    /// The rule with the options of the policy.
    pub read: fn(toml::Table) -> Result<Box<dyn Check>, toml::de::Error>,
}

/// A rule with its options.
pub trait Check: Send + Sync {
    fn check(&self, facts: &Facts<'_>) -> Checked;
}

/// What a rule came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Checked {
    Met,
    /// At least one finding.
    Broken(Vec<Found>),
    /// It could not be looked at; the end of a sentence that begins with what the rule asks for.
    Unknown(String),
    /// It has nothing to say about this note.
    NotAsked,
}

/// A finding before it knows its rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Tells it from the rule's other findings, the same in each review: a name, a note's number.
    pub about: String,
    pub what: String,
    pub instead: String,
    pub values: Vec<(&'static str, String)>,
    pub section: Option<&'static str>,
    pub facts: Vec<FactId>,
    /// Where it is worse or better than the rule's usual.
    pub grade: Option<Grade>,
}

impl Found {
    pub fn new(about: impl Into<String>, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self {
            about: about.into(),
            what: what.into(),
            instead: instead.into(),
            values: Vec::new(),
            section: None,
            facts: Vec::new(),
            grade: None,
        }
    }

    pub fn value(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    pub fn section(mut self, key: &'static str) -> Self {
        self.section = Some(key);
        self
    }

    pub fn facts(mut self, facts: impl IntoIterator<Item = FactId>) -> Self {
        self.facts.extend(facts);
        self
    }

    pub fn graded(mut self, grade: Grade) -> Self {
        self.grade = Some(grade);
        self
    }
}

impl Checked {
    pub fn of(found: Vec<Found>) -> Self {
        if found.is_empty() { Self::Met } else { Self::Broken(found) }
    }

    /// When nobody said when.
    pub fn no_time(facts: &Facts<'_>) -> Self {
        let how = match facts.note.id {
            0 => "give the note's `planned`".to_owned(),
            id => format!("`/release plan {id} --at \"…\"`"),
        };
        Self::Unknown(format!("nobody said when it is to happen; {how}"))
    }
}

/// Reads a rule's options.
pub fn options<T: Check + DeserializeOwned + 'static>(table: toml::Table) -> Result<Box<dyn Check>, toml::de::Error> {
    Ok(Box::new(table.try_into::<T>()?))
}

#[cfg(test)]
mod tests;
