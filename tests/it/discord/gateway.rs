//! The connection on which Discord tells what happens: taken up again, begun anew, refused, and what is heard meanwhile.

use super::house::House;
use crate::support::fakes::discord::{FakeDiscord, intent};
use serde_json::json;
use slipway::domain::health::Health;
use slipway::domain::message::{Message, What};
use slipway::ports::chat::Chat;
use std::sync::atomic::Ordering;
use std::time::Duration;

fn words(house: &House) -> Vec<String> {
    let heard = house.ear.heard();
    heard
        .iter()
        .map(|heard| match &heard.what {
            What::Command { words } | What::Mention { words } => words.clone(),
            What::Message { text } => text.clone(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn it_asks_for_the_least_and_says_goodbye_so_that_the_session_lives() {
    let house = House::open().await;
    assert_eq!(house.fake.state().log.calls_to("GET", "/gateway/bot").count(), 1, "the fake was asked where it is");
    let least = intent::GUILDS | intent::GUILD_MESSAGES | intent::DIRECT_MESSAGES;
    assert_eq!(house.fake.state().log.identifies[0].intents, least);
    let house = house.restarts().await;
    assert_eq!(house.fake.state().log.closed, [Some(4000)]);
    house.closes().await;
}

#[tokio::test]
async fn a_cut_cable_is_spliced_and_what_was_said_meanwhile_is_heard_once() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.writes("@Slipway first");
    house.hears(1).await;
    house.fake.cut();
    kim.writes("@Slipway second");
    house.hears(2).await;
    house.fake.ask_to_reconnect();
    kim.writes("@Slipway third");
    house.hears(3).await;
    // And a resume that repeats everything.
    house.fake.tell_again("MESSAGE_CREATE");
    while *house.ear.calls.lock().expect("no panic") < 6 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(words(&house), ["first", "second", "third"]);
    let counted = {
        let state = house.fake.state();
        (state.log.identifies.len(), state.log.resumes)
    };
    assert_eq!(counted, (1, 2));
    house.closes().await;
}

#[tokio::test]
async fn a_gap_without_a_resume_is_read_back() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.writes("@Slipway first");
    house.hears(1).await;
    // In a thread it wrote in, it is spoken to as well.
    let root = house.ear.heard()[0].id.trim_start_matches("message/").to_owned();
    let thread = house.place("releases").in_thread(&root);
    house.patient().post(&thread, "note/7/body", &Message::text("The whole note")).await.expect("posted");
    house.fake.forget_sessions();
    kim.writes("@Slipway while you were away");
    kim.writes("said to nobody");
    kim.in_thread(&root).writes("@Slipway and in the thread");
    house.hears(3).await;
    house.fake.until("a session begun anew", |state| state.log.identifies.len() == 2).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut heard = words(&house);
    heard.sort();
    assert_eq!(heard, ["and in the thread", "first", "while you were away"]);
    let places: Vec<_> = house.ear.heard().iter().map(|heard| heard.place.thread.clone()).collect();
    assert!(places.contains(&Some(root)), "{places:?}");
    house.closes().await;
}

#[tokio::test]
async fn what_was_said_while_the_process_was_down_is_heard_by_the_next_one() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.writes("@Slipway first");
    house.hears(1).await;
    let said = kim.clone();
    let watcher = tokio::spawn(async move {
        // In the moment between the two processes, or just after.
        tokio::time::sleep(Duration::from_millis(300)).await;
        said.writes("@Slipway anybody there?");
    });
    let house = house.restarts().await;
    watcher.await.expect("said");
    let begun = std::time::Instant::now();
    while !words(&house).contains(&"anybody there?".to_owned()) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", words(&house));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    house.closes().await;
}

#[tokio::test]
async fn what_the_inbox_did_not_take_is_read_again_until_it_does() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    house.ear.deaf.store(true, Ordering::SeqCst);
    kim.writes("@Slipway can you hear me");
    while *house.ear.calls.lock().expect("no panic") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    house.ear.deaf.store(false, Ordering::SeqCst);
    assert_eq!(house.hears(1).await.len(), 1);
    house.closes().await;
}

#[tokio::test]
async fn whatever_code_discord_closes_with_it_comes_back() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    for (at, code) in [4_000, 4_001, 4_002, 4_008].into_iter().enumerate() {
        house.fake.close(code);
        house.fake.until("a resume", |state| state.log.resumes == at + 1).await;
        kim.writes(&format!("@Slipway after {code}"));
        house.hears(at + 1).await;
    }
    // 4007 and 4009 end the session, and a new one begins.
    house.fake.close(4_009);
    house.fake.until("a session begun anew", |state| state.log.identifies.len() == 2).await;
    house.closes().await;
}

#[tokio::test]
async fn a_session_that_discord_forgot_is_begun_anew() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    house.fake.invalidate(false);
    house.fake.until("a session begun anew", |state| state.log.identifies.len() == 2).await;
    house.fake.until("and welcomed", |state| state.sessions.len() == 2).await;
    kim.writes("@Slipway hello");
    house.hears(1).await;
    house.closes().await;
}

#[tokio::test]
async fn a_gateway_that_stops_answering_heartbeats_is_left() {
    let fake = FakeDiscord::start().await;
    fake.state().knobs.heartbeat = Duration::from_millis(400);
    let house = House::with(fake, |_| {}).await;
    house.fake.state().knobs.deaf = true;
    house.fake.until("a session begun anew", |state| state.log.identifies.len() >= 2).await;
    house.fake.state().knobs.deaf = false;
    house.fake.person("kim").writes("@Slipway hello");
    house.hears(1).await;
    house.closes().await;
}

