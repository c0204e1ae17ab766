//! Which questions did models answer, and what did people think of it?

use super::{key, row};
use crate::domain::question::Question;
use crate::ports::store::{Expect, Op, Store, StoreError};
use std::sync::Arc;

#[derive(Clone)]
pub struct Questions {
    store: Arc<dyn Store>,
}

const ROWS: &str = "question/of/";
const LAST: &str = "question/last";
/// Kept at most: the oldest goes for each that comes beyond it.
const MOST: u64 = 2_000;

impl Questions {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// A number nobody has, and the operations that take it; of two who do so at once, one commit conflicts.
    pub async fn next_id(&self) -> Result<(u64, Vec<Op>), StoreError> {
        let last = row::get::<u64>(self.store.as_ref(), LAST).await?;
        let id = last.map_or(0, |(last, _)| last) + 1;
        let mut ops = vec![row::put(LAST.to_owned(), &id, row::as_read(last.map(|(_, version)| version)))];
        if let Some(oldest) = id.checked_sub(MOST).filter(|oldest| *oldest > 0) {
            ops.push(row::delete(row_key(oldest), Expect::Anything));
        }
        Ok((id, ops))
    }

    pub async fn get(&self, id: u64) -> Result<Option<(Question, u64)>, StoreError> {
        row::get(self.store.as_ref(), &row_key(id)).await
    }

    pub fn put(&self, question: &Question, expect: Expect) -> Vec<Op> {
        vec![row::put(row_key(question.id), question, expect)]
    }

    /// Newest first.
    pub async fn list(&self, limit: usize) -> Result<Vec<Question>, StoreError> {
        let rows = self.store.scan(ROWS, None, limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }
}

fn row_key(id: u64) -> String {
    format!("{ROWS}{}", key::descending(id))
}
