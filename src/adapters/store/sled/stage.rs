//! What does a group of transactions change, and which of them find what they expect?

use super::encoding::{self, Head};
use crate::ports::store::{Expect, Op, StoreError};
use anyhow::anyhow;
use std::collections::HashMap;

/// What a group changes, before any of it is applied.
pub struct Staged<'a> {
    db: &'a sled::Db,
    batch: sled::Batch,
    /// Keys the group has written (`None`: deleted): what its next transaction finds.
    heads: HashMap<String, Option<Head>>,
    version: u64,
}

/// Versions of what is written, or the conflict.
pub type Answer = Result<Vec<u64>, StoreError>;

impl<'a> Staged<'a> {
    /// `version` is the largest one given so far.
    pub fn after(db: &'a sled::Db, version: u64) -> Self {
        Self { db, batch: sled::Batch::default(), heads: HashMap::new(), version }
    }

    /// Adds a transaction, all of it or nothing. The outer error is the store's, the inner one the transaction's.
    pub fn stage(&mut self, ops: &[Op]) -> Result<Answer, sled::Error> {
        match self.check(ops).and_then(|()| ops.iter().map(|op| self.write(op)).collect()) {
            Ok(versions) => Ok(Ok(versions)),
            Err(Obstacle::Transaction(error)) => Ok(Err(error)),
            Err(Obstacle::Store(error)) => Err(error),
        }
    }

    /// Everything staged and the largest version in it; `None` when nothing changes.
    pub fn into_batch(mut self) -> Option<(sled::Batch, u64)> {
        if self.heads.is_empty() {
            return None;
        }
        let key = encoding::store_key("version");
        let sealed = encoding::sealed(&key, self.version.to_be_bytes().into());
        self.batch.insert(key, sealed);
        Some((self.batch, self.version))
    }

    fn check(&self, ops: &[Op]) -> Result<(), Obstacle> {
        for op in ops {
            let found = self.find(op.key())?.map(|head| head.version);
            let as_expected = match op.expect() {
                Expect::Anything => true,
                Expect::Absent => found.is_none(),
                Expect::Version(version) => found == Some(version),
            };
            if !as_expected {
                return Err(Obstacle::Transaction(StoreError::Conflict { key: op.key().to_owned() }));
            }
        }
        Ok(())
    }

    /// Only after `check`, which has met every obstacle but the store's own.
    fn write(&mut self, op: &Op) -> Result<u64, Obstacle> {
        if matches!(op, Op::Check { .. }) {
            return Ok(0);
        }
        for piece in self.find(op.key())?.into_iter().flat_map(Head::piece_keys) {
            self.batch.remove(piece);
        }
        let Op::Put { key, value, .. } = op else {
            self.batch.remove(encoding::record_key(op.key()));
            self.heads.insert(op.key().to_owned(), None);
            return Ok(0);
        };
        self.version += 1;
        let (head, rows) = encoding::rows(key, self.version, value);
        for (key, bytes) in rows {
            self.batch.insert(key, bytes);
        }
        self.heads.insert(key.clone(), Some(head));
        Ok(self.version)
    }

    fn find(&self, key: &str) -> Result<Option<Head>, Obstacle> {
        if let Some(head) = self.heads.get(key) {
            return Ok(*head);
        }
        let found = self.db.get(encoding::record_key(key)).map_err(Obstacle::Store)?;
        // Without its head we cannot know which version is expected, nor which pieces are its own.
        let damaged = || Obstacle::Transaction(StoreError::Failed(anyhow!("record `{key}` is damaged")));
        found.map(|bytes| encoding::head(&bytes).ok_or_else(damaged)).transpose()
    }
}

/// What stands in a transaction's way: something of its own, or the store can do nothing more.
enum Obstacle {
    Transaction(StoreError),
    Store(sled::Error),
}
