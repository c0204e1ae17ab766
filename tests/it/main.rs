//! One binary for all integration tests.

mod contract;
mod draft;
mod model;
mod prompt;
mod support;
