//! Which edits were asked for in plain words, and what became of them?

use super::{key, row};
use crate::domain::proposal::Proposal;
use crate::ports::store::{Expect, Op, Store, StoreError};
use std::sync::Arc;

#[derive(Clone)]
pub struct Proposals {
    store: Arc<dyn Store>,
}

impl Proposals {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The number that the next one of this note has: it is taken by putting it, expecting none.
    pub async fn next(&self, note: u64) -> Result<u64, StoreError> {
        Ok(self.of(note, 1).await?.first().map_or(0, |newest| newest.number) + 1)
    }

    pub async fn get(&self, note: u64, number: u64) -> Result<Option<(Proposal, u64)>, StoreError> {
        row::get(self.store.as_ref(), &row_key(note, number)).await
    }

    pub fn put(&self, proposal: &Proposal, expect: Expect) -> Vec<Op> {
        vec![row::put(row_key(proposal.note, proposal.number), proposal, expect)]
    }

    /// Those of a note, newest first.
    pub async fn of(&self, note: u64, limit: usize) -> Result<Vec<Proposal>, StoreError> {
        let rows = self.store.scan(&prefix(note), None, limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }
}

fn prefix(note: u64) -> String {
    format!("note/proposal/{}/", key::ascending(note))
}

fn row_key(note: u64, number: u64) -> String {
    format!("{}{}", prefix(note), key::descending(number))
}
