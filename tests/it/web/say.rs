//! People say things: heard once, shown once, and never acknowledged before both.

use super::house::{House, between};
use reqwest::StatusCode;
use slipway::adapters::store::memory::MemoryStore;
use slipway::domain::message::What;
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_command_a_mention_and_a_remark_reach_the_bot_as_what_they_are() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    for (text, id) in [
        ("/release draft payments v1..v2", "event-0001"),
        ("@slipway what is live?", "event-0002"),
        ("hm", "event-0003"),
    ] {
        let (status, answer) = visitor.say(text, id).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        assert!(answer["id"].as_str().is_some_and(|id| id.starts_with("m-")), "{answer}");
    }
    let heard = house.ear.heard();
    let whats: Vec<What> = heard.iter().map(|heard| heard.what.clone()).collect();
    assert_eq!(
        whats,
        [
            What::Command { words: "draft payments v1..v2".into() },
            What::Mention { words: "what is live?".into() },
            What::Message { text: "hm".into() }
        ]
    );
    assert!(heard.iter().all(|heard| heard.place == house.place() && heard.person == heard_by(&house, 0)));
    let page = visitor.page("/c/releases").await;
    for text in ["/release draft payments v1..v2", "@slipway what is live?", "<p>hm</p>"] {
        assert_eq!(page.matches(text).count(), 1, "{text}");
    }
}

fn heard_by(house: &House, index: usize) -> slipway::domain::person::Person {
    house.ear.heard()[index].person.clone()
}

#[tokio::test]
async fn a_repeated_send_counts_once_and_two_people_may_use_the_same_id() {
    let house = House::open().await;
    let (visitor, other) = (house.visitor().await, house.visitor().await);
    let (_, first) = visitor.say("once", "event-0001").await;
    let (status, second) = visitor.say("once", "event-0001").await;
    assert_eq!((status, &second["id"]), (StatusCode::ACCEPTED, &first["id"]));
    assert_eq!(house.ear.heard().len(), 1);
    let (status, answer) = visitor.say("once, reworded", "event-0001").await;
    assert_eq!(status, StatusCode::CONFLICT, "other words are never swallowed");
    assert!(answer["problem"].as_str().is_some_and(|s| s.contains("An earlier wording")), "{answer}");
    other.say("me too", "event-0001").await;
    assert_eq!(house.ear.heard().len(), 2);
    let page = visitor.page("/c/releases").await;
    assert_eq!(page.matches("<p>once</p>").count(), 1);
    assert_eq!(page.matches("<p>me too</p>").count(), 1);
}

#[tokio::test]
async fn what_the_bot_did_not_hear_was_never_said() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    house.ear.deaf.store(true, Ordering::SeqCst);
    let (status, answer) = visitor.say("/release draft payments", "event-0001").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        answer["problem"],
        "Slipway could not write down what you did, so nothing was done. Send it again in a moment."
    );
    let page = visitor.page("/c/releases").await;
    assert!(!page.contains("draft payments"), "it is shown to nobody");

    house.ear.deaf.store(false, Ordering::SeqCst);
    let (status, _) = visitor.say("/release draft payments", "event-0001").await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(house.ear.heard().len(), 1);
    let page = visitor.page("/c/releases").await;
    assert_eq!(page.matches("/release draft payments").count(), 1);
}

#[tokio::test]
async fn nothing_is_lost_between_writing_it_down_and_hearing_it() {
    // The process dies after the message was written down: `listen` never took the ear, so nobody answered.
    let store: Arc<dyn slipway::ports::store::Store> = Arc::new(MemoryStore::new());
    let house = House::with(store.clone(), |_| {}).await;
    let visitor = house.visitor().await;
    visitor.say("/release draft payments", "event-0001").await;
    let person = heard_by(&house, 0);
    // What a crash leaves behind: the record without its mark, and no place in the channel.
    let key = "web/1/message/00000000000000000001";
    let stored = store.get(key).await.expect("reads").expect("the message");
    let text = String::from_utf8(stored.value).expect("JSON").replace("\"heard\":true", "\"heard\":false");
    let seat = format!("web/1/in/releases/-/{:020}", u64::MAX - 1);
    let put = |key: &str, value: &[u8]| slipway::ports::store::Op::Put {
        key: key.to_owned(),
        value: value.to_vec(),
        expect: slipway::ports::store::Expect::Anything,
    };
    let gone = slipway::ports::store::Op::Delete { key: seat, expect: slipway::ports::store::Expect::Anything };
    let unheard = put("web/1/unheard/00000000000000000001", b"null");
    store.transact(vec![put(key, text.as_bytes()), unheard, gone]).await.expect("written");
    drop(house);

    let house = House::with(store, |_| {}).await;
    let heard = house.ear.heard();
    assert_eq!(heard.len(), 1, "heard at the next start");
    assert_eq!((&heard[0].person, &heard[0].what), (&person, &What::Command { words: "draft payments".into() }));
    let page = house.visitor().await.page("/c/releases").await;
    assert_eq!(page.matches("/release draft payments").count(), 1, "and shown");
}

