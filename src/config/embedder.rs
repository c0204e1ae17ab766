//! Where the embedding model lies, if nearness in meaning is wanted.

use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EmbedderConfig {
    /// A model of the Hugging Face hub, fetched once into the data directory: `all-MiniLM-L6-v2`.
    pub model: Option<String>,
    /// Directory with `model.onnx`, `tokenizer.json` and their companions. Without it, nearness is counted in shared words.
    pub model_dir: Option<PathBuf>,
    /// ONNX Runtime's shared library; looked for in the usual places when not given.
    pub onnxruntime: Option<PathBuf>,
}

impl EmbedderConfig {
    pub(super) fn check(&self) -> Result<(), String> {
        match (&self.model, &self.model_dir) {
            (Some(_), Some(_)) => {
                Err("`embedder.model` and `embedder.model_dir` both name a model; keep one of them".to_owned())
            }
            _ => Ok(()),
        }
    }
}
