//! Where changes are read from.

pub mod git;
