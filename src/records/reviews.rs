//! How was each note reviewed, and what did people think of what the reviews named?

use super::{key, row};
use crate::domain::person::Person;
use crate::domain::review::Review;
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone)]
pub struct Reviews {
    store: Arc<dyn Store>,
}

/// What somebody thinks of one thing that a review named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub note: u64,
    /// Which finding of the rule; empty for an incident.
    pub about: String,
    pub by: Person,
    pub relevant: bool,
    pub at: DateTime<Utc>,
}

/// All of one rule or incident, the newest of each person about each note.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinions {
    pub all: Vec<Opinion>,
}

impl Opinions {
    /// How many found it relevant, of how many.
    pub fn relevant(&self) -> (usize, usize) {
        (self.all.iter().filter(|one| one.relevant).count(), self.all.len())
    }

    /// A person has one opinion about one thing of a note: the newest.
    pub fn hear(&mut self, opinion: Opinion) {
        let same = |one: &Opinion| {
            (one.note, &one.about, &one.by.platform, &one.by.id)
                == (opinion.note, &opinion.about, &opinion.by.platform, &opinion.by.id)
        };
        self.all.retain(|one| !same(one));
        self.all.push(opinion);
    }
}

impl Reviews {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// A review never changes: a number that is taken conflicts.
    pub fn add(&self, review: &Review) -> Vec<Op> {
        vec![row::put(review_key(review.note, review.number), review, Expect::Absent)]
    }

    pub async fn latest(&self, note: u64) -> Result<Option<Review>, StoreError> {
        let newest = self.store.scan(&prefix(note), None, 1).await?;
        newest.first().map(|(key, stored)| row::read(key, stored)).transpose()
    }

    /// Newest first.
    pub async fn all(&self, note: u64) -> Result<Vec<Review>, StoreError> {
        let rows = self.store.scan(&prefix(note), None, usize::MAX).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }

    /// Of one subject, `rule/freeze-window` or `incident/12`, with the version to be named when they are put back.
    pub async fn opinions(&self, subject: &str) -> Result<(Opinions, Option<u64>), StoreError> {
        let found = row::get(self.store.as_ref(), &opinion_key(subject)).await?;
        Ok(found.map_or_else(Default::default, |(opinions, version)| (opinions, Some(version))))
    }

    /// By incident that somebody judged: how many found it relevant, of how many.
    pub async fn judged_incidents(&self) -> Result<Vec<(u64, (usize, usize))>, StoreError> {
        let prefix = opinion_key("incident/");
        let rows = self.store.scan(&prefix, None, usize::MAX).await?;
        let read = |(key, stored): &(String, _)| {
            let opinions: Opinions = row::read(key, stored)?;
            Ok((key[prefix.len()..].parse().unwrap_or_default(), opinions.relevant()))
        };
        rows.iter().map(read).collect()
    }

    pub fn put_opinions(&self, subject: &str, opinions: &Opinions, version: Option<u64>) -> Vec<Op> {
        vec![row::put(opinion_key(subject), opinions, row::as_read(version))]
    }
}

fn prefix(note: u64) -> String {
    format!("review/of/{}/", key::ascending(note))
}

fn review_key(note: u64, number: u32) -> String {
    format!("{}{}", prefix(note), key::descending(number.into()))
}

fn opinion_key(subject: &str) -> String {
    format!("review/opinion/{subject}")
}
