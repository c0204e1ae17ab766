//! What work waits, and who is at it? Jobs with leases, one at a time per lane.
//!
//! A row per job says what it is; an index by the moment it should next be looked at (its due time, or the end of its
//! lease) makes finding the next one a short scan; a row per busy lane is the lease. The job row's version is the
//! fence: claiming changes it, so whoever lost a lease cannot close the job.

mod claim;
mod rows;

use super::row;
use super::sequence::Sequence;
use crate::ports::clock::Clock;
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use rows::{Dead, Job, Lease, dead_key, due_key, due_time, lane_key, row_key};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Clone)]
pub struct Jobs {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    sequence: Sequence,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Which job: `draft`.
    pub name: String,
    /// The same work has the same key: `draft/7`. Free again once the job ended.
    pub key: String,
    /// Jobs of one lane never run side by side.
    pub lane: String,
    pub payload: Value,
    pub due: DateTime<Utc>,
}

/// A job in our hands until its lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub key: String,
    pub name: String,
    pub lane: String,
    pub payload: Value,
    /// Which attempt this is: 1, 2, …
    pub attempts: u32,
    /// Why the attempt before failed.
    pub why: Option<String>,
    /// The fence: the job row's version since it was claimed.
    version: u64,
    job: Job,
}

/// A job as `/release jobs` and `doctor` list it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub key: String,
    pub name: String,
    pub lane: String,
    pub due: DateTime<Utc>,
    pub attempts: u32,
    pub why: Option<String>,
    /// Who is at it and until when, if anybody.
    pub lease: Option<(String, DateTime<Utc>)>,
}

/// A job that was given up, with all it takes to queue it again.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadJob {
    pub job: NewJob,
    pub attempts: u32,
    pub why: String,
    pub at: DateTime<Utc>,
}

impl Jobs {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, sequence: Sequence) -> Self {
        Self { store, clock, sequence }
    }

    /// Conflicts when a job with this key waits or runs.
    pub async fn enqueue(&self, new: &NewJob) -> Result<Vec<Op>, StoreError> {
        let job = Job {
            name: new.name.clone(),
            lane: new.lane.clone(),
            payload: new.payload.clone(),
            due: new.due,
            sequence: self.sequence.next().await?,
            attempts: 0,
            why: None,
            attempt: None,
        };
        Ok(vec![row::put(row_key(&new.key), &job, Expect::Absent), due_entry(&new.key, &job, job.due)])
    }

    /// Nothing to do when a job with this key waits or runs already.
    pub async fn enqueue_once(&self, new: &NewJob) -> Result<Vec<Op>, StoreError> {
        if self.store.get(&row_key(&new.key)).await?.is_some() {
            return Ok(Vec::new());
        }
        self.enqueue(new).await
    }

    /// The work is finished; the key is free again. Conflicts when the lease was lost.
    pub fn done(&self, claimed: &Claimed) -> Vec<Op> {
        let mut ops = vec![row::delete(row_key(&claimed.key), Expect::Version(claimed.version))];
        ops.extend(claimed.let_go());
        ops
    }

    /// To be tried again at `due`. Conflicts when the lease was lost.
    pub fn retry(&self, claimed: &Claimed, due: DateTime<Utc>, why: &str) -> Vec<Op> {
        let job = Job { due, why: Some(why.to_owned()), attempt: None, ..claimed.job.clone() };
        let mut ops = claimed.let_go();
        ops.push(due_entry(&claimed.key, &job, due));
        ops.push(row::put(row_key(&claimed.key), &job, Expect::Version(claimed.version)));
        ops
    }

    /// Kept among the dead, for people to read. Conflicts when the lease was lost.
    pub fn give_up(&self, claimed: &Claimed, why: &str) -> Vec<Op> {
        let dead = Dead { job: claimed.job.clone(), why: why.to_owned(), at: self.clock.now() };
        let mut ops = self.done(claimed);
        ops.push(row::put(dead_key(&claimed.key), &dead, Expect::Anything));
        ops
    }

    /// The next moment after `now` at which a job becomes due or a lease ends as it was first taken. What is due already
    /// is a matter of `claim`.
    pub async fn next_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let after = due_key(now, u64::MAX);
        let next = self.store.scan(rows::DUE, Some(&after), 1).await?;
        Ok(next.first().and_then(|(key, _)| due_time(key)))
    }

    /// What waits and runs, by key.
    pub async fn list(&self, limit: usize) -> Result<Vec<Listed>, StoreError> {
        let leases = self.leases().await?;
        let rows = self.store.scan(rows::ROWS, None, limit).await?;
        rows.iter()
            .map(|(row_key, stored)| {
                let job: Job = row::read(row_key, stored)?;
                let key = row_key[rows::ROWS.len()..].to_owned();
                let lease = leases.get(&key).map(|lease| (lease.worker.clone(), lease.until));
                let Job { name, lane, due, attempts, why, .. } = job;
                Ok(Listed { key, name, lane, due, attempts, why, lease })
            })
            .collect()
    }

    /// What was given up, by key.
    pub async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, StoreError> {
        let rows = self.store.scan(rows::DEAD, None, limit).await?;
        rows.iter()
            .map(|(dead_key, stored)| {
                let Dead { job, why, at } = row::read(dead_key, stored)?;
                let key = dead_key[rows::DEAD.len()..].to_owned();
                let Job { name, lane, payload, due, attempts, .. } = job;
                Ok(DeadJob { job: NewJob { name, key, lane, payload, due }, attempts, why, at })
            })
            .collect()
    }

    /// Leases by job key.
    async fn leases(&self) -> Result<HashMap<String, Lease>, StoreError> {
        let rows = self.store.scan(rows::LANES, None, usize::MAX).await?;
        rows.iter()
            .map(|(lane_key, stored)| row::read(lane_key, stored).map(|lease: Lease| (lease.key.clone(), lease)))
            .collect()
    }
}

impl Claimed {
    /// Frees the lane and leaves the index. Only ever together with a fenced change of the job row: while that version
    /// stands, nobody took the lane from us.
    fn let_go(&self) -> Vec<Op> {
        vec![row::delete(lane_key(&self.lane), Expect::Anything), row::delete(self.job.entry_key(), Expect::Anything)]
    }
}

/// The index entry that makes `claim` look at the job at this moment.
fn due_entry(key: &str, job: &Job, at: DateTime<Utc>) -> Op {
    let entry = rows::Due { key: key.to_owned(), lane: job.lane.clone() };
    row::put(due_key(at, job.sequence), &entry, Expect::Anything)
}
