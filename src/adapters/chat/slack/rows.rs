//! What does the adapter remember across a restart? The shapes it stores, and the keys it stores them under.

use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Who we are in this workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub user: String,
    /// The app's id as a writer of messages; none for a token of another kind.
    pub bot: Option<String>,
    pub team: String,
    pub team_name: String,
    /// `https://acme.slack.com`.
    pub url: String,
}

/// The messages under a key, head first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    pub pages: Vec<String>,
    /// All of it is there; else somebody was interrupted, and goes on.
    pub whole: bool,
    /// Files that were sent along, by what they hold.
    #[serde(default)]
    pub files: Vec<Sent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Of name and bytes.
    pub digest: String,
    /// Slack's id of the file.
    pub file: String,
    /// It stands in the conversation.
    pub shared: bool,
}

/// Where a person's last command or press in a channel may be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub url: String,
    pub at: DateTime<Utc>,
    pub uses: u32,
}

/// How far a conversation was heard, and since which message it is listened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub ts: String,
    pub from: String,
}

#[derive(Clone)]
pub struct Rows {
    store: Arc<dyn Store>,
}

pub const ME: &str = "slack/1/me";
/// Troubles that were told and are not over.
pub const TROUBLES: &str = "slack/1/troubles";
const REACHED: &str = "slack/1/reached/";
const STANDS: &str = "slack/1/stands/";

pub fn posted(channel: &str, key: &str) -> String {
    format!("slack/1/posted/{channel}/{key}")
}

pub fn answer(channel: &str, person: &str) -> String {
    format!("slack/1/answer/{channel}/{person}")
}

pub fn reached(channel: &str) -> String {
    format!("{REACHED}{channel}")
}

/// A thread we wrote in.
pub fn stands(channel: &str, root: &str) -> String {
    format!("{STANDS}{channel}/{root}")
}

impl Rows {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let Some(stored) = self.store.get(key).await? else { return Ok(None) };
        serde_json::from_slice(&stored.value).map(Some).map_err(|error| unreadable(key, error))
    }

    pub async fn put<T: Serialize + Sync>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        self.put_all(vec![(key.to_owned(), value)]).await
    }

    pub async fn put_all<T: Serialize>(&self, rows: Vec<(String, T)>) -> Result<(), StoreError> {
        let ops = rows.into_iter().map(|(key, value)| Op::Put {
            key,
            value: serde_json::to_vec(&value).expect("rows are plain data"),
            expect: Expect::Anything,
        });
        self.store.transact(ops.collect()).await.map(drop)
    }

    pub async fn forget(&self, keys: Vec<String>) -> Result<(), StoreError> {
        let ops = keys.into_iter().map(|key| Op::Delete { key, expect: Expect::Anything });
        self.store.transact(ops.collect()).await.map(drop)
    }

    /// Every conversation we heard or said something in, and how far.
    pub async fn all_reached(&self) -> Result<Vec<(String, Reached)>, StoreError> {
        let mut found = Vec::new();
        for (key, stored) in self.store.scan(REACHED, None, usize::MAX).await? {
            let reached = serde_json::from_slice(&stored.value).map_err(|error| unreadable(&key, error))?;
            found.push((key[REACHED.len()..].to_owned(), reached));
        }
        Ok(found)
    }

    /// Roots of the threads in a channel that we wrote in.
    pub async fn threads(&self, channel: &str) -> Result<Vec<String>, StoreError> {
        let prefix = stands(channel, "");
        let rows = self.store.scan(&prefix, None, usize::MAX).await?;
        Ok(rows.into_iter().map(|(key, _)| key[prefix.len()..].to_owned()).collect())
    }
}

fn unreadable(key: &str, error: serde_json::Error) -> StoreError {
    StoreError::Failed(anyhow::Error::new(error).context(format!("row `{key}` cannot be read")))
}
