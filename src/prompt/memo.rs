//! Was this very question answered before, so that it need not be paid for again?

use crate::ports::store::{Expect, Op, Store};
use async_trait::async_trait;
use std::sync::Arc;

/// Remembers answers that passed every check, under a hash of all that was asked. A draft that runs again after a crash
/// meets its own questions here.
#[async_trait]
pub trait Memo: Send + Sync {
    async fn recall(&self, key: &str) -> Option<String>;
    /// Failing to keep costs a repeated question later and nothing else, so it is logged and not returned.
    async fn keep(&self, key: &str, answer: &str);
}

/// Answers kept at most; one goes for each that comes beyond it.
const MOST: usize = 500;

/// A memo in the record store, under `memo/<hash>`.
pub struct StoreMemo(Arc<dyn Store>);

impl StoreMemo {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }

    /// Keys are hashes, so the first in order is as good a victim as any.
    async fn victim(&self) -> Option<String> {
        let kept = self.0.scan("memo/", None, MOST).await.ok()?;
        (kept.len() >= MOST).then(|| kept.into_iter().next().map(|(key, _)| key))?
    }
}

#[async_trait]
impl Memo for StoreMemo {
    async fn recall(&self, key: &str) -> Option<String> {
        let stored = self.0.get(&format!("memo/{key}")).await.ok().flatten()?;
        String::from_utf8(stored.value).ok()
    }

    async fn keep(&self, key: &str, answer: &str) {
        let mut ops =
            vec![Op::Put { key: format!("memo/{key}"), value: answer.as_bytes().to_vec(), expect: Expect::Anything }];
        if let Some(victim) = self.victim().await.filter(|victim| *victim != format!("memo/{key}")) {
            ops.push(Op::Delete { key: victim, expect: Expect::Anything });
        }
        if let Err(error) = self.0.transact(ops).await {
            tracing::warn!(%error, "an answer could not be remembered");
        }
    }
}
