//! From configuration to the platforms people talk on.

use super::secret;
use crate::adapters::chat::discord::{Discord, DiscordOptions, Relay};
use crate::adapters::chat::slack::{Slack, SlackOptions};
use crate::adapters::chat::web::{Web, WebOptions};
use crate::config::Config;
use crate::ports::chat::Chat;
use crate::ports::clock::Clock;
use crate::ports::store::Store;
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;

/// Where people talk: the web chat always, others where they are configured.
pub struct Chats {
    pub web: Arc<Web>,
    slack: Option<Arc<Slack>>,
    discord: Option<Arc<Discord>>,
}

impl Chats {
    pub fn build(config: &Config, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let web = web_options(config)?;
        let slack = match slack_options(config, web.base())? {
            Some(options) => Some(Slack::new(store.clone(), clock.clone(), options)?),
            None => None,
        };
        let discord = match discord_options(config, web.base())? {
            Some(options) => Some(Discord::new(store.clone(), clock.clone(), options)?),
            None => None,
        };
        Ok(Self { web: Web::new(store, clock, web), slack, discord })
    }

    pub fn all(&self) -> Vec<Arc<dyn Chat>> {
        let mut all: Vec<Arc<dyn Chat>> = vec![self.web.clone()];
        all.extend(self.slack.clone().map(|slack| slack as Arc<dyn Chat>));
        all.extend(self.discord.clone().map(|discord| discord as Arc<dyn Chat>));
        all
    }

    /// Everything that is served over HTTP. Slack's requests prove themselves by their signature, not at the web chat's door.
    pub fn router(&self, pages: axum::Router) -> axum::Router {
        let router = self.web.router(pages);
        match &self.slack {
            Some(slack) => router.merge(slack.router()),
            None => router,
        }
    }
}

fn slack_options(config: &Config, public_url: String) -> Result<Option<SlackOptions>, String> {
    let incidents = config.incidents.watched("slack");
    let config = &config.slack;
    let read = |env: &Option<String>, file: &Option<PathBuf>, what: &str| secret(env.as_deref(), file.as_deref(), what);
    let bot_token = read(&config.bot_token_env, &config.bot_token_file, "Slack bot token")?;
    let app_token = read(&config.app_token_env, &config.app_token_file, "Slack app-level token")?;
    let signing = read(&config.signing_secret_env, &config.signing_secret_file, "Slack signing secret")?;
    let old = read(&config.old_signing_secret_env, &config.old_signing_secret_file, "old Slack signing secret")?;
    let signing_secrets: Vec<SecretString> = signing.into_iter().chain(old).collect();
    let Some(bot_token) = bot_token else {
        return if app_token.is_none() && signing_secrets.is_empty() {
            Ok(None)
        } else {
            Err("`[slack]` names another secret but no bot token; add `bot_token_env` or `bot_token_file`".to_owned())
        };
    };
    Ok(Some(SlackOptions {
        bot_token,
        app_token,
        signing_secrets,
        command: config.command.clone(),
        watched: config.watched.iter().cloned().chain(incidents).collect(),
        api_url: config.api_url.clone(),
        public_url,
    }))
}

fn discord_options(config: &Config, public_url: String) -> Result<Option<DiscordOptions>, String> {
    let incidents: Vec<String> = config.incidents.watched("discord").collect();
    let config = &config.discord;
    let token = secret(config.token_env.as_deref(), config.token_file.as_deref(), "Discord bot token")?;
    let Some(token) = token else { return Ok(None) };
    let id = |text: &String| {
        text.parse::<u64>()
            .map_err(|_| format!("`{text}` in `[discord]` is no id; an id is a number of 17 to 20 digits"))
    };
    let relay = match (config.relay_address, &config.relay_ca) {
        (None, None) => None,
        (Some(address), Some(file)) => {
            let ca_pem = std::fs::read(file)
                .map_err(|error| format!("the relay's authority should be in `{}`: {error}", file.display()))?;
            Some(Relay { address, ca_pem })
        }
        _ => return Err("a Discord relay needs both `relay_address` and `relay_ca`".to_owned()),
    };
    Ok(Some(DiscordOptions {
        token,
        guilds: config.guilds.iter().map(id).collect::<Result<_, _>>()?,
        watched: config.watched.iter().chain(&incidents).map(id).collect::<Result<_, _>>()?,
        message_content: config.message_content,
        relay,
        public_url,
    }))
}

pub fn web_options(config: &Config) -> Result<WebOptions, String> {
    let web = &config.web;
    let options = WebOptions {
        address: web.address,
        token: secret(web.token_env.as_deref(), web.token_file.as_deref(), "web chat's token")?,
        identity_header: web.identity_header.clone().map(|name| (name, web.trusted_proxies.clone())),
        channels: web.channels.clone(),
        public_url: web.public_url.clone(),
        bot_name: "Slipway".to_owned(),
    };
    options.check()?;
    Ok(options)
}
