//! Who may do what.

use serde::Deserialize;

/// Each list holds people as `platform:id`, or `*` for everybody who can reach the bot.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionsConfig {
    pub draft: Vec<String>,
    pub edit: Vec<String>,
    pub file: Vec<String>,
    pub approve: Vec<String>,
    pub r#override: Vec<String>,
}

impl Default for PermissionsConfig {
    fn default() -> Self {
        let everybody = || vec!["*".to_owned()];
        Self { draft: everybody(), edit: everybody(), file: everybody(), approve: everybody(), r#override: everybody() }
    }
}
