//! The worlds tests play in.

pub mod fakes;
