//! Which form of a request does this model's server understand?

use crate::adapters::http::Failure;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How the wanted form of the answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Structure {
    /// `response_format: json_schema`, strict.
    Schema,
    /// `response_format: json_object`, the schema in words.
    Object,
    /// The schema in words alone.
    Words,
}

/// The parts of a request on which servers differ. It starts with everything and loses what is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub structure: Structure,
    pub streaming: bool,
    /// Asks for the count of tokens at the end of a stream.
    pub usage: bool,
    /// `max_completion_tokens` in place of `max_tokens`, which newer models of OpenAI refuse.
    pub completion_tokens: bool,
    pub temperature: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { structure: Structure::Schema, streaming: true, usage: true, completion_tokens: false, temperature: true }
    }
}

impl Dialect {
    /// Takes a lesson from a refusal; false when it is not about the form, or nothing is left to take away.
    pub fn learn(&mut self, failure: &Failure) -> bool {
        let Some(told) = complaint(failure) else { return false };
        let names = |words: &[&str]| words.iter().any(|word| told.contains(word));
        let before = *self;
        if self.usage && names(&["stream_options", "include_usage"]) {
            self.usage = false;
        } else if self.streaming && names(&["stream"]) {
            self.streaming = false;
        } else if !self.completion_tokens && names(&["max_completion_tokens"]) {
            self.completion_tokens = true;
        } else if self.temperature && names(&["temperature"]) {
            self.temperature = false;
        } else if names(&STRUCTURE) {
            self.structure = match self.structure {
                Structure::Schema => Structure::Object,
                Structure::Object | Structure::Words => Structure::Words,
            };
        }
        *self != before
    }
}

/// Is this refusal about the form of the request, so that the same form is not worth another try?
pub fn about_form(failure: &Failure) -> bool {
    let parts = ["stream", "max_completion_tokens", "temperature"];
    complaint(failure).is_some_and(|told| STRUCTURE.iter().chain(&parts).any(|word| told.contains(word)))
}

/// The words of a refusal that may be about the form. Some servers fail (500) at what they do not know.
fn complaint(failure: &Failure) -> Option<String> {
    let may_be = matches!(failure.status, Some(400 | 404 | 415 | 422 | 500 | 501));
    may_be.then(|| failure.message.to_lowercase())
}

/// Words by which servers speak of structured output.
const STRUCTURE: [&str; 8] =
    ["response_format", "response format", "json_schema", "json_object", "schema", "guided", "grammar", "structured"];

/// What was learnt, per model.
#[derive(Debug, Default)]
pub struct Dialects(Mutex<HashMap<String, Dialect>>);

impl Dialects {
    pub fn of(&self, model: &str) -> Dialect {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied().unwrap_or_default()
    }

    /// Kept only after it worked, so that one odd failure teaches nothing for good.
    pub fn remember(&self, model: &str, dialect: Dialect) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), dialect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::trouble::Fault;

    fn refused(status: u16, message: &str) -> Failure {
        let fault = Fault::Rejected { status, message: message.to_owned() };
        Failure { status: Some(status), message: message.to_owned(), ..fault.into() }
    }

    #[test]
    fn each_refusal_takes_away_what_it_is_about_and_nothing_twice() {
        let mut dialect = Dialect::default();
        let schema = refused(400, "Invalid value: 'json_schema' for response_format.type");
        assert!(dialect.learn(&schema));
        assert_eq!(dialect.structure, Structure::Object);
        assert!(dialect.learn(&schema));
        assert_eq!(dialect.structure, Structure::Words);
        assert!(!dialect.learn(&schema), "there is nothing below plain words");
        assert!(dialect.learn(&refused(422, "Extra inputs are not permitted: stream_options")));
        assert!(dialect.streaming && !dialect.usage);
        assert!(
            dialect.learn(&refused(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."))
        );
        assert!(dialect.completion_tokens);
        assert!(dialect.learn(&refused(400, "temperature does not support 0.2 with this model")));
        assert!(!dialect.temperature);
    }

    #[test]
    fn what_is_not_about_the_form_teaches_nothing() {
        let mut dialect = Dialect::default();
        assert!(!dialect.learn(&refused(404, "The model `small` does not exist")));
        assert!(!dialect.learn(&refused(400, "This model's maximum context length is 4096 tokens")));
        assert!(!dialect.learn(&refused(429, "response_format")));
        assert!(!dialect.learn(&Fault::Unreachable("refused".to_owned()).into()));
        assert_eq!(dialect, Dialect::default());
    }
}
