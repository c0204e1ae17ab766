//! The worlds tests play in.

pub mod fakes;
pub mod process;
pub mod repo;
pub mod world;
