//! Finding notes again: one, or the newest.

pub mod command;
mod words;
