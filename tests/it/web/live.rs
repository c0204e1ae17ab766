//! Open pages hear what changes, and what they missed while they were away.

use super::house::House;
use reqwest::StatusCode;
use slipway::domain::message::Message;
use slipway::ports::chat::Chat;
use std::time::Duration;

#[tokio::test]
async fn a_page_that_was_away_gets_what_it_missed_in_order_and_only_that() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    let card = house.web.post(&house.place(), "card", &Message::text("one")).await.expect("posted");
    house.web.edit(&house.place(), "card", &card, &Message::text("two")).await.expect("edited");
    house.web.edit(&house.place(), "card", &card, &Message::text("two")).await.expect("the same again changes nothing");
    house.web.post(&house.place().in_thread(&card), "reply", &Message::text("three")).await.expect("posted");

    let all = visitor.events("0", 4).await;
    let told: Vec<(&str, &str)> = all
        .iter()
        .map(|(id, kind, data)| (id.as_str(), if kind == "message" { data["id"].as_str().unwrap_or("") } else { kind }))
        .collect();
    assert_eq!(told, [("1", "m-000000001"), ("2", "m-000000001"), ("", "m-000000003"), ("3", "m-000000001")]);
    assert_eq!(all[2].2["root"], "m-000000001");
    assert!(all[1].2["html"].as_str().is_some_and(|html| html.contains("<p>two</p>")), "as it is now");
    assert!(all[3].2["html"].as_str().is_some_and(|html| html.contains("1 reply")), "the root counts its replies");

    let rest = visitor.events("2", 2).await;
    assert_eq!(rest.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ["", "3"]);
}

#[tokio::test]
async fn a_change_arrives_while_the_page_is_open() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    let listening = tokio::spawn(async move { visitor.events("0", 1).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!listening.is_finished(), "silence while nothing changes");
    house.web.post(&house.place(), "card", &Message::text("hello")).await.expect("posted");
    let events = listening.await.expect("one event");
    assert!(events[0].2["html"].as_str().is_some_and(|html| html.contains("<p>hello</p>")));
}

#[tokio::test]
async fn a_whisper_reaches_one_person_only() {
    let house = House::open().await;
    let (one, other) = (house.visitor().await, house.visitor().await);
    one.say("hello", "event-0001").await;
    let me = house.ear.heard()[0].person.clone();
    house.web.whisper(&house.place(), &me, "hint", &Message::text("psst")).await.expect("whispered");
    house.web.post(&house.place(), "card", &Message::text("for all")).await.expect("posted");
    let seen = |events: Vec<(String, String, serde_json::Value)>| {
        events.iter().any(|(.., data)| data.to_string().contains("psst"))
    };
    assert!(seen(one.events("1", 3).await));
    assert!(!seen(other.events("1", 2).await));
}

#[tokio::test]
async fn a_page_that_was_away_too_long_is_told_to_load_again() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    let events = visitor.events("999", 1).await;
    assert_eq!(events[0].1, "reload");
}

#[tokio::test]
async fn a_person_has_ten_open_pages_at_most_and_a_closed_one_makes_room() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    let mut open = Vec::new();
    for _ in 0..10 {
        let response = visitor.get("/events?after=0").await;
        assert_eq!(response.status(), StatusCode::OK);
        open.push(response);
    }
    assert_eq!(visitor.get("/events?after=0").await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(house.visitor().await.get("/events?after=0").await.status(), StatusCode::OK, "others are not affected");
    open.clear();
    for _ in 0..200 {
        // The server learns of a closed page when it next writes to it.
        house.web.post(&house.place(), &super::house::unique(), &Message::text("x")).await.expect("posted");
        if visitor.get("/events?after=0").await.status() == StatusCode::OK {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a closed page never made room");
}

#[tokio::test]
async fn stopping_ends_the_streams_and_the_server() {
    let mut house = House::open().await;
    let visitor = house.visitor().await;
    let stream = visitor.get("/events?after=0").await;
    house.stop.cancel();
    let rest = tokio::time::timeout(Duration::from_secs(3), stream.text()).await.expect("the stream ends");
    assert_eq!(rest.expect("properly"), "");
    let ended = tokio::time::timeout(Duration::from_secs(3), &mut house.server).await.expect("the server ends");
    ended.expect("without a panic").expect("without an error");
}
