//! How soon is an event acknowledged when 500 a second arrive for a minute, is any lost, and does memory stay flat?
//!
//! The real program on a store of its own, the fake Slack at the other end of real sockets: messages in a watched channel,
//! and once a second a question that wants an answer. Then one request delivered 10,000 times. Fails when the 99th
//! percentile of the time to acknowledgement reaches 100 ms, when an event is lost, when memory grows by more than the page
//! cache that the store may fill after the first ten seconds, or when the repeated request acts more than once.

#[path = "../it/support/fakes/slack/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod slack;

#[path = "../it/support/seen.rs"]
mod seen;

/// What the fake expects at the name it has in the tests.
mod support {
    pub mod world {
        pub use crate::seen::{Seen, SeenButton};
    }
}

use serde_json::json;
use slack::FakeSlack;
use slipway::records::Records;
use slipway::wiring;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const A_SECOND: usize = 500;
const SECONDS: usize = 60;
const REPEATS: usize = 10_000;
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_millis(100);
/// The store's page cache fills with the rows of what was heard, and no further.
const CACHE_MB: f64 = 64.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let fake = FakeSlack::start().await;
    fake.knobs().limiting = false;
    let mut bot = start(&fake, dir.path());
    fake.waits_for_sockets(4).await;

    let early = flood(&fake, &bot).await;
    fake.settled().await;
    let late = resident_mb(bot.id());
    let mut took: Vec<Duration> = fake.log().acks.iter().filter_map(|ack| ack.took).collect();
    let lost = fake.log().acks.iter().filter(|ack| ack.took.is_none()).count();
    took.sort();
    let of = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let (median, p99, worst) = (of(0.5), of(0.99), of(1.0));
    println!(
        "{} events at {A_SECOND}/s: acknowledged after {median:.1} ms (median), {p99:.1} ms (p99), {worst:.1} ms (worst), {lost} late",
        took.len()
    );
    println!("memory: {early:.0} MB after 10 s, {late:.0} MB at the end");

    let kim = fake.person("kim");
    let mention = json!({
        "type": "app_mention", "user": kim.id, "channel": kim.channel, "ts": "1790000000.000001",
        "text": "<@U0SLIPWAY> draft", "event_ts": "1790000000.000001",
    });
    for chunk in 0..REPEATS / 100 {
        (0..100).for_each(|_| fake.tells(&mention));
        if chunk % 10 == 0 {
            fake.settled().await;
        }
    }
    fake.settled().await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    stop(&mut bot);
    let store = wiring::open_store(&dir.path().join("data")).expect("it was closed well");
    let heard = store.scan("inbox/row/", None, usize::MAX).await.expect("readable").len();
    let records = Records::new(store, wiring::system_clock());
    let waiting = records.inbox.pending(9).await.expect("readable").len();
    let notes = records.notes.list(9, None).await.expect("readable").len();
    println!("{heard} events in the store, {waiting} unhandled; a request delivered {REPEATS} times made {notes} note");

    assert_eq!(lost, 0, "every event is acknowledged in time");
    assert_eq!(heard, A_SECOND * SECONDS + 1, "none is lost, and none is there twice");
    assert_eq!((waiting, notes), (0, 1));
    assert!(p99 < ACKNOWLEDGED_WITHIN.as_secs_f64() * 1e3, "p99 is {p99:.1} ms");
    assert!(late < early + CACHE_MB, "memory grew from {early:.0} to {late:.0} MB");
}

/// Sends at an even pace, whatever the answers take. Returns the bot's memory after ten seconds.
async fn flood(fake: &FakeSlack, bot: &Child) -> f64 {
    let kim = fake.person("kim");
    let begun = Instant::now();
    let mut early = 0.0;
    for number in 0..A_SECOND * SECONDS {
        let due = begun + Duration::from_secs_f64(number as f64 / A_SECOND as f64);
        tokio::time::sleep_until(due.into()).await;
        let ts = format!("{}.{:06}", 1_780_000_000 + number / A_SECOND, number % A_SECOND);
        let asks = number % A_SECOND == 0;
        let (kind, text) =
            if asks { ("app_mention", "<@U0SLIPWAY> notes") } else { ("message", "still seeing timeouts in checkout") };
        fake.tells(&json!({
            "type": kind, "user": kim.id, "channel": kim.channel, "channel_type": "channel", "ts": ts, "text": text,
            "event_ts": ts,
        }));
        if number == A_SECOND * 10 {
            early = resident_mb(bot.id());
        }
    }
    early
}

fn start(fake: &FakeSlack, dir: &Path) -> Child {
    let file = |name: &str, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, text).expect("writable");
        path
    };
    file("bot-token", fake.bot_token());
    file("app-token", fake.app_token());
    let config = file(
        "slipway.toml",
        &format!(
            "[web]\naddress = \"127.0.0.1:0\"\n[slack]\nbot_token_file = \"bot-token\"\napp_token_file = \"app-token\"\napi_url = \"{}\"\nwatched = [\"C0RELEASES\"]\n",
            fake.api_url()
        ),
    );
    Command::new(env!("CARGO_BIN_EXE_slipway"))
        .arg("--config")
        .arg(config)
        .arg("--data-dir")
        .arg(dir.join("data"))
        .args(["run", "--repo", env!("CARGO_MANIFEST_DIR")])
        .env("RUST_LOG", "warn")
        .stderr(Stdio::inherit())
        .spawn()
        .expect("it starts")
}

fn stop(bot: &mut Child) {
    let told = Command::new("kill").arg(bot.id().to_string()).status().expect("kill is there");
    assert!(told.success());
    assert!(bot.wait().expect("it ends").success(), "it stops well");
}

fn resident_mb(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a Linux machine");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1e3
}
