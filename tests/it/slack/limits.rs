//! Slack's limits are kept, and where Slack says to wait nobody comes back early.

use super::scene::{Patient, Scene, place};
use crate::support::fakes::slack::Manner;
use crate::support::fakes::slack::state::Sort;
use slipway::domain::message::{Attachment, Block, Message, Step, StepState};
use slipway::domain::trouble::Fault;
use slipway::ports::chat::Chat;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_busy_channel_is_posted_to_at_its_pace_and_holds_up_no_other() {
    let scene = Scene::open().await;
    scene.fake.world().add_channel("quiet", Sort::Public, true);
    let patient = Patient(scene.slack.clone());
    let begun = Instant::now();
    for at in 0..8 {
        patient.post(&scene.releases(), &format!("k{at}"), &Message::text("x")).await.expect("posted");
    }
    assert!(begun.elapsed() > Duration::from_millis(4_500), "{:?}", begun.elapsed());
    let busy = scene.slack.post(&scene.releases(), "k9", &Message::text("x")).await;
    let Err(Fault::Busy { retry_after: Some(wait) }) = busy else { panic!("{busy:?}") };
    assert!(wait <= Duration::from_secs(1), "{wait:?}");
    scene.slack.post(&place("C0QUIET"), "k", &Message::text("x")).await.expect("posted at once");
}

