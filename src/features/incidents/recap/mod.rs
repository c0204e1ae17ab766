//! What does an incident come to? By rules, or worded by a model and held to the text.

mod ask;
mod parts;
mod rules;

pub use ask::worded;
pub use rules::{named, recap, short};
