//! Chat platforms.

pub mod compose;
pub mod cut;
pub mod discord;
mod inputs;
mod mention;
#[cfg(test)]
mod mix;
pub mod script;
pub mod slack;
pub mod web;
