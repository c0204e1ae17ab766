//! Jira, Cloud and Data Center, as a tracker.

mod client;
mod comment;
mod issues;
mod markup;
mod read;
mod refusal;

pub use client::{Account, JiraOptions};

use crate::domain::health::Check;
use crate::domain::ticket::TicketsFound;
use crate::domain::trouble::Fault;
use crate::ports::tickets::Tickets;
use async_trait::async_trait;
use client::Client;
use serde_json::Value;

pub struct Jira {
    client: Client,
    /// The field that holds acceptance criteria: `customfield_10042`.
    acceptance_field: Option<String>,
}

impl Jira {
    /// The error is a sentence for whoever wrote the configuration.
    pub fn new(options: JiraOptions) -> Result<Self, String> {
        let acceptance_field = options.acceptance_field.clone();
        Ok(Self { client: Client::new(options)?, acceptance_field })
    }
}

#[async_trait]
impl Tickets for Jira {
    fn name(&self) -> &'static str {
        "jira"
    }

    /// `PAY-311`: a project's key in capitals, and a number.
    fn takes(&self, key: &str, _: Option<&str>) -> bool {
        let is_project = |project: &str| {
            project.len() > 1
                && project.starts_with(|first: char| first.is_ascii_uppercase())
                && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        key.split_once('-').is_some_and(|(project, number)| {
            is_project(project) && !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
        })
    }

    async fn tickets(&self, keys: &[String], _: Option<&str>) -> Result<TicketsFound, Fault> {
        issues::tickets(&self.client, keys, self.acceptance_field.as_deref()).await
    }

    async fn publish(&self, key: &str, marker: &str, markdown: &str) -> Result<String, Fault> {
        comment::publish(&self.client, key, marker, markdown).await
    }

    fn link(&self, key: &str) -> String {
        self.client.link(key)
    }

    async fn check(&self) -> Vec<Check> {
        let (server, me) = tokio::join!(self.client.get::<Value>("serverInfo"), self.client.get::<Value>("myself"));
        let check = match (server, me) {
            (_, Err(fault)) | (Err(fault), _) => Check::fails("jira", format!("it {fault}.")),
            (Ok(server), Ok(me)) => {
                let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
                let sentence = format!(
                    "{} ({} {}), read as {}.",
                    self.client.site(),
                    text(&server["deploymentType"]),
                    text(&server["version"]),
                    text(&me["displayName"])
                );
                Check::works("jira", sentence)
            }
        };
        vec![check]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_projects_in_capitals_with_a_number() {
        let account = Account::Token("secret".to_owned().into());
        let options = JiraOptions { url: "https://jira.shop.example".to_owned(), account, acceptance_field: None };
        let jira = Jira::new(options).expect("an address");
        let takes = |key: &str| jira.takes(key, Some("acme/web"));
        assert!(takes("PAY-311") && takes("A1_B-7"));
        assert!(!takes("#12") && !takes("acme/web#12") && !takes("pay-311") && !takes("PAY-") && !takes("X-1"));
        assert_eq!(jira.link("PAY-311"), "https://jira.shop.example/browse/PAY-311");
    }
}
