//! The catalogue as people ask for it: what is released, who owns it, what depends on what.

pub mod command;
mod words;
