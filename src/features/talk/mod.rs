//! TALKING: what people ask in plain words, and what the bot makes of a thread.

pub mod agreed;
pub mod chatter;
pub mod lookups;
pub mod question;
pub mod thread;
