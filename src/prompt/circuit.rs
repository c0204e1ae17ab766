//! Which models are not worth asking right now?

use crate::domain::trouble::Fault;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How long a model rests after a failure that the same request would meet again.
const REST: TimeDelta = TimeDelta::seconds(60);

/// Remembers models whose last failure any other question would meet too, so that the next question does not pay for it again.
#[derive(Debug, Default)]
pub struct Circuit {
    resting: Mutex<HashMap<String, (DateTime<Utc>, String)>>,
}

impl Circuit {
    /// Why this model is not asked at the moment, as the failure that opened the circuit; `None` when it may be asked.
    pub fn open(&self, model: &str, now: DateTime<Utc>) -> Option<String> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.get(model).filter(|(until, _)| *until > now).map(|(_, why)| why.clone())
    }

    /// Opens the circuit when any question would fail: no key, no such model, no money. A failure that may pass, or that
    /// is about this one question (too long, an answer nobody can read), leaves it closed.
    pub fn note(&self, model: &str, fault: &Fault, now: DateTime<Utc>) {
        if matches!(fault, Fault::Unauthorized | Fault::NotFound | Fault::Rejected { status: 402 | 429, .. }) {
            let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
            resting.insert(model.to_owned(), (now + REST, fault.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_rests_a_minute_after_a_failure_that_every_question_would_meet() {
        let circuit = Circuit::default();
        let noon = DateTime::from_timestamp(1_800_000_000, 0).expect("a valid timestamp");
        circuit.note("small", &Fault::Failed { status: 503 }, noon);
        circuit.note("small", &Fault::Rejected { status: 400, message: "too long".to_owned() }, noon);
        assert_eq!(circuit.open("small", noon), None);
        circuit.note("small", &Fault::Unauthorized, noon);
        assert_eq!(circuit.open("small", noon).as_deref(), Some("did not accept the configured key"));
        assert_eq!(circuit.open("large", noon), None);
        assert!(circuit.open("small", noon + TimeDelta::seconds(59)).is_some());
        assert_eq!(circuit.open("small", noon + TimeDelta::seconds(60)), None);
    }
}
