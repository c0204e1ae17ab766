//! Which changes are under watch, and how did it go?

use super::{key, row};
use crate::domain::watch::{Chart, Report, Unannounced, Watch};
use crate::ports::store::{Expect, Op, Store, StoreError};
use std::sync::Arc;

#[derive(Clone)]
pub struct Watches {
    store: Arc<dyn Store>,
}

const ROWS: &str = "watch/of/";
const REPORTS: &str = "watch/report/";
const CHARTS: &str = "watch/charts/";
const UNANNOUNCED: &str = "watch/unannounced/";
const VERSIONS: &str = "watch/versions/";

impl Watches {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The watch of this note, with its version.
    pub async fn get(&self, note: u64) -> Result<Option<(Watch, u64)>, StoreError> {
        row::get(self.store.as_ref(), &row_key(note)).await
    }

    pub fn put(&self, watch: &Watch, expect: Expect) -> Vec<Op> {
        vec![row::put(row_key(watch.note), watch, expect)]
    }

    /// What the newest look at this note told.
    pub async fn report(&self, note: u64) -> Result<Option<Report>, StoreError> {
        Ok(row::get(self.store.as_ref(), &format!("{REPORTS}{note}")).await?.map(|(report, _)| report))
    }

    pub fn put_report(&self, note: u64, report: &Report) -> Vec<Op> {
        vec![row::put(format!("{REPORTS}{note}"), report, Expect::Anything)]
    }

    /// Beside the report, because they are large and drawn less often.
    pub async fn charts(&self, note: u64) -> Result<Vec<Chart>, StoreError> {
        Ok(row::get(self.store.as_ref(), &format!("{CHARTS}{note}"))
            .await?
            .map(|(charts, _)| charts)
            .unwrap_or_default())
    }

    pub fn put_charts(&self, note: u64, charts: &[Chart]) -> Vec<Op> {
        vec![row::put(format!("{CHARTS}{note}"), &charts, Expect::Anything)]
    }

    /// What went live without a note, with its version.
    pub async fn unannounced(&self, service: &str, revision: &str) -> Result<Option<(Unannounced, u64)>, StoreError> {
        row::get(self.store.as_ref(), &unannounced_key(service, revision)).await
    }

    pub fn put_unannounced(&self, seen: &Unannounced, expect: Expect) -> Vec<Op> {
        vec![row::put(unannounced_key(&seen.service, &seen.revision), seen, expect)]
    }

    pub async fn all_unannounced(&self, limit: usize) -> Result<Vec<Unannounced>, StoreError> {
        let rows = self.store.scan(UNANNOUNCED, None, limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }

    /// Versions of a service that were seen in what is measured; nothing before somebody looked.
    pub async fn versions(&self, service: &str) -> Result<Option<Vec<String>>, StoreError> {
        Ok(row::get(self.store.as_ref(), &format!("{VERSIONS}{}", key::part(service))).await?.map(|(seen, _)| seen))
    }

    pub fn put_versions(&self, service: &str, seen: &[String]) -> Vec<Op> {
        vec![row::put(format!("{VERSIONS}{}", key::part(service)), &seen, Expect::Anything)]
    }

    /// Those of the newest notes first.
    pub async fn list(&self, limit: usize) -> Result<Vec<Watch>, StoreError> {
        let rows = self.store.scan(ROWS, None, limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }
}

fn unannounced_key(service: &str, revision: &str) -> String {
    format!("{UNANNOUNCED}{}/{}", key::part(service), key::part(revision))
}

fn row_key(note: u64) -> String {
    format!("{ROWS}{}", key::descending(note))
}
