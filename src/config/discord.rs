//! Which Discord application the bot is, and where it works.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Without a token there is no Discord.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiscordConfig {
    /// The bot's token: its environment variable, or a file that holds it.
    pub token_env: Option<String>,
    pub token_file: Option<PathBuf>,
    /// Ids of servers that get the command at once; empty: every server, within an hour.
    pub guilds: Vec<String>,
    /// Ids of channels whose messages are read; needs `message_content`.
    pub watched: Vec<String>,
    /// Ask for the privileged message-content intent, which the developer portal must allow.
    pub message_content: bool,
    /// A relay in a closed network that stands for `discord.com`, and the authority (PEM) that signed its certificate.
    pub relay_address: Option<SocketAddr>,
    pub relay_ca: Option<PathBuf>,
}
