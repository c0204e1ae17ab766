//! What `payments` measures, answered as Prometheus does, from a modelled state of the world.

use super::simulated::Chance;
use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use slipway::config::Config;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Quiet,
    SlowSince(DateTime<Utc>),
    /// The second version runs beside the first since then.
    NewSince(DateTime<Utc>),
    /// It answers nothing.
    Gone,
}

pub struct Measured {
    /// Seconds by which its clock is ahead.
    ahead: Arc<AtomicI64>,
    folder: TempDir,
    serving: JoinHandle<()>,
}

impl Measured {
    pub async fn open(shape: Shape) -> Self {
        Self::of(&["payments"], shape).await
    }

    pub async fn of(services: &[&str], shape: Shape) -> Self {
        let ahead = Arc::new(AtomicI64::new(0));
        let app = Router::new().route("/api/v1/query_range", post(range)).with_state((shape, ahead.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        let folder = tempfile::tempdir().expect("a temporary folder");
        let signal =
            |of: &str, name: &str| format!("[services.{of}.signals.{name}]\nquery = \"{name}{{by=version}}\"\n");
        let names = ["requests_per_second", "error_ratio", "latency_p50", "latency_p95"];
        let signals: String = services.iter().flat_map(|service| names.map(|name| signal(service, name))).collect();
        let text = format!("[[sources]]\nurl = \"{url}\"\n{signals}");
        std::fs::write(folder.path().join("signals.toml"), text).expect("writable");
        Self { ahead, folder, serving }
    }

    pub fn goes_on_by(&self, time: TimeDelta) {
        self.ahead.fetch_add(time.num_seconds(), Ordering::SeqCst);
    }

    pub fn config(&self) -> Config {
        self.beside(Config::default())
    }

    pub fn beside(&self, config: Config) -> Config {
        Config { signals: Some(self.folder.path().join("signals.toml")), ..config }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The same at a time however often it is asked.
fn value(signal: &str, time: i64, shape: Shape) -> f64 {
    let noise = Chance(time as u64 ^ (signal.len() as u64) << 40).normal() * 0.05;
    let cycle = 1.0 + 0.2 * (std::f64::consts::TAU * (time % 86_400) as f64 / 86_400.0).sin();
    let level = match signal {
        "requests_per_second" => 80.0 * cycle,
        "error_ratio" => 0.002,
        "latency_p50" => 0.045,
        _ => 0.180,
    };
    let slow = matches!(shape, Shape::SlowSince(since) if time >= since.timestamp()) && signal.starts_with("latency");
    level * noise.exp() * if slow { 2.5 } else { 1.0 }
}

async fn range(
    State((shape, ahead)): State<(Shape, Arc<AtomicI64>)>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let number = |name: &str| form[name].parse::<i64>().expect("whole seconds");
    let (from, until, step, query) = (number("start"), number("end"), number("step"), &form["query"]);
    if matches!(shape, Shape::Gone) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if (until - from) / step > 11_000 {
        return StatusCode::BAD_REQUEST.into_response();
    }
    // Nothing is measured that has not happened yet.
    let last = until.min(Utc::now().timestamp() + ahead.load(Ordering::SeqCst));
    let values: Vec<Value> = (0..=(last - from) / step)
        .map(|place| from + place * step)
        .map(|time| json!([time, value(query.split('{').next().unwrap_or_default(), time, shape).to_string()]))
        .collect();
    let result = match shape {
        Shape::NewSince(since) => {
            let of = |new: bool| -> Vec<Value> {
                let is_new = |value: &&Value| value[0].as_i64() >= Some(since.timestamp());
                values.iter().filter(|value| is_new(value) == new).cloned().collect()
            };
            json!([
                { "metric": { "version": "v1.0.0" }, "values": of(false) },
                { "metric": { "version": "v1.1.0" }, "values": of(true) },
            ])
        }
        _ => json!([{ "metric": {}, "values": values }]),
    };
    json!({ "status": "success", "data": { "resultType": "matrix", "result": result } }).to_string().into_response()
}