#[tokio::test]
async fn without_the_message_content_intent_it_says_so_and_goes_on_with_less() {
    let fake = FakeDiscord::start().await;
    fake.state().application.flags = 0;
    let watched: u64 = fake.channel("incidents").parse().expect("an id");
    let house = House::with(fake, |options| {
        options.message_content = true;
        options.watched = vec![watched];
    })
    .await;
    let told = house.notices("message-content", false).await.expect("a sentence");
    assert!(
        told.contains("*Message Content Intent*") && told.contains("discord.com/developers/applications"),
        "{told}"
    );
    let kim = house.fake.person("kim");
    kim.in_channel("incidents").writes("the text Discord keeps to itself");
    kim.in_channel("incidents").writes("@Slipway but not this");
    house.hears(1).await;
    assert_eq!(words(&house), ["but not this"]);
    let checks = house.discord.check().await;
    assert!(checks.iter().any(|check| check.health == Health::Fails && check.sentence == told), "{checks:?}");
    house.closes().await;
}

#[tokio::test]
async fn an_intent_the_portal_seems_to_allow_and_the_gateway_refuses_is_dropped() {
    let fake = FakeDiscord::start().await;
    fake.state().knobs.refuses_content = true;
    let house = House::with(fake, |options| options.message_content = true).await;
    house.notices("message-content", false).await;
    house.fake.person("kim").writes("@Slipway hello");
    house.hears(1).await;
    let closed: Vec<Option<u16>> = house.fake.state().log.identifies.iter().map(|one| one.closed).collect();
    assert_eq!(closed, [Some(4014), None]);
    house.closes().await;
}

#[tokio::test]
async fn with_the_intent_watched_channels_are_read_and_others_are_not() {
    let fake = FakeDiscord::start().await;
    let watched: u64 = fake.channel("incidents").parse().expect("an id");
    let house = House::with(fake, |options| {
        options.message_content = true;
        options.watched = vec![watched];
    })
    .await;
    let kim = house.fake.person("kim");
    kim.writes("lunch?");
    kim.in_channel("incidents").writes("checkout is slow");
    let heard = house.hears(1).await.remove(0);
    assert_eq!(heard.what, What::Message { text: "checkout is slow".to_owned() });
    assert_eq!(heard.place, house.place("incidents"));
    house.closes().await;
}

#[tokio::test]
async fn events_nobody_knows_and_news_inside_known_ones_do_no_harm() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    house.fake.tell("SOMETHING_ENTIRELY_NEW", &json!({ "a": [1, 2, { "b": null }] }));
    house.fake.tell("MESSAGE_CREATE", &json!({ "id": "not even an id" }));
    house.fake.tell("GUILD_CREATE", &json!({ "id": "77", "unavailable": "perhaps" }));
    let channel = house.fake.channel("releases");
    let bot = house.fake.state().application.bot;
    house.fake.tell(
        "MESSAGE_CREATE",
        &json!({
            "id": "99", "channel_id": channel, "guild_id": house.fake.guild().to_string(), "type": 0,
            "content": format!("<@{bot}> still here?"), "timestamp": "2026-11-25T12:00:00.000000+00:00",
            "author": { "id": "8", "username": "lee", "collectibles": 7 }, "embeds": { "new": "shape" },
        }),
    );
    house.fake.tell("INTERACTION_CREATE", &json!({ "id": "5", "type": 42, "token": "t" }));
    kim.writes("@Slipway hello");
    house.hears(2).await;
    assert_eq!(words(&house), ["still here?", "hello"]);
    house.fake.until("an answer to what cannot be read", |state| !state.log.refused.is_empty()).await;
    assert_eq!(house.fake.take_refused()[0].code, 10_062, "it tried to answer the interaction it could not read");
    house.closes().await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_with_where_to_get_another() {
    let fake = FakeDiscord::start().await;
    let house = House::before_it_connects(fake, |options| {
        options.token = "MTEyMjMzNDQ1NTY2Nzc4OA.GfakeX.another-applications".to_owned().into();
    })
    .await;
    let told = house.notices("token", false).await.expect("a sentence");
    assert!(told.contains("does not accept the bot's token") && told.contains("page *Bot*"), "{told}");
    assert_eq!(house.discord.check().await[0].sentence, told);
    assert_eq!(house.fake.state().log.identifies.len(), 0, "the gateway is not bothered");
    assert!(house.fake.take_refused().iter().all(|refused| refused.status == 401));
    house.closes().await;
}

#[tokio::test]
async fn a_gateway_that_lets_nobody_in_is_asked_in_growing_pauses_and_never_given_up() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.writes("@Slipway before");
    house.hears(1).await;
    house.fake.state().knobs.gateway_closed = true;
    house.fake.forget_sessions();
    kim.writes("@Slipway meanwhile");
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(house.discord.check().await[0].sentence.contains("NOT connected since"), "it says so");
    house.fake.state().knobs.gateway_closed = false;
    house.hears(2).await;
    assert!(house.discord.check().await[0].sentence.contains("connected since"));
    house.closes().await;
}

#[tokio::test]
async fn a_check_says_who_it_is_where_and_since_when() {
    let house = House::open().await;
    let checks = house.discord.check().await;
    assert_eq!(checks[0].health, Health::Works);
    for part in ["`slipway` is on the server `Example`", "connected since", "1 sessions begun and 0 resumed"] {
        assert!(checks[0].sentence.contains(part), "`{part}` in {}", checks[0].sentence);
    }
    assert!(
        checks.iter().any(|check| check.health == Health::Off && check.sentence.contains("message_content = true"))
    );
    house.closes().await;
}
