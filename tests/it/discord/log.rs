//! Is a secret ever written into the log? With everything switched on that there is.

use super::house::House;
use slipway::domain::message::Message;
use slipway::ports::chat::Chat;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::prelude::*;

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

/// Everything that can happen with a token: calls, a session, a resume, answers to interactions, refusals.
async fn a_day_on_discord() -> (String, Vec<String>) {
    let house = House::open().await;
    let (token, kim) = (house.fake.token(), house.fake.person("kim"));
    kim.says("/release help").await;
    let heard = house.hears(1).await.remove(0);
    let key = format!("help/{}", heard.id);
    house.patient().whisper(&heard.place, &heard.person, &key, &Message::text("All commands")).await.expect("said");
    house.fake.passes(std::time::Duration::from_secs(1_200));
    house.patient().whisper(&heard.place, &heard.person, "k", &Message::text("Late")).await.expect("said");
    house.patient().post(&house.place("releases"), "k", &Message::text("x")).await.expect("posted");
    house.discord.post(&house.place("releases").in_thread("5"), "n", &Message::text("x")).await.expect_err("nowhere");
    house.fake.cut();
    kim.writes("@Slipway hello");
    house.hears(2).await;
    house.fake.state().token = "changed".to_owned();
    house.discord.check().await;
    let interactions = house.fake.state().interactions.values().map(|one| one.token.clone()).collect();
    house.fake.take_refused();
    house.closes().await;
    (token, interactions)
}

#[tokio::test]
async fn the_bot_s_token_is_in_no_log_whatever_is_switched_on() {
    let kept = Kept::default();
    let writer = kept.clone();
    let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).with_ansi(false);
    let guard = tracing_subscriber::registry().with(layer).set_default();
    let (token, interactions) = a_day_on_discord().await;
    drop(guard);
    let log = String::from_utf8_lossy(&kept.0.lock().expect("no panic")).into_owned();
    assert!(log.contains("connected to Discord") && log.contains("serenity"), "the log was listened to");
    let secret = token.rsplit('.').next().expect("a last part");
    // The fake's end of the wire is in this process too, and its client logs what it receives.
    let sent = log.lines().filter(|line| !line.contains("tungstenite::protocol: Received message"));
    let told: Vec<&str> = sent.filter(|line| line.contains(secret)).collect();
    assert_eq!(told, [] as [&str; 0], "the token is in the log");
    // Interactions' tokens live for fifteen minutes. serenity and its sockets write them, and are switched off
    // in `cli/log.rs`; nobody else does.
    let quiet = |line: &&str| !line.contains("serenity") && !line.contains("tungstenite");
    let ours = log.lines().filter(quiet);
    let told: Vec<&str> = ours.filter(|line| interactions.iter().any(|token| line.contains(token))).collect();
    assert_eq!(told, [] as [&str; 0]);
}
