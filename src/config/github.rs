//! Which GitHub the code is on, and who Slipway is there.

use serde::Deserialize;
use std::path::PathBuf;

/// Without a token and without an App there is no GitHub.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GithubConfig {
    /// A token: its environment variable, or a file that holds it.
    pub token_env: Option<String>,
    pub token_file: Option<PathBuf>,
    /// Instead of a token: the App's id, and the file with its private key (PEM).
    pub app_id: Option<String>,
    pub private_key_file: Option<PathBuf>,
    /// What signs the deliveries to `/github/webhook`. A second one serves while it is rotated.
    pub webhook_secret_env: Option<String>,
    pub webhook_secret_file: Option<PathBuf>,
    pub old_webhook_secret_env: Option<String>,
    pub old_webhook_secret_file: Option<PathBuf>,
    /// Of an Enterprise Server: `https://HOST/api/v3`.
    pub api_url: Option<String>,
}
