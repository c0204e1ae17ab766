//! What a draft obeys: its budget, its schemas, its examples, its prompts.

use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DraftConfig {
    /// Tokens of compressed context that a question may carry.
    pub context_tokens: usize,
    /// Directories that override the built-in files of the same name.
    pub schemas: Option<PathBuf>,
    pub prompts: Option<PathBuf>,
    /// Templates of types of work, over the built-in ones of the same name.
    pub work: Option<PathBuf>,
}

impl Default for DraftConfig {
    fn default() -> Self {
        Self { context_tokens: 2_300, schemas: None, prompts: None, work: None }
    }
}

impl DraftConfig {
    pub fn check(&self) -> Result<(), String> {
        if !(300..=200_000).contains(&self.context_tokens) {
            return Err(format!(
                "`draft.context_tokens` is {}; it must be between 300 and 200000",
                self.context_tokens
            ));
        }
        Ok(())
    }
}
