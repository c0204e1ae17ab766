//! What did we hear, and what of it is not handled yet? Stored before it is acknowledged, once per id.

use super::sequence::Sequence;
use super::{key, row};
use crate::domain::message::Heard;
use crate::ports::clock::Clock;
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone)]
pub struct Inbox {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    sequence: Sequence,
}

/// A row of the inbox as it was read: closing it succeeds once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InboxId {
    /// `platform/id`, as the platform named the event.
    event: String,
    sequence: u64,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Row {
    Waiting {
        heard: Box<Heard>,
    },
    /// Kept for a while, so that a late repeat is known as one.
    Seen,
}

const WAITING: &str = "inbox/waiting/";
const SEEN: &str = "inbox/seen/";
const SWEPT_AT_ONCE: usize = 500;

impl Inbox {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, sequence: Sequence) -> Self {
        Self { store, clock, sequence }
    }

    /// Durable when it returns; false when this event was stored before.
    pub async fn accept(&self, heard: &Heard) -> Result<bool, StoreError> {
        let event = format!("{}/{}", key::part(&heard.place.platform), heard.id);
        let row_key = row_key(&event);
        if self.store.get(&row_key).await?.is_some() {
            return Ok(false);
        }
        let sequence = self.sequence.next().await?;
        let ops = vec![
            row::put(row_key.clone(), &Row::Waiting { heard: Box::new(heard.clone()) }, Expect::Absent),
            row::put(waiting_key(sequence), &event, Expect::Absent),
        ];
        match self.store.transact(ops).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict { key }) if key == row_key => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What is not handled yet, in order of arrival.
    pub async fn pending(&self, limit: usize) -> Result<Vec<(InboxId, Heard)>, StoreError> {
        let mut pending = Vec::new();
        for (waiting_key, stored) in self.store.scan(WAITING, None, limit).await? {
            let event: String = row::read(&waiting_key, &stored)?;
            // Handled since the scan: gone, or seen.
            let Some((Row::Waiting { heard }, _)) = row::get(self.store.as_ref(), &row_key(&event)).await? else {
                continue;
            };
            let sequence = waiting_key[WAITING.len()..].parse().map_err(|_| not_ours(&waiting_key))?;
            pending.push((InboxId { event, sequence, version: stored.version }, *heard));
        }
        Ok(pending)
    }

    /// Closes the row. The event stays known as seen until it is swept, so a repeat is still a repeat.
    pub fn done(&self, id: &InboxId) -> Vec<Op> {
        vec![
            row::delete(waiting_key(id.sequence), Expect::Version(id.version)),
            row::put(row_key(&id.event), &Row::Seen, Expect::Anything),
            row::put(format!("{SEEN}{}/{}", key::moment(self.clock.now()), id.event), &(), Expect::Anything),
        ]
    }

    /// Forgets what was handled before this moment; returns how many events. Platforms repeat within hours; seven days
    /// is generous.
    pub async fn sweep(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut swept = 0;
        loop {
            let page = self.store.scan(SEEN, None, SWEPT_AT_ONCE).await?;
            let limit = key::moment(before);
            let old = page.into_iter().map(|(key, _)| key).take_while(|key| key[SEEN.len()..] < *limit);
            let mut ops = Vec::new();
            for seen_key in old {
                let (_, event) = seen_key[SEEN.len()..].split_once('/').ok_or_else(|| not_ours(&seen_key))?;
                ops.push(row::delete(row_key(event), Expect::Anything));
                ops.push(row::delete(seen_key, Expect::Anything));
            }
            if ops.is_empty() {
                return Ok(swept);
            }
            swept += ops.len() / 2;
            self.store.transact(ops).await?;
        }
    }
}

fn row_key(event: &str) -> String {
    format!("inbox/row/{event}")
}

fn waiting_key(sequence: u64) -> String {
    format!("{WAITING}{}", key::ascending(sequence))
}

fn not_ours(key: &str) -> StoreError {
    StoreError::Failed(anyhow::anyhow!("key `{key}` was not written by the inbox"))
}
