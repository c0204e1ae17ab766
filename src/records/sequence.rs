//! Which number is next in the order of things? One rising sequence, whatever the clock does and over restarts.

use super::row;
use crate::ports::store::{Store, StoreError};
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::Mutex;

const KEY: &str = "sequence";

/// Numbers set aside in the store at a time: one durable write per this many, and at most this many lost by a restart.
const BLOCK: u64 = 1_000;

#[derive(Clone)]
pub struct Sequence {
    store: Arc<dyn Store>,
    set_aside: Arc<Mutex<Range<u64>>>,
}

impl Sequence {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, set_aside: Arc::new(Mutex::new(0..0)) }
    }

    pub async fn next(&self) -> Result<u64, StoreError> {
        let mut set_aside = self.set_aside.lock().await;
        if set_aside.is_empty() {
            *set_aside = self.set_block_aside().await?;
        }
        set_aside.start += 1;
        Ok(set_aside.start)
    }

    async fn set_block_aside(&self) -> Result<Range<u64>, StoreError> {
        loop {
            let found = row::get::<u64>(self.store.as_ref(), KEY).await?;
            let last = found.map_or(0, |(last, _)| last);
            let expect = row::as_read(found.map(|(_, version)| version));
            match self.store.transact(vec![row::put(KEY.to_owned(), &(last + BLOCK), expect)]).await {
                Ok(_) => return Ok(last..last + BLOCK),
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
