//! Slack: the adapter alone against a workspace on loopback, reached through the client it uses everywhere.

mod contract;
mod door;
mod fake;
mod gap;
mod hear;
mod limits;
mod log;
mod press;
mod repeat;
mod scene;
mod start;
mod troubles;
mod whisper;
