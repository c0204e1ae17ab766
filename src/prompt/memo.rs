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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::store::{StoreError, Stored};
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    /// As much of a store as a memo needs.
    #[derive(Default)]
    struct Shelf(Mutex<BTreeMap<String, Vec<u8>>>);

    #[async_trait]
    impl Store for Shelf {
        async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
            let shelf = self.0.lock().expect("no test panics while it holds the shelf");
            Ok(shelf.get(key).map(|value| Stored { value: value.clone(), version: 1 }))
        }
        async fn scan(&self, prefix: &str, _: Option<&str>, limit: usize) -> Result<Vec<(String, Stored)>, StoreError> {
            let shelf = self.0.lock().expect("no test panics while it holds the shelf");
            let found = shelf.iter().filter(|(key, _)| key.starts_with(prefix)).take(limit);
            Ok(found.map(|(key, value)| (key.clone(), Stored { value: value.clone(), version: 1 })).collect())
        }
        async fn transact(&self, ops: Vec<Op>) -> Result<Vec<u64>, StoreError> {
            let mut shelf = self.0.lock().expect("no test panics while it holds the shelf");
            for op in &ops {
                match op {
                    Op::Put { key, value, .. } => drop(shelf.insert(key.clone(), value.clone())),
                    Op::Delete { key, .. } => drop(shelf.remove(key)),
                    Op::Check { .. } => {}
                }
            }
            Ok(vec![1; ops.len()])
        }
        async fn describe(&self) -> String {
            "a shelf".to_owned()
        }
    }

    #[tokio::test]
    async fn what_was_kept_is_recalled_and_the_shelf_does_not_grow_for_ever() {
        let shelf = Arc::new(Shelf::default());
        let memo = StoreMemo::new(shelf.clone());
        assert_eq!(memo.recall("a").await, None);
        for number in 0..MOST + 20 {
            memo.keep(&format!("k{number:05}"), "answer").await;
        }
        assert_eq!(memo.recall(&format!("k{:05}", MOST + 19)).await.as_deref(), Some("answer"));
        assert_eq!(memo.recall("k00000").await, None);
        assert_eq!(shelf.0.lock().expect("nobody panicked").len(), MOST);
    }
}
