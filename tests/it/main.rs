//! One binary for all integration tests.

mod browser;
mod changes;
mod contract;
mod conversation;
mod crash;
mod discord;
mod draft;
mod durability;
mod github;
mod jira;
mod model;
mod prompt;
mod records;
mod slack;
mod start;
mod support;
mod tidy;

mod watch;
mod web;
