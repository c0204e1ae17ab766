//! Which model server is asked, by which models, within which limits.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Roles that can be set one by one: the names of the prompts.
pub const ROLES: [&str; 7] = ["summarise", "recap", "question", "basics", "checklist", "body", "repositories"];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// Base URL of an OpenAI-compatible server, for example `http://127.0.0.1:11434/v1`. Without it, rules write.
    pub base_url: Option<String>,
    pub key_env: Option<String>,
    pub key_file: Option<PathBuf>,
    /// Asked in this order; the next one answers when one fails.
    pub models: Vec<String>,
    /// Seconds for one question, retries included.
    pub time_limit_s: u64,
    /// Tokens of output for one answer.
    pub max_tokens: u32,
    pub temperature: f32,
    /// Tokens a day, in and out; beyond it rules write. 0 means no limit.
    pub daily_tokens: u64,
    pub roles: BTreeMap<String, RoleConfig>,
}

/// What differs for one role; what is missing is taken from `[model]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoleConfig {
    pub models: Option<Vec<String>>,
    pub time_limit_s: Option<u64>,
    pub max_tokens: Option<u32>,
    pub temperature: Option<f32>,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            key_env: None,
            key_file: None,
            models: Vec::new(),
            time_limit_s: 60,
            max_tokens: 2_000,
            temperature: 0.2,
            daily_tokens: 0,
            roles: BTreeMap::new(),
        }
    }
}

impl ModelConfig {
    /// `SLIPWAY_MODEL_BASE_URL` and `SLIPWAY_MODELS` (comma separated) win over the file, for pipelines.
    pub fn read_environment(&mut self) {
        if let Some(url) = set("SLIPWAY_MODEL_BASE_URL") {
            self.base_url = Some(url);
        }
        if let Some(models) = set("SLIPWAY_MODELS") {
            self.models =
                models.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        }
        if self.key_env.is_none() && self.key_file.is_none() && set("SLIPWAY_MODEL_KEY").is_some() {
            self.key_env = Some("SLIPWAY_MODEL_KEY".to_owned());
        }
    }

    pub fn check(&self) -> Result<(), String> {
        if self.base_url.is_some() && self.models.is_empty() && self.roles.values().all(|role| role.models.is_none()) {
            return Err(
                "`model.base_url` is set but `model.models` names no model; add for example `models = [\"small\"]`"
                    .to_owned(),
            );
        }
        if self.base_url.is_none() && !self.models.is_empty() {
            return Err("`model.models` is set but `model.base_url` is not; name the server, for example `base_url = \"http://127.0.0.1:11434/v1\"`".to_owned());
        }
        if let Some(url) = &self.base_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(format!("`model.base_url` is `{url}`; it must begin with `http://` or `https://`"));
        }
        for role in self.roles.keys() {
            if !ROLES.contains(&role.as_str()) {
                let meant = crate::domain::nearest::nearest(role, ROLES.into_iter());
                return Err(match meant {
                    Some(near) => format!("there is no role `{role}` in `[model.roles]`; did you mean `{near}`?"),
                    None => format!("there is no role `{role}` in `[model.roles]`; possible: `{}`", ROLES.join("`, `")),
                });
            }
        }
        Ok(())
    }
}

fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
