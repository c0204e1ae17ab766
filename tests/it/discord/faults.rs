//! What Discord refuses, in sentences that say how to mend it.

use super::house::House;
use crate::support::fakes::discord::{FakeDiscord, Manner, may};
use slipway::domain::message::{Attachment, Block, Message, What};
use slipway::domain::person::Person;
use slipway::domain::trouble::Fault;
use slipway::ports::chat::Chat;
use std::time::Duration;

fn allow(house: &House, channel: &str, permissions: u64) {
    let mut state = house.fake.state();
    let id = state.named(channel).expect("a channel");
    state.channels.get_mut(&id).expect("a channel").permissions = permissions;
}

fn refused(answer: Result<String, Fault>) -> String {
    match answer {
        Err(Fault::Refused(refusal)) => refusal.0,
        other => panic!("a refusal that people can mend was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let house = House::open().await;
    let place = house.place("releases");
    let card = Message::default().with(Block::Heading { text: "A card".to_owned() });
    let root = house.patient().post(&place, "root", &card).await.expect("posted");

    allow(&house, "releases", may::USUAL & !may::SEND);
    let said = refused(house.patient().post(&place, "a", &Message::text("x")).await);
    assert!(said.contains("`Send Messages`") && !said.contains("Embed"), "{said}");

    allow(&house, "releases", may::USUAL & !may::EMBED);
    let said = refused(house.patient().post(&place, "b", &card).await);
    assert!(said.contains("`Embed Links`"), "{said}");

    allow(&house, "releases", may::USUAL & !may::ATTACH);
    let file =
        Attachment { name: "n.md".into(), media_type: "text/markdown".into(), alt: "n".into(), bytes: b"n".to_vec() };
    let said =
        refused(house.patient().post(&place, "c", &Message::text("x").with(Block::File { attachment: file })).await);
    assert!(said.contains("`Attach Files`"), "{said}");

    allow(&house, "releases", may::USUAL & !may::CREATE_THREADS);
    let said = refused(house.patient().post(&place.in_thread(&root), "d", &Message::text("x")).await);
    assert!(said.contains("`Create Public Threads`") && !said.contains("Send"), "{said}");

    allow(&house, "releases", may::USUAL & !may::READ_HISTORY);
    let said = refused(house.patient().post(&place.in_thread(&root), "e", &Message::text("x")).await);
    assert!(said.contains("`Read Message History`"), "{said}");

    allow(&house, "releases", 0);
    let said = refused(house.patient().post(&place, "f", &Message::text("x")).await);
    assert!(said.contains("cannot see this channel") && said.contains("`View Channel`"), "{said}");

    // Where an interaction has told what it may, only what is missing is named.
    allow(&house, "releases", may::USUAL & !may::EMBED);
    house.fake.person("kim").says("/release help").await;
    house.hears(1).await;
    let said = refused(house.patient().post(&place, "g", &card).await);
    assert!(said.contains("lacks `Embed Links`.") && !said.contains("Send Messages"), "{said}");
    assert!(house.fake.take_refused().iter().all(|refused| refused.status == 403));
    house.closes().await;
}

#[tokio::test]
async fn being_thrown_out_is_told_and_being_invited_again_ends_it() {
    let house = House::open().await;
    let guild = house.fake.guild();
    house.notices(&format!("server/{guild}"), true).await;
    house.fake.kick(guild);
    let told = house.notices(&format!("server/{guild}"), false).await.expect("a sentence");
    assert!(told.contains(&guild.to_string()) && told.contains("Invite it again"), "{told}");
    let said = refused(house.patient().post(&house.place("releases"), "k", &Message::text("x")).await);
    assert!(said.contains("not on the server any more"), "{said}");
    house.fake.invite(guild);
    house.notices(&format!("server/{guild}"), true).await;
    house.patient().post(&house.place("releases"), "k", &Message::text("x")).await.expect("posted");
    house.fake.take_refused();
    house.closes().await;
}

#[tokio::test]
async fn a_watched_channel_that_is_deleted_is_told() {
    let fake = FakeDiscord::start().await;
    let watched: u64 = fake.channel("incidents").parse().expect("an id");
    let house = House::with(fake, |options| {
        options.message_content = true;
        options.watched = vec![watched];
    })
    .await;
    house.fake.delete(watched);
    let told = house.notices(&format!("watched/{watched}"), false).await.expect("a sentence");
    assert!(told.contains(&watched.to_string()) && told.contains("`watched`"), "{told}");
    house.closes().await;
}

#[tokio::test]
async fn who_spoke_in_a_message_is_answered_directly_and_who_takes_no_direct_messages_is_told_how() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.writes("@Slipway drat payments");
    let heard = house.hears(1).await.remove(0);
    let key = format!("reply/discord/{}", heard.id);
    let answer = Message::text("There is no command `drat`; did you mean `/release draft`?");
    for _ in 0..2 {
        house.discord.whisper(&heard.place, &heard.person, &key, &answer).await.expect("said");
    }
    let direct = kim.in_direct().sees(None);
    assert_eq!(direct.len(), 1);
    assert_eq!(direct[0].lines, "You asked in #releases\nThere is no command drat; did you mean /release draft?");
    assert_eq!(kim.sees(None).len(), 1, "nobody else is bothered");

    let id = kim.id();
    house.fake.state().users.get_mut(&id).expect("they are there").closed = true;
    kim.writes("@Slipway drat again");
    let heard = house.hears(2).await.remove(1);
    let key = format!("reply/discord/{}", heard.id);
    house.patient().whisper(&heard.place, &heard.person, &key, &answer).await.expect("said");
    let told = kim.hears("for your eyes only").await;
    assert!(!told.text.contains("drat") && told.text.contains("/release"), "{told:?}");
    assert_eq!(house.fake.take_refused()[0].code, 50_007);
    house.closes().await;
}

#[tokio::test]
async fn a_message_nobody_could_have_typed_is_refused_politely_and_the_next_one_is_heard() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.writes(&format!("@Slipway draft {}", "x".repeat(400_000)));
    let direct = kim.in_direct();
    let told = direct.hears("longer than 16,000 characters").await;
    assert!(told.text.contains("Send less, or attach it as a file"), "{told:?}");
    kim.writes("@Slipway draft");
    let heard = house.hears(1).await;
    assert_eq!(heard[0].what, What::Mention { words: "draft".to_owned() });
    house.closes().await;
}

