//! Typed questions, asked of a model that has good days and bad ones.

mod attack;
mod faults;
mod world;

use crate::support::fakes::openai::Manner;
use serde_json::json;
use slipway::domain::note::Writer;
use slipway::prompt::Asker;
use std::time::Duration;
use world::{BODY, TestWorld, input};

#[tokio::test]
async fn a_good_model_is_asked_once_and_taken_at_its_word() {
    let world = TestWorld::start().await;
    let answered = world.ask(&input()).await;
    assert_eq!(answered.writer, Writer::Model("small".to_owned()));
    assert_eq!((answered.by_rules, answered.remarks), (Vec::new(), Vec::new()));
    assert_eq!(answered.answer["title"], "Callers must send a key [brk:1].");
    assert!(
        answered.answer["changes"].as_str().is_some_and(|text| text.contains("[risk:1]") && text.contains("[pr:#812]"))
    );
    let asked = world.fake.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].fields(), ["title", "impact", "changes", "steps"]);
    assert_eq!(world.asker.ledger().expect("there is a model").totals().calls, 1);
    world.decent();
}

#[tokio::test]
async fn without_a_model_the_rules_answer_and_nothing_is_remarked() {
    let answered = Asker::none().ask(&BODY, &input()).await;
    assert_eq!(answered.answer, (BODY.fallback)(&input()));
    assert_eq!((answered.writer, answered.remarks), (Writer::Rules, Vec::new()));
}

#[tokio::test]
async fn only_what_failed_is_asked_again() {
    let world = TestWorld::start().await;
    world.fake.always("small", Manner::Sloppy);
    let answered = world.ask(&input()).await;
    assert_eq!(answered.answer["title"], "Callers must send a key [brk:1].");
    assert_eq!((answered.by_rules, answered.remarks), (Vec::new(), Vec::new()));
    let asked = world.fake.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].fields(), ["title"]);
    let again = asked[1].text();
    let (_, repair) = again.split_once("could not be used").expect("it says why it asks again");
    assert!(repair.contains("`title`") && repair.contains("unexpected") && repair.contains("not of type"), "{repair}");
    assert!(!repair.contains("`changes`"), "what was good is not sent again: {repair}");
    world.decent();
}

#[tokio::test]
async fn a_complaint_of_the_feature_is_repaired_or_the_rules_value_stands_in_that_field_alone() {
    let world = TestWorld::start().await;
    let mut unlucky = input();
    unlucky.forbidden = "[brk:1]".to_owned();
    let answered = world.ask(&unlucky).await;
    assert_eq!(answered.writer, Writer::Model("small".to_owned()));
    assert_eq!(answered.by_rules, ["title", "changes"]);
    assert_eq!(answered.answer["title"], (BODY.fallback)(&unlucky)["title"]);
    assert_ne!(answered.answer["steps"], (BODY.fallback)(&unlucky)["steps"]);
    assert_eq!(
        answered.remarks,
        [
            "`title` by model `small` says `[brk:1]`, which is forbidden; rules wrote it",
            "`changes` by model `small` says `[brk:1]`, which is forbidden; rules wrote it",
        ]
    );
    assert_eq!(world.fake.asked().len(), 2, "one repair and no more");
    world.decent();
}

#[tokio::test]
async fn a_chatty_model_is_understood() {
    let world = TestWorld::start().await;
    world.fake.always("small", Manner::Chatty);
    let answered = world.ask(&input()).await;
    assert_eq!((answered.writer, answered.by_rules.len()), (Writer::Model("small".to_owned()), 0));
    assert_eq!(world.fake.asked().len(), 1);
}

#[tokio::test]
async fn the_next_model_of_the_chain_answers_and_the_failed_one_rests_a_minute() {
    let world = TestWorld::start().await;
    world.fake.world().models = vec!["large".to_owned()];
    let answered = world.ask(&input()).await;
    assert_eq!(answered.writer, Writer::Model("large".to_owned()));
    assert_eq!(answered.remarks, ["model `small` does not have what was asked for; model `large` wrote `body`"]);
    let models =
        |world: &TestWorld| world.fake.asked().iter().map(|asked| asked.model().to_owned()).collect::<Vec<_>>();
    assert_eq!(models(&world), ["small", "large"]);

    let answered = world.ask(&input()).await;
    assert_eq!(models(&world), ["small", "large", "large"]);
    assert_eq!(
        answered.remarks,
        ["model `small` does not have what was asked for a moment ago and was not asked; model `large` wrote `body`"]
    );
    world.clock.advance(Duration::from_secs(61));
    world.fake.world().models = vec!["small".to_owned(), "large".to_owned()];
    assert_eq!(world.ask(&input()).await.writer, Writer::Model("small".to_owned()));
    world.decent();
}

#[tokio::test]
async fn beyond_the_days_tokens_the_rules_answer_until_tomorrow() {
    let world = TestWorld::with(|options| options.daily_tokens = Some(100)).await;
    assert_eq!(world.ask(&input()).await.writer, Writer::Model("small".to_owned()));
    let answered = world.ask(&input()).await;
    assert_eq!(answered.writer, Writer::Rules);
    assert_eq!(answered.remarks, ["the daily limit of 100 tokens is used up; rules wrote `body`"]);
    assert_eq!(world.fake.asked().len(), 1);
    world.clock.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(world.ask(&input()).await.writer, Writer::Model("small".to_owned()));
}

#[tokio::test]
async fn an_answer_that_passed_every_check_is_remembered_and_a_bad_one_is_not() {
    let memo = world::TestMemo::default();
    let world = TestWorld::with(|options| options.memo = Some(std::sync::Arc::new(memo.clone()))).await;
    world.fake.next(Manner::Garbage);
    world.fake.next(Manner::Garbage);
    assert_eq!(world.ask(&input()).await.writer, Writer::Rules);
    assert_eq!(memo.len(), 0);
    let first = world.ask(&input()).await;
    assert_eq!((memo.len(), world.fake.asked().len()), (1, 3));
    assert_eq!(world.ask(&input()).await, first);
    assert_eq!(world.fake.asked().len(), 3, "the same question is not put again");
    let mut other = input();
    other.context.push_str("\n- [pr:#900] Another change");
    world.ask(&other).await;
    assert_eq!(world.fake.asked().len(), 4);
}

#[tokio::test]
async fn an_answer_in_the_language_that_was_asked_for_is_no_fault() {
    let world = TestWorld::start().await;
    world.fake.always("small", Manner::Foreign);
    let mut korean = input();
    korean.language = "Korean".to_owned();
    let answered = world.ask(&korean).await;
    assert_eq!((answered.writer, answered.by_rules), (Writer::Model("small".to_owned()), Vec::<String>::new()));
    assert!(world.fake.asked()[0].text().contains("Write in this language: Korean."));
    assert_eq!(answered.answer["impact"], json!("low"));
}
