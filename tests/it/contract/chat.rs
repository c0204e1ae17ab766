//! What every chat platform promises, told once; each adapter runs through the same story.

use chrono::DateTime;
use slipway::domain::message::{Message, Place};
use slipway::domain::person::Person;
use slipway::domain::trouble::Fault;
use slipway::ports::chat::Chat;

/// `place` is an empty channel the adapter knows; `read` gives what one person sees there, in order, as plain text.
pub async fn keeps_the_contract<F>(chat: &dyn Chat, place: &Place, captain: &Person, read: impl Fn(Option<String>) -> F)
where
    F: Future<Output = Vec<String>>,
{
    assert_eq!(chat.name(), place.platform);
    let begun = DateTime::UNIX_EPOCH;
    assert_eq!(read(None).await, Vec::<String>::new(), "nobody has said anything");

    // A post under a key appears once, however often it is tried and whatever it says the second time.
    assert_eq!(chat.find(place, "note/7/card", begun).await, Ok(None));
    let card = chat.post(place, "note/7/card", &Message::text("Drafting")).await.expect("posted");
    let again = chat.post(place, "note/7/card", &Message::text("Drafting, tried again")).await.expect("posted");
    assert_eq!(card, again);
    assert_eq!(chat.find(place, "note/7/card", begun).await, Ok(Some(card.clone())));
    assert_eq!(read(None).await, ["Drafting"]);

    // An edit replaces in place, and may be repeated.
    for _ in 0..2 {
        let edited = chat.edit(place, "note/7/card", &card, &Message::text("The note")).await;
        assert_eq!(edited, Ok(card.clone()), "it keeps its id");
        assert_eq!(read(None).await, ["The note"]);
    }

    // A thread is a place of its own, under its root.
    let thread = place.in_thread(&card);
    let reply = chat.post(&thread, "note/7/thread/risks", &Message::text("Two risks")).await.expect("posted");
    assert_ne!(reply, card);
    assert_eq!(read(None).await, ["The note"]);
    assert_eq!(read(Some(card.clone())).await, ["Two risks"]);
    chat.edit(&thread, "note/7/thread/risks", &reply, &Message::text("One risk")).await.expect("edited");
    assert_eq!(read(Some(card.clone())).await, ["One risk"]);

    // However long a message is, all of it can be read, in its order; edited to be short, nothing of it is left.
    let words: Vec<String> = (0..6_000).map(|number| format!("word{number}")).collect();
    let long = Message::text(words.chunks(20).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n"));
    let id = chat.post(&thread, "note/7/body", &long).await.expect("posted");
    let shown = read(Some(card.clone())).await[1..].join(" ");
    let found: Vec<&str> = shown.split_whitespace().filter(|word| word.starts_with("word")).collect();
    assert!(found == words, "{} of {} words, in order", found.len(), words.len());
    assert_eq!(chat.find(&thread, "note/7/body", begun).await, Ok(Some(id.clone())), "its parts are found together");
    let id = chat.edit(&thread, "note/7/body", &id, &Message::text("Short now")).await.expect("edited");
    assert_eq!(read(Some(card.clone())).await, ["One risk", "Short now"]);
    chat.edit(&thread, "note/7/body", &id, &long).await.expect("edited");
    assert!(read(Some(card.clone())).await.join(" ").ends_with("word5999"), "and it can grow again");

    // What is not there is said to be not there.
    let nowhere = Place { channel: "no-such-channel".to_owned(), ..place.clone() };
    assert_eq!(chat.post(&nowhere, "k", &Message::text("x")).await, Err(Fault::NotFound));
    assert_eq!(chat.edit(place, "k", "no-such-message", &Message::text("x")).await, Err(Fault::NotFound));
    assert_eq!(chat.post(&place.in_thread("no-such-root"), "k", &Message::text("x")).await, Err(Fault::NotFound));
    assert_eq!(chat.find(place, "k", begun).await, Ok(None), "what failed left nothing behind");

    // A whisper is seen by its person, once.
    for _ in 0..2 {
        chat.whisper(place, captain, "hint/1", &Message::text("Only for you")).await.expect("whispered");
    }
    assert_eq!(read(None).await, ["The note", "Only for you"]);

    // A link leads to one message.
    let (one, other) = (chat.link(place, &card).expect("a link"), chat.link(&thread, &reply).expect("a link"));
    assert_ne!(one, other);
    assert!(one.starts_with("http") && one.contains(&card), "{one}");
}
