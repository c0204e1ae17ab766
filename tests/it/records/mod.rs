//! Inbox, jobs, outbox, notes and answers, as the bot lives with them.

mod inbox;
mod jobs;
mod notes;
mod outbox;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use slipway::adapters::store::memory::MemoryStore;
use slipway::adapters::store::sled::SledStore;
use slipway::domain::message::Place;
use slipway::domain::person::Person;
use slipway::ports::clock::Clock;
use slipway::ports::store::{Op, Store, StoreError};
use slipway::records::Records;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// A clock that moves when the test says so.
struct HandClock(Mutex<DateTime<Utc>>);

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no test panics while it holds the clock")
    }
    async fn sleep(&self, _: Duration) {
        unreachable!("records never sleep")
    }
}

/// Records over a store that a restart does not empty.
struct Desk {
    store: Arc<dyn Store>,
    clock: Arc<HandClock>,
    records: Records,
    _dir: Option<TempDir>,
}

impl Desk {
    fn new() -> Self {
        Self::over(Arc::new(MemoryStore::new()), None)
    }

    /// The same over sled, for stories whose operations should meet a real store once.
    fn on_disk() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let store = SledStore::open(dir.path()).expect("a fresh directory opens");
        Self::over(Arc::new(store), Some(dir))
    }

    fn over(store: Arc<dyn Store>, dir: Option<TempDir>) -> Self {
        let clock = Arc::new(HandClock(Mutex::new(DateTime::UNIX_EPOCH + TimeDelta::days(20_000))));
        let records = Records::new(store.clone(), clock.clone());
        Self { store, clock, records, _dir: dir }
    }

    /// A new process over the same store.
    fn restart(&mut self) {
        self.records = Records::new(self.store.clone(), self.clock.clone());
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn pass(&self, seconds: i64) {
        *self.clock.0.lock().expect("no test panics while it holds the clock") += TimeDelta::seconds(seconds);
    }

    async fn commit(&self, ops: Vec<Op>) {
        self.records.commit(ops).await.expect("nobody was faster");
    }

    /// All keys in the store: what a story leaves behind.
    async fn keys(&self, prefix: &str) -> Vec<String> {
        let found = self.store.scan(prefix, None, usize::MAX).await.expect("a scan");
        found.into_iter().map(|(key, _)| key).collect()
    }

    async fn assert_conflicts(&self, ops: Vec<Op>) {
        let outcome = self.records.commit(ops).await;
        assert!(matches!(outcome, Err(StoreError::Conflict { .. })), "a conflict was expected, not {outcome:?}");
    }
}

fn channel(name: &str) -> Place {
    Place { platform: "web".into(), channel: name.into(), thread: None }
}

fn operator() -> Person {
    Person { platform: "web".into(), id: "u/1".into(), name: "Operator".into() }
}
