//! What is said in Slack reaches the bot: what is for it, once, under its place and with its writer's name.

use super::scene::{Scene, place, unlimited};
use crate::support::fakes::slack::FakeSlack;
use crate::support::fakes::slack::state::{Kind, Sort};
use serde_json::json;
use slipway::domain::message::{Message, What};
use slipway::ports::chat::Chat;
use std::time::Duration;

#[tokio::test]
async fn a_command_is_heard_with_its_words_its_place_and_who_typed_it() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    kim.says("/release draft payments v1..v2").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.what, What::Command { words: "draft payments v1..v2".to_owned() });
    assert_eq!(heard.place, scene.releases());
    assert_eq!((heard.person.id.as_str(), heard.person.name.as_str()), (kim.id.as_str(), "kim"));
    assert!(heard.id.starts_with("command/"), "{}", heard.id);
}

#[tokio::test]
async fn a_command_in_direct_messages_is_heard_there() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim").in_direct_messages();
    kim.says("/release help").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.place, place(&kim.channel));
}

#[tokio::test]
async fn another_apps_command_is_acknowledged_and_passed_over() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    kim.says("/deploy now").await;
    kim.says("/release help").await;
    assert_eq!(scene.heard_in_all(1).await[0].what, What::Command { words: "help".to_owned() });
}

#[tokio::test]
async fn a_mention_is_heard_once_though_slack_tells_it_as_two_events() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let ts = kim.says("hey @Slipway draft payments").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.what, What::Mention { words: "draft payments".to_owned() });
    assert_eq!(heard.id, format!("message/C0RELEASES/{ts}"));
    assert_eq!((heard.place, heard.person.name.as_str()), (scene.releases(), "kim"));
    assert_eq!(*scene.ear.calls.lock().expect("no panic"), 2, "both were handed on, under one id");
}

#[tokio::test]
async fn a_mention_in_a_thread_has_its_place_in_the_thread() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let root = kim.says("we ship at noon").await;
    kim.says_in(&root, "@Slipway status").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.place, scene.releases().in_thread(&root));
}

#[tokio::test]
async fn people_among_themselves_are_not_heard_and_replies_in_our_threads_are() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let root = kim.says("lunch?").await;
    kim.says_in(&root, "at noon").await;
    let card = scene.slack.post(&scene.releases(), "card", &Message::text("Drafting")).await.expect("posted");
    kim.says_in(&card, "looks wrong to me").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.what, What::Message { text: "looks wrong to me".to_owned() });
    assert_eq!(heard.place, scene.releases().in_thread(&card));
}

#[tokio::test]
async fn in_a_watched_channel_people_and_apps_are_heard_and_we_are_not() {
    let fake = FakeSlack::start().await;
    let incidents = fake.world().add_channel("incidents", Sort::Public, true);
    let watched = incidents.clone();
    let scene = Scene::with(fake, move |options, _| options.watched = vec![watched]).await;
    let kim = scene.fake.person("kim").looks_at("incidents");
    let alerts = scene.fake.person_who_is("grafana", Kind::Bot).looks_at("incidents");
    kim.says("payments are slow").await;
    scene.fake.tells(&json!({
        "type": "message", "subtype": "bot_message", "channel": incidents, "ts": "1800000000.000001",
        "bot_id": "B0GRAFANA", "username": "Grafana", "text": "",
        "attachments": [{"title": "[FIRING] latency", "text": "p99 is 4 s", "fallback": "x"}],
    }));
    scene.slack.post(&place(&incidents), "k", &Message::text("Our own words")).await.expect("posted");
    let mut texts: Vec<String> = scene
        .heard_in_all(2)
        .await
        .into_iter()
        .map(|heard| match heard.what {
            What::Message { text } => format!("{}: {text}", heard.person.name),
            other => panic!("{other:?}"),
        })
        .collect();
    texts.sort();
    assert_eq!(texts, ["Grafana: [FIRING] latency\np99 is 4 s", "kim: payments are slow"]);
    drop(alerts);
}

#[tokio::test]
async fn whoever_writes_to_the_bot_alone_means_it() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim").in_direct_messages();
    kim.says("help").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.what, What::Mention { words: "help".to_owned() });
    assert_eq!(heard.place, place(&kim.channel));
}

