//! What do we want people to see, and what of it do they see already?
//!
//! A message is a desired state under a key. What is wanted (`outbox/said`) is written by whoever says it, together with
//! whatever else its transaction changes; what became of it (`outbox/posted`) is written by the delivery loop alone, so
//! the two never conflict. `outbox/pending` lists, in the order of first saying, what is wanted and not yet seen.

mod deliver;
mod rows;

use super::row;
use super::sequence::Sequence;
use crate::domain::message::{Message, Place};
use crate::domain::person::Person;
use crate::ports::clock::Clock;
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use rows::{Pending, Posted, Said, at_key, pending_key, posted_key, said_key};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone)]
pub struct Outbox {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    sequence: Sequence,
}

/// Where a message should stand, and who may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub place: Place,
    /// The key of the message in whose thread it goes, once that one is posted.
    pub under: Option<String>,
    /// Shown to this person only.
    pub only: Option<Person>,
    /// Who waits for it: told, when the place cannot take it.
    pub asked_by: Option<Person>,
}

/// A message that is wanted and not yet seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub key: String,
    pub target: Target,
    /// Where it goes, its thread resolved: `target.place`, in the thread of the message that `target.under` names.
    pub place: Place,
    pub message: Message,
    /// Which wording of the message this is: 1, 2, …
    pub wording: u64,
    /// Its id on the platform when an earlier wording stands there: edit instead of posting.
    pub message_id: Option<String>,
    /// When a first post was begun that was never accounted for: look for the key before posting.
    pub in_doubt_since: Option<DateTime<Utc>>,
    /// Attempts that failed since the last success.
    pub attempts: u32,
    sequence: u64,
    /// Version of what was said: tells whether a newer wording arrived meanwhile.
    version: u64,
}

/// What can be delivered now, and when there may be more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Due {
    pub deliveries: Vec<Delivery>,
    /// The next moment at which a message that waits may be tried again.
    pub next: Option<DateTime<Utc>>,
}

impl Outbox {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, sequence: Sequence) -> Self {
        Self { store, clock, sequence }
    }

    /// Makes `message` what should be seen under `key`. Said again it replaces the wording; only the newest is
    /// delivered, and the same wording again changes nothing. A message stays where it was first said to go.
    pub async fn say(&self, key: &str, target: &Target, message: &Message) -> Result<Vec<Op>, StoreError> {
        let (said, expect) = match row::get::<Said>(self.store.as_ref(), &said_key(key)).await? {
            None => {
                let sequence = self.sequence.next().await?;
                let said = Said { sequence, target: target.clone(), message: message.clone(), wording: 1 };
                (said, Expect::Absent)
            }
            Some((said, _)) if said.message == *message => return Ok(Vec::new()),
            Some((said, version)) => {
                let said = Said { message: message.clone(), wording: said.wording + 1, ..said };
                (said, Expect::Version(version))
            }
        };
        let pending_key = pending_key(said.sequence);
        // A wait that the platform asked for holds for the newer wording too.
        let waits = row::get::<Pending>(self.store.as_ref(), &pending_key).await?;
        let pending = Pending {
            key: key.to_owned(),
            platform: said.target.place.platform.clone(),
            not_before: waits.and_then(|(pending, _)| pending.not_before),
        };
        Ok(vec![row::put(said_key(key), &said, expect), row::put(pending_key, &pending, Expect::Anything)])
    }

    /// Under which key the message with this platform id was said.
    pub async fn key_of(&self, platform: &str, channel: &str, id: &str) -> Result<Option<String>, StoreError> {
        let found = row::get(self.store.as_ref(), &at_key(platform, channel, id)).await?;
        Ok(found.map(|(key, _)| key))
    }

    /// The platform's id of the message under this key, once it is posted.
    pub async fn message_id(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.posted(key).await?.message_id)
    }

    /// What became of it so far; nothing yet is the default.
    async fn posted(&self, key: &str) -> Result<Posted, StoreError> {
        let found = row::get(self.store.as_ref(), &posted_key(key)).await?;
        Ok(found.map(|(posted, _)| posted).unwrap_or_default())
    }
}
