//! Who keeps the repository for everybody? A code host: what it knows beyond git, and what can be published there.
//!
//! Contract:
//! * Nothing is asked twice within one call, and everything that has pages is read to its last page.
//! * At most twelve requests are on their way to a host at a time.
//! * Waits for a limit of the host's as long as it asks, but not beyond the time limit given; then `Fault::Busy`.
//! * A refusal that people can mend (a scope is missing, a repository was renamed) is `Fault::Refused`, and says how.

use crate::domain::change::{Author, Commit, Revision, Status};
use crate::domain::checks::{Checks, Deployed};
use crate::domain::health::Check;
use crate::domain::pull_request::PullRequest;
use crate::domain::service::Remote;
use crate::domain::trouble::Fault;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::sync::Arc;

#[async_trait]
pub trait CodeHost: Send + Sync {
    /// The host's name in `Remote::host`: `github`.
    fn name(&self) -> &'static str;
    /// What it calls the repository that git reaches at this address (`acme/pay`), if it is one of its own.
    fn named(&self, url: &str) -> Option<String>;
    /// The merged pull requests that brought these commits, newest merge first. What the host does not know yet because
    /// it was merged a moment ago is looked up a second way.
    async fn pull_requests(&self, repository: &str, commits: &[Commit]) -> Result<Vec<PullRequest>, Fault>;
    /// What continuous integration says about a revision; `None` when nothing ran on it.
    async fn checks(&self, repository: &str, sha: &str) -> Result<Option<Checks>, Fault>;
    /// The newest deployment of each environment.
    async fn deployments(&self, repository: &str) -> Result<Vec<Deployed>, Fault>;
    /// Every tag with the commit it stands on.
    async fn tags(&self, repository: &str) -> Result<Vec<Tag>, Fault>;
    /// What lies between two revisions, for whoever cannot be reached by git; without `to`, up to the head of its main branch.
    /// `Fault::NotFound` when one of them is not there.
    async fn compare(&self, repository: &str, from: &str, to: Option<&str>) -> Result<Comparison, Fault>;
    /// How git may read the repository.
    async fn clone_access(&self, repository: &str) -> Result<CloneAccess, Fault>;
    /// Puts a text there so that it stands once however often this is called: what stood under the same `marker` is
    /// replaced, and what people wrote around it stays. Returns a link for people.
    async fn publish(&self, repository: &str, to: &Publication, marker: &str, markdown: &str) -> Result<String, Fault>;
    /// A link for people.
    fn link(&self, repository: &str, to: &Linked<'_>) -> String;
    /// Does it work, asked now? For `doctor` and `/release status`. `repositories` are those the catalogue names.
    async fn check(&self, repositories: &[&str]) -> Vec<Check>;
}

/// The one that keeps this repository, if it is set up.
pub fn host_of<'a>(hosts: &'a [Arc<dyn CodeHost>], remote: &Remote) -> Option<&'a dyn CodeHost> {
    hosts.iter().find(|host| host.name() == remote.host).map(AsRef::as_ref)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub sha: String,
    /// When it was made, where the host says so.
    pub at: Option<DateTime<Utc>>,
    pub by: Option<Author>,
}

/// Two revisions beside each other. Files are compared with where both parted, not with `from` itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub from: Revision,
    pub to: Revision,
    /// Commits that only `to` has, and that only `from` has.
    pub ahead: usize,
    pub behind: usize,
    /// Newest first.
    pub commits: Vec<ComparedCommit>,
    pub files: Vec<ComparedFile>,
    /// False where the host names only the first of many.
    pub are_all_files: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedCommit {
    pub sha: String,
    pub parents: Vec<String>,
    pub author: Author,
    pub at: DateTime<Utc>,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedFile {
    pub path: String,
    pub old_path: Option<String>,
    pub status: Status,
    pub added: u32,
    pub removed: u32,
    /// Its hunks in unified form; `None` for a binary, or when it is too large to be told.
    pub patch: Option<String>,
}

pub struct CloneAccess {
    pub url: String,
    /// The value of the `Authorization` header; never put into an argument or a file.
    pub authorization: Option<SecretString>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publication {
    /// The body of the release of this tag; the release is made as a draft when there is none.
    Release { tag: String },
    /// A comment on this pull request.
    PullRequest { number: u64 },
}

pub enum Linked<'a> {
    Commit(&'a str),
    PullRequest(u64),
    Compare { from: &'a str, to: &'a str },
}
