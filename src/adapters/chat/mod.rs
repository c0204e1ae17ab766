//! Chat platforms.

pub mod web;
