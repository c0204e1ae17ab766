//! The web chat keeps the promises of every chat platform.

use super::house::{House, Visitor, between};
use crate::contract::chat::keeps_the_contract;
use slipway::domain::person::Person;

/// What a visitor reads in a channel or thread, message by message, without any markup.
async fn read(visitor: &Visitor, root: Option<String>) -> Vec<String> {
    let path = root.map_or("/c/releases".to_owned(), |root| format!("/c/releases/t/{root}"));
    let page = visitor.page(&path).await;
    let label = if path.contains("/t/") { "aria-label=\"Replies\"" } else { "id=\"messages\"" };
    let list = between(&page, label, "</ol>").expect("the list of messages");
    list.split("<div class=\"body\">")
        .skip(1)
        .map(|body| between(body, "<p>", "</p>").expect("a text").to_owned())
        .collect()
}

#[tokio::test]
async fn it_keeps_the_contract_of_a_chat() {
    let house = House::open().await;
    let mut visitor = house.visitor().await;
    visitor.post("/c/incidents/say", &[("text", "hello"), ("id", "first-words")]).await;
    let captain: Person = house.ear.heard()[0].person.clone();
    let reader = visitor.clone();
    keeps_the_contract(house.web.as_ref(), &house.place(), &captain, |root| {
        let reader = reader.clone();
        async move { read(&reader, root).await }
    })
    .await;

    let stranger = house.visitor().await;
    assert_eq!(read(&stranger, None).await, ["The note"], "a whisper is nobody else's");
    let page = visitor.arrive("/c/releases").await;
    assert!(page.contains("Only you can see this"));
    let whisper = page.split("data-id=\"").filter(|part| part.contains("Only for you")).last().expect("the whisper");
    let id = &whisper[..whisper.find('"').expect("an id")];
    visitor.post("/c/releases/dismiss", &[("message", id)]).await;
    assert_eq!(read(&visitor, None).await, ["The note"], "dismissed");
    let again = slipway::domain::message::Message::text("Only for you");
    slipway::ports::chat::Chat::whisper(house.web.as_ref(), &house.place(), &captain, "hint/1", &again)
        .await
        .expect("said");
    assert_eq!(read(&visitor, None).await, ["The note"], "a repeat does not bring it back");
}
