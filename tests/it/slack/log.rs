//! No token and no address that is a permission stands in the log, however much is logged.

use super::scene::{Scene, adapter, listen};
use crate::support::ear::Ear;
use crate::support::fakes::slack::{FakeSlack, Manner};
use slipway::adapters::chat::slack::QUIET;
use slipway::domain::message::Message;
use slipway::domain::person::Person;
use slipway::ports::chat::Chat;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that happens on this thread, which is where a test's tasks run, at the most talkative level.
fn everything(kept: &Kept) -> tracing::subscriber::DefaultGuard {
    let filter = EnvFilter::new(format!("trace,{QUIET}"));
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(kept.clone()).with_ansi(false).finish();
    tracing::subscriber::set_default(subscriber)
}

#[test]
fn the_program_filters_what_the_adapter_asks_it_to() {
    let program = include_str!("../../../src/cli/log.rs");
    for quiet in QUIET.split(',') {
        assert!(program.contains(quiet), "{quiet} is missing");
    }
}

#[tokio::test]
async fn planted_tokens_tickets_and_addresses_are_not_in_the_log() {
    let kept = Kept::default();
    let logging = everything(&kept);
    let scene = Scene::open().await;
    for error in ["token_revoked", "missing_scope"] {
        scene.fake.expect_refused(error);
    }
    let kim = scene.fake.person("kim");
    let person = Person { platform: "slack".to_owned(), id: kim.id.clone(), name: kim.name() };
    kim.says("/release help").await;
    scene.heard_in_all(1).await;
    scene.slack.whisper(&scene.releases(), &person, "k", &Message::text("Here")).await.expect("told");
    scene.fake.next("chat.postMessage", Manner::Error("token_revoked"));
    scene.slack.post(&scene.releases(), "k", &Message::text("x")).await.expect_err("refused");
    scene.fake.next("chat.postMessage", Manner::DoneAndLost);
    scene.slack.post(&scene.releases(), "k", &Message::text("x")).await.expect_err("lost");
    scene.fake.cuts();
    scene.fake.disconnects("warning", std::time::Duration::from_millis(50)).await;
    scene.slack.check().await;
    // A server that is not there, and tokens that are refused.
    let nowhere = adapter(&FakeSlack::start().await, scene.store.clone(), |options, _| {
        options.api_url = Some("http://127.0.0.1:1/api".to_owned());
    });
    let stop = CancellationToken::new();
    let running = listen(&nowhere, Arc::new(Ear::default()), &stop);
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    stop.cancel();
    running.await.expect("no panic").expect("a clean end");
    drop(logging);
    let log = String::from_utf8_lossy(&kept.0.lock().expect("no panic")).into_owned();
    assert!(log.contains("connected to Slack") && log.lines().count() > 20, "the log was kept: {log}");
    let planted: Vec<&str> = log.lines().filter(|line| line.contains("planted")).collect();
    assert_eq!(planted, Vec::<&str>::new());
    for secret in [scene.fake.bot_token(), scene.fake.app_token()] {
        assert!(!log.contains(secret));
    }
}
