//! What can be done here, and what works.

pub mod command;
pub mod status;
