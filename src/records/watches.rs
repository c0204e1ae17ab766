//! Which changes are under watch, and how did it go?

use super::{key, row};
use crate::domain::watch::Watch;
use crate::ports::store::{Expect, Op, Store, StoreError};
use std::sync::Arc;

#[derive(Clone)]
pub struct Watches {
    store: Arc<dyn Store>,
}

const ROWS: &str = "watch/of/";

impl Watches {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The watch of this note, with its version.
    pub async fn get(&self, note: u64) -> Result<Option<(Watch, u64)>, StoreError> {
        row::get(self.store.as_ref(), &row_key(note)).await
    }

    pub fn put(&self, watch: &Watch, expect: Expect) -> Vec<Op> {
        vec![row::put(row_key(watch.note), watch, expect)]
    }

    /// Those of the newest notes first.
    pub async fn list(&self, limit: usize) -> Result<Vec<Watch>, StoreError> {
        let rows = self.store.scan(ROWS, None, limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }
}

fn row_key(note: u64) -> String {
    format!("{ROWS}{}", key::descending(note))
}
