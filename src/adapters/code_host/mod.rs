//! Who keeps the repository for everybody? One folder per code host.

pub mod github;
