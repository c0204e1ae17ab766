//! Who words things? Any chat-completion server. It is asked, it answers text; it decides nothing and has no tools.

use crate::domain::trouble::Fault;
use async_trait::async_trait;
use serde_json::Value;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The model to ask, as the server calls it.
    pub model: String,
    pub system: String,
    pub user: String,
    /// JSON schema the answer must meet, with a name for it. Servers without structured output get it in words.
    pub schema: Option<(String, Value)>,
    pub max_tokens: u32,
    pub temperature: f32,
    /// For the whole exchange, retries included.
    pub time_limit: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub text: String,
    /// False when the server stopped because of `max_tokens`.
    pub complete: bool,
    pub tokens_in: u32,
    pub tokens_out: u32,
}

#[async_trait]
pub trait Model: Send + Sync {
    /// Retries what may pass (429, 5xx, connection errors) within `time_limit`, honouring `Retry-After`.
    async fn ask(&self, question: &Question) -> Result<Reply, Fault>;
    /// One line for `doctor`: reached or not, and which of the configured models it has.
    async fn describe(&self) -> Result<String, Fault>;
}
