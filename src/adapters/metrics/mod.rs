//! Where is it measured?

pub mod prometheus;
