//! What others know about a change beyond git: pull requests, tickets, checks, deployments, and who may feel it.

use crate::domain::change::Gap;
use crate::domain::checks::{Checks, Deployed};
use crate::domain::pull_request::PullRequest;
use crate::domain::service::Affected;
use crate::domain::ticket::{Ticket, Unreadable};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Background {
    /// Those whose commits are in the range, newest merge first.
    pub requests: Vec<PullRequest>,
    pub tickets: Vec<Ticket>,
    /// Tickets that are named but cannot be read: a fact, not a failure.
    pub unreadable: Vec<Unreadable>,
    /// Of the revision that goes out.
    pub checks: Option<Checks>,
    /// The newest of each environment.
    pub deployed: Vec<Deployed>,
    /// Services that may feel the change.
    pub affected: Vec<Affected>,
    /// Who was asked and did not answer, as sentences for the note.
    pub gaps: Vec<Gap>,
}
