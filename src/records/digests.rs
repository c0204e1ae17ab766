//! Which digests are told where, and when?

use super::{key, row};
use crate::domain::periodic::Digest;
use crate::ports::store::{Expect, Op, Store, StoreError};
use std::sync::Arc;

#[derive(Clone)]
pub struct Digests {
    store: Arc<dyn Store>,
}

const ROWS: &str = "digest/of/";
const LAST: &str = "digest/last";

impl Digests {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// A number nobody has, and the operations that take it; of two who do so at once, one commit conflicts.
    pub async fn next_id(&self) -> Result<(u64, Vec<Op>), StoreError> {
        let last = row::get::<u64>(self.store.as_ref(), LAST).await?;
        let id = last.map_or(0, |(last, _)| last) + 1;
        Ok((id, vec![row::put(LAST.to_owned(), &id, row::as_read(last.map(|(_, version)| version)))]))
    }

    pub async fn get(&self, id: u64) -> Result<Option<(Digest, u64)>, StoreError> {
        row::get(self.store.as_ref(), &row_key(id)).await
    }

    pub fn put(&self, digest: &Digest, expect: Expect) -> Vec<Op> {
        vec![row::put(row_key(digest.id), digest, expect)]
    }

    /// In the order of their numbers.
    pub async fn all(&self) -> Result<Vec<Digest>, StoreError> {
        let rows = self.store.scan(ROWS, None, usize::MAX).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }
}

fn row_key(id: u64) -> String {
    format!("{ROWS}{}", key::ascending(id))
}
