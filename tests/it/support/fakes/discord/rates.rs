//! How often may a route be called? Buckets as Discord's: their limits are in the headers of every answer.

use axum::http::{HeaderMap, HeaderValue};
use std::collections::HashMap;
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct Buckets {
    windows: HashMap<String, Window>,
    /// Nobody gets through until then.
    pub everywhere: Option<Instant>,
}

struct Window {
    until: Instant,
    used: u32,
}

pub struct Standing {
    pub limit: u32,
    pub remaining: u32,
    pub reset_after: Duration,
    pub bucket: String,
}

/// Calls in a time, per route and its first id.
fn limit(method: &str, route: &str) -> (u32, Duration) {
    match (method, route) {
        ("POST" | "PATCH", "/channels/{channel_id}/messages" | "/channels/{channel_id}/messages/{message_id}") => {
            (5, Duration::from_secs(5))
        }
        _ => (10, Duration::from_secs(1)),
    }
}

impl Buckets {
    /// Counts a call. `Err`: it is one too many, and may come back after the time named.
    pub fn count(&mut self, method: &str, route: &str, major: &str, now: Instant) -> (Standing, Result<(), Duration>) {
        let (limit, span) = limit(method, route);
        let bucket = format!("{method} {route} {major}");
        let window = self.windows.entry(bucket.clone()).or_insert(Window { until: now + span, used: 0 });
        if window.until <= now {
            *window = Window { until: now + span, used: 0 };
        }
        let reset_after = window.until - now;
        if window.used >= limit {
            return (Standing { limit, remaining: 0, reset_after, bucket }, Err(reset_after));
        }
        window.used += 1;
        (Standing { limit, remaining: limit - window.used, reset_after, bucket }, Ok(()))
    }
}

impl Standing {
    pub fn write(&self, headers: &mut HeaderMap) {
        let mut put = |name: &'static str, value: String| {
            headers.insert(name, HeaderValue::from_str(&value).expect("digits and letters"));
        };
        put("x-ratelimit-limit", self.limit.to_string());
        put("x-ratelimit-remaining", self.remaining.to_string());
        put("x-ratelimit-reset-after", format!("{:.3}", self.reset_after.as_secs_f64()));
        let sum = crc32fast::hash(self.bucket.as_bytes());
        put("x-ratelimit-bucket", format!("{sum:08x}"));
    }
}
