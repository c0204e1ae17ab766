//! `slipway replay`, as a pipeline calls it.

use crate::support::process::slipway;
use crate::support::simulated::{BEGIN, DAY, HOUR, service};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

const AT: i64 = BEGIN + 2 * DAY + 10 * HOUR;
const SINCE: i64 = 2 * DAY + 10 * HOUR;

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn runs(words: &[&str]) -> Ended {
    let output = slipway(words).output().await.expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn table(folder: &TempDir, effect: impl Fn(&str, &str, i64) -> f64) -> String {
    let mut text = "timestamp,service,signal,value\n".to_owned();
    for (seed, name) in [(81, "shop"), (82, "pay")] {
        for one in service(name, seed, 300, 4, |signal, time| effect(name, signal, time)) {
            for (time, value) in &one.samples {
                writeln!(text, "{time},{name},{},{value}", one.signal).expect("a string takes it");
            }
        }
    }
    file(folder, "series.csv", &text)
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("writable");
    path.to_str().expect("text").to_owned()
}

fn state<'a>(told: &'a Value, service: &str) -> &'a Value {
    let found = told["services"].as_array().and_then(|all| all.iter().find(|one| one["service"] == service));
    &found.unwrap_or_else(|| panic!("{told:#}"))["state"]
}

#[tokio::test]
async fn a_change_that_went_wrong_is_told_with_its_numbers_and_one_that_did_not_is_told_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let graph = file(&folder, "graph.csv", "caller,callee\nshop,pay\n");
    let (at, until) = (AT.to_string(), (AT + 4 * HOUR).to_string());
    let fine = table(&folder, |_, _, _| 1.0);
    let words = ["replay", "--series", &fine, "--at", &at, "--until", &until, "--graph", &graph, "--format", "json"];
    let ended = runs(&words).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let told: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((&told["overall"], &told["first_alarm_at"]), (&"stable".into(), &Value::Null), "{told:#}");
    assert_eq!(told["suspects"], serde_json::json!([]));

    let slow = |service: &str, signal: &str, time| {
        if service == "pay" && signal.starts_with("latency") && time >= SINCE { 2.5 } else { 1.0 }
    };
    let wrong = table(&folder, slow);
    let words = ["replay", "--series", &wrong, "--at", &at, "--until", &until, "--graph", &graph, "--format", "json"];
    let told: Value = serde_json::from_str(&runs(&words).await.out).expect("JSON");
    assert_eq!(told["overall"], "unstable", "{told:#}");
    assert_eq!((state(&told, "pay"), state(&told, "shop")), (&"unstable".into(), &"stable".into()));
    assert_eq!(told["suspects"][0]["service"], "pay");
    let alarm =
        told["first_alarm_at"].as_str().expect("a time").parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
    assert!((1..=1_800).contains(&(alarm.timestamp() - AT)), "{alarm}");
    let checkpoints: Vec<&str> =
        told["checkpoints"].as_array().expect("a list").iter().filter_map(|one| one["checkpoint"].as_str()).collect();
    assert_eq!(checkpoints, ["+10m", "+30m", "+1h", "+2h", "+4h"]);
    let p95 = told["signals"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["service"] == "pay" && one["signal"] == "latency_p95");
    let p95 = p95.expect("it was judged");
    assert_eq!((&p95["verdict"], &p95["kind"]), (&"much_worse".into(), &"latency".into()), "{p95:#}");
    assert!(p95["ratio"].as_f64().is_some_and(|ratio| (1.8..3.5).contains(&ratio)), "{p95:#}");
    assert!(p95["measured"].as_f64() > p95["high"].as_f64() && p95["rule"].is_string(), "{p95:#}");

    let text = runs(&["replay", "--series", &wrong, "--at", &at, "--until", &until, "--graph", &graph]).await.out;
    assert!(text.contains(": unstable (8 signals of 2 services, looked at until +4h)"), "{text}");
    assert!(
        text.contains("pay: its latency got worse right with the change; nothing that it calls got worse"),
        "{text}"
    );
}

