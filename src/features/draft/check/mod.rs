//! May this text stand in a note? Every sentence cites something known, and what matters most is mentioned.

pub mod blocks;
pub mod citations;
pub mod coverage;
pub mod known;
pub mod sentences;

pub use citations::{Cited, Dropped, Trust, Why, cite, cite_value};
pub use known::Known;
