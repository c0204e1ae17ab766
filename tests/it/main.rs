//! One binary for all integration tests.

mod changes;
mod contract;
mod conversation;
mod draft;
mod durability;
mod records;
mod model;
mod prompt;
mod support;
mod tidy;
