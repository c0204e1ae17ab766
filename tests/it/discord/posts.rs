//! What the bot says in Discord: where it stands, once, within the limits, and what becomes of it when calls go wrong.

use super::house::House;
use crate::support::fakes::discord::{FakeDiscord, Manner};
use chrono::Utc;
use slipway::adapters::chat::discord::Discord;
use slipway::domain::message::{Attachment, Block, Message, Step, StepState};
use slipway::domain::trouble::Fault;
use slipway::ports::chat::Chat;
use slipway::wiring;
use std::time::{Duration, Instant};

const POST: &str = "POST /channels/{channel_id}/messages";

fn picture(name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        media_type: "image/png".to_owned(),
        alt: "Errors per minute, rising since 10:04".to_owned(),
        bytes: vec![137, 80, 78, 71, 1, 2, 3],
    }
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_and_not_repeated() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let (place, begun) = (house.place("releases"), Utc::now());
    for lists_nonces in [true, false] {
        house.fake.state().knobs.lists_nonces = lists_nonces;
        let (key, text) = (format!("note/{lists_nonces}"), format!("The card {lists_nonces}"));
        house.fake.next(POST, Manner::Cut);
        let lost = house.discord.post(&place, &key, &Message::text(text.as_str())).await;
        assert!(matches!(lost, Err(Fault::Unreachable(_))), "{lost:?}");

        // Another process, which was told nothing by the gateway, long after the nonce has lost its force.
        house.fake.passes(Duration::from_secs(3_600));
        let other =
            Discord::new(house.store.clone(), wiring::system_clock(), house.options.clone()).expect("an adapter");
        let found = other.find(&place, &key, begun).await.expect("readable").expect("it stands there");
        let newest = Message::text(format!("{text}, in its newest wording"));
        assert_eq!(other.edit(&place, &key, &found, &newest).await, Ok(found.clone()));
        let standing: Vec<String> =
            kim.sees(None).into_iter().map(|seen| seen.text).filter(|said| said.starts_with(&text)).collect();
        assert_eq!(standing, [format!("{text}, in its newest wording")], "nonces listed: {lists_nonces}");
    }
    house.closes().await;
}

#[tokio::test]
async fn what_stands_under_another_key_is_not_taken_for_a_lost_post_that_says_the_same() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let (place, begun) = (house.place("releases"), Utc::now());
    let first = house.discord.post(&place, "note/1/card", &Message::text("Drafting")).await.expect("posted");
    house.fake.next(POST, Manner::Failing(503));
    house.discord.post(&place, "note/2/card", &Message::text("Drafting")).await.expect_err("it never went out");
    assert_eq!(house.discord.find(&place, "note/2/card", begun).await, Ok(None));
    let second = house.discord.post(&place, "note/2/card", &Message::text("Drafting")).await.expect("posted");
    assert_ne!(first, second);
    assert_eq!(kim.sees(None).len(), 2);
    house.closes().await;
}

#[tokio::test]
async fn a_post_in_a_forum_whose_answer_was_lost_is_found_too() {
    let house = House::open().await;
    let (forum, begun) = (house.place("notes"), Utc::now());
    house.fake.next("POST /channels/{channel_id}/threads", Manner::Cut);
    house.discord.post(&forum, "k", &Message::text("Release of payments")).await.expect_err("lost");
    house.fake.take_refused();
    let other = Discord::new(house.store.clone(), wiring::system_clock(), house.options.clone()).expect("an adapter");
    let found = other.find(&forum, "k", begun).await.expect("readable").expect("it stands there");
    let posts = house.fake.state().channels.values().filter(|channel| channel.parent.is_some()).count();
    assert_eq!(posts, 1);
    assert!(house.fake.state().channels.contains_key(&found.parse::<u64>().expect("an id")));
    house.closes().await;
}

#[tokio::test]
async fn a_post_that_never_went_out_is_not_found_and_goes_out_once() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let (place, begun) = (house.place("releases"), Utc::now());
    house.fake.next(POST, Manner::Failing(502));
    let failed = house.discord.post(&place, "k", &Message::text("The card")).await;
    assert_eq!(failed, Err(Fault::Failed { status: 502 }));
    assert_eq!(house.discord.find(&place, "k", begun).await, Ok(None));
    house.discord.post(&place, "k", &Message::text("The card")).await.expect("posted");
    assert_eq!(kim.sees(None).len(), 1);
    house.closes().await;
}

#[tokio::test]
async fn within_minutes_the_nonce_alone_keeps_a_post_from_being_repeated() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let place = house.place("releases");
    house.fake.next(POST, Manner::Cut);
    house.discord.post(&place, "k", &Message::text("Drafting")).await.expect_err("lost");
    // As if nobody had looked: the newer wording reaches the message that stands.
    let id = house.discord.post(&place, "k", &Message::text("The card")).await.expect("posted");
    let seen = kim.sees(None);
    assert_eq!((seen.len(), seen[0].text.as_str(), seen[0].id.as_str()), (1, "The card", id.as_str()));
    house.closes().await;
}

