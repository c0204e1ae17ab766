//! Drafting a note: the steps, in order.

pub mod assemble;
pub mod check;
pub mod compress;
pub mod digest;
pub mod examples;
pub mod generate;
pub mod markdown;
pub mod revise;
pub mod rules;
pub mod schema;
pub mod summarise;

use crate::domain::digest::{Context, Digest};
use crate::domain::note::{Kind, Revision};
use crate::domain::service::Service;
use chrono::{DateTime, Utc};

/// Everything a draft is written from. Gathered once, then only read.
#[derive(Debug, Clone)]
pub struct Material {
    pub kind: Kind,
    pub service: Service,
    pub digest: Digest,
    pub context: Context,
    /// The newest notes of the workspace, at most five, newest first: for tone and habits, never for facts.
    pub recent: Vec<Revision>,
    /// Good notes for this kind of change, nearest first.
    pub examples: Vec<Example>,
    /// Who asked, as a name for the operators' field.
    pub asked_by: Option<String>,
    pub now: DateTime<Utc>,
}

/// A good note from `config/examples/`, shown to the model for its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub name: String,
    pub text: String,
}
