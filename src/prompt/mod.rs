//! ASKING THE MODEL a typed question, getting a checked answer, or the rule-based one.

use crate::domain::note::Writer;
use serde_json::Value;

/// What is wrong with an answer, in words the model can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The top-level property of the answer it is about; empty for the whole.
    pub field: String,
    pub problem: String,
}

/// A typed question with its rule-based answer.
pub struct Prompt<I, A> {
    /// Names `prompts/<name>.md`, and the role whose models, limits and temperature are used.
    pub name: &'static str,
    /// JSON schema of the answer.
    pub schema: fn(&I) -> Value,
    /// Complaints about an answer that met the schema; empty when it may be used.
    pub check: fn(&I, &A) -> Vec<Complaint>,
    /// What code says when no model may, can or does.
    pub fallback: fn(&I) -> A,
}

/// An answer, who gave it, and what a reader should know about how it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered<A> {
    pub answer: A,
    pub writer: Writer,
    /// Sentences for the note: ``model `small` did not answer within 60 s; rules wrote the checklist``.
    pub remarks: Vec<String>,
}
