//! What stands where, and in which order did it change? The web chat's state over `ports::store`, one transaction a change.

mod reading;
mod said;
mod whispers;

pub use said::Said;

use super::record::{Body, Record, Touched, detach, id, key};
use crate::domain::message::{Message, Place};
use crate::ports::clock::Clock;
use crate::ports::store::{Expect, Op, Store, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

/// Changes kept for browsers that were away; whoever missed more loads the page again.
const KEPT: u64 = 5_000;

pub struct Board {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// Held while a change is decided and written: this process is the only writer under `web/`.
    turn: Mutex<()>,
    latest: watch::Sender<u64>,
}

/// A change that is being put together.
struct Draft {
    number: u64,
    counter: Expect,
    touched: Vec<Touched>,
    ops: Vec<Op>,
}

impl Board {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, turn: Mutex::new(()), latest: watch::Sender::new(0) }
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Wakes when something changed. The number is a hint; `changes` is the truth.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    /// The number of the newest change.
    pub async fn latest(&self) -> Result<u64, StoreError> {
        Ok(self.read(key::COUNTER).await?.unwrap_or(0))
    }

    /// `None`: the thread it should stand in is not there.
    pub async fn post(&self, place: &Place, name: &str, message: &Message) -> Result<Option<u64>, StoreError> {
        let _turn = self.turn.lock().await;
        let posted = key::posted(&place.channel, name);
        if let Some(before) = self.read(&posted).await? {
            return Ok(Some(before));
        }
        let Some(root) = self.root(place).await? else { return Ok(None) };
        let mut draft = self.draft().await?;
        let (message, bytes) = detach(message);
        let record = Record {
            number: draft.number,
            channel: place.channel.clone(),
            root: root.as_ref().map(|root| root.number),
            body: Body::Told { message },
            at: self.clock.now(),
            edited: None,
            heard: true,
            event: String::new(),
            replies: 0,
            last_reply: None,
        };
        draft.put(posted, &record.number, Expect::Absent);
        draft.files(record.number, bytes);
        draft.seat(&record, root);
        self.commit(draft).await?;
        Ok(Some(record.number))
    }

    /// False when there is no such message of the bot's in that channel.
    pub async fn edit(&self, place: &Place, id: &str, message: &Message) -> Result<bool, StoreError> {
        let _turn = self.turn.lock().await;
        let Some(mut record) = self.record_of(id).await?.filter(|record| record.channel == place.channel) else {
            return Ok(false);
        };
        let (message, bytes) = detach(message);
        let Body::Told { message: before } = &record.body else { return Ok(false) };
        if *before == message && bytes.is_empty() {
            return Ok(true);
        }
        let mut draft = self.draft().await?;
        for index in bytes.len()..record.attachments().len() {
            draft.ops.push(Op::Delete { key: key::file(record.number, index), expect: Expect::Anything });
        }
        draft.files(record.number, bytes);
        record.body = Body::Told { message };
        record.edited = Some(self.clock.now());
        draft.put(key::message(record.number), &record, Expect::Anything);
        draft.touched.push(Touched::Message { number: record.number });
        self.commit(draft).await?;
        Ok(true)
    }

    pub async fn find(&self, place: &Place, name: &str) -> Result<Option<u64>, StoreError> {
        self.read(&key::posted(&place.channel, name)).await
    }

    /// The thread's root, if the place is a thread. `None`: it should be one, and is not there.
    async fn root(&self, place: &Place) -> Result<Option<Option<Record>>, StoreError> {
        let Some(thread) = &place.thread else { return Ok(Some(None)) };
        let root = self.record_of(thread).await?;
        Ok(root.filter(|root| root.channel == place.channel && root.root.is_none() && root.heard).map(Some))
    }

    async fn draft(&self) -> Result<Draft, StoreError> {
        let (before, counter) = match self.store.get(key::COUNTER).await? {
            Some(stored) => (parse(key::COUNTER, &stored.value)?, Expect::Version(stored.version)),
            None => (0, Expect::Absent),
        };
        Ok(Draft { number: before + 1, counter, touched: Vec::new(), ops: Vec::new() })
    }

    async fn commit(&self, mut draft: Draft) -> Result<(), StoreError> {
        let (number, counter, touched) = (draft.number, draft.counter, std::mem::take(&mut draft.touched));
        draft.put(key::COUNTER.to_owned(), &number, counter);
        draft.put(key::change(number), &touched, Expect::Anything);
        if let Some(old) = number.checked_sub(KEPT + 1) {
            draft.ops.push(Op::Delete { key: key::change(old), expect: Expect::Anything });
        }
        self.store.transact(draft.ops).await?;
        self.latest.send_replace(number);
        Ok(())
    }

    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.store.get(key).await?.map(|stored| parse(key, &stored.value)).transpose()
    }
}

impl Draft {
    fn put<T: Serialize>(&mut self, key: String, value: &T, expect: Expect) {
        self.ops.push(Op::Put { key, value: json(value), expect });
    }

    fn files(&mut self, number: u64, bytes: Vec<Vec<u8>>) {
        let files = bytes.into_iter().enumerate();
        self.ops.extend(files.map(|(index, value)| Op::Put {
            key: key::file(number, index),
            value,
            expect: Expect::Anything,
        }));
    }

    /// Gives a message its place in the channel or thread, and counts it at the thread's root.
    fn seat(&mut self, record: &Record, root: Option<Record>) {
        self.put(key::message(record.number), record, Expect::Anything);
        self.put(key::seat(&record.channel, record.root, record.number), &record.number, Expect::Anything);
        self.touched.push(Touched::Message { number: record.number });
        if let Some(mut root) = root {
            root.replies += 1;
            root.last_reply = Some(record.at);
            self.put(key::message(root.number), &root, Expect::Anything);
            self.touched.push(Touched::Message { number: root.number });
        }
    }
}

/// The place a record stands in, as the bot names it.
pub fn place_of(record: &Record) -> Place {
    Place { platform: super::PLATFORM.to_owned(), channel: record.channel.clone(), thread: record.root.map(id) }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("these shapes have string keys and no failing serializer")
}

fn parse<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|error| {
        StoreError::Failed(
            anyhow::Error::new(error).context(format!("`{key}` holds something the web chat did not write")),
        )
    })
}
