//! Which troubles with a chat platform are open, since when, and under which key were they told?

use super::{key, row};
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone)]
pub struct Notices {
    store: Arc<dyn Store>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub sentence: String,
    pub since: DateTime<Utc>,
}

impl Notice {
    /// The key of the message that tells it: each time it happens there is a new one.
    pub fn message_key(&self, platform: &str, about: &str) -> String {
        format!("notice/{platform}/{about}/{}", self.since.timestamp_millis())
    }
}

impl Notices {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The open trouble of that name, if there is one, with its version.
    pub async fn open(&self, platform: &str, about: &str) -> Result<Option<(Notice, u64)>, StoreError> {
        row::get(self.store.as_ref(), &row_key(platform, about)).await
    }

    pub fn begin(&self, platform: &str, about: &str, notice: &Notice) -> Vec<Op> {
        vec![row::put(row_key(platform, about), notice, Expect::Absent)]
    }

    pub fn end(&self, platform: &str, about: &str, version: u64) -> Vec<Op> {
        vec![row::delete(row_key(platform, about), Expect::Version(version))]
    }
}

fn row_key(platform: &str, about: &str) -> String {
    format!("notice/{}/{}", key::part(platform), key::part(about))
}
