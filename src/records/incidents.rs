//! Which incidents were filed?

use super::{key, row};
use crate::domain::incident::Incident;
use crate::ports::store::{Expect, Op, Store, StoreError};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

#[derive(Clone)]
pub struct Incidents {
    store: Arc<dyn Store>,
}

const LAST_ID: &str = "incident/last";
const ROWS: &str = "incident/row/";

impl Incidents {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The next free number, and the operations that take it. Of two who ask at once, one commit conflicts.
    pub async fn next_id(&self) -> Result<(u64, Vec<Op>), StoreError> {
        let last = row::get::<u64>(self.store.as_ref(), LAST_ID).await?;
        let id = last.map_or(0, |(last, _)| last) + 1;
        let expect = row::as_read(last.map(|(_, version)| version));
        Ok((id, vec![row::put(LAST_ID.to_owned(), &id, expect)]))
    }

    pub fn add(&self, incident: &Incident) -> Vec<Op> {
        let mut ops = vec![row::put(row_key(incident.id), incident, Expect::Absent)];
        ops.extend(incident.link.as_deref().map(|link| row::put(link_key(link), &incident.id, Expect::Absent)));
        ops
    }

    /// The number under which the message behind this link was filed.
    pub async fn filed_from(&self, link: &str) -> Result<Option<u64>, StoreError> {
        Ok(row::get(self.store.as_ref(), &link_key(link)).await?.map(|(id, _)| id))
    }

    /// Newest first.
    pub async fn list(&self, limit: usize) -> Result<Vec<Incident>, StoreError> {
        let rows = self.store.scan(ROWS, None, limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }
}

fn row_key(id: u64) -> String {
    format!("{ROWS}{}", key::descending(id))
}

/// A link may be long; its hash is not.
fn link_key(link: &str) -> String {
    let hash = Sha256::digest(link.as_bytes());
    format!("incident/link/{}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
