//! WHO PROVIDES IT: one folder per port, one file (or folder) per product.

pub mod certificates;
pub mod changes;
pub mod chat;
pub mod clock;
pub mod code_host;
pub mod deployment_hook;
pub mod embedder;
pub mod feeds;
pub mod github;
pub mod http;
pub mod incident_hook;
pub mod metrics;
pub mod model;
pub mod store;
pub mod tickets;
