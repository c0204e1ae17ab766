//! What does the adapter remember across a restart? The shapes it stores, and the keys it stores them under.

use crate::domain::message::Form;
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The messages under a key. Written before the first of them is posted, and after each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Where they stand: the channel or thread itself.
    pub channel: u64,
    pub pages: Vec<Page>,
    /// What the messages are to say: of each its print, posted or not.
    pub wanted: Vec<String>,
    /// Counts up when a page is deleted: its nonce is used up.
    pub generation: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub id: u64,
    /// Of everything that was sent: an equal one need not be sent again.
    pub hash: String,
}

impl Posted {
    /// `1+2`; nothing while no message stands.
    pub fn id(&self) -> Option<String> {
        let ids: Vec<String> = self.pages.iter().map(|page| page.id.to_string()).collect();
        (!ids.is_empty()).then(|| ids.join("+"))
    }

    pub fn is_whole(&self) -> bool {
        !self.pages.is_empty() && self.pages.len() >= self.wanted.len()
    }
}

/// Somebody's command, press or sent form: within fifteen minutes they can be answered so that only they see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    pub interaction: u64,
    pub token: String,
    pub person: u64,
    /// The channel or thread itself.
    pub room: u64,
    pub at: DateTime<Utc>,
    /// What was typed; `None` for a press.
    pub words: Option<String>,
    /// "Slipway is thinking…" stands there and waits to be replaced.
    pub waiting: bool,
}

/// What one person was shown under a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whispered {
    pub hash: String,
}

/// A channel, thread or conversation we were spoken to or wrote in, and the newest message we know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub last: u64,
    pub guild: Option<u64>,
    /// Of a thread: the channel it hangs in.
    pub parent: Option<u64>,
}

/// A form that somebody fills in field by field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    pub form: Form,
    pub answers: Vec<(String, String)>,
    /// The names of the fields that were answered.
    pub changed: Vec<String>,
}

#[derive(Clone)]
pub struct Rows {
    store: Arc<dyn Store>,
}

pub const REACHED: &str = "discord/1/reached/";
pub const SPOKEN: &str = "discord/1/spoken/";
pub const COMMANDS: &str = "discord/1/commands/";

pub fn posted(key: &str) -> String {
    format!("discord/1/at/{key}")
}

/// Which key a message of ours stands under.
pub fn stands(message: u64) -> String {
    format!("discord/1/stands/{message}")
}

pub fn spoken(interaction: u64) -> String {
    format!("{SPOKEN}{interaction:020}")
}

pub fn whispered(person: &str, key: &str) -> String {
    format!("discord/1/whispered/{person}/{key}")
}

pub fn reached(room: u64) -> String {
    format!("{REACHED}{room:020}")
}

/// What is registered in a server, or everywhere.
pub fn commands(guild: Option<u64>) -> String {
    format!("{COMMANDS}{}", guild.map_or("everywhere".to_owned(), |guild| guild.to_string()))
}

/// What is too long for Discord to carry in a button or form, by the id it goes under.
pub fn carried(custom_id: &str) -> String {
    format!("discord/1/carried/{custom_id}")
}

/// `form` is a hash of the form's action and value.
pub fn filling(person: u64, form: &str) -> String {
    format!("discord/1/filling/{person}/{form}")
}

impl Rows {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let found = self.store.get(key).await?;
        found.map(|stored| read(key, &stored.value)).transpose()
    }

    pub async fn put<T: Serialize>(&self, key: String, row: &T) -> Result<(), StoreError> {
        let value = serde_json::to_vec(row).expect("rows are structs with text keys, which JSON can always hold");
        self.store.transact(vec![Op::Put { key, value, expect: Expect::Anything }]).await.map(drop)
    }

    /// The messages under a key, and for each of them the key it stands under.
    pub async fn put_posted(&self, key: &str, row: &Posted) -> Result<(), StoreError> {
        let put = |at: String, value: Vec<u8>| Op::Put { key: at, value, expect: Expect::Anything };
        let written = |value: serde_json::Result<Vec<u8>>| value.expect("texts and numbers are JSON");
        let mut ops = vec![put(posted(key), written(serde_json::to_vec(row)))];
        // The pages before the last were written with it or earlier; a row that was found anew has them all.
        ops.extend(row.pages.iter().map(|page| put(stands(page.id), written(serde_json::to_vec(key)))));
        self.store.transact(ops).await.map(drop)
    }

    pub async fn delete(&self, key: String) -> Result<(), StoreError> {
        self.store.transact(vec![Op::Delete { key, expect: Expect::Anything }]).await.map(drop)
    }

    /// All rows under a prefix, in the order of their keys.
    pub async fn all<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, T)>, StoreError> {
        let mut rows = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.scan(prefix, after.as_deref(), 500).await?;
            for (key, stored) in &page {
                rows.push((key.clone(), read(key, &stored.value)?));
            }
            match page.into_iter().next_back() {
                Some((last, _)) => after = Some(last),
                None => return Ok(rows),
            }
        }
    }
}

fn read<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value)
        .map_err(|error| StoreError::Failed(anyhow::anyhow!(error).context(format!("record `{key}`"))))
}
