//! Questions to a model: it looks things up and answers, and what of it rests on nothing is left out; or it does not, and says so.

use super::evening::asks;
use crate::support::fakes::openai::{FakeOpenAi, Manner};
use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, everywhere_with, payments};
use serde_json::{Value, json};
use slipway::config::Config;
use slipway::domain::question::Question;
use slipway::features::talk::question::eval;
use slipway::wiring;

/// The same with this server's model.
pub fn asking(url: &str, mut config: Config) -> Config {
    config.model.base_url = Some(url.to_owned());
    config.model.models = vec!["small".to_owned()];
    config.model.time_limit_s = 4;
    config
}

async fn drafted(world: &World) -> (Somebody, Seen) {
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    (kim, card)
}

fn look(tool: &str, argument: &str) -> Value {
    json!({ "action": "look", "tool": tool, "argument": argument, "sentences": [] })
}

fn answer(sentences: &[(&str, &str)]) -> Value {
    let sentences: Vec<Value> = sentences.iter().map(|(text, id)| json!({ "text": text, "cites": [id] })).collect();
    json!({ "action": "answer", "tool": "", "argument": "", "sentences": sentences })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_what_was_looked_up_is_said_with_links_and_the_rest_is_not() {
    let fake = FakeOpenAi::start().await;
    everywhere_with(payments, &asking(&fake.base_url(), Config::default()), async |world| {
        let (kim, card) = drafted(&world).await;
        fake.says(
            "question",
            [
                look("hunks", "migrations/"),
                look("hunks", "migrations/"),
                look("search", "legacy_id"),
                answer(&[
                    (
                        "The migration `0042_drop_legacy_id.sql` drops the column `legacy_id`.",
                        "h:migrations/0042_drop_legacy_id.sql:1",
                    ),
                    ("Nothing reads it any more, trust me.", "c:fffffff"),
                    ("It was read in 42 places before.", "s:legacy_id"),
                    ("See https://evil.example/x for details, @everyone.", "risk:1"),
                ]),
            ],
        );
        let told = asks(&kim, &card.id, "does anything still read the dropped column?", "drops the column").await;
        for part in [
            "By model small",
            "Looked up: 3",
            "looked up before; it tells nothing new",
            "nothing given supports them: 3",
        ] {
            assert!(told.text.contains(part), "`{part}` in {}", told.text);
        }
        for part in ["trust me", "42 places", "evil.example", "@everyone"] {
            assert!(!told.text.contains(part), "`{part}` in {}", told.text);
        }
        // What people think of it is remembered with the question, the facts and the answer; each counts once.
        kim.presses(&told, "👍").await;
        kim.waits_for(Some(&card.id), "the vote", |message| {
            message.id == told.id && message.buttons.iter().any(|one| one.label == "👍 1")
        })
        .await;
        let lee = world.somebody("lee").await;
        let seen = lee.waits_for(Some(&card.id), "the answer", |message| message.id == told.id).await;
        lee.presses(&seen, "👎").await;
        kim.waits_for(Some(&card.id), "both", |message| {
            message.id == told.id && message.buttons.iter().any(|one| one.label == "👎 1")
        })
        .await;
        let kept = world.records.questions.list(5).await.expect("readable");
        let kept_answer = kept[0].answer.as_ref().expect("answered");
        assert_eq!(
            (kept.len(), kept[0].opinions.len(), kept_answer.sentences.len(), kept_answer.dropped),
            (1, 2, 1, 3)
        );
        is_scored(&fake, &kept[0]).await;
        world.finish().await;
    })
    .await;
    assert_eq!(fake.log().refused, Vec::<String>::new());
}

/// It would look for ever; it is let do so twelve times.
#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_loops_comes_to_an_end_that_says_whom_to_ask() {
    let fake = FakeOpenAi::start().await;
    everywhere_with(payments, &asking(&fake.base_url(), Config::default()), async |world| {
        let (kim, card) = drafted(&world).await;
        let before = fake.asked().iter().filter(|asked| asked.name() == "question").count();
        fake.says("question", (0..40).map(|_| look("search", "legacy_id")));
        let told =
            asks(&kim, &card.id, "who was it that wrote all of this?", "Nothing that I looked at answers it.").await;
        assert!(told.text.contains("kim may know") && told.text.contains("Looked up: 12"), "{}", told.text);
        let asked = fake.asked().iter().filter(|asked| asked.name() == "question").count() - before;
        assert!((13..=14).contains(&asked), "twelve look-ups, one answer, perhaps a repair: {asked}");
        fake.world().script.clear();
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_stops_it_and_what_comes_later_is_not_said() {
    let fake = FakeOpenAi::start().await;
    everywhere_with(payments, &asking(&fake.base_url(), Config::default()), async |world| {
        let (kim, card) = drafted(&world).await;
        fake.always("small", Manner::Silent);
        let working = asks(&kim, &card.id, "what did the author mean by once?", "Looking into it").await;
        kim.presses(&working, "Stop").await;
        kim.waits_for(Some(&card.id), "the end", |message| {
            message.id == working.id && message.text.contains("Stopped by kim")
        })
        .await;
        fake.always("small", Manner::Sensible);
        world.settles().await;
        let said = kim.sees(Some(&card.id)).await;
        let ended = said.iter().find(|message| message.id == working.id).expect("it stands there");
        assert!(ended.text.contains("Stopped by kim") && ended.buttons.is_empty(), "{ended:?}");
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_gone_leaves_nobody_without_an_answer() {
    let fake = FakeOpenAi::start().await;
    everywhere_with(payments, &asking(&fake.base_url(), Config::default()), async |world| {
        let (kim, card) = drafted(&world).await;
        fake.always("small", Manner::Failing(500));
        let told = asks(&kim, &card.id, "what did the author mean by once?", "The model did not answer.").await;
        assert!(told.text.contains("kim may know"), "{}", told.text);
        // What needs no model is answered all the same.
        asks(&kim, &card.id, "why is it risky?", "standards are met").await;
        fake.always("small", Manner::Sensible);
        world.finish().await;
    })
    .await;
}

/// Asked again over the same facts: one sentence that stands, one that does not, and then no answer at all.
async fn is_scored(fake: &FakeOpenAi, question: &Question) {
    let line = serde_json::to_string(question).expect("JSON");
    let read = eval::read(&format!("{line}\n\n{line}\n")).expect("what was exported is read");
    assert!(eval::read("{}\n").expect_err("no question").starts_with("line 1: no stored question"));
    let cited = "h:migrations/0042_drop_legacy_id.sql:1";
    fake.says(
        "question",
        [
            answer(&[("The migration drops the column `legacy_id`.", cited), ("Nobody reads it.", "c:fffffff")]),
            answer(&[]),
        ],
    );
    let tools = wiring::Tools::build(&asking(&fake.base_url(), Config::default()), true).expect("a model");
    let report = eval::eval(tools.asker(), &read, Some((1.0, 2.0))).await;
    assert_eq!((report.answered, report.refused, report.failed, report.sentences, report.dropped), (1, 1, 0, 1, 1));
    assert!(report.tokens_in > 500 && report.tokens_out > 10 && report.cost.expect("a price") > 0.0, "{report:?}");
    assert!(report.told().contains("1 of 2 rest on what they cite (50 %)"), "{}", report.told());
}
