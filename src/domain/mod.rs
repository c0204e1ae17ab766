//! THE NOUNS: what Slipway talks about. Pure: no async, no IO, no clock, no vendor names.

pub mod background;
pub mod certificate;
pub mod change;
pub mod checks;
pub mod digest;
pub mod draft;
pub mod fact;
pub mod graph;
pub mod health;
pub mod incident;
pub mod message;
pub mod nearest;
pub mod note;
pub mod notice;
pub mod owner;
pub mod pattern;
pub mod person;
pub mod planned;
pub mod preference;
pub mod pull_request;
pub mod secret;
pub mod service;
pub mod ticket;
pub mod trouble;
