//! What comes twice acts once, and what may have been said is looked for before it is said again.

use super::scene::{PATIENCE, Patient, Scene, adapter, unlimited};
use crate::support::fakes::slack::{FakeSlack, Manner};
use slipway::adapters::store::memory::MemoryStore;
use slipway::domain::message::{Block, Message};
use slipway::domain::trouble::Fault;
use slipway::ports::chat::Chat;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[tokio::test]
async fn an_event_on_both_connections_is_heard_once() {
    let scene = Scene::open().await;
    scene.fake.knobs().on_every_socket = true;
    let kim = scene.fake.person("kim");
    kim.says("@Slipway help").await;
    kim.says("/release help").await;
    scene.heard_in_all(2).await;
    assert!(*scene.ear.calls.lock().expect("no panic") > 2, "they did come more than once");
}

#[tokio::test]
async fn what_could_not_be_stored_is_not_acknowledged_and_comes_again() {
    let scene = Scene::open().await;
    scene.fake.knobs().acknowledge = Duration::from_millis(200);
    scene.ear.deaf.store(true, Ordering::SeqCst);
    let kim = scene.fake.person("kim");
    kim.says("@Slipway help").await;
    let shown = kim.tries_to_say("/release help").await.expect_err("nobody took it");
    assert!(shown.contains("did not respond"), "{shown}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.ear.deaf.store(false, Ordering::SeqCst);
    scene.heard_in_all(1).await;
    let log = scene.fake.log();
    let again = log.acks.iter().filter(|ack| ack.took.is_some()).map(|ack| ack.attempt).max();
    assert!(again > Some(0), "it was a repeat that was taken: {:?}", log.acks);
}

#[tokio::test]
async fn a_repeat_of_what_was_taken_and_whose_acknowledgement_was_lost_is_heard_once() {
    let scene = Scene::open().await;
    {
        let mut knobs = scene.fake.knobs();
        knobs.acks_get_lost = true;
        knobs.acknowledge = Duration::from_millis(100);
    }
    let kim = scene.fake.person("kim");
    kim.says("@Slipway help").await;
    scene.heard_in_all(1).await;
    let attempts = scene.fake.log().acks.iter().map(|ack| ack.attempt).max();
    assert_eq!(attempts, Some(3), "Slack sent it four times");
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_and_not_repeated() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let begun = chrono::Utc::now();
    scene.fake.next("chat.postMessage", Manner::DoneAndLost);
    let lost = scene.slack.post(&scene.releases(), "note/7/card", &Message::text("Drafting")).await;
    assert!(matches!(lost, Err(Fault::Unreachable(_))), "{lost:?}");
    let found = scene.slack.find(&scene.releases(), "note/7/card", begun).await.expect("looked for").expect("there");
    let edited = scene.slack.edit(&scene.releases(), "note/7/card", &found, &Message::text("The note")).await;
    assert_eq!(edited, Ok(found));
    let seen: Vec<String> = kim.sees(None).await.into_iter().map(|message| message.text).collect();
    assert_eq!(seen, ["The note"]);
    assert_eq!(scene.slack.find(&scene.releases(), "note/7", begun).await, Ok(None), "another key is another message");
}

#[tokio::test]
async fn it_is_found_among_many_pages_of_a_history_and_by_another_process() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let begun = chrono::Utc::now();
    scene.fake.next("chat.postMessage", Manner::DoneAndLost);
    scene.slack.post(&scene.releases(), "k", &Message::text("Once")).await.expect_err("lost");
    for _ in 0..25 {
        kim.says("people go on talking").await;
    }
    scene.fake.knobs().page = 5;
    let other = adapter(&scene.fake, Arc::new(MemoryStore::new()), |_, _| {});
    let found = other.find(&scene.releases(), "k", begun).await.expect("looked for");
    assert_eq!(found, Some(kim.sees(None).await[0].id.clone()));
}

#[tokio::test]
async fn a_long_message_goes_on_where_it_was_interrupted() {
    let scene = Scene::open().await;
    // Two processes have two books of what they asked; Slack has one.
    scene.fake.expect_refused("ratelimited");
    let kim = scene.fake.person("kim");
    let lines: Vec<String> = (0..1_500).map(|line| format!("Line number {line} says something.")).collect();
    let long = Message::text(lines.join("\n"));
    let busy = scene.slack.post(&scene.releases(), "k", &long).await;
    assert!(matches!(busy, Err(Fault::Busy { retry_after: Some(_) })), "more than a burst: {busy:?}");
    let there = kim.sees(None).await.len();
    assert!(there > 0, "some of it stands there");
    // Another process, with the same store or without, comes back with the newest wording.
    let newer = Message { blocks: [vec![Block::Heading { text: "Newer".to_owned() }], long.blocks].concat() };
    let other = adapter(&scene.fake, scene.store.clone(), |_, _| {});
    let id = Patient(other).post(&scene.releases(), "k", &newer).await.expect("posted");
    let seen = kim.sees(None).await;
    assert_eq!(id.split('+').count(), seen.len(), "nothing stands there twice");
    assert!(seen[0].text.starts_with("Newer") && seen.len() > there);
    let all: String = seen.iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join(" ");
    assert_eq!(all.matches("Line number 700 says").count(), 1);
    assert!(all.contains("Line number 1499 says"));
}

#[tokio::test]
async fn a_page_added_just_before_a_crash_is_not_added_again() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let patient = Patient(scene.slack.clone());
    let id = patient.post(&scene.releases(), "k", &Message::text("Short")).await.expect("posted");
    let lines: Vec<String> = (0..500).map(|line| format!("Line number {line} says something.")).collect();
    let long = Message::text(lines.join("\n"));
    scene.fake.next("chat.postMessage", Manner::DoneAndLost);
    scene.slack.edit(&scene.releases(), "k", &id, &long).await.expect_err("lost");
    let stood = kim.sees(None).await.len();
    assert_eq!(stood, 2);
    let grown = patient.edit(&scene.releases(), "k", &id, &long).await.expect("edited");
    assert_eq!(grown.split('+').count(), kim.sees(None).await.len());
    assert_eq!(kim.sees(None).await.len(), 2);
}

#[tokio::test]
async fn an_edit_to_the_same_wording_asks_nothing_of_slack() {
    let scene = Scene::open().await;
    let id = scene.slack.post(&scene.releases(), "k", &Message::text("One")).await.expect("posted");
    for _ in 0..5 {
        scene.slack.edit(&scene.releases(), "k", &id, &Message::text("Two")).await.expect("edited");
    }
    assert_eq!(scene.fake.calls("chat.update").len(), 1);
}

#[tokio::test]
async fn slack_that_never_answers_is_given_up_in_time() {
    let fake = FakeSlack::start().await;
    let scene = Scene::with(fake, |_, pace| {
        pace.patience = Duration::from_millis(300);
        pace.allowances = unlimited();
    })
    .await;
    scene.fake.next("chat.postMessage", Manner::Silent);
    let begun = std::time::Instant::now();
    let answer = scene.slack.post(&scene.releases(), "k", &Message::text("x")).await;
    assert_eq!(answer, Err(Fault::TimedOut(Duration::from_millis(300))));
    assert!(begun.elapsed() < PATIENCE);
    for (manner, passing) in [(Manner::Http(502), true), (Manner::Http(500), true), (Manner::Garbage, false)] {
        scene.fake.next("chat.postMessage", manner.clone());
        let fault = scene.slack.post(&scene.releases(), "k", &Message::text("x")).await.expect_err("it failed");
        assert_eq!(fault.is_passing(), passing, "{manner:?}: {fault}");
    }
}
