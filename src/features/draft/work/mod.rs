//! Work that changes no code: a template of its type stands in for the diff.

mod certificates;
pub mod command;
mod gather;
pub mod plan;
pub mod span;
pub mod template;
pub mod when;
mod words;

pub use gather::{filled, gather};

use crate::domain::note::Planned;
use crate::domain::service::{Affected, Service};
use crate::ports::certificates::Certificates;
use template::{Template, Templates};

/// Work as it is to be drafted.
#[derive(Debug, Clone)]
pub struct WorkAsk {
    /// In the words of who asked.
    pub what: String,
    /// The template's name.
    pub template: String,
    /// What it is done to, as far as the catalogue knows it.
    pub services: Vec<Service>,
    pub planned: Option<Planned>,
}

/// What a work note is written from, besides its facts.
#[derive(Debug, Clone)]
pub struct Worked {
    pub ask: WorkAsk,
    pub template: Template,
    /// What is worked on, in the middle of a sentence: `` `pay.example.com` ``, ``the database of `payments` ``.
    pub target: String,
    /// Services that may feel it.
    pub affected: Vec<Affected>,
}

/// Where knowledge about work comes from.
#[derive(Clone, Copy)]
pub struct Knowledge<'a> {
    pub templates: &'a Templates,
    pub certificates: Option<&'a dyn Certificates>,
}
