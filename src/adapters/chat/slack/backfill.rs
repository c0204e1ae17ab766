//! What was said while nobody listened? Looked up after every start and every connection, and heard once.

use super::Slack;
use super::api::Problem;
use super::rows;
use super::stamp::{self, order};
use super::stored;
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use chrono::TimeDelta;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A connection may be dead for a while before that is noticed, with another one still hearing: so far back is looked
/// again. What is known is heard once only.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);
/// Threads begun so long before may have been answered in; older ones only if we wrote in them.
const ROOTS: TimeDelta = TimeDelta::hours(48);
/// A thread of ours that is older is let go.
const THREADS: TimeDelta = TimeDelta::days(14);
const THREADS_AT_ONCE: usize = 30;
const TRIES: u32 = 6;
/// What could not be looked up is tried again after so long.
const AGAIN: Duration = Duration::from_secs(30);

impl Slack {
    /// Runs until `stop`; looks whenever somebody wants it.
    pub(super) async fn keep_filled(self: &Arc<Self>, intake: Arc<dyn Intake>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.reach.wanted.notified() => {}
            }
            let again = async {
                if !self.fill_all(&intake).await {
                    tokio::time::sleep(self.pace.longest_pause.min(AGAIN)).await;
                    self.reach.wanted.notify_one();
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = again => {}
            }
        }
    }

    /// False if something could not be looked up: then it is tried again.
    async fn fill_all(self: &Arc<Self>, intake: &Arc<dyn Intake>) -> bool {
        let gap = self.reach.gaps();
        let mut channels = self.reach.channels();
        channels.extend(self.options.watched.iter().filter(|id| !channels.contains(id)).cloned().collect::<Vec<_>>());
        let mut all = true;
        for channel in channels {
            match self.fill(intake, &channel).await {
                Ok(heard) => tracing::debug!(channel, heard, "looked up what was said meanwhile"),
                Err(problem) if problem.is(&["not_in_channel", "channel_not_found"]) => {
                    tracing::info!(channel, code = problem.code, "a conversation is closed to us");
                    self.reach.leave(&channel);
                    drop(self.rows.forget(vec![rows::reached(&channel)]).await);
                }
                Err(problem) => {
                    tracing::warn!(channel, fault = %problem.fault, "what was said meanwhile could not be looked up");
                    all = false;
                }
            }
        }
        if all {
            self.reach.whole(gap);
        }
        self.write_marks().await;
        all
    }

    /// How many messages were handed on.
    async fn fill(self: &Arc<Self>, intake: &Arc<dyn Intake>, channel: &str) -> Result<usize, Problem> {
        let Some(mark) = self.reach.mark(channel) else { return self.begin(channel).await };
        let horizon = self.clock.now() - TimeDelta::from_std(self.pace.back).unwrap_or(TimeDelta::hours(24));
        // Never before the message with which we began to listen.
        let since = (stamp::time(&mark.ts) - OVERLAP).max(stamp::time(&mark.from)).max(horizon);
        let (mut found, newest) = self.said_meanwhile(channel, since).await?;
        found.retain(|message| message["ts"].as_str().is_some_and(|ts| order(ts) > order(&stamp::at(since))));
        found.sort_by_key(|message| order(message["ts"].as_str().unwrap_or_default()));
        let me = patiently(|| self.me()).await?;
        let ears = self.ears(&me);
        let told: Vec<_> = found.iter().filter_map(|message| ears.message(channel, message).ok()).collect();
        let count = told.len();
        for told in told {
            if let Err(error) = self.act(intake, told).await {
                tracing::warn!(error = format!("{error:#}"), "something said meanwhile was not accepted");
                return Err(Fault::Unreachable("the inbox".to_owned()).into());
            }
        }
        self.reach.filled(channel, stamp::later(&mark.ts, newest.as_deref().unwrap_or(&mark.ts)));
        Ok(count)
    }

    /// A watched channel we never heard of: from here on it is listened to.
    async fn begin(&self, channel: &str) -> Result<usize, Problem> {
        let params = [("channel", channel.to_owned()), ("limit", "1".to_owned())];
        let told = patiently(|| self.api.get("conversations.history", &params)).await?;
        let newest = told["messages"][0]["ts"].as_str().map(str::to_owned);
        self.reach.filled(channel, &newest.unwrap_or_else(|| stamp::at(self.clock.now() - OVERLAP)));
        Ok(0)
    }

    /// Messages since then, with those in threads, and the newest stamp among those of the conversation itself.
    async fn said_meanwhile(
        &self,
        channel: &str,
        since: chrono::DateTime<chrono::Utc>,
    ) -> Result<(Vec<Value>, Option<String>), Problem> {
        let window = stamp::at(since - ROOTS);
        let since = stamp::at(since);
        let mut found = patiently(|| self.said_since(channel, None, &window)).await?;
        let answered =
            |root: &&Value| root["latest_reply"].as_str().is_some_and(|latest| order(latest) > order(&since));
        let mut roots: Vec<String> =
            found.iter().filter(answered).filter_map(|root| root["ts"].as_str().map(str::to_owned)).collect();
        roots.extend(self.old_threads(channel, &window).await?);
        for root in roots {
            match patiently(|| self.said_since(channel, Some(&root), &since)).await {
                Ok(replies) => found.extend(replies),
                Err(problem) if problem.is(&["thread_not_found"]) => {
                    drop(self.rows.forget(vec![rows::stands(channel, &root)]).await);
                }
                Err(problem) => return Err(problem),
            }
        }
        let stamps = found.iter().filter_map(|message| message["ts"].as_str());
        let newest = stamps.max_by_key(|ts| order(ts)).map(str::to_owned);
        Ok((found, newest))
    }

    /// Threads of ours whose root lies before the window, newest first.
    async fn old_threads(&self, channel: &str, window: &str) -> Result<Vec<String>, Problem> {
        let limit = order(&stamp::at(self.clock.now() - THREADS));
        let all = self.rows.threads(channel).await.map_err(stored)?;
        let (kept, gone): (Vec<String>, Vec<String>) = all.into_iter().partition(|root| order(root) >= limit);
        if !gone.is_empty() {
            let keys = gone.iter().map(|root| rows::stands(channel, root)).collect();
            self.rows.forget(keys).await.map_err(stored)?;
        }
        let mut old: Vec<String> = kept.into_iter().filter(|root| order(root) <= order(window)).collect();
        old.sort_by_key(|root| std::cmp::Reverse(order(root)));
        old.truncate(THREADS_AT_ONCE);
        Ok(old)
    }
}

/// Nobody waits for what is done here, so this may wait.
async fn patiently<T, F: Future<Output = Result<T, Problem>>>(ask: impl Fn() -> F) -> Result<T, Problem> {
    let mut tries = 0;
    loop {
        let problem = match ask().await {
            Ok(value) => return Ok(value),
            Err(problem) => problem,
        };
        tries += 1;
        let wait = match problem.fault {
            Fault::Busy { retry_after } => retry_after.unwrap_or(Duration::from_secs(1)),
            ref fault if fault.is_passing() && tries < TRIES => Duration::from_millis(250) * 2_u32.pow(tries),
            _ => return Err(problem),
        };
        tokio::time::sleep(wait + Duration::from_millis(10)).await;
    }
}