#[tokio::test]
async fn a_long_message_that_broke_off_in_the_middle_goes_on_where_it_stopped() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let place = house.place("releases");
    let words: Vec<String> = (0..4_000).map(|number| format!("word{number}")).collect();
    let long = Message::text(words.chunks(10).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n"));
    let begun = Utc::now();
    let Err(Fault::Busy { retry_after: Some(_) }) = house.discord.post(&place, "k", &long).await else {
        panic!("more pages than a channel takes at once")
    };
    let part = house.patient().find(&place, "k", begun).await.expect("readable").expect("what stands so far");
    assert!(part.split('+').count() >= 3, "{part}");
    let id = house.patient().edit(&place, "k", &part, &long).await.expect("the rest");
    assert!(id.starts_with(&part) && id.len() > part.len());
    let said: Vec<String> =
        kim.sees(None).iter().flat_map(|seen| seen.text.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    let found: Vec<&String> = said.iter().filter(|word| word.starts_with("word")).collect();
    assert!(found.iter().map(|word| word.as_str()).eq(words.iter().map(String::as_str)), "every word once, in order");
    house.closes().await;
}

#[tokio::test]
async fn progress_is_coalesced_and_never_queued() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let place = house.place("releases");
    let step = |number: usize| {
        let steps = vec![Step { text: format!("Step {number}"), state: StepState::Running }];
        Message::default().with(Block::Progress { steps })
    };
    let id = house.discord.post(&place, "k", &step(0)).await.expect("posted");
    let (begun, mut busy) = (Instant::now(), 0);
    for number in 1..=40 {
        match house.discord.edit(&place, "k", &id, &step(number)).await {
            Ok(_) => {}
            Err(Fault::Busy { retry_after: Some(wait) }) => {
                assert!(wait <= Duration::from_millis(1_200));
                busy += 1;
            }
            other => panic!("{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "nobody waited");
    let edits = kim.sees(None)[0].edits;
    assert!((2..=4).contains(&edits), "{edits} edits in two seconds");
    assert!(busy > 30);
    house.closes().await;
}

#[tokio::test]
async fn a_limit_of_discord_s_is_answered_at_once_with_how_long_to_wait() {
    let house = House::open().await;
    let place = house.place("releases");
    house.fake.next(POST, Manner::Busy(Duration::from_secs(7)));
    let begun = Instant::now();
    let busy = house.discord.post(&place, "k", &Message::text("x")).await;
    assert_eq!(busy, Err(Fault::Busy { retry_after: Some(Duration::from_secs(7)) }));
    assert!(begun.elapsed() < Duration::from_secs(1), "nobody slept");

    house.fake.next(POST, Manner::BusyEverywhere(Duration::from_secs(2)));
    house.discord.post(&house.place("incidents"), "k2", &Message::text("x")).await.expect_err("closed");
    let calls = house.fake.state().log.calls.len();
    let busy = house.discord.post(&place, "k3", &Message::text("x")).await;
    assert!(matches!(busy, Err(Fault::Busy { retry_after: Some(wait) }) if wait <= Duration::from_secs(2)), "{busy:?}");
    assert_eq!(house.fake.state().log.calls.len(), calls, "nothing is sent while everything is closed");
    house.closes().await;
}

#[tokio::test]
async fn silence_is_given_up_after_ten_seconds() {
    let house = House::open().await;
    house.fake.next(POST, Manner::Silent);
    let begun = Instant::now();
    let silent = house.discord.post(&house.place("releases"), "k", &Message::text("x")).await;
    assert!(matches!(silent, Err(Fault::TimedOut(_))), "{silent:?}");
    assert!(begun.elapsed() < Duration::from_secs(12));
    house.closes().await;
}

#[tokio::test]
async fn files_and_pictures_go_along_with_what_they_show_in_words() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let note = Attachment {
        name: "note.md".into(),
        media_type: "text/markdown".into(),
        alt: "The whole note".into(),
        bytes: b"# Note".to_vec(),
    };
    let message = Message::text("Chart and note")
        .with(Block::Image { attachment: picture("errors.png") })
        .with(Block::File { attachment: note });
    let id = house.patient().post(&house.place("releases"), "k", &message).await.expect("posted");
    let mut files: Vec<(String, String)> =
        kim.sees(None).into_iter().flat_map(|seen| seen.files).map(|file| (file.name, file.description)).collect();
    files.sort();
    assert_eq!(
        files,
        [
            ("errors.png".to_owned(), "Errors per minute, rising since 10:04".to_owned()),
            ("note.md".to_owned(), "The whole note".to_owned()),
        ]
    );
    // An edit that leaves them out takes them away.
    house.patient().edit(&house.place("releases"), "k", &id, &Message::text("Nothing attached")).await.expect("edited");
    assert!(kim.sees(None).iter().all(|seen| seen.files.is_empty()), "{:#?}", kim.sees(None));
    house.closes().await;
}

#[tokio::test]
async fn nothing_in_a_text_rings_anybody_up_and_every_script_arrives() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let text = format!("@everyone @here <@{}> <@&7> שלום عليكم 한국어 👩\u{200d}🚀 naïve", kim.id());
    house.discord.post(&house.place("releases"), "k", &Message::text(text)).await.expect("posted");
    let seen = kim.sees(None).remove(0);
    for part in ["everyone", "שלום", "عليكم", "한국어", "👩\u{200d}🚀", "naïve"] {
        assert!(seen.text.contains(part), "`{part}` in {}", seen.text);
    }
    assert_eq!(house.fake.state().messages.values().flat_map(|message| message.pings.clone()).count(), 0);
    let body =
        house.fake.state().log.calls_to("POST", "/channels/{channel_id}/messages").last().expect("a post").body.clone();
    assert_eq!(body["allowed_mentions"], serde_json::json!({ "parse": [] }));
    house.closes().await;
}

#[tokio::test]
async fn a_thread_begins_with_the_first_thing_said_in_it_and_is_named_after_its_root() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let place = house.place("releases");
    let card = Message::default()
        .with(Block::Heading { text: "payments `2.4.0`".to_owned() })
        .with(Block::Text { markdown: "Two risks.".to_owned() });
    let id = house.discord.post(&place, "card", &card).await.expect("posted");
    let thread = place.in_thread(&format!("{id}+12345"));
    house.discord.post(&thread, "body", &Message::text("The whole note")).await.expect("posted");
    house.discord.post(&thread, "more", &Message::text("And more")).await.expect("posted");
    assert_eq!(
        kim.sees(Some(&id)).iter().map(|seen| seen.text.as_str()).collect::<Vec<_>>(),
        ["The whole note", "And more"]
    );
    let begun = {
        let state = house.fake.state();
        let thread = &state.channels[&id.parse::<u64>().expect("an id")];
        assert_eq!((thread.name.as_str(), thread.auto_archive), ("payments 2.4.0", 10_080));
        state.log.calls_to("POST", "/channels/{channel_id}/messages/{message_id}/threads").count()
    };
    assert_eq!(begun, 1);
    let paths: Vec<String> = house
        .fake
        .state()
        .log
        .calls_to("POST", "/channels/{channel_id}/messages")
        .map(|call| call.path.clone())
        .collect();
    assert_eq!(paths[1..], [format!("/channels/{id}/messages"), format!("/channels/{id}/messages")]);
    let link = house.discord.link(&thread, &id).expect("a link");
    assert_eq!(link, format!("https://discord.com/channels/{}/{id}/{id}", house.fake.guild()));
    house.closes().await;
}

