//! WHAT WE REMEMBER: typed records over the store, and the operations that change them together.
//!
//! What changes a record returns its operations as `Vec<Op>`; the caller gathers them and hands them to
//! [`Records::commit`], so that handling an event is one transaction. On [`StoreError::Conflict`] somebody else was
//! faster: read again and decide again. What is nobody else's business (the outbox's account of deliveries, leases,
//! memos) commits by itself and says so.

mod calendar;
mod digests;
mod inbox;
mod incidents;
mod jobs;
mod key;
mod notes;
mod notices;
mod outbox;
mod preferences;
mod proposals;
mod questions;
mod reviews;
mod row;
mod sequence;
mod tags;
mod watches;

pub use calendar::{Calendar, Feed};
pub use digests::Digests;
pub use inbox::{Inbox, InboxId};
pub use incidents::{Embedding, Fate, Incidents};
pub use jobs::{Claimed, DeadJob, Jobs, Listed, NewJob};
pub use notes::{Notes, RevisionSummary};
pub use notices::{Notice, Notices};
pub use outbox::{Delivery, Due, Outbox, Target};
pub use preferences::{Preferences, Wishes};
pub use proposals::Proposals;
pub use questions::Questions;
pub use reviews::{Opinion, Opinions, Reviews};
pub use tags::{Gathering, Outcome, SeenTag, Tagged, Tags};
pub use watches::Watches;

use crate::ports::clock::Clock;
use crate::ports::store::{Op, Store, StoreError};
use sequence::Sequence;
use std::sync::Arc;

/// Cheap to clone; all clones share one store.
#[derive(Clone)]
pub struct Records {
    pub calendar: Calendar,
    pub digests: Digests,
    pub inbox: Inbox,
    pub incidents: Incidents,
    pub jobs: Jobs,
    pub outbox: Outbox,
    pub notes: Notes,
    pub notices: Notices,
    pub preferences: Preferences,
    pub proposals: Proposals,
    pub questions: Questions,
    pub reviews: Reviews,
    pub tags: Tags,
    pub watches: Watches,
    store: Arc<dyn Store>,
}

impl Records {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        let sequence = Sequence::new(store.clone());
        Self {
            calendar: Calendar::new(store.clone()),
            digests: Digests::new(store.clone()),
            inbox: Inbox::new(store.clone(), clock.clone(), sequence.clone()),
            incidents: Incidents::new(store.clone()),
            jobs: Jobs::new(store.clone(), clock.clone(), sequence.clone()),
            outbox: Outbox::new(store.clone(), clock, sequence),
            notes: Notes::new(store.clone()),
            notices: Notices::new(store.clone()),
            preferences: Preferences::new(store.clone()),
            proposals: Proposals::new(store.clone()),
            questions: Questions::new(store.clone()),
            reviews: Reviews::new(store.clone()),
            tags: Tags::new(store.clone()),
            watches: Watches::new(store.clone()),
            store,
        }
    }

    /// All of it or nothing, durable when it returns.
    pub async fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        if ops.is_empty() {
            return Ok(());
        }
        self.store.transact(ops).await.map(drop)
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }
}
