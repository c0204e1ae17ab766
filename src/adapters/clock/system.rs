//! The machine's clock.

use crate::ports::clock::Clock;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;

pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
