//! Is the new version worse than the old one that runs beside it? The best baseline of all: the same minutes, the same users.
//!
//! Blocks of both are compared in pairs, so that what happens to both is in neither. The effect is the median difference; its spread comes
//! from how much the differences differ, as if half of them were independent, and never falls below a part of what two equal instances differ by.

use super::kinds::prior;
use super::series::{Blocks, Series, median};
use super::signal::{Effect, Signal};
use super::verdict::{Against, Judged};

/// Blocks both must have been measured in.
const LEAST: usize = 3;

/// A signal told apart by version.
pub struct Pair {
    new: Signal,
    old: Signal,
}

impl Pair {
    pub fn new(new: &Series, old: &Series, at: i64, length: i64) -> Self {
        let old = Signal::new(old, None, at, length);
        let new = Signal::new(new, None, at, length).on_the_scale_of(&old);
        Self { new, old }
    }

    pub fn length(&self) -> i64 {
        self.new.length()
    }

    pub fn is_measured(&self, now: i64) -> bool {
        self.old.is_measured(now) || self.new.is_measured(now)
    }

    /// Over the window from `from` to `now`, seconds since the change.
    pub fn look(&self, from: i64, now: i64, bar: f64) -> Judged {
        let (begin, end) = ((from / self.length()).max(0), now / self.length());
        let both = |block: i64| {
            let of = |blocks: &Blocks| blocks.get(block);
            of(self.new.logarithms()) - of(self.old.logarithms())
        };
        let mut differences: Vec<f64> = (begin..end).map(both).filter(|one| !one.is_nan()).collect();
        if differences.len() < LEAST {
            return Judged::NotEnough("the two versions ran side by side too shortly to tell");
        }
        let size = median(&mut differences);
        let mut strays: Vec<f64> = differences.iter().map(|one| (one - size).abs()).collect();
        let single = 1.4826 * median(&mut strays);
        let least = prior(self.new.kind()) / 2.0;
        let spread = (single * 1.2533 / (differences.len() as f64 / 2.0).sqrt()).hypot(least);
        let effect = Effect { size, eve: 0.0, spread, drift: 0.0, placebos: 0, against: Against::OldVersion };
        self.new.verdict(&effect, true, begin, end, bar)
    }
}
