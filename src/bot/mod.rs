//! THE RUNNING PROCESS: hears, handles, works and delivers until it is told to stop. Knows that features exist, not what
//! they do.

mod dispatch;
mod intake;
mod jobs;
mod notices;
mod outbox;
mod sweep;
mod trouble;
mod words;

use crate::features::{AT_START, Context, Plan};
use crate::ports::store::{Op, StoreError};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long running work may take to come to an end after Stop. What is cut off runs again at the next start.
const GRACE: Duration = Duration::from_secs(8);

/// Everything the loops share.
pub struct Bot {
    context: Arc<Context>,
    /// Rung when there may be something new to handle, to run, to deliver.
    heard: Notify,
    queued: Notify,
    said: watch::Sender<()>,
}

impl Bot {
    pub fn new(context: Arc<Context>) -> Arc<Self> {
        Arc::new(Self { context, heard: Notify::new(), queued: Notify::new(), said: watch::Sender::new(()) })
    }

    /// Runs until `stop`, then lets what has begun come to an end. Returns the first chat's failure, if one failed.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) -> anyhow::Result<()> {
        self.context.records.jobs.release_all().await?;
        self.start().await;
        let tasks = TaskTracker::new();
        tasks.spawn(self.clone().dispatch_loop(stop.clone()));
        tasks.spawn(self.clone().job_loop(stop.clone()));
        tasks.spawn(self.clone().sweep_loop(stop.clone()));
        for chat in &self.context.chats {
            tasks.spawn(self.clone().outbox_loop(chat.clone(), stop.clone()));
        }
        let listening = self.context.chats.iter().map(|chat| chat.listen(self.clone(), stop.clone()));
        let ended = futures::future::try_join_all(listening).await;
        stop.cancel();
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            tracing::warn!(
                grace_s = GRACE.as_secs(),
                "running work was cut off by the stop; it runs again at the next start"
            );
        }
        ended.map(|_| ())
    }

    /// Queues what is to be done at every start. What cannot be queued now is found at the next.
    async fn start(&self) {
        for begin in AT_START {
            let begun = match begin(&self.context).await {
                Ok(plan) => self.commit(plan, Vec::new()).await.map_err(|error| error.to_string()),
                Err(trouble) => Err(trouble.to_string()),
            };
            if let Err(error) = begun {
                tracing::error!(error, "something that belongs to the start could not be queued");
            }
        }
    }

    /// Writes a plan, with the rows that close what led to it, in one transaction.
    async fn commit(&self, plan: Plan, closing: Vec<Op>) -> Result<(), StoreError> {
        let mut ops = closing;
        ops.extend(plan.ops);
        for saying in &plan.says {
            ops.extend(self.context.records.outbox.say(&saying.key, &saying.target, &saying.message).await?);
        }
        if !ops.is_empty() {
            self.context.records.commit(ops).await?;
        }
        self.queued.notify_one();
        self.said.send_replace(());
        Ok(())
    }

    /// How long until then, at least a moment.
    fn until(&self, then: DateTime<Utc>) -> Duration {
        let wait = (then - self.context.clock.now()).to_std().unwrap_or_default();
        wait.max(Duration::from_millis(50))
    }
}

/// Waits for a ring or for `at_most`, whichever is first; `false` once the process is to stop.
async fn wait(ring: impl Future, at_most: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        _ = ring => true,
        () = tokio::time::sleep(at_most) => true,
    }
}
