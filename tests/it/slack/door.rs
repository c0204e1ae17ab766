//! Events over HTTP: only what Slack signed, only once, and acknowledged only after it is stored.

use super::scene::{PATIENCE, adapter, listen};
use crate::support::ear::Ear;
use crate::support::fakes::slack::FakeSlack;
use crate::support::fakes::slack::deliver::Signed;
use crate::support::fakes::slack::state::{BOT_TOKEN, Validity};
use serde_json::json;
use slipway::adapters::store::memory::MemoryStore;
use slipway::domain::message::What;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio_util::sync::{CancellationToken, DropGuard};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

struct House {
    fake: FakeSlack,
    ear: Arc<Ear>,
    url: String,
    _stop: DropGuard,
}

impl House {
    async fn open() -> Self {
        let fake = FakeSlack::start().await;
        fake.person("kim");
        let slack = adapter(&fake, Arc::new(MemoryStore::new()), |options, _| {
            options.app_token = None;
            options.signing_secrets = vec!["the-secret-to-come".into(), SECRET.into()];
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, ear) = (CancellationToken::new(), Arc::new(Ear::default()));
        let router = slack.router();
        let stopped = stop.clone();
        tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await.expect("it serves");
        });
        listen(&slack, ear.clone(), &stop);
        fake.knobs().http = Some(Signed { url: url.clone(), secret: SECRET.to_owned() });
        tokio::time::sleep(Duration::from_millis(50)).await;
        Self { fake, ear, url, _stop: stop.drop_guard() }
    }

    async fn post(&self, path: &str, time: i64, signature: &str, body: &str) -> (u16, String) {
        let request = reqwest::Client::new()
            .post(format!("{}/slack/{path}", self.url))
            .header("content-type", "application/json")
            .header("x-slack-request-timestamp", time.to_string())
            .header("x-slack-signature", signature)
            .body(body.to_owned());
        let response = request.send().await.expect("it answers");
        (response.status().as_u16(), response.text().await.unwrap_or_default())
    }

    async fn signed(&self, path: &str, time: i64, body: &str) -> (u16, String) {
        self.post(path, time, &Signed::signature(SECRET, time, body), body).await
    }

    async fn waits_for(&self, count: usize) {
        let begun = Instant::now();
        while self.ear.heard().len() < count {
            assert!(begun.elapsed() < PATIENCE, "{:#?}", self.ear.heard());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

fn mention(ts: &str) -> String {
    json!({"type": "event_callback", "event_id": "Ev1", "event": {
        "type": "app_mention", "channel": "C0RELEASES", "user": "U1KIM", "ts": ts, "text": "<@U0SLIPWAY> help",
    }})
    .to_string()
}

#[tokio::test]
async fn commands_mentions_presses_and_forms_arrive_as_over_a_socket() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.says("/release draft payments").await;
    kim.says("@Slipway help").await;
    kim.uses("note.draft.anywhere").await;
    house.waits_for(3).await;
    let heard = house.ear.heard();
    let is = |what: &What| heard.iter().any(|heard| heard.what == *what);
    assert!(is(&What::Command { words: "draft payments".to_owned() }));
    assert!(is(&What::Mention { words: "help".to_owned() }));
    assert_eq!(house.fake.log().statuses.iter().filter(|status| **status != 200).count(), 0);
}

#[tokio::test]
async fn slack_may_ask_whether_the_address_is_ours() {
    let house = House::open().await;
    let body = json!({"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}).to_string();
    assert_eq!(house.signed("events", now(), &body).await, (200, "3eZbrw1a".to_owned()));
    assert_eq!(house.post("events", now(), "v0=00", &body).await.0, 401, "and nobody else may");
}

#[tokio::test]
async fn what_could_not_be_stored_is_not_acknowledged_and_comes_again() {
    let house = House::open().await;
    house.ear.deaf.store(true, Ordering::SeqCst);
    house.fake.knobs().redeliveries = 50;
    house.fake.person("kim").says("@Slipway help").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    house.ear.deaf.store(false, Ordering::SeqCst);
    house.waits_for(1).await;
    house.fake.settled().await;
    assert_eq!(house.ear.heard().len(), 1);
    let statuses = house.fake.log().statuses.clone();
    assert!(statuses.contains(&503) && statuses.last() == Some(&200), "{statuses:?}");
}

#[tokio::test]
async fn forged_old_early_replayed_and_malformed_requests_are_refused() {
    let house = House::open().await;
    let (time, body) = (now(), mention("1800000000.000001"));
    let good = Signed::signature(SECRET, time, &body);
    for (what, time, signature, body) in [
        ("unsigned", time, String::new(), body.clone()),
        ("another secret", time, Signed::signature("guessed", time, &body), body.clone()),
        ("another body", time, good.clone(), body.replace("help", "draft")),
        ("another time", time + 1, good.clone(), body.clone()),
        ("an old one", time - 301, Signed::signature(SECRET, time - 301, &body), body.clone()),
        ("an early one", time + 302, Signed::signature(SECRET, time + 302, &body), body.clone()),
    ] {
        assert_eq!(house.post("events", time, &signature, &body).await.0, 401, "{what}");
    }
    assert_eq!(house.ear.heard(), []);
    assert_eq!(house.post("events", time, &good, &body).await.0, 200);
    assert_eq!(house.post("events", time, &good, &body).await.0, 401, "replayed");
    for (path, body) in [("events", "{"), ("events", ""), ("interactions", "payload=%7B"), ("interactions", "x=1")] {
        assert_eq!(house.signed(path, time, body).await.0, 400, "{path} {body}");
    }
    let large = "x".repeat((1 << 20) + 1);
    assert_eq!(house.signed("events", time, &large).await.0, 413);
    assert_eq!(house.ear.heard().len(), 1);
}

#[tokio::test]
async fn four_hundred_kilobytes_and_events_of_tomorrow_are_acknowledged() {
    let house = House::open().await;
    let long = mention("1800000000.000002").replace("help", &"word ".repeat(80_000));
    assert_eq!(house.signed("events", now(), &long).await.0, 200);
    house.waits_for(1).await;
    for body in [json!({"type": "event_callback", "event": {"type": "agent_dreamt"}}), json!({}), json!([1, 2])] {
        assert_eq!(house.signed("events", now(), &body.to_string()).await.0, 200, "{body}");
    }
    assert_eq!(house.ear.heard().len(), 1);
}

#[tokio::test]
async fn a_repeat_that_slack_signed_anew_is_heard_once() {
    let house = House::open().await;
    let body = mention("1800000000.000003");
    for ago in [2, 1, 0] {
        assert_eq!(house.signed("events", now() - ago, &body).await.0, 200);
    }
    assert_eq!(house.ear.heard().len(), 1);
    assert_eq!(*house.ear.calls.lock().expect("no panic"), 3);
}

#[tokio::test]
async fn with_sockets_there_is_no_door() {
    let fake = FakeSlack::start().await;
    let slack = adapter(&fake, Arc::new(MemoryStore::new()), |_, _| {});
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/slack/events", listener.local_addr().expect("an address"));
    let router = slack.router();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let signature = Signed::signature("", now(), "{}");
    let request = reqwest::Client::new().post(url).header("x-slack-request-timestamp", now().to_string());
    let response = request.header("x-slack-signature", signature).body("{}").send().await.expect("it answers");
    assert_eq!(response.status(), 404);
    serving.abort();
}

#[tokio::test]
async fn without_knowing_who_we_are_nothing_is_acknowledged() {
    let house = House::open().await;
    house.fake.expect_refused("token_revoked");
    let fake = FakeSlack::start().await;
    fake.expect_refused("token_revoked");
    fake.person("kim");
    fake.token_is(BOT_TOKEN, Validity::Revoked);
    let slack = adapter(&fake, Arc::new(MemoryStore::new()), |options, _| {
        options.app_token = None;
        options.signing_secrets = vec![SECRET.into()];
    });
    let (stop, ear) = (CancellationToken::new(), Arc::new(Ear::default()));
    listen(&slack, ear.clone(), &stop);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = slack.router();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let other = House { fake, ear: ear.clone(), url, _stop: stop.drop_guard() };
    assert_eq!(other.signed("events", now(), &mention("1800000000.000004")).await.0, 503);
    other.fake.token_is(BOT_TOKEN, Validity::Live);
    assert_eq!(other.signed("events", now() - 1, &mention("1800000000.000004")).await.0, 200);
    assert_eq!(ear.heard().len(), 1);
    serving.abort();
}
