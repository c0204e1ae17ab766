//! Which Slack workspace the bot works in, and how it is reached.

use serde::Deserialize;
use std::path::PathBuf;

/// Without a bot token there is no Slack.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlackConfig {
    /// The bot token (`xoxb-…`): its environment variable, or a file that holds it.
    pub bot_token_env: Option<String>,
    pub bot_token_file: Option<PathBuf>,
    /// The app-level token (`xapp-…`): events come over Socket Mode, and no public address is needed.
    pub app_token_env: Option<String>,
    pub app_token_file: Option<PathBuf>,
    /// The signing secret: events come over HTTP to `/slack/…`. A second one serves while it is rotated.
    pub signing_secret_env: Option<String>,
    pub signing_secret_file: Option<PathBuf>,
    pub old_signing_secret_env: Option<String>,
    pub old_signing_secret_file: Option<PathBuf>,
    /// The slash command, as the app's manifest names it.
    pub command: String,
    /// Ids of channels (`C…`) whose messages are read.
    pub watched: Vec<String>,
    /// Where the Web API is, for a relay in a closed network.
    pub api_url: Option<String>,
}

impl Default for SlackConfig {
    fn default() -> Self {
        Self {
            bot_token_env: None,
            bot_token_file: None,
            app_token_env: None,
            app_token_file: None,
            signing_secret_env: None,
            signing_secret_file: None,
            old_signing_secret_env: None,
            old_signing_secret_file: None,
            command: "/release".to_owned(),
            watched: Vec::new(),
            api_url: None,
        }
    }
}