#[tokio::test]
async fn right_to_left_text_and_emoji_arrive_as_they_were_typed() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.writes("@Slipway שלום 👩\u{200d}🚀 한국어");
    let heard = house.hears(1).await;
    assert_eq!(heard[0].what, What::Mention { words: "שלום 👩\u{200d}🚀 한국어".to_owned() });
    kim.in_direct().writes("מה חדש?");
    assert_eq!(house.hears(2).await[1].what, What::Mention { words: "מה חדש?".to_owned() });
    house.closes().await;
}

#[tokio::test]
async fn other_bots_and_our_own_messages_start_nothing() {
    let house = House::open().await;
    let bot = house.fake.state().application.bot;
    house
        .patient()
        .post(&house.place("releases"), "k", &Message::text(format!("<@{bot}> draft")))
        .await
        .expect("posted");
    let machine = {
        let mut state = house.fake.state();
        let id = state.user("Other bot", true);
        let channel = state.named("releases").expect("a channel");
        let message = state.id();
        let mut said = state.blank_message(message, channel, id);
        said.content = format!("<@{bot}> draft payments");
        state.messages.insert(message, said);
        state.tell_message("MESSAGE_CREATE", message);
        id
    };
    house.fake.person("kim").writes("@Slipway hello");
    let heard = house.hears(1).await;
    assert!(heard.iter().all(|heard| heard.person.id != machine.to_string()), "{heard:?}");
    assert_eq!(heard.len(), 1);
    house.closes().await;
}

#[tokio::test]
async fn a_refusal_nobody_foresaw_is_passed_on_in_its_own_words_and_a_slow_answer_is_waited_for() {
    let house = House::open().await;
    let place = house.place("releases");
    house.fake.next("POST /channels/{channel_id}/messages", Manner::Refuse(400, 40_123, "Something new is wrong"));
    let refused = house.patient().post(&place, "k", &Message::text("x")).await;
    assert_eq!(refused, Err(Fault::Rejected { status: 400, message: "Something new is wrong".to_owned() }));
    house.fake.next("POST /channels/{channel_id}/messages", Manner::Slow(Duration::from_secs(2)));
    house.patient().post(&place, "k", &Message::text("x")).await.expect("posted, late");
    house.closes().await;
}

#[tokio::test]
async fn nobody_there_is_said_to_be_nobody_there() {
    let house = House::open().await;
    let stranger = Person { platform: "discord".into(), id: "not-an-id".into(), name: "nobody".into() };
    let told = house.discord.whisper(&house.place("releases"), &stranger, "k", &Message::text("x")).await;
    assert_eq!(told, Err(Fault::NotFound));
    house.closes().await;
}
