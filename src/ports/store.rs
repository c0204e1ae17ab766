//! Where do records live? Keys in order, small atomic transactions, durable before `transact` returns.
//!
//! Contract, met by every adapter and proved by one story (`tests/it/contract/store.rs`):
//! * `transact` applies all operations or none. When it returns `Ok`, the change survives `kill -9`, and a power cut on
//!   an adapter that keeps files.
//! * Every expectation is about the moment before the transaction; then the operations apply in their order.
//! * Every write gives the key a version larger than any it had before; a deleted key that is written again does not
//!   repeat a version.
//! * `scan` returns keys in byte order, each as it was at one moment, never half of a transaction for one key.
//! * Values up to 16 MiB are accepted; adapters split what their engine cannot hold.

use async_trait::async_trait;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub value: Vec<u8>,
    pub version: u64,
}

/// What an operation expects to find under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    Anything,
    Absent,
    Version(u64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    Put {
        key: String,
        value: Vec<u8>,
        expect: Expect,
    },
    Delete {
        key: String,
        expect: Expect,
    },
    /// Changes nothing; the transaction fails if the key is not as expected.
    Check {
        key: String,
        expect: Expect,
    },
}

impl Op {
    pub fn key(&self) -> &str {
        match self {
            Op::Put { key, .. } | Op::Delete { key, .. } | Op::Check { key, .. } => key,
        }
    }
    pub fn expect(&self) -> Expect {
        match self {
            Op::Put { expect, .. } | Op::Delete { expect, .. } | Op::Check { expect, .. } => *expect,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else was faster: read again and decide again.
    #[error("`{key}` is not as expected")]
    Conflict { key: String },
    /// The store cannot be used; the sentence says what to do.
    #[error("{0}")]
    Unusable(String),
    /// Another process has it; the sentence says which, and what to do.
    #[error("{0}")]
    InUse(String),
    #[error("store failed: {0}")]
    Failed(#[source] anyhow::Error),
}

#[async_trait]
pub trait Store: Send + Sync {
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError>;
    /// At most `limit` entries whose key starts with `prefix` and is greater than `after`, in byte order.
    async fn scan(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Stored)>, StoreError>;
    /// All or nothing. Returns the new version of each key written, in the order of the operations (0 for the others).
    async fn transact(&self, ops: Vec<Op>) -> Result<Vec<u64>, StoreError>;
    /// One line for `doctor`: what it is, where, how large.
    async fn describe(&self) -> String;
}
