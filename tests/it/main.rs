//! One binary for all integration tests.

mod changes;
mod contract;
mod draft;
mod durability;
mod records;
mod support;
mod web;
