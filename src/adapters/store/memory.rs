//! Where do records live when nothing needs to outlive the process? For tests and for a look around.

use crate::ports::store::{Expect, Op, Store, StoreError, Stored};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    by_key: BTreeMap<String, Stored>,
    /// The largest version ever given, over all keys: a key that comes back never repeats one.
    version: u64,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }

    /// `Rows` is changed only after every check passed, so a panic elsewhere cannot have left it half changed.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        Ok(self.rows().by_key.get(key).cloned())
    }

    async fn scan(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Stored)>, StoreError> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let rows = self.rows();
        let found = rows.by_key.range::<str, _>((start, Bound::Unbounded));
        Ok(found
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(|(key, stored)| (key.clone(), stored.clone()))
            .collect())
    }

    async fn transact(&self, ops: Vec<Op>) -> Result<Vec<u64>, StoreError> {
        let mut rows = self.rows();
        for op in &ops {
            rows.check(op)?;
        }
        Ok(ops.into_iter().map(|op| rows.apply(op)).collect())
    }

    async fn describe(&self) -> String {
        format!("memory, {} records, gone when the process ends", self.rows().by_key.len())
    }
}

impl Rows {
    fn check(&self, op: &Op) -> Result<(), StoreError> {
        let found = self.by_key.get(op.key()).map(|stored| stored.version);
        let as_expected = match op.expect() {
            Expect::Anything => true,
            Expect::Absent => found.is_none(),
            Expect::Version(version) => found == Some(version),
        };
        if as_expected { Ok(()) } else { Err(StoreError::Conflict { key: op.key().to_owned() }) }
    }

    fn apply(&mut self, op: Op) -> u64 {
        match op {
            Op::Put { key, value, .. } => {
                self.version += 1;
                self.by_key.insert(key, Stored { value, version: self.version });
                self.version
            }
            Op::Delete { key, .. } => {
                self.by_key.remove(&key);
                0
            }
            Op::Check { .. } => 0,
        }
    }
}
