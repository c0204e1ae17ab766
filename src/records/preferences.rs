//! What does each team always want in its notes, or never?

use super::{key, row};
use crate::domain::preference::Preference;
use crate::ports::store::{Op, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone)]
pub struct Preferences {
    store: Arc<dyn Store>,
}

/// All of a workspace, forgotten ones too, in the order in which they came. One row: they are few, and read together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    pub all: Vec<Preference>,
}

impl Wishes {
    pub fn find(&mut self, id: u64) -> Option<&mut Preference> {
        self.all.iter_mut().find(|one| one.id == id)
    }

    pub fn next_id(&self) -> u64 {
        self.all.iter().map(|one| one.id).max().unwrap_or_default() + 1
    }
}

impl Preferences {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// With the version to be named when they are put back.
    pub async fn of(&self, workspace: &str) -> Result<(Wishes, Option<u64>), StoreError> {
        let found = row::get(self.store.as_ref(), &row_key(workspace)).await?;
        Ok(found.map_or_else(Default::default, |(wishes, version)| (wishes, Some(version))))
    }

    /// `version` is that of [`of`](Self::of): of two who change them at once, one commit conflicts.
    pub fn put(&self, workspace: &str, wishes: &Wishes, version: Option<u64>) -> Vec<Op> {
        vec![row::put(row_key(workspace), wishes, row::as_read(version))]
    }
}

fn row_key(workspace: &str) -> String {
    format!("preference/{}", key::part(workspace))
}
