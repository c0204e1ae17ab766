//! Where the embedding model lies, if nearness in meaning is wanted.

use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EmbedderConfig {
    /// Directory with `model.onnx`, `tokenizer.json` and their companions. Without it, nearness is counted in shared words.
    pub model_dir: Option<PathBuf>,
    /// ONNX Runtime's shared library; looked for in the usual places when not given.
    pub onnxruntime: Option<PathBuf>,
}
