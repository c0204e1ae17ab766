//! How fast does a model read and write, and how often does it fail?

use std::time::Duration;

/// Times of a model at the clock of the world: a clock of 50 makes 50 seconds pass in one.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Median of the log-normal time to the first token, reading excepted.
    pub first_token: Duration,
    /// Standard deviation of its logarithm.
    pub spread: f64,
    /// Tokens per second.
    pub reading: f64,
    pub writing: f64,
    pub clock: f64,
}

impl Pace {
    /// First token after 2.1 s, 44 tokens/s, 5,000 tokens/s of reading.
    pub fn usual(clock: f64) -> Self {
        Self { first_token: Duration::from_millis(2_100), spread: 0.25, reading: 5_000.0, writing: 44.0, clock }
    }

    /// Real time until the first token.
    pub fn before(&self, tokens_in: u32, dice: &mut Dice) -> Duration {
        let waiting = self.first_token.as_secs_f64() * (self.spread * dice.normal()).exp();
        Duration::from_secs_f64((waiting + f64::from(tokens_in) / self.reading) / self.clock)
    }

    /// Real time for so many tokens.
    pub fn writing(&self, tokens: usize) -> Duration {
        Duration::from_secs_f64(f64::from(u32::try_from(tokens).unwrap_or(u32::MAX)) / (self.writing * self.clock))
    }
}

/// Shares of requests that go wrong, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rates {
    /// 429 without a time to wait.
    pub busy: f64,
    /// 503.
    pub failing: f64,
    /// Stops in the middle.
    pub stall: f64,
}

/// Random numbers from a seed (xorshift64*, Marsaglia and Vigna).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 0 up to 1.
    pub fn fraction(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        f64::from(u32::try_from(number >> 32).unwrap_or(u32::MAX)) / (f64::from(u32::MAX) + 1.0)
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.fraction().max(1e-12), self.fraction());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}
