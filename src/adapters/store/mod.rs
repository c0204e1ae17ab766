//! Stores.

pub mod memory;
pub mod sled;