#[tokio::test]
async fn a_thread_that_began_under_a_placeholder_is_named_after_the_card() {
    let house = House::open().await;
    let place = house.place("releases");
    let id = house.discord.post(&place, "card", &Message::text("Drafting the note")).await.expect("posted");
    house.discord.post(&place.in_thread(&id), "body", &Message::text("The whole note")).await.expect("posted");
    let name =
        |state: &crate::support::fakes::discord::State| state.channels[&id.parse::<u64>().expect("an id")].name.clone();
    assert_eq!(name(&house.fake.state()), "Drafting the note");
    let card = Message::default().with(Block::Heading { text: "payments 2.4.0".to_owned() });
    house.patient().edit(&place, "card", &id, &card).await.expect("edited");
    house.fake.until("the thread's name", |state| name(state) == "payments 2.4.0").await;
    house.closes().await;
}

#[tokio::test]
async fn a_thread_somebody_opened_and_a_post_in_a_forum_are_places_too() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let message = kim.writes("who releases today?");
    let thread = kim.opens_thread(&message, "today");
    kim.in_thread(&thread).writes("@Slipway status");
    let heard = house.hears(1).await.remove(0);
    assert_eq!(heard.place, house.place("releases").in_thread(&thread));
    house.discord.post(&heard.place, "k", &Message::text("In the thread")).await.expect("posted");
    assert_eq!(kim.sees(Some(&thread)).last().expect("an answer").text, "In the thread");

    let post = kim.opens_post("notes", "Release of payments", "@Slipway draft payments");
    let heard = house.hears(2).await.remove(1);
    assert_eq!(heard.place, house.place("notes").in_thread(&post));
    kim.in_thread(&post).says("/release draft service:payments").await;
    assert_eq!(house.hears(3).await.remove(2).place, heard.place, "a command in a post stays there");
    house.discord.post(&heard.place, "k2", &Message::text("In the post")).await.expect("posted");
    assert_eq!(kim.sees(Some(&post)).iter().filter(|seen| seen.text == "In the post").count(), 1);
    house.closes().await;
}

