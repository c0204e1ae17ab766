//! Which Jira holds the tickets, and who Slipway is there.

use serde::Deserialize;
use std::path::PathBuf;

/// Without a `url` there is no Jira.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JiraConfig {
    /// `https://acme.atlassian.net`, or where a Data Center is.
    pub url: Option<String>,
    /// On Cloud, the address of the account whose API token this is; a Data Center's token needs none.
    pub email: Option<String>,
    /// The token: its environment variable, or a file that holds it.
    pub token_env: Option<String>,
    pub token_file: Option<PathBuf>,
    /// The field that holds acceptance criteria, if there is one: `customfield_10042`.
    pub acceptance_field: Option<String>,
}
