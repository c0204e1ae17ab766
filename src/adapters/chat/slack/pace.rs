//! How patient is the adapter, and how often does it try?

use super::limits::Allowances;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Pace {
    pub allowances: Allowances,
    /// A call that takes longer is given up.
    pub patience: Duration,
    /// Connections side by side; Slack sends an event to one of them, which stores them one after another. Slack allows ten
    /// for an app, so that an old and a new process fit beside each other.
    pub lines: u32,
    /// A new connection that says nothing for so long is none.
    pub greeting: Duration,
    /// A connection that held for so long is a good one.
    pub settled: Duration,
    /// Seconds between pings; after three without an answer a connection is dead.
    pub ping: u64,
    /// The pause before the second try to connect; each further one is twice as long, up to the longest.
    pub pause: Duration,
    pub longest_pause: Duration,
    /// An old connection is kept for so long beside the new one.
    pub overlap: Duration,
    /// Without any connection for so long, whoever runs the bot is told.
    pub worry: Duration,
    /// What was said in a gap is heard if it is not older than this.
    pub back: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            allowances: Allowances::default(),
            patience: seconds(10),
            lines: 4,
            greeting: seconds(10),
            settled: seconds(5),
            ping: 10,
            pause: seconds(1),
            longest_pause: seconds(300),
            overlap: seconds(10),
            worry: seconds(60),
            back: seconds(24 * 3_600),
        }
    }
}

impl Pace {
    /// Before try `failures + 1`, with up to a quarter more, so that many bots do not come back at once.
    pub fn pause(&self, failures: u32) -> Duration {
        let pause = self.pause.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(self.longest_pause);
        pause + pause.mul_f64(fraction() / 4.0)
    }
}

/// A random number from 0 up to 1; without randomness the middle.
fn fraction() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_no_further() {
        let pace = Pace::default();
        let pauses: Vec<u64> = (1..=12).map(|failures| pace.pause(failures).as_secs()).collect();
        assert!((1..=2).contains(&pauses[0]) && (2..=3).contains(&pauses[1]), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= 375) && pauses[11] >= 300, "{pauses:?}");
    }
}
