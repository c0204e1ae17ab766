//! What do other calendars say?
//!
//! Contract:
//! * Only addresses that the configuration names are read.
//! * `read` answers with every entry that touches the asked time, recurring ones once for each time.
//! * What of a calendar cannot be understood is left out; a calendar of which nothing can is `Fault::Malformed`.

use crate::domain::calendar::Entry;
use crate::domain::trouble::Fault;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

#[async_trait]
pub trait Feeds: Send + Sync {
    fn names(&self) -> Vec<String>;
    async fn read(&self, name: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Entry>, Fault>;
}