#[tokio::test]
async fn edits_deletions_joins_and_events_of_tomorrow_are_acknowledged_and_do_nothing() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let id = scene.slack.post(&scene.releases(), "k", &Message::text("One")).await.expect("posted");
    scene.slack.edit(&scene.releases(), "k", &id, &Message::text("Two")).await.expect("edited");
    for event in [
        json!({"type": "message", "subtype": "channel_join", "channel": "C0RELEASES", "user": kim.id, "ts": "1800000000.000001", "text": "<@U0SLIPWAY>"}),
        json!({"type": "message", "subtype": "message_changed", "channel": "C0RELEASES", "ts": "1800000000.000002", "message": {"text": "<@U0SLIPWAY> help"}}),
        json!({"type": "reaction_added", "user": kim.id, "reaction": "tada"}),
        json!({"type": "agent_dreamt", "dream": {"of": ["electric", "sheep"]}}),
        json!({"type": "message", "channel": "C0RELEASES", "user": kim.id, "text": "<@U0SLIPWAY> help"}),
        json!({"type": "app_mention", "channel": 7, "ts": ["?"], "user": null, "text": {}}),
        json!({}),
    ] {
        scene.fake.tells(&event);
    }
    for payload in
        [json!({"type": "block_suggestion"}), json!({}), json!({"type": "block_actions", "user": {"id": "U1"}})]
    {
        assert!(scene.fake.asks("interactive", &payload).await.is_some(), "{payload} is acknowledged");
    }
    assert!(scene.fake.asks("something_new", &json!({"a": 1})).await.is_some());
    assert!(scene.fake.log().acks.iter().any(|ack| ack.kind == "something_new" && ack.took.is_some()));
    scene.fake.sends_raw("not JSON at all");
    scene.fake.sends_raw("{\"type\":\"weather\"}");
    kim.says("/release help").await;
    scene.heard_in_all(1).await;
    let late = scene.fake.log().acks.iter().filter(|ack| ack.took.is_none()).count();
    assert_eq!(late, 0, "everything was acknowledged");
}

#[tokio::test]
async fn metadata_with_numbers_and_blocks_nobody_knows_lose_no_event() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    scene.fake.tells(&json!({
        "type": "app_mention", "channel": "C0RELEASES", "ts": "1800000000.000001", "user": kim.id,
        "text": "<@U0SLIPWAY> help", "blocks": [{"type": "hologram"}],
        "metadata": {"event_type": "x", "event_payload": {"n": 7, "deep": {"a": [1]}}},
    }));
    assert_eq!(scene.heard_in_all(1).await[0].what, What::Mention { words: "help".to_owned() });
}

#[tokio::test]
async fn emoji_right_to_left_and_escaped_text_arrive_as_they_were_typed() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let typed = "edit 7 \"שלום 👩‍🚀 한국어\" a<b && c>d https://example.org/?a=1&b=2";
    kim.says(&format!("@Slipway {typed}")).await;
    kim.says(&format!("/release {typed}")).await;
    for heard in scene.heard_in_all(2).await {
        let (What::Mention { words } | What::Command { words }) = heard.what else { panic!("{heard:?}") };
        assert_eq!(words, typed);
    }
}

#[tokio::test]
async fn a_message_of_400_kilobytes_is_heard_whole() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let long = "word ".repeat(80_000);
    kim.says(&format!("@Slipway {long}")).await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.what, What::Mention { words: long.trim().to_owned() });
}

#[tokio::test]
async fn a_name_is_asked_for_once_and_nobody_waits_long_for_it() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    for _ in 0..3 {
        kim.says("@Slipway help").await;
    }
    scene.heard_in_all(3).await;
    let asked = scene.fake.calls("users.info").len();
    assert!(asked <= 2, "{asked} times: at most once by each of the two connections");

    scene.fake.always("users.info", crate::support::fakes::slack::Manner::Silent);
    let lee = scene.fake.person("lee");
    lee.says("@Slipway help").await;
    lee.says("/release help").await;
    let heard = scene.heard("lee", |heard| heard.person.id == lee.id).await;
    assert_eq!(heard.person.name, lee.id, "the id will do");
    let slowest = scene.fake.log().acks.iter().filter_map(|ack| ack.took).max().expect("acknowledged");
    assert!(slowest < Duration::from_millis(2_000), "{slowest:?}");
}

#[tokio::test]
async fn events_are_acknowledged_within_milliseconds_also_many_at_once() {
    let fake = FakeSlack::start().await;
    fake.knobs().limiting = false;
    let scene = Scene::with(fake, |_, pace| pace.allowances = unlimited()).await;
    let people: Vec<_> = (0..10).map(|n| scene.fake.person(&format!("person{n}"))).collect();
    for round in 0..20 {
        for person in &people {
            person.says(&format!("@Slipway help {round}")).await;
        }
    }
    scene.heard_in_all(200).await;
    let mut took: Vec<Duration> = scene.fake.log().acks.iter().map(|ack| ack.took.expect("acknowledged")).collect();
    took.sort();
    let (median, slow) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    assert!(slow < Duration::from_millis(500), "median {median:?}, one in a hundred {slow:?}");
}
