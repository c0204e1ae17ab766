//! When may something be tried again?

use crate::adapters::http::Failure;
use crate::domain::trouble::Fault;
use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Exponential back-off with full jitter: before try `n` a random time up to `base · 2ⁿ`, at most `cap`, and never less
/// than the other side asked for. (The method is that of the article "Exponential Backoff and Jitter", M. Brooker 2015.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Tries after the first.
    pub most: u32,
    pub base: Duration,
    pub cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { most: 3, base: Duration::from_millis(250), cap: Duration::from_secs(8) }
    }
}

impl Retry {
    /// Runs `attempt` until it succeeds, fails for good, has been tried often enough, or could not be tried again before
    /// `deadline`. While `lane` of `gate` is closed, nothing is tried.
    pub async fn run<T, F, Fut>(&self, gate: &Gate, lane: &str, deadline: Instant, attempt: F) -> Result<T, Failure>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T, Failure>>,
    {
        let mut tried = 0;
        loop {
            gate.pass(lane, deadline).await?;
            let failure = match attempt().await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let mut again = Instant::now() + self.pause(tried);
            if let Fault::Busy { retry_after: Some(wait) } = failure.fault {
                let open = Instant::now() + wait;
                gate.close(lane, open);
                again = again.max(open);
            }
            if !failure.fault.is_passing() || tried >= self.most || again >= deadline {
                return Err(failure);
            }
            tracing::debug!(lane, fault = %failure.fault, tried, "will be tried again");
            tried += 1;
            sleep_until(again).await;
        }
    }

    fn pause(&self, tried: u32) -> Duration {
        let most = self.base.saturating_mul(2_u32.saturating_pow(tried)).min(self.cap);
        most.mul_f64(fraction())
    }
}

/// A random number from 0 up to 1. Without randomness the whole pause is waited: slower, never wrong.
fn fraction() -> f64 {
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}

/// Keeps everybody away from a server that asked one of us to wait.
#[derive(Debug, Default)]
pub struct Gate {
    closed: Mutex<HashMap<String, Instant>>,
}

impl Gate {
    /// Waits until the lane is open; fails at once when that is not before `deadline`.
    pub async fn pass(&self, lane: &str, deadline: Instant) -> Result<(), Failure> {
        while let Some(until) = self.closed_until(lane) {
            if until >= deadline {
                // Told in whole seconds, so it is rounded up: nobody is invited too early.
                let wait = until.saturating_duration_since(Instant::now()) + Duration::from_millis(999);
                let wait = Duration::from_secs(wait.as_secs());
                return Err(Fault::Busy { retry_after: Some(wait) }.into());
            }
            sleep_until(until).await;
        }
        Ok(())
    }

    /// Never opens earlier than somebody was asked before.
    fn close(&self, lane: &str, until: Instant) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = closed.entry(lane.to_owned()).or_insert(until);
        *latest = (*latest).max(until);
    }

    fn closed_until(&self, lane: &str) -> Option<Instant> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.get(lane).copied().filter(|until| *until > Instant::now())
    }
}

/// `Retry-After` as a time to wait: whole seconds, or an HTTP date counted from the answer's own `Date` (the clocks of two
/// machines differ) and else from `now`. `None` for what is neither.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok().map(|date| date.with_timezone(&Utc));
    let sent = headers.get(DATE).and_then(|sent| sent.to_str().ok()).and_then(date).unwrap_or(now);
    Some((date(value)? - sent).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let value = |text: &str| text.parse().expect("a header value of plain letters");
        pairs.iter().map(|(name, text)| (reqwest::header::HeaderName::from_static(name), value(text))).collect()
    }

    #[test]
    fn the_wait_is_read_as_seconds_and_as_a_date() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a valid timestamp");
        let wait = |pairs: &[(&'static str, &str)]| retry_after(&headers(pairs), now).map(|wait| wait.as_secs());
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("retry-after", "Fri, 15 Jan 2027 08:00:30 GMT")]), Some(30));
        assert_eq!(
            wait(&[("retry-after", "Fri, 15 Jan 2027 09:00:30 GMT"), ("date", "Fri, 15 Jan 2027 09:00:00 GMT")]),
            Some(30)
        );
        assert_eq!(wait(&[("retry-after", "Fri, 15 Jan 2027 07:00:00 GMT")]), Some(0));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[("retry-after", "-1")]), None);
        assert_eq!(wait(&[]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_three_times_more_and_what_will_not_is_not() {
        let (gate, tries) = (Gate::default(), AtomicUsize::new(0));
        let deadline = Instant::now() + Duration::from_secs(60);
        let failing = |fault: Fault| {
            let tries = &tries;
            move || {
                tries.fetch_add(1, Ordering::Relaxed);
                let failure = Failure::from(fault.clone());
                async move { Err::<(), _>(failure) }
            }
        };
        let failed = Retry::default().run(&gate, "a", deadline, failing(Fault::Failed { status: 500 })).await;
        assert_eq!(failed.expect_err("it fails").fault, Fault::Failed { status: 500 });
        assert_eq!(tries.swap(0, Ordering::Relaxed), 4);
        let failed = Retry::default().run(&gate, "a", deadline, failing(Fault::Unauthorized)).await;
        assert_eq!(failed.expect_err("it fails").fault, Fault::Unauthorized);
        assert_eq!(tries.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_asked_to_wait_is_closed_for_everybody_until_then() {
        let (gate, begin) = (Gate::default(), Instant::now());
        let ask = |deadline: u64, wait: u64| {
            let gate = &gate;
            async move {
                let told = AtomicUsize::new(0);
                let attempt = || {
                    let first = told.fetch_add(1, Ordering::Relaxed) == 0 && wait > 0;
                    let busy = Fault::Busy { retry_after: Some(Duration::from_secs(wait)) };
                    async move { if first { Err(Failure::from(busy)) } else { Ok(begin.elapsed().as_secs()) } }
                };
                Retry::default().run(gate, "small", begin + Duration::from_secs(deadline), attempt).await
            }
        };
        assert_eq!(ask(60, 20).await, Ok(20), "the one that was told waits");
        gate.close("small", begin + Duration::from_secs(50));
        assert_eq!(ask(60, 0).await, Ok(50), "and so does every other");
        gate.close("small", begin + Duration::from_secs(100));
        let failed = ask(60, 0).await.expect_err("the lane opens after the deadline");
        assert_eq!(failed.fault, Fault::Busy { retry_after: Some(Duration::from_secs(50)) });
    }
}
