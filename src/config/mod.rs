//! How is this Slipway set up? Reads TOML, refuses what it does not know, and says where and what was probably meant.

mod draft;
mod embedder;
mod log;
mod model;
mod permissions;
mod problem;
mod web;
mod workspaces;

pub use draft::DraftConfig;
pub use embedder::EmbedderConfig;
pub use log::{LogConfig, LogFormat};
pub use model::{ModelConfig, RoleConfig};
pub use permissions::PermissionsConfig;
pub use problem::ConfigError;
pub use web::WebConfig;
pub use workspaces::load_workspaces;

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The whole configuration. Every key has a default; no file at all is a complete configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub web: WebConfig,
    pub model: ModelConfig,
    pub embedder: EmbedderConfig,
    pub draft: DraftConfig,
    pub permissions: PermissionsConfig,
    pub log: LogConfig,
    /// Directory with one TOML file per workspace; relative to the configuration file.
    pub workspaces: Option<PathBuf>,
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
            &mut self.model.key_file,
            &mut self.web.token_file,
            &mut self.embedder.model_dir,
            &mut self.embedder.onnxruntime,
            &mut self.draft.schemas,
            &mut self.draft.prompts,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
    }

    fn check(&self, path: Option<&Path>) -> Result<(), ConfigError> {
        self.model.check().map_err(|problem| ConfigError::of(path, problem))?;
        self.draft.check().map_err(|problem| ConfigError::of(path, problem))
    }
}
