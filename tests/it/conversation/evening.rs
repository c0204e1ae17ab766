//! A whole evening on every platform: a draft, four questions, three edits, a refusal, an incident with two innocent changes and a guilty one,
//! what somebody missed, a hand-over, a postmortem.

use crate::conversation::questions::asking;
use crate::support::fakes::openai::FakeOpenAi;
use crate::support::shop::{Shop, everywhere_with};
use crate::support::somebody::{Somebody, is_card};
use crate::support::world::{Seen, World};
use chrono::{TimeDelta, Utc};
use serde_json::json;
use slipway::config::Config;

fn told_here(shop: &Shop) -> Config {
    let mut config = shop.config("");
    config.incidents.channels = vec!["HERE".to_owned()];
    config
}

fn ago(minutes: i64) -> String {
    (Utc::now() - TimeDelta::minutes(minutes)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Says it in the thread and waits for a new message with that answer.
pub async fn asks(person: &Somebody, thread: &str, words: &str, answer: &str) -> Seen {
    let known: Vec<(String, String)> =
        person.sees(Some(thread)).await.into_iter().map(|one| (one.id, one.text)).collect();
    person.says_in(thread, &format!("@Slipway {words}")).await;
    let is_new = |message: &Seen| !known.contains(&(message.id.clone(), message.text.clone()));
    person
        .waits_for(Some(thread), answer, |message| message.bot && is_new(message) && message.text.contains(answer))
        .await
}

async fn drafted(person: &Somebody, world: &World, words: &str, title: &str) -> Seen {
    person.says(&format!("/release {words}")).await;
    let card = person.waits_for(None, title, |message| is_card(message) && message.text.contains(title)).await;
    world.settles().await;
    card
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evening_without_a_model() {
    everywhere_with(told_here, async |shop, world| evening(shop, world, None).await).await;
}

/// The same with a model that wants to look something up, and then says one thing that is so and one that is not.
#[tokio::test(flavor = "multi_thread")]
async fn an_evening_with_a_model() {
    let fake = FakeOpenAi::start().await;
    let config = |shop: &Shop| asking(&fake.base_url(), told_here(shop));
    everywhere_with(config, async |shop, world| evening(shop, world, Some(&fake)).await).await;
    assert_eq!(fake.log().refused, Vec::<String>::new());
}

async fn evening(_: &Shop, world: World, model: Option<&FakeOpenAi>) {
    {
        let kim = world.somebody("kim").await;
        let lee = world.somebody("lee").await;
        let card = drafted(&kim, &world, "draft api v8.0..v8.1", "api v8.1").await;
        lee.says_in(&card.id, "I am here until eight").await;

        // Four questions.
        asks(&lee, &card.id, "why is it risky?", "standards are met").await;
        asks(&lee, &card.id, "who approves it?", "Nobody was asked yet").await;
        asks(&lee, &card.id, "is there a freeze?", "there is no freeze now").await;
        asks(&lee, &card.id, "what is live of api?", "nobody told Slipway what is live").await;

        // Three edits, and one that is refused.
        for (words, answer) in [
            ("add @lee as second operator", "edited Operators"),
            ("set the impact to Callers of the old path must move first.", "edited Impact"),
            ("move it to tomorrow 10:00", "kim planned it."),
        ] {
            let shown = asks(&kim, &card.id, words, "Nothing is changed yet.").await;
            kim.presses(&shown, "Apply").await;
            kim.waits_for(Some(&card.id), answer, |message| message.bot && message.text.contains(answer)).await;
        }
        asks(&kim, &card.id, "shorten the impact", "is as short as rules can make it").await;
        asks(&kim, &card.id, &format!("set the title to {}", "x".repeat(300)), "It was not changed").await;

        match model {
            Some(fake) => {
                fake.says(
                    "question",
                    [
                        json!({ "action": "look", "tool": "search", "argument": "refund", "sentences": [] }),
                        json!({ "action": "answer", "tool": "", "argument": "", "sentences": [
                            { "text": "The diff has lines that hold `refund`.", "cites": ["s:refund"] },
                            { "text": "Nobody uses it any more.", "cites": ["c:0000000"] },
                        ] }),
                    ],
                );
                let answer =
                    asks(&kim, &card.id, "where is a refund computed now?", "The diff has lines that hold").await;
                assert!(!answer.text.contains("Nobody uses it"), "{}", answer.text);
            }
            None => drop(asks(&kim, &card.id, "where is a refund computed now?", "No model is set up").await),
        }

        // What was agreed stays on the note.
        kim.says_in(&card.id, "lee and I talked, checkout is told beforehand").await;
        asks(&kim, &card.id, "agreed: checkout is told beforehand", "Kept on note 1").await;
        kim.waits_for(None, "the card", |message| {
            message.id == card.id && message.text.contains("checkout is told beforehand")
        })
        .await;
        asks(&lee, &card.id, "what did we agree?", "checkout is told beforehand · kim").await;

        // It goes out, another change too, and something breaks that needs the first.
        drafted(&kim, &world, "draft web v3.1..v3.2", "web v3.2").await;
        drafted(&kim, &world, "work \"renew certificate of pay.example.com\" --service web", "pay.example.com").await;
        for (note, minutes) in [(1, 40), (2, 15), (3, 10)] {
            kim.says(&format!("/release deployed {note} --at \"{}\"", ago(minutes))).await;
            kim.hears_somewhere(&format!("Note {note} is live since")).await;
        }
        let post = lee.begins("Outage: checkout fails with 500 errors, /v1/refunds is not found any more").await;
        lee.waits_for(Some(&post), "the cause", |message| message.bot && message.text.contains("Probably note 1"))
            .await;
        let told = asks(&lee, &post, "is this us?", "Probably note 1").await;
        assert!(told.text.contains("api to v8.0") && told.text.contains("were considered: 3."), "{}", told.text);
        assert!(!told.text.contains("note 2") && !told.text.contains("note 3"), "{}", told.text);
        lee.says_in(&post, "Root cause: checkout still calls /v1/refunds").await;
        lee.says_in(&post, "Rolled back api to v8.0, resolved").await;
        world.settles().await;

        // Who comes late is told what happened, who leaves hands over, and the rest is written down.
        let missed = asks(&lee, &card.id, "what did I miss?", "Since you last wrote here").await;
        for part in ["kim edited Operators", "agreed: checkout is told beforehand (kim)", "told by kim", "by kim (1)"] {
            assert!(missed.text.contains(part), "`{part}` in {}", missed.text);
        }
        let handed = asks(&kim, &card.id, "hand over, please", "Hand-over of note 1").await;
        for part in [
            "Live since",
            "Agreed: checkout is told beforehand",
            "nobody approved it",
            "Operated by",
            "Last said: kim: lee and I talked",
        ] {
            assert!(handed.text.contains(part), "`{part}` in {}", handed.text);
        }
        let written = asks(&lee, &post, "write a postmortem", "A postmortem of incident 1 is begun").await;
        for part in [
            "Cause checkout still calls /v1/refunds",
            "note 1: api v8.1",
            "Nobody said it in the thread yet.",
            "postmortem-1.md",
        ] {
            assert!(written.text.contains(part), "`{part}` in {}", written.text);
        }
        world.finish().await;
    }
}