#[tokio::test]
async fn in_a_forum_itself_a_message_becomes_a_post() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let forum = house.place("notes");
    let id =
        house.discord.post(&forum, "k", &Message::text("Release of payments\n\nTwo risks.")).await.expect("posted");
    assert_eq!(house.fake.state().channels[&id.parse::<u64>().expect("an id")].name, "Release of payments");
    house.discord.post(&forum.in_thread(&id), "k2", &Message::text("The whole note")).await.expect("posted");
    house.patient().edit(&forum, "k", &id, &Message::text("Release of payments\n\nOne risk.")).await.expect("edited");
    let texts: Vec<String> = kim.sees(Some(&id)).into_iter().map(|seen| seen.text).collect();
    assert_eq!(texts, ["Release of payments One risk.", "The whole note"]);
    assert_eq!(house.fake.take_refused()[0].code, 50_008, "a forum takes posts only, which is how it is known");
    house.closes().await;
}

#[tokio::test]
async fn a_thread_that_was_folded_away_is_opened_and_one_that_is_locked_says_so() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let place = house.place("releases");
    let root = house.discord.post(&place, "card", &Message::text("The card")).await.expect("posted");
    let thread = place.in_thread(&root);
    let reply = house.discord.post(&thread, "body", &Message::text("The note")).await.expect("posted");
    let number: u64 = root.parse().expect("an id");

    house.fake.archive(number, false);
    house.discord.post(&thread, "more", &Message::text("More")).await.expect("posting opens it");
    house.fake.archive(number, false);
    house.patient().edit(&thread, "body", &reply, &Message::text("The note, edited")).await.expect("editing opens it");
    assert_eq!(kim.sees(Some(&root))[0].text, "The note, edited");
    house.fake.take_refused();

    house.fake.archive(number, true);
    for answer in [
        house.discord.post(&thread, "late", &Message::text("Too late")).await,
        house.patient().edit(&thread, "body", &reply, &Message::text("Too late")).await,
    ] {
        let Err(Fault::Refused(refusal)) = answer else { panic!("{answer:?}") };
        assert!(refusal.0.contains("closed and locked") && refusal.0.contains("`Manage Threads`"), "{refusal}");
    }
    house.fake.take_refused();
    house.closes().await;
}

#[tokio::test]
async fn what_was_deleted_is_said_to_be_gone_and_a_page_in_the_middle_is_said_again() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let place = house.place("releases");
    let root = house.discord.post(&place, "card", &Message::text("The card")).await.expect("posted");
    let thread = place.in_thread(&root);
    house.discord.post(&thread, "body", &Message::text("The note")).await.expect("posted");
    house.fake.delete(root.parse().expect("an id"));
    assert_eq!(house.discord.post(&thread, "more", &Message::text("More")).await, Err(Fault::NotFound));
    house.fake.state().remove_message(root.parse().expect("an id"));
    assert_eq!(house.patient().edit(&place, "card", &root, &Message::text("Edited")).await, Err(Fault::NotFound));
    house.fake.take_refused();

    let text = |word: &str| (0..2_000).map(|number| format!("{word}{number}")).collect::<Vec<_>>().join(" ");
    let id = house.patient().post(&place, "long", &Message::text(text("word"))).await.expect("posted");
    let pages: Vec<&str> = id.split('+').collect();
    assert!(pages.len() > 1, "{id}");
    house.fake.state().remove_message(pages[1].parse().expect("an id"));
    house.patient().edit(&place, "long", &id, &Message::text(text("edited"))).await.expect("edited");
    let said: String = kim.sees(None).iter().map(|seen| format!("{} ", seen.text)).collect();
    let found = said.split(' ').filter(|word| word.starts_with("edited")).count();
    assert_eq!(found, 2_000, "all of it stands again");
    house.fake.take_refused();
    house.closes().await;
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_not_sent() {
    let fake = FakeDiscord::start().await;
    let house = House::with(fake, |_| {}).await;
    let place = house.place("releases");
    let id = house.discord.post(&place, "k", &Message::text("The card")).await.expect("posted");
    for _ in 0..20 {
        assert_eq!(house.discord.edit(&place, "k", &id, &Message::text("The card")).await, Ok(id.clone()));
    }
    assert_eq!(house.fake.state().log.calls_to("PATCH", "/channels/{channel_id}/messages/{message_id}").count(), 0);
    house.closes().await;
}