#[tokio::test]
async fn a_message_that_changes_all_the_time_is_edited_now_and_then() {
    let scene = Scene::open().await;
    let id = scene.slack.post(&scene.releases(), "k", &Message::text("0")).await.expect("posted");
    let (begun, mut edits, mut waits) = (Instant::now(), 0, 0);
    while begun.elapsed() < Duration::from_secs(4) {
        match scene.slack.edit(&scene.releases(), "k", &id, &Message::text(format!("{edits}-{waits}"))).await {
            Ok(_) => edits += 1,
            Err(Fault::Busy { retry_after: Some(_) }) => waits += 1,
            Err(fault) => panic!("{fault}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!((3..=4).contains(&edits) && waits > 30, "{edits} edits, {waits} times told to wait");
}

#[tokio::test]
async fn while_slack_says_to_wait_it_is_not_asked() {
    let scene = Scene::open().await;
    scene.fake.next("chat.postMessage", Manner::Busy(2));
    let begun = Instant::now();
    let busy = scene.slack.post(&scene.releases(), "k", &Message::text("x")).await;
    assert_eq!(busy, Err(Fault::Busy { retry_after: Some(Duration::from_secs(2)) }));
    for _ in 0..20 {
        let still = scene.slack.post(&scene.releases(), "k", &Message::text("x")).await;
        assert!(matches!(still, Err(Fault::Busy { .. })), "{still:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Patient(scene.slack.clone()).post(&scene.releases(), "k", &Message::text("x")).await.expect("posted");
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(scene.fake.log().early, 0);
    assert_eq!(scene.fake.calls("chat.postMessage").len(), 2);
}

#[tokio::test]
async fn a_message_that_waits_for_its_turn_is_not_looked_for_and_one_in_doubt_is() {
    let scene = Scene::open().await;
    let since = chrono::Utc::now();
    for at in 0..3 {
        scene.slack.post(&scene.releases(), &format!("k{at}"), &Message::text("x")).await.expect("posted");
    }
    scene.slack.post(&scene.releases(), "waits", &Message::text("x")).await.expect_err("busy");
    let looked = scene.fake.calls("conversations.history").len();
    assert_eq!(scene.slack.find(&scene.releases(), "waits", since).await, Ok(None));
    assert_eq!(scene.fake.calls("conversations.history").len(), looked, "nothing of it was sent");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    scene.fake.next("chat.postMessage", Manner::DoneAndLost);
    scene.slack.post(&scene.releases(), "waits", &Message::text("x")).await.expect_err("lost");
    scene.slack.post(&scene.releases(), "other", &Message::text("x")).await.expect_err("busy");
    assert!(scene.slack.find(&scene.releases(), "waits", since).await.expect("looked for").is_some());
}

#[tokio::test]
async fn a_running_step_is_shown_as_the_threads_status_until_it_is_done() {
    let scene = Scene::open().await;
    let root = scene.slack.post(&scene.releases(), "root", &Message::text("Root")).await.expect("posted");
    let thread = scene.releases().in_thread(&root);
    let steps = |state| {
        Message::default().with(Block::Progress { steps: vec![Step { text: "Read 12 commits".to_owned(), state }] })
    };
    let patient = Patient(scene.slack.clone());
    let id = patient.post(&thread, "k", &steps(StepState::Running)).await.expect("posted");
    patient.edit(&thread, "k", &id, &steps(StepState::Done)).await.expect("edited");
    let told: Vec<String> = scene.fake.world().statuses.iter().map(|(.., status)| status.clone()).collect();
    assert_eq!(told, ["Read 12 commits", ""]);

    scene.fake.always("assistant.threads.setStatus", Manner::Error("not_supported_here"));
    for at in 0..2 {
        let key = format!("other{at}");
        patient.post(&thread, &key, &steps(StepState::Running)).await.expect("the message stands all the same");
    }
    assert_eq!(scene.fake.calls("assistant.threads.setStatus").len(), 3, "it is not asked again");
}

#[tokio::test]
async fn everything_a_message_can_hold_is_within_what_slack_takes() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let file = |name: &str, media_type: &str| Attachment {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        alt: format!("What {name} shows"),
        bytes: vec![7; 2_000],
    };
    let message = Message::default()
        .with(Block::Heading { text: "h".repeat(400) })
        .with(Block::Text { markdown: format!("{} <!channel> @here <@U1KIM> **bold**", "word ".repeat(1_500)) })
        .with(Block::Fields { fields: (0..23).map(|n| (format!("name {n}"), "value ".repeat(90))).collect() })
        .with(Block::Code { language: "rust".to_owned(), text: "fn main() { let x = a < b && c > d; }\n".repeat(120) })
        .with(Block::Details { summary: "More".to_owned(), markdown: "- item\n".repeat(300) })
        .with(Block::Image { attachment: file("chart.png", "image/png") })
        .with(Block::File { attachment: file("note.md", "text/markdown") })
        .with(Block::Footnote { markdown: "small ".repeat(800) });
    let id = Patient(scene.slack.clone()).post(&scene.releases(), "k", &message).await.expect("posted");
    assert!(id.split('+').count() > 1);
    assert_eq!(scene.fake.world().pings, [], "nobody is pinged");
    let root = id.split('+').next().expect("a head");
    let files: Vec<String> = kim.sees(Some(root)).await.into_iter().map(|message| message.text).collect();
    assert_eq!(files, ["What chart.png shows (chart.png)", "What note.md shows (note.md)"]);
    let world = scene.fake.world();
    let chart = world.files.values().find(|file| file.name == "chart.png").expect("uploaded");
    assert_eq!(chart.alt.as_deref(), Some("What chart.png shows"), "who cannot see it is told");
    assert_eq!(chart.bytes.as_deref(), Some(vec![7; 2_000].as_slice()));
}

#[tokio::test]
async fn a_file_is_sent_once_however_often_its_message_is_edited() {
    let scene = Scene::open().await;
    let patient = Patient(scene.slack.clone());
    let file = Attachment {
        name: "note.md".to_owned(),
        media_type: "text/markdown".to_owned(),
        alt: String::new(),
        bytes: b"# The note".to_vec(),
    };
    let message = |text: &str| Message::text(text).with(Block::File { attachment: file.clone() });
    scene.fake.next("files.completeUploadExternal", Manner::DoneAndLost);
    scene.slack.post(&scene.releases(), "k", &message("One")).await.expect_err("the answer was lost");
    let id = patient.post(&scene.releases(), "k", &message("One")).await.expect("posted");
    patient.edit(&scene.releases(), "k", &id, &message("Two")).await.expect("edited");
    let kim = scene.fake.person("kim");
    assert_eq!(kim.sees(Some(&id)).await.len(), 1, "one file stands in the thread");
    assert_eq!(kim.sees(None).await.len(), 1);
}