/// The same measurements in the text format of OpenMetrics come to the same.
#[tokio::test]
async fn a_file_of_open_metrics_is_judged_as_a_table_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let slow = |service: &str, signal: &str, time| {
        if service == "pay" && signal.starts_with("latency") && time >= SINCE { 2.5 } else { 1.0 }
    };
    let rows = table(&folder, slow);
    let text = std::fs::read_to_string(&rows).expect("readable");
    let samples = text.lines().skip(1).map(|row| {
        let [time, service, signal, value] = row.split(',').collect::<Vec<_>>()[..] else { panic!("{row}") };
        format!("{signal}{{job=\"{service}\"}} {value} {time}\n")
    });
    let samples = format!("# TYPE latency_p95 gauge\n{}# EOF\n", samples.collect::<String>());
    let open = file(&folder, "series.txt", &samples);
    let (at, until) = (AT.to_string(), (AT + 4 * HOUR).to_string());
    let told = async |path: &str| {
        let ended = runs(&["replay", "--series", path, "--at", &at, "--until", &until, "--format", "json"]).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        serde_json::from_str::<Value>(&ended.out).expect("JSON")
    };
    let (table, open) = (told(&rows).await, told(&open).await);
    assert_eq!((&table["overall"], &table["judged_signals"]), (&"unstable".into(), &8.into()));
    assert_eq!(table, open);
}

/// What comes after a moment cannot change what was said of it.
#[tokio::test]
async fn it_does_not_look_ahead() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (at, until) = (AT.to_string(), (AT + 2 * HOUR).to_string());
    let slow = |time: i64, later: f64| match time {
        time if time >= SINCE + 2 * HOUR => later,
        time if time >= SINCE => 2.5,
        _ => 1.0,
    };
    let mut answers = Vec::new();
    for later in [1.0, 40.0] {
        let series =
            table(&folder, |_, signal, time| if signal.starts_with("latency") { slow(time, later) } else { 1.0 });
        answers
            .push(runs(&["replay", "--series", &series, "--at", &at, "--until", &until, "--format", "json"]).await.out);
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("\"overall\": \"unstable\""));
}

#[tokio::test]
async fn bad_input_is_answered_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let series = table(&folder, |_, _, _| 1.0);
    let at = AT.to_string();
    let refused = async |words: &[&str], code: i32, sentence: &str| {
        let ended = runs(words).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(code), ""), "{}", ended.err);
        assert!(ended.err.contains(sentence), "{}", ended.err);
    };
    refused(&["replay", "--series", "/nowhere.csv", "--at", &at], 3, "`/nowhere.csv` cannot be read: ").await;
    refused(
        &["replay", "--series", &series, "--at", "soon"],
        2,
        "`--at soon` is no time. Write `2026-11-25T10:00:00Z`",
    )
    .await;
    refused(&["replay", "--series", &series, "--at", &at, "--kind", "x=speed"], 2, "`--kind x=speed` says no kind.")
        .await;
    let late = (AT + 30 * DAY).to_string();
    refused(
        &["replay", "--series", &series, "--at", &late],
        2,
        "There is nothing to watch: the watch would end at 2026-11-06T",
    )
    .await;
    let odd = file(&folder, "odd.csv", "when,what\n1,2\n");
    refused(
        &["replay", "--series", &odd, "--at", &at],
        3,
        "odd.csv` cannot be used: it has no column `timestamp`; it has when, what.",
    )
    .await;
    let graph = file(&folder, "graph.csv", "a,b,c\nd,e,f\n");
    refused(
        &["replay", "--series", &series, "--at", &at, "--graph", &graph],
        3,
        "neither a list of `caller,callee` nor",
    )
    .await;

    // Of a service born with the change nothing can be said, and that is not stable.
    let born = std::fs::read_to_string(&series).expect("readable");
    let is_later = |line: &&str| {
        line.split(',').next().is_some_and(|time| time.parse().is_ok_and(|time: i64| time >= AT) || time == "timestamp")
    };
    let born = file(&folder, "born.csv", &born.lines().filter(is_later).collect::<Vec<_>>().join("\n"));
    let ended = runs(&["replay", "--series", &born, "--at", &at, "--format", "json"]).await;
    let told: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((&told["overall"], &told["now"]), (&"not_enough_data".into(), &"not_enough_data".into()), "{told:#}");

    let torn = file(
        &folder,
        "torn.csv",
        &format!("{}soon,shop,error_ratio,1\n", std::fs::read_to_string(&series).expect("readable")),
    );
    let ended = runs(&["replay", "--series", &torn, "--at", &at, "--until", &(AT + HOUR).to_string()]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("1 row of") && ended.err.contains("`soon` is no time"), "{}", ended.err);
    assert!(Path::new(&torn).exists());
}
