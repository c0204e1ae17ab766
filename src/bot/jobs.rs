//! Runs due jobs: one at a time in each lane, several lanes side by side, each under a lease that is renewed.

use super::{Bot, trouble, wait};
use crate::domain::trouble::Trouble;
use crate::features::ask::Say;
use crate::features::{JOBS, Job, Plan, Saying};
use crate::ports::store::StoreError;
use crate::records::Claimed;
use futures::FutureExt as _;
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Jobs at once over all lanes.
const AT_ONCE: usize = 16;
/// Who holds the leases: one process has the store to itself.
const WORKER: &str = "bot";
const LEASE: Duration = Duration::from_secs(60);
/// Tries of a job whose trouble may pass, with a growing pause between them.
const TRIES: u32 = 4;

impl Bot {
    pub(super) async fn job_loop(self: Arc<Self>, stop: CancellationToken) {
        let mut running: JoinSet<String> = JoinSet::new();
        let mut lanes: HashSet<String> = HashSet::new();
        while !stop.is_cancelled() {
            while running.len() < AT_ONCE {
                let Some(job) = self.claim(&lanes).await else { break };
                lanes.insert(job.lane.clone());
                let bot = self.clone();
                running.spawn(async move {
                    bot.work(&job).await;
                    job.lane
                });
            }
            let pause = self.until_next_due().await;
            tokio::select! {
                Some(ended) = running.join_next() => {
                    if let Ok(lane) = ended {
                        lanes.remove(&lane);
                    }
                }
                go_on = wait(self.queued.notified(), pause, &stop) => if !go_on { break },
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn claim(&self, busy: &HashSet<String>) -> Option<Claimed> {
        let now = self.context.clock.now();
        match self.context.records.jobs.claim(WORKER, LEASE, busy, now).await {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(error = %error, "the jobs cannot be read");
                None
            }
        }
    }

    async fn until_next_due(&self) -> Duration {
        let at_most = Duration::from_secs(5);
        let now = self.context.clock.now();
        match self.context.records.jobs.next_due(now).await {
            Ok(Some(due)) => self.until(due).min(at_most),
            _ => at_most,
        }
    }

    async fn work(self: &Arc<Self>, claimed: &Claimed) {
        let Some(job) = JOBS.iter().find(|job| job.name == claimed.name) else {
            let closing = self.context.records.jobs.give_up(claimed, "no such job in this version");
            tracing::error!(job = claimed.key, name = claimed.name, "a job of an unknown kind is put aside");
            // `finish` has logged why, if it could not.
            let _ = self.finish(claimed, Plan::nothing(), closing).await;
            return;
        };
        for _ in 0..TRIES {
            let result = self.attempt(job, claimed).await;
            match self.settle(job, claimed, result).await {
                Err(StoreError::Conflict { key }) => {
                    tracing::debug!(key, job = claimed.key, "a job runs again after a conflict")
                }
                _ => return,
            }
        }
    }

    /// Runs the job once, renewing its lease; progress it reports is said while it runs.
    async fn attempt(self: &Arc<Self>, job: &Job, claimed: &Claimed) -> Result<Plan, Trouble> {
        let board = Board::default();
        let work = AssertUnwindSafe((job.run)(&self.context, claimed, &board)).catch_unwind();
        let mut work = std::pin::pin!(work);
        let mut lease = tokio::time::interval(LEASE / 3);
        let mut progress = tokio::time::interval(Duration::from_millis(250));
        lease.tick().await;
        loop {
            tokio::select! {
                done = &mut work => return done.unwrap_or_else(|panic| {
                    Err(Trouble::Bug(anyhow::anyhow!("job {} panicked: {}", claimed.key, trouble::panic_text(&*panic))))
                }),
                _ = lease.tick() => {
                    if let Err(error) = self.context.records.jobs.renew(claimed, WORKER, LEASE, self.context.clock.now()).await {
                        tracing::warn!(error = %error, job = claimed.key, "a lease could not be renewed");
                    }
                }
                _ = progress.tick() => self.say_progress(&board).await,
            }
        }
    }

    async fn say_progress(&self, board: &Board) {
        let says = std::mem::take(&mut *board.newest());
        if says.is_empty() {
            return;
        }
        let plan = Plan { ops: Vec::new(), says: says.into_values().collect() };
        if let Err(error) = self.commit(plan, Vec::new()).await {
            tracing::debug!(error = %error, "progress was not said");
        }
    }

    async fn settle(&self, job: &Job, claimed: &Claimed, result: Result<Plan, Trouble>) -> Result<(), StoreError> {
        let jobs = &self.context.records.jobs;
        let trouble = match result {
            Ok(plan) => return self.finish(claimed, plan, jobs.done(claimed)).await,
            Err(trouble) => trouble,
        };
        let passing = matches!(&trouble, Trouble::Outside { fault, .. } if fault.is_passing());
        if passing && claimed.attempts < TRIES {
            let pause = chrono::Duration::seconds(i64::from(2_u32.pow(claimed.attempts.min(6))));
            tracing::warn!(job = claimed.key, trouble = %trouble, pause_s = pause.num_seconds(), "a job is tried again later");
            return self
                .finish(
                    claimed,
                    Plan::nothing(),
                    jobs.retry(claimed, self.context.clock.now() + pause, &trouble.to_string()),
                )
                .await;
        }
        let sentence = trouble::tell(&trouble, &format!("job {}", claimed.key));
        let plan = (job.failed)(&self.context, claimed, &sentence).await.unwrap_or_else(|error| {
            tracing::error!(error = %error, job = claimed.key, "a failed job could not be told");
            Plan::nothing()
        });
        self.finish(claimed, plan, jobs.give_up(claimed, &trouble.to_string())).await
    }

    async fn finish(
        &self,
        claimed: &Claimed,
        plan: Plan,
        closing: Vec<crate::ports::store::Op>,
    ) -> Result<(), StoreError> {
        let done = self.commit(plan, closing).await;
        if let Err(error) = &done
            && !matches!(error, StoreError::Conflict { .. })
        {
            tracing::error!(error = %error, job = claimed.key, "a job's result could not be stored; it runs again when its lease ends");
        }
        done
    }
}

/// The newest wording a running job has reported for each message.
#[derive(Default)]
struct Board(Mutex<HashMap<String, Saying>>);

impl Board {
    fn newest(&self) -> std::sync::MutexGuard<'_, HashMap<String, Saying>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Say for Board {
    fn say(&self, saying: Saying) {
        self.newest().insert(saying.key.clone(), saying);
    }
}
