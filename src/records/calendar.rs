//! What is planned when, and what do other calendars say?

use super::{key, row};
use crate::domain::calendar::Entry;
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone)]
pub struct Calendar {
    store: Arc<dyn Store>,
}

/// Another calendar as it was last read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    pub entries: Vec<Entry>,
    pub read_at: Option<DateTime<Utc>>,
    /// Why the newest attempt failed; the entries are those of the one before.
    pub trouble: Option<String>,
}

const AT: &str = "calendar/at/";
const FEEDS: &str = "calendar/feed/";
/// What takes longer is no deployment: an entry that began before this is not found by its end.
const LONGEST: TimeDelta = TimeDelta::days(31);

impl Calendar {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Where a note stands in the calendar from now on; `None`: nowhere.
    pub async fn place(&self, note: u64, entry: Option<&Entry>) -> Result<Vec<Op>, StoreError> {
        let of = format!("calendar/of/{}", key::ascending(note));
        let mut ops = Vec::new();
        let before = row::get::<String>(self.store.as_ref(), &of).await?;
        let now = entry.map(|entry| format!("{AT}{}/{}", key::moment(entry.from), key::ascending(note)));
        if let Some((before, _)) = before.as_ref().filter(|(before, _)| now.as_ref() != Some(before)) {
            ops.push(row::delete(before.clone(), Expect::Anything));
        }
        match (&now, entry) {
            (Some(at), Some(entry)) => {
                ops.push(row::put(at.clone(), entry, Expect::Anything));
                ops.push(row::put(of, at, Expect::Anything));
            }
            _ if before.is_some() => ops.push(row::delete(of, Expect::Anything)),
            _ => {}
        }
        Ok(ops)
    }

    /// Notes that are planned within this time, in the order of their beginning.
    pub async fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Entry>, StoreError> {
        let mut after = Some(format!("{AT}{}", key::moment(from - LONGEST)));
        let end = format!("{AT}{}", key::moment(until));
        let mut found = Vec::new();
        while let Some(start) = after.take() {
            let rows = self.store.scan(AT, Some(&start), 500).await?;
            for (key, stored) in &rows {
                if *key >= end {
                    return Ok(found);
                }
                let entry: Entry = row::read(key, stored)?;
                if entry.overlaps(from, until) {
                    found.push(entry);
                }
            }
            after = rows.last().filter(|_| rows.len() == 500).map(|(key, _)| key.clone());
        }
        Ok(found)
    }

    pub async fn feed(&self, name: &str) -> Result<Feed, StoreError> {
        Ok(row::get(self.store.as_ref(), &feed_key(name)).await?.map(|(feed, _)| feed).unwrap_or_default())
    }

    pub fn put_feed(&self, name: &str, feed: &Feed) -> Vec<Op> {
        vec![row::put(feed_key(name), feed, Expect::Anything)]
    }
}

fn feed_key(name: &str) -> String {
    format!("{FEEDS}{}", key::part(name))
}
