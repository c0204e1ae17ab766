//! Issues on GitHub as tickets: `#12` of the repository at hand, `acme/pay#12` of another.

mod read;

use crate::adapters::github::{Github, owner_and_name, publish};
use crate::domain::health::Check;
use crate::domain::ticket::{TicketsFound, Unreadable};
use crate::domain::trouble::{Fault, Refusal};
use crate::ports::tickets::Tickets;
use async_trait::async_trait;
use futures::future::join_all;
use read::{FIELDS, ticket};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Issues of one query.
const BATCH: usize = 50;

pub struct GithubIssues {
    github: Arc<Github>,
}

impl GithubIssues {
    pub fn new(github: Arc<Github>) -> Self {
        Self { github }
    }

    /// One query's worth of one repository. A number that is no issue is unreadable, a repository that is not there makes
    /// all of them so.
    async fn batch(&self, repository: &str, batch: &[(String, u64)]) -> Result<TicketsFound, Fault> {
        let mut parts = String::new();
        for (_, number) in batch {
            let _ = write!(parts, "i{number}: issue(number: {number}) {{ ...issue }} ");
        }
        let query = format!(
            "query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {parts}}} }} {FIELDS}"
        );
        let (owner, name) = owner_and_name(repository);
        let asked = self.github.query(repository, &query, &json!({ "owner": owner, "name": name })).await;
        let mut found = TicketsFound::default();
        let mut data = match asked {
            Ok(data) => data,
            // Another team's repository that we may not see is nothing wrong with GitHub.
            Err(Fault::NotFound | Fault::Refused(_)) => json!({}),
            Err(fault) => return Err(fault),
        };
        for (key, number) in batch {
            match ticket(key, data["repository"][format!("i{number}")].take()) {
                Some(ticket) => found.tickets.push(ticket),
                None => found.unreadable.push(Unreadable {
                    key: key.clone(),
                    why: "is no issue, was deleted, or is hidden from Slipway's account".to_owned(),
                }),
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl Tickets for GithubIssues {
    fn name(&self) -> &'static str {
        "github-issues"
    }

    fn takes(&self, key: &str, home: Option<&str>) -> bool {
        parts(key, home).is_some()
    }

    async fn tickets(&self, keys: &[String], home: Option<&str>) -> Result<TicketsFound, Fault> {
        let mut by_home: BTreeMap<&str, Vec<(String, u64)>> = BTreeMap::new();
        for key in keys {
            if let Some((repository, number)) = parts(key, home) {
                by_home.entry(repository).or_default().push((key.clone(), number));
            }
        }
        let batches = by_home.iter().flat_map(|(repository, of)| of.chunks(BATCH).map(|batch| (*repository, batch)));
        let asked = join_all(batches.map(|(repository, batch)| self.batch(repository, batch))).await;
        let mut all = TicketsFound::default();
        for found in asked {
            let found = found?;
            all.tickets.extend(found.tickets);
            all.unreadable.extend(found.unreadable);
        }
        Ok(all)
    }

    async fn publish(&self, key: &str, marker: &str, markdown: &str) -> Result<String, Fault> {
        let Some((repository, number)) = parts(key, None) else {
            let why = format!("`{key}` names no repository; write it as `owner/name#12`");
            return Err(Fault::Refused(Refusal(why)));
        };
        publish::comment(&self.github, repository, number, marker, markdown).await
    }

    fn link(&self, key: &str) -> String {
        let (repository, number) = parts(key, None).unwrap_or_default();
        format!("{}/{repository}/issues/{number}", self.github.site())
    }

    /// Whether GitHub answers is told by the code host.
    async fn check(&self) -> Vec<Check> {
        Vec::new()
    }
}

/// The repository and the number that a key means.
fn parts<'a>(key: &'a str, home: Option<&'a str>) -> Option<(&'a str, u64)> {
    let (repository, number) = key.split_once('#')?;
    let repository = if repository.is_empty() { home? } else { repository };
    Some((repository, number.parse().ok().filter(|_| repository.contains('/'))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_belongs_to_the_repository_it_was_read_in() {
        assert_eq!(parts("#12", Some("acme/web")), Some(("acme/web", 12)));
        assert_eq!(parts("acme/pay#7", Some("acme/web")), Some(("acme/pay", 7)));
        assert_eq!(parts("#12", None), None);
        assert_eq!(parts("PAY-311", Some("acme/web")), None);
        assert_eq!(parts("#colour", Some("acme/web")), None);
    }
}
