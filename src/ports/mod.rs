//! WHAT WE NEED from outside: one trait per file, written as a contract that every adapter meets.

pub mod certificates;
pub mod changes;
pub mod chat;
pub mod clock;
pub mod code_host;
pub mod embedder;
pub mod feeds;
pub mod metrics;
pub mod model;
pub mod store;
pub mod tickets;
