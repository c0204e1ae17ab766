//! What was measured? A system that keeps series of numbers and answers queries over them.
//!
//! Contract:
//! * A query answers one series, or one for each version; anything else is refused with a sentence that says how many there were.
//! * What is no number, or not finite, is left out. A gap stays a gap.
//! * Never more than the configured number of queries is in flight; ranges are asked in pieces that the system answers whole.
//! * What the system warns of is part of the answer.

use crate::domain::trouble::Fault;
use async_trait::async_trait;

/// Unix seconds, both ends included, a sample each `step` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub from: i64,
    pub until: i64,
    pub step: i64,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    pub lines: Vec<Line>,
    pub warnings: Vec<String>,
}

/// One series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    pub version: Option<String>,
    /// By time.
    pub samples: Vec<(i64, f64)>,
}

#[async_trait]
pub trait Metrics: Send + Sync {
    /// As the configuration calls it.
    fn name(&self) -> &str;
    async fn range(&self, query: &str, range: Range) -> Result<Measured, Fault>;
}
