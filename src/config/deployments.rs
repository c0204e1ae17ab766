//! `[deployments]`: who may tell that something went live, and where that counts.

use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeploymentsConfig {
    /// The secret of the deliveries to `/hooks/deployments`; without it there is no such place.
    pub webhook_secret_env: Option<String>,
    pub webhook_secret_file: Option<PathBuf>,
    /// What goes live elsewhere is nobody's news.
    pub environments: Vec<String>,
}

impl Default for DeploymentsConfig {
    fn default() -> Self {
        let environments = ["production", "prod", "live"].map(str::to_owned).to_vec();
        Self { webhook_secret_env: None, webhook_secret_file: None, environments }
    }
}
