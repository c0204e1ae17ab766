//! What one person alone is told: in the channel where they are, after a restart, where the bot may not write, and always.

use super::scene::{Patient, Scene, adapter, place};
use crate::support::fakes::slack::Person;
use crate::support::fakes::slack::state::Sort;
use slipway::domain::message::Message;
use slipway::domain::person::Person as Somebody;
use slipway::ports::chat::Chat;
use std::sync::Arc;
use std::time::Duration;

fn somebody(person: &Person) -> Somebody {
    Somebody { platform: "slack".to_owned(), id: person.id.clone(), name: person.name() }
}

fn hint(text: &str) -> Message {
    Message::text(text)
}

#[tokio::test]
async fn after_a_command_it_comes_by_the_address_that_came_with_it_even_where_we_are_no_member() {
    let scene = Scene::open().await;
    scene.fake.world().add_channel("strangers", Sort::Public, false);
    let kim = scene.fake.person("kim").looks_at("strangers");
    kim.says("/release help").await;
    scene.heard_in_all(1).await;
    for at in 0..5 {
        scene
            .slack
            .whisper(&place(&kim.channel), &somebody(&kim), &format!("k{at}"), &hint("Here"))
            .await
            .expect("told");
    }
    let seen = kim.sees(None).await;
    assert_eq!(seen.iter().filter(|message| message.whisper && message.text == "Here").count(), 5);
    assert_eq!(scene.fake.calls("chat.postEphemeral").len(), 0);

    // The sixth time the address is used up, and the channel is closed to us.
    scene.fake.expect_refused("not_in_channel");
    scene.slack.whisper(&place(&kim.channel), &somebody(&kim), "k5", &hint("There")).await.expect("told");
    assert_eq!(kim.in_direct_messages().sees(None).await[0].text, "There");
    assert_eq!(scene.fake.calls("response_url").len(), 5, "it was not tried a sixth time");
}

#[tokio::test]
async fn the_address_outlives_a_restart_and_not_half_an_hour() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    kim.says("/release help").await;
    scene.heard_in_all(1).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let restarted = adapter(&scene.fake, scene.store.clone(), |_, _| {});
    restarted.whisper(&scene.releases(), &somebody(&kim), "k", &hint("Here")).await.expect("told");
    assert_eq!(scene.fake.calls("response_url").len(), 1);

    scene.fake.expect_refused("expired_url");
    scene.fake.world().ahead = Duration::from_secs(31 * 60);
    restarted.whisper(&scene.releases(), &somebody(&kim), "later", &hint("Later")).await.expect("told");
    assert_eq!(scene.fake.calls("chat.postEphemeral").len(), 1);
    assert!(kim.hears("Later").await.whisper);
}

#[tokio::test]
async fn without_an_address_it_is_shown_in_the_channel_or_in_its_thread_to_them_alone() {
    let scene = Scene::open().await;
    let (kim, lee) = (scene.fake.person("kim"), scene.fake.person("lee"));
    let root = lee.says("we ship at noon").await;
    scene.slack.whisper(&scene.releases(), &somebody(&kim), "a", &hint("In the channel")).await.expect("told");
    let thread = scene.releases().in_thread(&root);
    scene.slack.whisper(&thread, &somebody(&kim), "b", &hint("In the thread")).await.expect("told");
    assert!(kim.hears("In the channel").await.whisper);
    assert_eq!(kim.sees(Some(&root)).await[0].text, "In the thread");
    assert_eq!(lee.sees(None).await.len(), 1);
    assert_eq!(lee.sees(Some(&root)).await.len(), 0);
}

#[tokio::test]
async fn nobody_stays_without_an_answer_where_the_channel_is_closed() {
    let scene = Scene::open().await;
    for error in ["not_in_channel", "is_archived", "user_not_in_channel", "channel_not_found"] {
        scene.fake.expect_refused(error);
    }
    scene.fake.world().add_channel("strangers", Sort::Public, false);
    scene.fake.world().add_channel("old", Sort::Public, true);
    scene.fake.world().channel_mut("C0OLD").archived = true;
    scene.fake.world().add_channel("others", Sort::Private, true);
    let kim = scene.fake.person("kim");
    let patient = Patient(scene.slack.clone());
    for (at, channel) in ["C0STRANGERS", "C0OLD", "C0OTHERS", "C0NOWHERE"].into_iter().enumerate() {
        patient.whisper(&place(channel), &somebody(&kim), &format!("k{at}"), &hint(channel)).await.expect("told");
    }
    let told: Vec<String> = kim.in_direct_messages().sees(None).await.into_iter().map(|message| message.text).collect();
    assert_eq!(told, ["C0STRANGERS", "C0OLD", "C0OTHERS", "C0NOWHERE"]);
}

#[tokio::test]
async fn a_long_one_is_told_whole_and_once() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let lines: Vec<String> = (0..500).map(|line| format!("Line number {line} says something.")).collect();
    for _ in 0..2 {
        Patient(scene.slack.clone())
            .whisper(&scene.releases(), &somebody(&kim), "k", &hint(&lines.join("\n")))
            .await
            .expect("told");
    }
    let seen = kim.sees(None).await;
    let all: String = seen.iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join(" ");
    assert!(seen.len() > 1 && seen.iter().all(|message| message.whisper));
    assert_eq!(all.matches("Line number 499 says").count(), 1);
}

#[tokio::test]
async fn an_address_that_is_not_slacks_is_never_asked() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let foreign = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/actions/T/1/x", foreign.local_addr().expect("an address"));
    scene
        .fake
        .asks(
            "slash_commands",
            &serde_json::json!({
                "command": "/release", "text": "help", "channel_id": "C0RELEASES", "user_id": kim.id,
                "trigger_id": "1.2.3", "response_url": url,
            }),
        )
        .await
        .expect("acknowledged");
    scene.heard_in_all(1).await;
    scene.slack.whisper(&scene.releases(), &somebody(&kim), "k", &hint("Here")).await.expect("told");
    assert!(kim.hears("Here").await.whisper);
    let asked = tokio::time::timeout(Duration::from_millis(200), foreign.accept()).await;
    assert!(asked.is_err(), "somebody came to the foreign address");
}

#[tokio::test]
async fn two_of_them_at_once_use_no_address_too_often() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    kim.says("/release help").await;
    scene.heard_in_all(1).await;
    let tell = |at: usize| {
        let (slack, to, at_place) = (scene.slack.clone(), somebody(&kim), scene.releases());
        async move { slack.whisper(&at_place, &to, &format!("k{at}"), &hint("Here")).await.expect("told") }
    };
    futures::future::join_all((0..12).map(tell)).await;
    assert_eq!(kim.sees(None).await.len(), 12);
    drop(Arc::clone(&scene.store));
}
