//! What did asking cost, and may we ask again today?

use chrono::{DateTime, NaiveDate, Utc};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One call of a model, as it is logged.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call<'a> {
    pub role: &'a str,
    pub model: &'a str,
    pub latency: Duration,
    pub tokens_in: u32,
    pub tokens_out: u32,
    pub outcome: Outcome<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome<'a> {
    Answered,
    /// Stopped by its limit of tokens.
    Cut,
    Failed(&'a str),
}

/// Sums since the process started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub calls: u64,
    pub failed: u64,
    pub tokens_in: u64,
    pub tokens_out: u64,
}

/// Counts calls and tokens, and knows when the day's allowance is spent.
#[derive(Debug)]
pub struct Ledger {
    daily_tokens: Option<u64>,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    totals: Totals,
    day: Option<NaiveDate>,
    spent: u64,
}

impl Ledger {
    /// `daily_tokens` is a cap on tokens in and out per UTC day; `None` for no cap.
    pub fn new(daily_tokens: Option<u64>) -> Self {
        Self { daily_tokens, books: Mutex::default() }
    }

    pub fn totals(&self) -> Totals {
        self.books.lock().unwrap_or_else(PoisonError::into_inner).totals
    }

    /// The cap, when it is reached. Questions already on their way may go over it; new ones are not asked.
    pub fn exhausted(&self, now: DateTime<Utc>) -> Option<u64> {
        let books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = if books.day == Some(now.date_naive()) { books.spent } else { 0 };
        self.daily_tokens.filter(|cap| spent >= *cap)
    }

    pub(super) fn record(&self, call: &Call<'_>, now: DateTime<Utc>) {
        let (outcome, cause) = match call.outcome {
            Outcome::Answered => ("answered", ""),
            Outcome::Cut => ("cut off", ""),
            Outcome::Failed(cause) => ("failed", cause),
        };
        tracing::info!(
            role = call.role,
            model = call.model,
            milliseconds = u64::try_from(call.latency.as_millis()).unwrap_or(u64::MAX),
            tokens_in = call.tokens_in,
            tokens_out = call.tokens_out,
            outcome,
            cause,
            "model asked"
        );
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.totals.calls += 1;
        books.totals.failed += u64::from(matches!(call.outcome, Outcome::Failed(_)));
        books.totals.tokens_in += u64::from(call.tokens_in);
        books.totals.tokens_out += u64::from(call.tokens_out);
        if books.day != Some(now.date_naive()) {
            books.day = Some(now.date_naive());
            books.spent = 0;
        }
        books.spent += u64::from(call.tokens_in) + u64::from(call.tokens_out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(tokens: u32) -> Call<'static> {
        Call {
            role: "body",
            model: "small",
            latency: Duration::from_millis(20),
            tokens_in: tokens,
            tokens_out: 10,
            outcome: Outcome::Answered,
        }
    }

    #[test]
    fn the_days_allowance_is_counted_in_and_out_and_is_new_at_midnight() {
        let ledger = Ledger::new(Some(100));
        let monday = DateTime::from_timestamp(1_800_000_000, 0).expect("a valid timestamp");
        ledger.record(&call(80), monday);
        assert_eq!(ledger.exhausted(monday), None);
        ledger.record(&Call { outcome: Outcome::Failed("is busy"), tokens_out: 0, ..call(10) }, monday);
        assert_eq!(ledger.exhausted(monday), Some(100));
        assert_eq!(ledger.exhausted(monday + chrono::TimeDelta::days(1)), None);
        assert_eq!(ledger.totals(), Totals { calls: 2, failed: 1, tokens_in: 90, tokens_out: 10 });
        assert_eq!(Ledger::new(None).exhausted(monday), None);
    }
}
