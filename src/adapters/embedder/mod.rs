//! Embedders.

pub mod fastembed;
