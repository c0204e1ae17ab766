//! Outside products, answering from a modelled state of the world.

pub mod discord;
pub mod github;
pub mod jira;
pub mod official;
pub mod openai;
pub mod slack;
