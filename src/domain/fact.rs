//! A fact: something we know, with an id that a sentence can cite and a place where a person can look it up.

use serde::{Deserialize, Serialize};
use std::fmt;

/// `c:1a2b3c4` (commit), `pr:#812`, `t:PAY-311`, `f:src/pay.rs` (file), `risk:3`, `brk:1`, `gap:1`, `range:1` (the range as a whole), `ci:2`
/// (continuous integration), `dep:checkout` (a service that may feel it), `env:production` (what runs there),
/// `work:1` (what was asked for), `plan:1` (when), `cert:1` (what a host serves), `tpl:1` (a line of the type of work), `team:1` (what the team always wants). Where several modules
/// go out together each fact names its module: `web/pr:#812`.
///
/// Sentences cite it in square brackets: `Refunds are idempotent now [pr:#812].`
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(pub String);

impl FactId {
    pub fn commit(short_sha: &str) -> Self {
        Self(format!("c:{short_sha}"))
    }
    pub fn pull_request(number: u64) -> Self {
        Self(format!("pr:#{number}"))
    }
    pub fn ticket(key: &str) -> Self {
        Self(format!("t:{key}"))
    }
    pub fn file(path: &str) -> Self {
        Self(format!("f:{path}"))
    }
    pub fn risk(n: usize) -> Self {
        Self(format!("risk:{n}"))
    }
    pub fn check(n: usize) -> Self {
        Self(format!("ci:{n}"))
    }
    pub fn affected(service: &str) -> Self {
        Self(format!("dep:{service}"))
    }
    pub fn environment(name: &str) -> Self {
        // Citations are told apart at blanks.
        Self(format!("env:{}", name.split_whitespace().collect::<Vec<_>>().join("-")))
    }
    pub fn team(n: u64) -> Self {
        Self(format!("team:{n}"))
    }
    pub fn breaking(n: usize) -> Self {
        Self(format!("brk:{n}"))
    }
    pub fn gap(n: usize) -> Self {
        Self(format!("gap:{n}"))
    }
    /// The range as a whole: its two ends and its size.
    pub fn range() -> Self {
        Self("range:1".to_owned())
    }
    /// The same fact among those of several modules. Citations are told apart at blanks, commas and the first colon.
    pub fn of_module(&self, module: &str) -> Self {
        let module: String = module
            .chars()
            .map(|letter| if letter.is_whitespace() || ":,;[]".contains(letter) { '-' } else { letter })
            .collect();
        Self(format!("{module}/{}", self.0))
    }
    /// The module it names, if any, and the rest.
    pub fn parts(&self) -> (Option<&str>, &str) {
        let kind = self.0.split(':').next().unwrap_or_default();
        match kind.rfind('/') {
            Some(at) => (Some(&self.0[..at]), &self.0[at + 1..]),
            None => (None, &self.0),
        }
    }
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub id: FactId,
    /// One line: the commit's subject, the risk's title, the ticket's title.
    pub text: String,
}
