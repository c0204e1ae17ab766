//! How is this Slipway set up? Reads TOML, refuses what it does not know, and says where and what was probably meant.

mod calendar;
mod certificates;
mod channel;
mod deployments;
mod discord;
mod draft;
mod embedder;
mod github;
mod incidents;
mod jira;
mod log;
mod model;
mod permissions;
mod problem;
mod signals;
mod slack;
mod span;
mod tags;
mod watch;
mod web;
mod workspaces;

pub use calendar::CalendarConfig;
pub use certificates::CertificatesConfig;
pub use deployments::DeploymentsConfig;
pub use discord::DiscordConfig;
pub use draft::DraftConfig;
pub use embedder::EmbedderConfig;
pub use github::GithubConfig;
pub use incidents::IncidentsConfig;
pub use jira::JiraConfig;
pub use log::{LogConfig, LogFormat};
pub use model::{ModelConfig, RoleConfig};
pub use permissions::PermissionsConfig;
pub use problem::ConfigError;
pub use signals::{SignalConfig, SignalsConfig, SourceConfig};
pub use slack::SlackConfig;
pub use tags::TagsConfig;
pub use watch::WatchConfig;
pub use web::WebConfig;
pub use workspaces::{Imported, as_toml, import, load_workspaces};

use crate::domain::message::Place;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The whole configuration. Every key has a default; no file at all is a complete configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub web: WebConfig,
    pub slack: SlackConfig,
    pub discord: DiscordConfig,
    pub github: GithubConfig,
    pub jira: JiraConfig,
    pub certificates: CertificatesConfig,
    pub incidents: IncidentsConfig,
    pub calendars: Vec<CalendarConfig>,
    pub watch: WatchConfig,
    pub deployments: DeploymentsConfig,
    pub model: ModelConfig,
    pub embedder: EmbedderConfig,
    pub draft: DraftConfig,
    pub permissions: PermissionsConfig,
    pub tags: TagsConfig,
    pub log: LogConfig,
    /// Where whoever runs the bot is told of trouble: `PLATFORM:CHANNEL`.
    pub admin_channel: Option<String>,
    /// What notes are held to: rules, freezes, holidays, reviewers. Without one the rules have their defaults.
    pub policy: Option<PathBuf>,
    /// What is watched after a change, and where it is measured.
    pub signals: Option<PathBuf>,
    /// Directory with one TOML file per workspace; relative to the configuration file.
    pub workspaces: Option<PathBuf>,
    /// Where records and our copies of remote repositories are kept; the command line says it.
    #[serde(skip)]
    pub data_dir: PathBuf,
}

impl Config {
    /// Reads `path`, or answers the defaults when there is none, then applies the environment.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let mut config = match path {
            None => Self::default(),
            Some(path) => {
                let mut config: Self = problem::read(path)?;
                config.anchor(path.parent().unwrap_or(Path::new(".")));
                config
            }
        };
        config.model.read_environment();
        config.check(path)?;
        Ok(config)
    }

    /// Paths in the file are meant from where the file stands, not from where the process was started.
    fn anchor(&mut self, folder: &Path) {
        let paths = [
            &mut self.workspaces,
            &mut self.policy,
            &mut self.signals,
            &mut self.model.key_file,
            &mut self.web.token_file,
            &mut self.slack.bot_token_file,
            &mut self.slack.app_token_file,
            &mut self.slack.signing_secret_file,
            &mut self.slack.old_signing_secret_file,
            &mut self.discord.token_file,
            &mut self.discord.relay_ca,
            &mut self.github.token_file,
            &mut self.github.private_key_file,
            &mut self.github.webhook_secret_file,
            &mut self.github.old_webhook_secret_file,
            &mut self.jira.token_file,
            &mut self.embedder.model_dir,
            &mut self.embedder.onnxruntime,
            &mut self.draft.schemas,
            &mut self.draft.prompts,
            &mut self.draft.work,
            &mut self.certificates.authorities,
        ];
        let feeds = self.calendars.iter_mut().map(|calendar| &mut calendar.url_file);
        for path in paths.into_iter().chain(feeds).flatten() {
            *path = folder.join(&*path);
        }
    }

    fn check(&self, path: Option<&Path>) -> Result<(), ConfigError> {
        self.model.check().map_err(|problem| ConfigError::of(path, problem))?;
        self.draft.check().map_err(|problem| ConfigError::of(path, problem))?;
        self.embedder.check().map_err(|problem| ConfigError::of(path, problem))?;
        self.incidents.places().map(drop).map_err(|problem| ConfigError::of(path, problem))?;
        self.incidents.closed().map(drop).map_err(|problem| ConfigError::of(path, problem))?;
        self.admin().map(drop).map_err(|problem| ConfigError::of(path, problem))
    }

    /// The channel in which trouble is told.
    pub fn admin(&self) -> Result<Option<Place>, String> {
        let Some(named) = &self.admin_channel else { return Ok(None) };
        channel::channel("admin_channel", named).map(Some)
    }
}
