//! GitHub through its real adapter, against a fake that refuses what the official description refuses.

mod app;
mod compare;
mod limits;
mod publish;
mod refusals;
mod requests;
mod tickets;
mod what_is_known;

use crate::support::fakes::github::{FakeGithub, tokens::TOKEN};
use slipway::adapters::code_host::github::GithubHost;
use slipway::adapters::github::{Github, GithubOptions, Identity};
use slipway::domain::change::{Author, Commit};
use std::sync::Arc;

/// Somebody with a token that this GitHub knows.
fn client(fake: &FakeGithub) -> Arc<Github> {
    with(fake, Identity::Token(TOKEN.to_owned().into()))
}

fn with(fake: &FakeGithub, identity: Identity) -> Arc<Github> {
    Arc::new(Github::new(GithubOptions { api_url: fake.url().to_owned(), identity }).expect("it can be spoken to"))
}

fn host(fake: &FakeGithub) -> GithubHost {
    GithubHost::new(client(fake))
}

/// Forty digits that begin with `n`.
fn sha(n: u64) -> String {
    format!("{n:07x}{}", "0".repeat(33))
}

fn commit(sha: &str, subject: &str, pull_requests: &[u64]) -> Commit {
    Commit {
        sha: sha.to_owned(),
        author: Author { name: "dev".to_owned(), email: String::new() },
        co_authors: Vec::new(),
        at: chrono::DateTime::UNIX_EPOCH,
        subject: subject.to_owned(),
        body: String::new(),
        is_merge: false,
        pull_requests: pull_requests.to_vec(),
        tickets: Vec::new(),
        paths: Vec::new(),
    }
}

/// Nothing was asked or answered that the official description refuses.
fn nothing_refused(fake: &FakeGithub) {
    assert_eq!(fake.complaints(), Vec::<String>::new());
}
