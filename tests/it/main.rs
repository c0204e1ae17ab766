//! One binary for all integration tests.

mod changes;
mod contract;
mod draft;
mod model;
mod prompt;
mod support;
