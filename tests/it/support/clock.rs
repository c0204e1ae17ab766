//! A clock that a test puts forward or back; it goes on by itself like any other.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use slipway::ports::clock::Clock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

#[derive(Default)]
pub struct Shifted {
    /// Milliseconds ahead of the machine's clock.
    ahead: AtomicI64,
}

impl Shifted {
    pub fn goes_on_by(&self, time: TimeDelta) {
        self.ahead.fetch_add(time.num_milliseconds(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for Shifted {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::milliseconds(self.ahead.load(Ordering::SeqCst))
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
