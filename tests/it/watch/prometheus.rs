//! Signals from Prometheus: from a real one that is filled first, and from one that misbehaves.

use crate::support::not_run::not_run;
use crate::support::process::slipway;
use crate::support::prometheus::prometheus;
use crate::support::simulated::Chance;
use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

const HOURS: i64 = 60;

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn runs(config: &str, words: &[&str]) -> Ended {
    let output = slipway(&[&["--config", config], words].concat()).output().await.expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn configured(folder: &TempDir, url: &str, seconds: u32, services: &str) -> String {
    let signals = format!("[[sources]]\nurl = \"{url}\"\ntimeout_s = {seconds}\n{services}");
    std::fs::write(folder.path().join("signals.toml"), signals).expect("writable");
    let config = folder.path().join("slipway.toml");
    std::fs::write(&config, "signals = \"signals.toml\"\n").expect("writable");
    config.to_str().expect("text").to_owned()
}

/// Counters and a histogram of two services by the minute, as their client library would have counted; `pay` gets slow at `at`.
fn open_metrics(begin: i64, at: i64, now: i64) -> String {
    const BUCKETS: [(&str, f64, f64); 5] =
        [("0.05", 0.55, 0.15), ("0.1", 0.85, 0.40), ("0.25", 0.97, 0.75), ("1", 0.995, 0.96), ("+Inf", 1.0, 1.0)];
    let (mut requests, mut latencies) = (String::new(), String::new());
    for (seed, service) in [(1, "pay"), (2, "shop")] {
        let mut chance = Chance(seed);
        let mut counted = [0.0; 2];
        let mut bucketed = [0.0; BUCKETS.len()];
        for minute in 0..=(now - begin) / 60 {
            let time = begin + minute * 60;
            let asked = (4_800.0 * (1.0 + 0.1 * chance.normal())).max(100.0).round();
            let failed = (asked * 0.002 * chance.even() * 2.0).round();
            counted[0] += asked - failed;
            counted[1] += failed;
            for (code, total) in [("200", counted[0]), ("500", counted[1])] {
                writeln!(requests, "http_requests_total{{job=\"{service}\",code=\"{code}\"}} {total} {time}")
                    .expect("a string");
            }
            let slow = service == "pay" && time >= at;
            for (place, (le, usual, worse)) in BUCKETS.iter().enumerate() {
                bucketed[place] += (asked * if slow { worse } else { usual }).round();
                let total = bucketed[place];
                writeln!(
                    latencies,
                    "http_request_duration_seconds_bucket{{job=\"{service}\",le=\"{le}\"}} {total} {time}"
                )
                .expect("a string");
            }
            writeln!(latencies, "http_request_duration_seconds_count{{job=\"{service}\"}} {} {time}", bucketed[4])
                .expect("a string");
            writeln!(latencies, "http_request_duration_seconds_sum{{job=\"{service}\"}} {} {time}", bucketed[4] * 0.08)
                .expect("a string");
        }
    }
    format!(
        "# TYPE http_requests counter\n{requests}# TYPE http_request_duration_seconds histogram\n{latencies}# EOF\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prometheus_is_looked_at_and_judged_by() {
    slipway::wiring::install_tls();
    let now = chrono::Utc::now().timestamp() / 60 * 60;
    let at = now - 4 * 3_600;
    let server = match prometheus(&open_metrics(now - HOURS * 3_600, at, now)).await {
        Ok(server) => server,
        Err(missing) => return not_run(&format!("signals of a real Prometheus: {missing}")),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = configured(
        &folder,
        &server.url,
        30,
        "[services.pay]\npresets = [\"red\"]\n[services.shop]\npresets = [\"red\"]\n",
    );
    let looked = runs(&config, &["doctor", "signals"]).await;
    assert_eq!(looked.code, Some(0), "{} {}", looked.out, looked.err);
    assert!(looked.out.contains("All 8 signals answer."), "{}", looked.out);
    let rate = looked.out.lines().find(|line| line.contains("requests_per_second (traffic)")).expect("it is shown");
    let value: f64 = rate
        .split(": ")
        .nth(1)
        .and_then(|rest| rest.split(',').next())
        .and_then(|value| value.parse().ok())
        .expect("a number");
    assert!((60.0..100.0).contains(&value), "{rate}");

    let at = at.to_string();
    let judged = async |service: &str| {
        let ended = runs(&config, &["replay", "--at", &at, "--service", service, "--format", "json"]).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        serde_json::from_str::<Value>(&ended.out).expect("JSON")
    };
    let (pay, shop) = (judged("pay").await, judged("shop").await);
    assert_eq!((&pay["overall"], &shop["overall"]), (&json!("unstable"), &json!("stable")), "{pay:#} {shop:#}");
    let slow = pay["signals"].as_array().expect("a list").iter().filter(|one| one["verdict"] == "much_worse");
    let slow: Vec<&str> = slow.filter_map(|one| one["signal"].as_str()).collect();
    assert_eq!(slow, ["latency_p50", "latency_p95"]);
    let unknown = runs(&config, &["replay", "--at", &at, "--service", "bank"]).await;
    assert!(
        unknown.err.contains("No signal of `bank` is configured; there are those of pay, shop."),
        "{}",
        unknown.err
    );

    let wrong = configured(
        &folder,
        &server.url,
        30,
        "[services.pay.signals.odd]\nquery = 'sum(rate('\n[services.pay.signals.all]\nquery = 'http_requests_total'\n",
    );
    let looked = runs(&wrong, &["doctor", "signals"]).await;
    assert_eq!(looked.code, Some(4));
    assert!(looked.out.contains("odd (other): prometheus refused the request (400: "), "{}", looked.out);
    assert!(looked.out.contains("the query answers 4 series; it should answer one"), "{}", looked.out);
    assert!(looked.out.contains("2 of 2 signals do not answer as they should."), "{}", looked.out);
}

#[derive(Clone, Default)]
struct Odd {
    asked: Arc<Mutex<Vec<(i64, i64, i64)>>>,
    most: Arc<Mutex<(usize, usize)>>,
}

async fn answers(State(odd): State<Odd>, Form(form): Form<HashMap<String, String>>) -> Response {
    let number = |name: &str| form[name].parse::<i64>().expect("whole seconds");
    let (from, until, step) = (number("start"), number("end"), number("step"));
    if (until - from) / step + 1 > 11_000 {
        return (StatusCode::BAD_REQUEST, json!({"status": "error", "errorType": "bad_data", "error": "exceeded maximum resolution of 11,000 points per timeseries"}).to_string()).into_response();
    }
    {
        let mut most = odd.most.lock().expect("nobody panicked");
        most.0 += 1;
        most.1 = most.1.max(most.0);
    }
    odd.asked.lock().expect("nobody panicked").push((from, until, step));
    let answer = match form["query"].as_str() {
        "slow" => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            StatusCode::OK.into_response()
        }
        "down" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        "torn" => "{\"status\":\"success\",\"data\":{".into_response(),
        "crowd" => {
            let series: Vec<Value> =
                (0..10_000).map(|pod| json!({"metric": {"pod": pod.to_string()}, "values": [[until, "1"]]})).collect();
            json!({"status": "success", "data": {"resultType": "matrix", "result": series}}).to_string().into_response()
        }
        _ => {
            let value = |place: i64| match place % 4 {
                0 => "NaN",
                1 => "+Inf",
                _ => "0.25",
            };
            let values: Vec<Value> =
                (0..=(until - from) / step).map(|place| json!([from + place * step, value(place)])).collect();
            tokio::time::sleep(Duration::from_millis(20)).await;
            json!({"status": "success", "warnings": ["a store did not answer"], "data": {"resultType": "matrix", "result": [{"metric": {}, "values": values}]}}).to_string().into_response()
        }
    };
    odd.most.lock().expect("nobody panicked").0 -= 1;
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prometheus_that_misbehaves_costs_its_signals_and_says_why() {
    slipway::wiring::install_tls();
    let odd = Odd::default();
    let app = Router::new().route("/api/v1/query_range", post(answers)).with_state(odd.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signal =
        |name: &str, query: &str| format!("[services.shop.signals.{name}]\nkind = \"other\"\nquery = \"{query}\"\n");
    let names = ["slow", "down", "torn", "crowd"];
    let bad: String = names.iter().map(|name| signal(name, name)).collect();
    let good: String = (0..12).map(|place| signal(&format!("fine_{place}"), "fine")).collect();
    let config = configured(&folder, &url, 2, &format!("{bad}{good}"));
    let looked = runs(&config, &["doctor", "signals"]).await;
    assert_eq!(looked.code, Some(4), "{}", looked.err);
    for part in [
        "✗ slow (other): prometheus did not answer within 2 s",
        "✗ down (other): prometheus failed (503)",
        "✗ torn (other): prometheus answered something unreadable (EOF",
        "✗ crowd (other): prometheus refused: the query answers 10000 series; it should answer one",
        "✓ fine_0 (other): 0.250000, ",
        "it warns: a store did not answer",
        "4 of 16 signals do not answer as they should.",
    ] {
        assert!(looked.out.contains(part), "`{part}` in {}", looked.out);
    }
    assert!(odd.most.lock().expect("nobody panicked").1 <= 4, "never more at once than configured");

    let now = chrono::Utc::now().timestamp();
    let at = (now - 7_200).to_string();
    let judged = runs(&config, &["replay", "--at", &at, "--format", "json"]).await;
    assert_eq!(judged.code, Some(0), "{}", judged.err);
    assert!(judged.err.contains("`slow` of `shop`: prometheus did not answer within 2 s."), "{}", judged.err);
    let told: Value = serde_json::from_str(&judged.out).expect("JSON");
    assert_eq!((&told["overall"], told["signals"].as_array().map(Vec::len)), (&json!("stable"), Some(12)), "{told:#}");
    let asked = odd.asked.lock().expect("nobody panicked").clone();
    assert!(asked.iter().any(|(_, _, step)| *step == 60) && asked.iter().all(|(from, until, _)| from <= until));

    let nowhere = configured(&folder, "http://127.0.0.1:9", 2, &signal("fine", "fine"));
    let looked = runs(&nowhere, &["doctor", "signals"]).await;
    assert!(looked.out.contains("✗ fine (other): prometheus could not be reached"), "{}", looked.out);
    let judged = runs(&nowhere, &["replay", "--at", &at]).await;
    assert_eq!((judged.code, judged.out.as_str()), (Some(5), ""), "{}", judged.err);
    assert!(judged.err.contains("Nothing was measured, so nothing can be judged."), "{}", judged.err);
    let early = runs(&nowhere, &["replay", "--at", "2090-01-01T00:00:00Z"]).await;
    assert!(
        early.err.contains("There is nothing to watch yet: 2090-01-01T00:00:00Z is still to come."),
        "{}",
        early.err
    );
    let none = folder.path().join("none.toml");
    std::fs::write(&none, "").expect("writable");
    let looked = runs(none.to_str().expect("text"), &["doctor", "signals"]).await;
    assert!(looked.err.contains("No `signals` file is configured, so nothing is watched"), "{}", looked.err);
    assert!(Path::new(&config).exists());
}
