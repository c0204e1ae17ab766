//! Incidents people file from a message they point at.

pub mod command;
pub mod file;
mod words;
