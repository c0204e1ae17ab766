//! Why was a change wanted? A ticket tracker.
//!
//! Contract: every key asked for comes back once, as a ticket or as unreadable with its reason; keys are asked for in
//! batches, never one by one; a tracker that cannot be reached at all is a `Fault`.

use crate::domain::health::Check;
use crate::domain::ticket::TicketsFound;
use crate::domain::trouble::Fault;
use async_trait::async_trait;

#[async_trait]
pub trait Tickets: Send + Sync {
    /// The tracker's name in the configuration: `jira`.
    fn name(&self) -> &'static str;
    /// Is this key one of its own? `home` is the repository the key was read in, for keys like `#12`.
    fn takes(&self, key: &str, home: Option<&str>) -> bool;
    async fn tickets(&self, keys: &[String], home: Option<&str>) -> Result<TicketsFound, Fault>;
    /// Puts a comment on a ticket so that it stands once: what stood under the same `marker` is replaced. Returns a link
    /// for people.
    async fn publish(&self, key: &str, marker: &str, markdown: &str) -> Result<String, Fault>;
    /// A link for people.
    fn link(&self, key: &str) -> String;
    /// Does it work, asked now? For `doctor` and `/release status`.
    async fn check(&self) -> Vec<Check>;
}
