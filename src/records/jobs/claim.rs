//! Which job is next, and whose is it now?

use super::rows::{self, Attempt, Due, Job, Lease, due_time, lane_key, row_key};
use super::{Claimed, Jobs, due_entry};
use crate::ports::store::{Expect, Op, StoreError};
use crate::records::row;
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::time::Duration;

/// Index entries read at a time.
const PAGE: usize = 64;

impl Jobs {
    /// Takes the job that has been due longest and whose lane is neither in `busy_lanes` nor leased; durable when it
    /// returns. A job whose lease ended is due again. `None` when nothing can be taken now.
    pub async fn claim(
        &self,
        worker: &str,
        lease: Duration,
        busy_lanes: &HashSet<String>,
        now: DateTime<Utc>,
    ) -> Result<Option<Claimed>, StoreError> {
        let mut busy = busy_lanes.clone();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.scan(rows::DUE, after.as_deref(), PAGE).await?;
            for (entry_key, stored) in &page {
                if due_time(entry_key).is_none_or(|at| at > now) {
                    return Ok(None);
                }
                let entry: Due = row::read(entry_key, stored)?;
                if busy.contains(&entry.lane) {
                    continue;
                }
                match self.try_claim(&entry, (entry_key, stored.version), worker, lease, now).await {
                    Ok(Tried::Claimed(claimed)) => return Ok(Some(*claimed)),
                    Ok(Tried::LaneBusy) => {
                        busy.insert(entry.lane);
                    }
                    // The lane's former holder is due again and older than this entry may be: look from the start.
                    Ok(Tried::LaneFreed) => return Box::pin(self.claim(worker, lease, busy_lanes, now)).await,
                    // Somebody else was faster here; the next entry is as good.
                    Ok(Tried::Gone) | Err(StoreError::Conflict { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            match page.into_iter().next_back() {
                Some((last, _)) => after = Some(last),
                None => return Ok(None),
            }
        }
    }

    /// Keeps the lease until `now + lease`. False when it was lost: stop, somebody else is at it.
    pub async fn renew(
        &self,
        claimed: &Claimed,
        worker: &str,
        lease: Duration,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let lane_key = lane_key(&claimed.lane);
        let Some((held, version)) = row::get::<Lease>(self.store.as_ref(), &lane_key).await? else { return Ok(false) };
        if held.key != claimed.key || held.attempt != claimed.attempts || held.worker != worker {
            return Ok(false);
        }
        let renewed = Lease { until: now + lease, ..held };
        match self.store.transact(vec![row::put(lane_key, &renewed, Expect::Version(version))]).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// For the start of a process that has the store to itself: whoever held a lease is gone. Returns how many jobs were
    /// freed; each is due at its old time and counts the attempt that was cut off.
    pub async fn release_all(&self) -> Result<usize, StoreError> {
        let lanes = self.store.scan(rows::LANES, None, usize::MAX).await?;
        for (lane_key, stored) in &lanes {
            let lease: Lease = row::read(lane_key, stored)?;
            let ops = self.release(&lease, lane_key, stored.version).await?;
            self.store.transact(ops).await?;
        }
        Ok(lanes.len())
    }

    async fn try_claim(
        &self,
        entry: &Due,
        (entry_key, entry_version): (&str, u64),
        worker: &str,
        lease: Duration,
        now: DateTime<Utc>,
    ) -> Result<Tried, StoreError> {
        let lane_key = lane_key(&entry.lane);
        let held = row::get::<Lease>(self.store.as_ref(), &lane_key).await?;
        if let Some((held, version)) = &held {
            if held.until > now {
                return Ok(Tried::LaneBusy);
            }
            if held.key != entry.key {
                self.store.transact(self.release(held, &lane_key, *version).await?).await?;
                return Ok(Tried::LaneFreed);
            }
        }
        let job = row::get::<Job>(self.store.as_ref(), &row_key(&entry.key)).await?;
        let Some((job, version)) = job.filter(|(job, _)| job.entry_key() == entry_key) else {
            // One transaction queued the same job twice: this entry's job is not the one that won.
            let stray = row::delete(entry_key.to_owned(), Expect::Version(entry_version));
            self.store.transact(vec![stray]).await?;
            return Ok(Tried::Gone);
        };
        let until = now + lease;
        let job = Job { attempts: job.attempts + 1, attempt: Some(Attempt { until }), ..job };
        let holder = Lease { key: entry.key.clone(), attempt: job.attempts, worker: worker.to_owned(), until };
        let ops = vec![
            row::put(row_key(&entry.key), &job, Expect::Version(version)),
            row::delete(entry_key.to_owned(), Expect::Anything),
            due_entry(&entry.key, &job, until),
            row::put(lane_key, &holder, row::as_read(held.map(|(_, version)| version))),
        ];
        let versions = self.store.transact(ops).await?;
        Ok(Tried::Claimed(Box::new(claimed(entry.key.clone(), job, versions[0]))))
    }

    /// Takes a lease from its holder: the job is due again and its fence moves, so the former holder cannot close it.
    async fn release(&self, lease: &Lease, lane_key: &str, version: u64) -> Result<Vec<Op>, StoreError> {
        let mut ops = vec![row::delete(lane_key.to_owned(), Expect::Version(version))];
        if let Some((job, version)) = row::get::<Job>(self.store.as_ref(), &row_key(&lease.key)).await? {
            ops.push(row::delete(job.entry_key(), Expect::Anything));
            ops.push(due_entry(&lease.key, &job, job.due));
            ops.push(row::put(row_key(&lease.key), &Job { attempt: None, ..job }, Expect::Version(version)));
        }
        Ok(ops)
    }
}

enum Tried {
    Claimed(Box<Claimed>),
    LaneBusy,
    LaneFreed,
    Gone,
}

fn claimed(key: String, job: Job, version: u64) -> Claimed {
    Claimed {
        key,
        name: job.name.clone(),
        lane: job.lane.clone(),
        payload: job.payload.clone(),
        attempts: job.attempts,
        why: job.why.clone(),
        version,
        job,
    }
}
