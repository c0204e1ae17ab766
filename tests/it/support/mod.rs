//! The worlds tests play in.

pub mod fakes;
pub mod repo;
