//! How often may Slack be called? Asked before each call; the answer is how long to wait, and nobody waits here.
//!
//! Slack allows 1 post a second in a channel and so many calls of a method in a minute. Its counting is not told; ours
//! stays below it in every minute, with a burst for what belongs together.

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long Slack may be left alone and how much it is asked at once, by kind of call.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    pub every: Duration,
    pub burst: u32,
}

#[derive(Debug, Clone, Copy)]
pub struct Allowances {
    /// `chat.postMessage` in one channel.
    pub posts: Allowance,
    /// `chat.update` of one message.
    pub edits: Allowance,
    /// A method of 20 calls a minute, of 50, of 100, and of hundreds.
    pub tier_2: Allowance,
    pub tier_3: Allowance,
    pub tier_4: Allowance,
    pub special: Allowance,
}

impl Default for Allowances {
    fn default() -> Self {
        let every = |millis, burst| Allowance { every: Duration::from_millis(millis), burst };
        Self {
            posts: every(1_000, 3),
            edits: every(1_200, 1),
            tier_2: every(4_000, 4),
            tier_3: every(1_500, 10),
            tier_4: every(750, 20),
            special: every(250, 60),
        }
    }
}

/// What a call counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Post,
    Edit,
    Tier2,
    Tier3,
    Tier4,
    Special,
}

fn kind(method: &str) -> Kind {
    match method {
        "chat.postMessage" => Kind::Post,
        "chat.update" => Kind::Edit,
        "conversations.list" => Kind::Tier2,
        "auth.test" | "apps.connections.open" | "chat.getPermalink" | "assistant.threads.setStatus" => Kind::Special,
        _ if method.starts_with("conversations.") || method == "chat.delete" => Kind::Tier3,
        _ => Kind::Tier4,
    }
}

type Bucket = DefaultKeyedRateLimiter<String>;

pub struct Limits {
    posts: Bucket,
    edits: Bucket,
    tier_2: Bucket,
    tier_3: Bucket,
    tier_4: Bucket,
    special: Bucket,
    /// Closed until then, because Slack said so.
    closed: Mutex<HashMap<String, Instant>>,
}

impl Limits {
    pub fn new(allowances: &Allowances) -> Self {
        Self {
            posts: bucket(allowances.posts),
            edits: bucket(allowances.edits),
            tier_2: bucket(allowances.tier_2),
            tier_3: bucket(allowances.tier_3),
            tier_4: bucket(allowances.tier_4),
            special: bucket(allowances.special),
            closed: Mutex::default(),
        }
    }

    /// `lane` is the channel of a post, channel and message of an edit. `Err` is how long to wait.
    pub fn take(&self, method: &str, lane: &str) -> Result<(), Duration> {
        let kind = kind(method);
        if let Some(wait) = self.closed_for(&closing(method, lane)) {
            return Err(wait);
        }
        match kind {
            Kind::Post => ask(&self.posts, lane),
            Kind::Edit => {
                ask(&self.edits, lane)?;
                ask(&self.tier_3, method)
            }
            Kind::Tier2 => ask(&self.tier_2, method),
            Kind::Tier3 => ask(&self.tier_3, method),
            Kind::Tier4 => ask(&self.tier_4, method),
            Kind::Special => ask(&self.special, method),
        }
    }

    /// Slack asked to be left alone with this for so long.
    pub fn close(&self, method: &str, lane: &str, wait: Duration) {
        let until = Instant::now() + wait;
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.retain(|_, until| *until > Instant::now());
        let entry = closed.entry(closing(method, lane)).or_insert(until);
        *entry = (*entry).max(until);
        // Messages come and go; what is not held back any more needs no memory.
        self.posts.retain_recent();
        self.edits.retain_recent();
    }

    fn closed_for(&self, key: &str) -> Option<Duration> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let left = closed.get(key)?.saturating_duration_since(Instant::now());
        (left > Duration::ZERO).then_some(left)
    }
}

/// What a refusal closes: the channel for posts, else the whole method.
fn closing(method: &str, lane: &str) -> String {
    if kind(method) == Kind::Post { format!("{method}/{lane}") } else { method.to_owned() }
}

fn bucket(allowance: Allowance) -> Bucket {
    let every = Quota::with_period(allowance.every).expect("an allowance's period is longer than nothing");
    RateLimiter::keyed(every.allow_burst(NonZeroU32::new(allowance.burst.max(1)).expect("at least one")))
}

fn ask(bucket: &Bucket, key: &str) -> Result<(), Duration> {
    // Edits of single messages are many over a day; the shelf is cleared now and then.
    if bucket.len() > 10_000 {
        bucket.retain_recent();
    }
    bucket.check_key(&key.to_owned()).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_has_a_small_burst_and_then_one_post_a_second_and_no_other_channel_waits_for_it() {
        let limits = Limits::new(&Allowances::default());
        for _ in 0..3 {
            assert_eq!(limits.take("chat.postMessage", "C1"), Ok(()));
        }
        let wait = limits.take("chat.postMessage", "C1").expect_err("a fourth at once is too many");
        assert!((Duration::from_millis(900)..=Duration::from_secs(1)).contains(&wait), "{wait:?}");
        assert_eq!(limits.take("chat.postMessage", "C2"), Ok(()));
    }

    #[test]
    fn a_message_is_edited_once_in_a_while_and_all_edits_together_stay_below_fifty_a_minute() {
        let limits = Limits::new(&Allowances::default());
        assert_eq!(limits.take("chat.update", "C1/1"), Ok(()));
        let wait = limits.take("chat.update", "C1/1").expect_err("too soon");
        assert!(wait > Duration::from_secs(1), "{wait:?}");
        let edited = (0..100).filter(|at| limits.take("chat.update", &format!("C1/{}", at + 10)).is_ok()).count();
        assert!(edited <= 10, "{edited} at once, and 40 more in the minute");
    }

    #[test]
    fn a_refusal_closes_what_it_was_about_for_as_long_as_it_says() {
        let limits = Limits::new(&Allowances::default());
        limits.close("chat.postMessage", "C1", Duration::from_secs(30));
        limits.close("chat.postMessage", "C1", Duration::from_secs(3));
        let wait = limits.take("chat.postMessage", "C1").expect_err("closed");
        assert!(wait > Duration::from_secs(29), "a later refusal does not open earlier: {wait:?}");
        assert_eq!(limits.take("chat.postMessage", "C2"), Ok(()));
        limits.close("users.info", "", Duration::from_secs(3));
        assert!(limits.take("users.info", "U1").is_err());
    }
}
