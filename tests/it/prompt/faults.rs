//! Each way a model can fail: the answer is usable all the same, and the reader is told.

use super::world::{BODY, TestWorld, input};
use crate::support::fakes::openai::Manner;
use slipway::domain::note::Writer;
use slipway::prompt::Answered;
use std::time::{Duration, Instant};

/// The rules wrote all of it, and the remark is this.
fn all_by_rules(answered: &Answered<super::world::Fields>, remark: &str) {
    assert_eq!(answered.answer, (BODY.fallback)(&input()));
    assert_eq!(answered.writer, Writer::Rules);
    assert_eq!(answered.by_rules, Vec::<String>::new());
    assert_eq!(answered.remarks, [remark]);
}

async fn alone(manner: Manner) -> TestWorld {
    let world = TestWorld::with(|options| options.roles.default.models = vec!["small".to_owned()]).await;
    world.fake.always("small", manner);
    world
}

#[tokio::test]
async fn missing() {
    let world = alone(Manner::Sensible).await;
    world.fake.world().models.clear();
    all_by_rules(&world.ask(&input()).await, "model `small` does not have what was asked for; rules wrote `body`");
    let gone =
        TestWorld::at("http://127.0.0.1:9/v1", |options| options.roles.default.models = vec!["small".to_owned()]).await;
    all_by_rules(&gone.ask(&input()).await, "model `small` could not be reached; rules wrote `body`");
    let unnamed = TestWorld::with(|options| options.roles.default.models.clear()).await;
    all_by_rules(&unnamed.ask(&input()).await, "no model is configured for `body`; rules wrote `body`");
}

#[tokio::test]
async fn slow() {
    let world = TestWorld::with(|options| {
        options.roles.default.models = vec!["small".to_owned()];
        options.roles.default.time_limit = Duration::from_millis(300);
    })
    .await;
    world.fake.always("small", Manner::Silent);
    let begun = Instant::now();
    all_by_rules(&world.ask(&input()).await, "model `small` did not answer within 0.3 s; rules wrote `body`");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn rate_limited() {
    let world = alone(Manner::Busy(Some(Duration::from_secs(30)))).await;
    all_by_rules(&world.ask(&input()).await, "model `small` is busy and asks to wait 30 s; rules wrote `body`");
    assert_eq!(world.fake.asked().len(), 1);
    world.decent();
}

#[tokio::test]
async fn failing() {
    let world = alone(Manner::Failing(502)).await;
    all_by_rules(&world.ask(&input()).await, "model `small` failed (502); rules wrote `body`");
    assert_eq!(world.fake.asked().len(), 4);
}

#[tokio::test]
async fn cut_off_once_what_was_complete_is_kept_and_the_rest_is_asked_again() {
    let world = alone(Manner::Sensible).await;
    world.fake.next(Manner::CutOff);
    let answered = world.ask(&input()).await;
    assert_eq!((answered.writer, answered.by_rules), (Writer::Model("small".to_owned()), Vec::<String>::new()));
    let asked = world.fake.asked();
    assert_eq!(asked.len(), 2);
    assert!(!asked[1].fields().contains(&"title".to_owned()), "the title had arrived: {:?}", asked[1].fields());
    world.decent();
}

#[tokio::test]
async fn cut_off_always_the_rules_fill_in_what_never_arrived() {
    let world = alone(Manner::CutOff).await;
    let answered = world.ask(&input()).await;
    assert_eq!(answered.writer, Writer::Model("small".to_owned()));
    assert!(answered.by_rules.contains(&"steps".to_owned()), "{:?}", answered.by_rules);
    assert_eq!(answered.answer["steps"], (BODY.fallback)(&input())["steps"]);
    assert!(answered.remarks[0].starts_with("the answer of model `small` was cut off at "), "{:?}", answered.remarks);
    assert!(answered.remarks.contains(&"`steps` by model `small` is missing; rules wrote it".to_owned()));
}

#[tokio::test]
async fn garbage() {
    let world = alone(Manner::Garbage).await;
    let remark = "the answer of model `small` was not the JSON object that was asked for; rules wrote `body`";
    all_by_rules(&world.ask(&input()).await, remark);
    assert_eq!(world.fake.asked().len(), 2);
    world.decent();
}

#[tokio::test]
async fn wrong_json() {
    let world = alone(Manner::WrongJson).await;
    let remark = "the answer of model `small` could not be used: `title` is missing; `impact` is missing; `changes` is missing; \
                  rules wrote `body`";
    all_by_rules(&world.ask(&input()).await, remark);
    assert_eq!(world.fake.asked().len(), 2);
}

#[tokio::test]
async fn too_long() {
    let world = alone(Manner::TooLong).await;
    let answered = world.ask(&input()).await;
    assert_eq!(answered.writer, Writer::Model("small".to_owned()), "what has the right length is kept");
    assert_eq!(answered.by_rules, ["title", "changes", "steps"]);
    assert_eq!(answered.answer["title"], (BODY.fallback)(&input())["title"]);
    assert!(
        answered.remarks[0].contains("characters long, the limit is 100; rules wrote it"),
        "{:?}",
        answered.remarks
    );
    assert_eq!(world.fake.asked().len(), 2);
}

#[tokio::test]
async fn another_language() {
    let world = alone(Manner::Foreign).await;
    let answered = world.ask(&input()).await;
    assert_eq!(answered.by_rules, ["title", "changes", "steps"]);
    assert_eq!(answered.answer["changes"], (BODY.fallback)(&input())["changes"]);
    let remark = "`title` by model `small` is in another language: East Asian script, where the change is described in Latin \
                  script; rules wrote it";
    assert_eq!(answered.remarks[0], remark);
}
