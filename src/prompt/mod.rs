//! ASKING THE MODEL a typed question, getting a checked answer, or the rule-based one.

mod asker;
mod circuit;
mod clean;
mod datamark;
mod exchange;
mod extract;
mod judge;
mod language;
mod ledger;
mod mask;
mod memo;
mod remark;
mod templates;

pub use asker::{Asker, AskerOptions, Role, Roles};
pub use ledger::{Ledger, Totals};
pub use memo::{Memo, StoreMemo};
pub use templates::check_all;

use crate::domain::note::Writer;
use serde_json::Value;

/// What is wrong with an answer, in words the model can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The top-level property of the answer it is about; empty for the whole.
    pub field: String,
    /// The rest of a sentence that begins with the field's name: `is missing`, ``cites `pr:#9`, which is not a given fact``.
    pub problem: String,
}

/// A typed question with its rule-based answer.
///
/// Where the input has a property `language` that is not empty, the answer may be in any script; otherwise an answer in
/// another script than the input's is complained about.
pub struct Prompt<I, A> {
    /// Names `prompts/<name>.md`, and the role whose models, limits and temperature are used.
    pub name: &'static str,
    /// JSON schema of the answer: an object.
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
    /// The model when at least one field is its own, else the rules.
    pub writer: Writer,
    /// Fields of a model's answer that could not be used; the rules' values stand in their place. Empty when `writer`
    /// is the rules: then everything is theirs.
    pub by_rules: Vec<String>,
    /// Sentences for the note: ``model `small` did not answer within 60 s; rules wrote `checklist` ``.
    pub remarks: Vec<String>,
}
