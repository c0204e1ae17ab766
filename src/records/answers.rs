//! What did a model answer already? So that a restart in the middle of a draft does not pay for all of it again.

use super::{key, row};
use crate::ports::store::{Expect, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

#[derive(Clone)]
pub struct Answers {
    store: Arc<dyn Store>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    answer: Value,
    at: DateTime<Utc>,
}

const BY_AGE: &str = "answer/at/";
const SWEPT_AT_ONCE: usize = 500;

impl Answers {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// `hash` stands for everything the answer depends on: model, question, schema.
    pub async fn get(&self, hash: &str) -> Result<Option<Value>, StoreError> {
        let found = row::get::<Row>(self.store.as_ref(), &row_key(hash)).await?;
        Ok(found.map(|(row, _)| row.answer))
    }

    /// Durable when it returns. A second answer under the same hash replaces the first.
    pub async fn put(&self, hash: &str, answer: &Value, at: DateTime<Utc>) -> Result<(), StoreError> {
        let before = row::get::<Row>(self.store.as_ref(), &row_key(hash)).await?;
        let row = Row { answer: answer.clone(), at };
        let mut ops = Vec::new();
        ops.extend(before.map(|(before, _)| row::delete(age_key(before.at, hash), Expect::Anything)));
        ops.push(row::put(row_key(hash), &row, Expect::Anything));
        ops.push(row::put(age_key(at, hash), &(), Expect::Anything));
        self.store.transact(ops).await.map(drop)
    }

    /// Forgets answers given before this moment; returns how many.
    pub async fn sweep(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let limit = key::moment(before);
        let mut swept = 0;
        loop {
            let page = self.store.scan(BY_AGE, None, SWEPT_AT_ONCE).await?;
            let mut ops = Vec::new();
            for (age_key, _) in page {
                let Some((moment, hash)) = age_key[BY_AGE.len()..].split_once('/') else { continue };
                if moment >= limit.as_str() {
                    break;
                }
                ops.push(row::delete(row_key(hash), Expect::Anything));
                ops.push(row::delete(age_key, Expect::Anything));
            }
            if ops.is_empty() {
                return Ok(swept);
            }
            swept += ops.len() / 2;
            self.store.transact(ops).await?;
        }
    }
}

fn row_key(hash: &str) -> String {
    format!("answer/row/{hash}")
}

fn age_key(at: DateTime<Utc>, hash: &str) -> String {
    format!("{BY_AGE}{}/{hash}", key::moment(at))
}
