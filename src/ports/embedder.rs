//! How close are two texts in meaning? Optional: without it, nearness is counted in shared words.

use async_trait::async_trait;

#[async_trait]
pub trait Embedder: Send + Sync {
    /// One unit vector per text, all of the same dimension.
    async fn embed(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>>;
    /// Which model it is: vectors of two models are not comparable.
    fn model(&self) -> String;
    /// One line for `doctor`.
    fn describe(&self) -> String;
}
