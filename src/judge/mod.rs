//! THE JUDGE: is it the change? Pure: series in, verdicts with their numbers out; no clock, no network, no model.
//!
//! `series` cleans samples and cuts them into blocks that begin at the change; `kinds` holds what matters of each kind of signal; `signal`
//! judges one (formulas and sources there) and comes to a `verdict`;
//! `state` is the table from verdicts to states; `watch` looks again and again, never ahead, and keeps what lasts; `canary` compares two
//! versions that run side by side; `suspects` follows symptoms along the graph of who calls whom.

pub mod canary;
mod kinds;
pub mod series;
pub mod signal;
pub mod state;
pub mod suspects;
pub mod verdict;
pub mod watch;
