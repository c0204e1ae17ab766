//! Who called too often?

use super::limits::Tier;
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Rates {
    /// By method, or by method and channel.
    calls: HashMap<String, VecDeque<Instant>>,
    /// Calls one may still make at once, and when that was reckoned.
    bursts: HashMap<String, (f64, Instant)>,
}

impl Rates {
    /// `Err` is the time to wait.
    pub fn take(&mut self, method: &str, channel: &str, tier: Tier) -> Result<(), Duration> {
        match tier {
            Tier::PerMinute(most) => self.in_a_minute(method, most),
            Tier::PerChannel { burst } => self.in_a_second(&format!("{method}/{channel}"), burst),
        }
    }

    fn in_a_minute(&mut self, key: &str, most: usize) -> Result<(), Duration> {
        let now = Instant::now();
        let calls = self.calls.entry(key.to_owned()).or_default();
        while calls.front().is_some_and(|at| now - *at > Duration::from_secs(60)) {
            calls.pop_front();
        }
        if calls.len() < most {
            calls.push_back(now);
            return Ok(());
        }
        Err(Duration::from_secs(60) - (now - calls[0]))
    }

    fn in_a_second(&mut self, key: &str, burst: usize) -> Result<(), Duration> {
        let now = Instant::now();
        let most = f64::from(u32::try_from(burst).expect("a small burst"));
        let (left, at) = self.bursts.get(key).copied().unwrap_or((most, now));
        let left = (left + (now - at).as_secs_f64()).min(most);
        if left >= 1.0 {
            self.bursts.insert(key.to_owned(), (left - 1.0, now));
            return Ok(());
        }
        self.bursts.insert(key.to_owned(), (left, now));
        Err(Duration::from_secs_f64(1.0 - left))
    }
}
