//! Who may do what.

use serde::Deserialize;

/// Each list holds people as `platform:id`, or `*` for everybody who can reach the bot.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionsConfig {
    pub draft: Vec<String>,
    pub edit: Vec<String>,
}

impl Default for PermissionsConfig {
    fn default() -> Self {
        Self { draft: vec!["*".to_owned()], edit: vec!["*".to_owned()] }
    }
}
