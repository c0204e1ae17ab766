//! How often may a message be changed, and a channel be written to? Asked before each call; nobody waits here.
//!
//! Discord's own limits stand in its answers and differ by route; these are our manners below them, so that progress of a
//! job shows its newest step and not each one late.

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const BETWEEN_EDITS: Duration = Duration::from_millis(1_200);
/// Messages and changes of a channel: five at once, then one a second.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(5).expect("five is not zero");
const REFILL: Duration = Duration::from_secs(1);
/// Calls after which lanes nobody uses are forgotten.
const TIDY: u32 = 1_000;

pub struct Pace {
    edits: DefaultKeyedRateLimiter<u64>,
    posts: DefaultKeyedRateLimiter<u64>,
    changes: DefaultKeyedRateLimiter<u64>,
    asked: AtomicU32,
}

impl Default for Pace {
    fn default() -> Self {
        let quota = |every| Quota::with_period(every).expect("more than no time");
        Self {
            edits: RateLimiter::keyed(quota(BETWEEN_EDITS)),
            posts: RateLimiter::keyed(quota(REFILL).allow_burst(AT_ONCE)),
            changes: RateLimiter::keyed(quota(REFILL).allow_burst(AT_ONCE)),
            asked: AtomicU32::new(0),
        }
    }
}

impl Pace {
    /// `Err` is how long to wait.
    pub fn post(&self, channel: u64) -> Result<(), Duration> {
        self.tidy();
        ask(&self.posts, channel)
    }

    pub fn edit(&self, channel: u64, message: u64) -> Result<(), Duration> {
        self.tidy();
        ask(&self.edits, message)?;
        ask(&self.changes, channel)
    }

    fn tidy(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
            for lanes in [&self.edits, &self.posts, &self.changes] {
                lanes.retain_recent();
            }
        }
    }
}

fn ask(lanes: &DefaultKeyedRateLimiter<u64>, lane: u64) -> Result<(), Duration> {
    lanes.check_key(&lane).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_changed_once_in_a_while_and_a_channel_takes_five_at_once() {
        let pace = Pace::default();
        assert_eq!(pace.edit(1, 7), Ok(()));
        let wait = pace.edit(1, 7).expect_err("too soon");
        assert!(wait > Duration::from_millis(900) && wait <= BETWEEN_EDITS, "{wait:?}");
        assert_eq!(pace.edit(1, 8), Ok(()), "another message");
        for _ in 0..5 {
            assert_eq!(pace.post(1), Ok(()));
        }
        assert!(pace.post(1).is_err_and(|wait| wait <= REFILL));
        assert_eq!(pace.post(2), Ok(()), "another channel");
    }
}
