//! The worlds tests play in.

pub mod clock;
pub mod ear;
pub mod fakes;
pub mod git_http;
pub mod metrics;
pub mod not_run;
pub mod petshop;
pub mod process;
pub mod prometheus;
pub mod repo;
pub mod seen;
pub mod served;
pub mod shop;
pub mod simulated;
pub mod somebody;
pub mod world;
