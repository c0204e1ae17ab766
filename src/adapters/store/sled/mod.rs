//! Where do records live when nothing is configured? In sled, in a directory, durable through kill and power cut.
//!
//! `sled::flush()` alone survives a kill but loses acknowledged writes at a power cut: it asks Linux to start writing,
//! not to finish. So every commit is followed by an fsync of sled's file through our own handle (`committer`). Opening
//! works around what a kill during start-up leaves behind and never begins empty where data was (`open`).
//!
//! A reader may see a change shortly before its writer is told that it is saved. Whatever is written because of it is
//! behind it in the same log, so no power cut keeps the one and loses the other.

mod committer;
mod encoding;
mod engine;
mod identity;
mod open;
mod read;
mod repair;
mod sentence;
mod stage;

use crate::ports::store::{Op, Store, StoreError, Stored};
use async_trait::async_trait;
use committer::Committer;
use identity::Identity;
use std::fs::File;
use std::path::{Path, PathBuf};

/// One process has a directory to itself; the lock file says so.
pub struct SledStore {
    // Dropped in this order: no commit is under way when sled closes, and sled is closed when the lock goes.
    committer: Committer,
    db: sled::Db,
    dir: PathBuf,
    id: String,
    _lock: File,
}

impl SledStore {
    /// Opens the store in `dir`, or begins one where there never was one. Blocks: up to a few hundred milliseconds for a
    /// large store. Every refusal is a [`StoreError::Unusable`] or [`StoreError::InUse`] that names the directory and what to do.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let opened = open::open(dir)?;
        let file = opened.file;
        let committer = Committer::start(opened.db.clone(), opened.version, dir, Box::new(move || file.sync_all()))?;
        Ok(Self { committer, db: opened.db, dir: dir.to_owned(), id: opened.id, _lock: opened.lock })
    }

    /// Reads where blocking is allowed: a page may have to come from the disk.
    async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&sled::Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.committer.refuse_when_broken()?;
        let db = self.db.clone();
        let read = tokio::task::spawn_blocking(move || read(&db));
        read.await.map_err(|error| StoreError::Failed(anyhow::anyhow!(error).context("reading the store")))?
    }
}

#[async_trait]
impl Store for SledStore {
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let key = key.to_owned();
        self.reading(move |db| read::get(db, &key)).await
    }

    async fn scan(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Stored)>, StoreError> {
        let (prefix, after) = (prefix.to_owned(), after.map(str::to_owned));
        self.reading(move |db| read::scan(db, &prefix, after.as_deref(), limit)).await
    }

    async fn transact(&self, ops: Vec<Op>) -> Result<Vec<u64>, StoreError> {
        self.committer.transact(ops).await
    }

    async fn describe(&self) -> String {
        let bytes = self.db.size_on_disk().unwrap_or_default();
        let megabytes = bytes as f64 / f64::from(1 << 20);
        format!("sled in `{}`, {megabytes:.1} MiB on disk, store `{}`", self.dir.display(), self.id)
    }
}

impl Drop for SledStore {
    /// Writes down how far the store came, so that the next start knows if something is missing. Without it the start
    /// compares with an earlier moment, which is safe.
    fn drop(&mut self) {
        if let Some(version) = self.committer.stop() {
            let identity = Identity { id: self.id.clone(), version };
            if let Err(error) = identity.write(&self.dir) {
                tracing::warn!(dir = %self.dir.display(), %error, "the store's identity file could not be written");
            }
        }
    }
}
