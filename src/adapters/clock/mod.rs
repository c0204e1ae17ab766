//! Clocks.

pub mod system;
