//! One binary for all integration tests.

mod contract;
mod draft;
mod durability;
mod records;
mod support;
mod web;
