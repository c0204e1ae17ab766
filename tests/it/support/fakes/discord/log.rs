//! What happened so far, for tests to read.

use serde_json::Value;
use std::time::Duration;

#[derive(Debug, Default)]
pub struct Log {
    pub calls: Vec<Call>,
    /// Calls Discord would have refused; a test names those it expects and fails on others.
    pub refused: Vec<Refused>,
    /// What Discord would have let pass and a person would have noticed: a picture that is not attached, a live mention.
    pub oddities: Vec<String>,
    pub identifies: Vec<Identified>,
    pub resumes: usize,
    /// Close codes the bot ended connections with; `None`: it just went away.
    pub closed: Vec<Option<u16>>,
    pub interactions: Vec<Answered>,
    /// Calls answered with 429.
    pub limited: usize,
}

#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    /// `/channels/{channel_id}/messages`.
    pub route: String,
    pub path: String,
    pub body: Value,
    pub status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub call: String,
    pub status: u16,
    pub code: u32,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    pub intents: u64,
    /// `None`: let in.
    pub closed: Option<u16>,
}

/// An interaction and how long it waited for its first answer; `None`: it got none within three seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub about: String,
    pub took: Option<Duration>,
}

impl Log {
    pub fn calls_to<'a>(&'a self, method: &'a str, route: &'a str) -> impl Iterator<Item = &'a Call> {
        self.calls.iter().filter(move |call| call.method == method && call.route == route)
    }
}