#[tokio::test]
async fn before_anybody_listens_the_person_is_told_so() {
    let house = House::deaf(Arc::new(MemoryStore::new()), |_| {}).await;
    let (status, answer) = house.visitor().await.say("hello", "event-0001").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer["problem"].as_str().is_some_and(|s| s.contains("starting or stopping")), "{answer}");
    assert_eq!(*house.ear.calls.lock().expect("no test panics with it"), 0);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_with_a_sentence_and_not_heard() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    let long = "x".repeat(16_001);
    for (text, expected) in [("", "nothing to send"), ("/deploy now", "`/deploy` is not a command"), (&long, "16,000")]
    {
        let (status, answer) = visitor.say(text, "event-0001").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{expected}");
        assert!(answer["problem"].as_str().is_some_and(|s| s.contains(expected)), "{answer}");
    }
    let (status, _) = visitor.post("/c/nowhere/say", &[("text", "x"), ("id", "event-0001")]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, answer) = visitor.say("x", "short").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    let (status, answer) = visitor.say(&"x".repeat(3 << 20), "event-0001").await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer["problem"], "That is larger than 1 MB, so it was not sent. Send less at once.");
    assert_eq!(*house.ear.calls.lock().expect("no test panics with it"), 0);
}

#[tokio::test]
async fn without_a_script_a_plain_form_does_the_same() {
    let house = House::open().await;
    let mut visitor = house.visitor().await;
    let page = visitor.arrive("/c/releases").await;
    let composer = between(&page, "action=\"/c/releases/say\"", "</form>").expect("the composer");
    let id = between(composer, "name=\"id\" value=\"", "\"").expect("an event id").to_owned();
    let form = [("csrf", visitor.csrf.as_str()), ("id", &id), ("text", "plain words")];
    let parts: Vec<String> = form.iter().map(|(k, v)| format!("{k}={}", v.replace(' ', "+"))).collect();
    let request = visitor.request("/c/releases/say").header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(parts.join("&")).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let to = response.headers()["location"].to_str().expect("a path");
    assert_eq!(to, "/c/releases#m-000000001");
    assert_eq!(house.ear.heard()[0].what, What::Message { text: "plain words".into() });
}

#[tokio::test]
async fn an_attachment_comes_back_as_itself_and_can_do_nothing() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    let boundary = "slipway-boundary";
    let file = |name: &str, kind: &str, bytes: &str| {
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: {kind}\r\n\r\n{bytes}\r\n"
        )
    };
    let field = |name: &str, value: &str| {
        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = [
        field("text", "two files"),
        field("id", "event-0001"),
        file("../../etc/page.html", "text/html", "<script>alert(1)</script>"),
        file("plan.svg", "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        format!("--{boundary}--\r\n"),
    ]
    .concat();
    let request =
        visitor.request("/c/releases/say").header("accept", "application/json").header("x-csrf", &visitor.csrf);
    let request = request.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body);
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::ACCEPTED);

    let page = visitor.page("/c/releases").await;
    assert!(page.contains("href=\"/files/m-000000001/0/page.html\""), "a chip, under its name without folders");
    assert!(page.contains("<img src=\"/files/m-000000001/1/plan.svg\" alt=\"plan.svg\""), "an image in place");
    let html = visitor.get("/files/m-000000001/0/page.html").await;
    assert_eq!(html.headers()["content-type"], "application/octet-stream");
    assert_eq!(html.headers()["content-disposition"], "attachment; filename=\"page.html\"");
    assert_eq!(html.headers()["x-content-type-options"], "nosniff");
    assert!(html.headers()["content-security-policy"].to_str().is_ok_and(|policy| policy.ends_with("sandbox")));
    assert_eq!(html.text().await.expect("text"), "<script>alert(1)</script>");
    assert_eq!(visitor.get("/files/m-000000001/2/none").await.status(), StatusCode::NOT_FOUND);
}
