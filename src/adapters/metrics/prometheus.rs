//! Series from Prometheus, and from what speaks its HTTP API (Thanos, Mimir, VictoriaMetrics).
//!
//! Range queries go as forms by POST, because some are longer than an address may be. The API: prometheus.io/docs/prometheus/latest/querying/api.

use crate::adapters::http::{Http, Limits};
use crate::domain::trouble::{Fault, Refusal};
use crate::ports::metrics::{Line, Measured, Metrics, Range};
use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Prometheus answers at most 11,000 points of a series.
const POINTS: i64 = 10_000;
/// Bytes of an answer: one series of that many points, a few versions, and room.
const BODY: usize = 16 << 20;

pub struct PrometheusOptions {
    pub name: String,
    pub url: String,
    pub token: Option<SecretString>,
    pub timeout: Duration,
    pub in_flight: usize,
}

pub struct Prometheus {
    http: Http,
    options: PrometheusOptions,
    free: Semaphore,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Data,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Data {
    #[serde(default)]
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

impl Prometheus {
    pub fn new(options: PrometheusOptions) -> anyhow::Result<Self> {
        let limits = Limits { body: BODY, first_byte: options.timeout, ..Limits::default() };
        let http = Http::new(limits, options.token.iter().cloned().collect())?;
        let free = Semaphore::new(options.in_flight.max(1));
        Ok(Self { http, options, free })
    }

    /// One piece of a range.
    async fn piece(&self, query: &str, range: Range) -> Result<Answer, Fault> {
        let Ok(_turn) = self.free.acquire().await else { return Err(Fault::Failed { status: 0 }) };
        let address = format!("{}/api/v1/query_range", self.options.url.trim_end_matches('/'));
        let seconds = |time: i64| time.to_string();
        let form = [
            ("query", query.to_owned()),
            ("start", seconds(range.from)),
            ("end", seconds(range.until)),
            ("step", seconds(range.step)),
            ("timeout", format!("{}s", self.options.timeout.as_secs().max(1))),
        ];
        let request = self.http.client().post(address).form(&form);
        let request = match &self.options.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        };
        let request = request.build().map_err(|_| Fault::Malformed("its address is none".to_owned()))?;
        let deadline = Instant::now() + self.options.timeout;
        let answer = self.http.exchange(request, deadline, |_| true).await.map_err(|failure| failure.fault)?;
        serde_json::from_slice(&answer.body).map_err(|error| Fault::Malformed(error.to_string()))
    }
}

#[async_trait]
impl Metrics for Prometheus {
    fn name(&self) -> &str {
        &self.options.name
    }

    async fn range(&self, query: &str, range: Range) -> Result<Measured, Fault> {
        let mut lines: BTreeMap<Option<String>, Vec<(i64, f64)>> = BTreeMap::new();
        let mut warnings = Vec::new();
        let mut from = range.from;
        while from <= range.until {
            let until = range.until.min(from + (POINTS - 1) * range.step);
            let answer = self.piece(query, Range { from, until, ..range }).await?;
            let all = answer.data.result.len();
            let mut here: BTreeMap<Option<String>, Vec<(i64, f64)>> = BTreeMap::new();
            for series in answer.data.result {
                let finite = |(time, value): (f64, String)| {
                    let value: f64 = value.parse().ok()?;
                    value.is_finite().then_some((time.round() as i64, value))
                };
                let samples: Vec<(i64, f64)> = series.values.into_iter().filter_map(finite).collect();
                if here.insert(series.metric.get("version").cloned(), samples).is_some() {
                    return Err(Fault::Refused(Refusal(format!(
                        "the query answers {all} series; it should answer one, or one for each `version`: wrap it in `sum(…)` or `sum by (version) (…)`"
                    ))));
                }
            }
            here.into_iter().for_each(|(version, samples)| lines.entry(version).or_default().extend(samples));
            warnings.extend(answer.warnings);
            from = until + range.step;
        }
        warnings.dedup();
        let lines = lines.into_iter().map(|(version, samples)| Line { version, samples }).collect();
        Ok(Measured { lines, warnings })
    }
}
