//! Several services that go out together are one note: in their order, each with its way back, and edits stay.

use crate::support::fakes::openai::FakeOpenAi;
use crate::support::repo::Repo;
use crate::support::shop::{Shop, everywhere};
use crate::support::somebody::is_card;
use crate::support::world::World;
use slipway::config::Config;
use slipway::domain::note::{Revision, Writer};

#[tokio::test(flavor = "multi_thread")]
async fn two_services_are_one_note_in_the_order_in_which_they_go_out() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft shop web@v3.1..v3.2 api@v8.0..v8.1").await;
        let card = kim.waits_for_card().await;
        assert!(card.text.contains("api v8.1 and web v3.2"), "{}", card.text);
        assert!(card.text.contains("web and api") && card.text.contains("Breaking"), "{}", card.text);

        let note = world.records.notes.latest(1).await.expect("readable").expect("there");
        let order = "1. `api` (v8.0..v8.1) before `web`, which needs it through `http`.\n\
                     2. `web` (v3.1..v3.2) after `api`.\n\n\
                     - Between the two, `web` v3.1 meets `api` v8.1, which breaks existing use (/v1/refunds is gone, use /v2/refunds): \
                     keep that time short, or let `api` serve both for a while.";
        assert_eq!(note.text("deployment_order"), order);
        let back = note.text("rollback_scenario");
        let together = "- `web` does not go back alone: v3.1 was built for `api` v8.0, and v8.1 breaks existing use \
                        (/v1/refunds is gone, use /v2/refunds); take both back, `web` first.\n\
                        - `api` goes back only after `web` goes, because `web` was released to run with `api` v8.1.\n\
                        - If everything goes back: `web` and `api`, one after the other, each checked before the next.\n\n### api";
        assert!(back.starts_with(together), "{back}");
        assert!(back.contains("### web\n\n"), "{back}");
        let changes = note.text("changes");
        assert!(changes.contains("### api") && changes.contains("### web") && changes.contains("what a refund will pay"), "{changes}");
        let cited: Vec<&str> = note.facts.iter().map(|fact| fact.id.0.as_str()).collect();
        assert!(cited.contains(&"web/pr:#41") && cited.contains(&"api/pr:#12"), "{cited:?}");
        assert_eq!(note.section("repositories").expect("there").value.as_array().map(Vec::len), Some(2));
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_added_and_dropped_and_what_people_wrote_stays() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft web@v3.1..v3.2").await;
        let card = kim.waits_for_card().await;
        kim.says("/release edit 1 summary \"Refunds are shown before they are paid.\"").await;
        kim.waits_for(None, "the edit", |message| message.text.contains("shown before they are paid")).await;

        kim.says("/release add 1 api@v8.0..v8.1").await;
        let both = kim
            .waits_for(None, "both", |message| is_card(message) && message.text.contains("api v8.1 and web v3.2"))
            .await;
        assert_eq!(both.id, card.id, "the same note, edited in place");
        assert!(both.text.contains("Refunds are shown before they are paid."), "{}", both.text);
        kim.waits_for(Some(&card.id), "what was kept", |message| message.text.contains("Kept as edited: Summary"))
            .await;

        kim.says("/release drop 1 api").await;
        let one =
            kim.waits_for(None, "one again", |message| is_card(message) && message.text.contains("web v3.2:")).await;
        assert!(one.id == card.id && one.text.contains("Refunds are shown before they are paid."), "{}", one.text);
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_one_note_is_told_in_a_sentence() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        for (said, answer) in [
            ("/release draft wbe@v3.1..v3.2", "did you mean web"),
            ("/release draft web@v3.1..v3.2 web@v3.2", "was named twice"),
            ("/release draft web@v3.1..v3.2 v8.0..v8.1", "it is not clear whose it is"),
            ("/release draft web@v3.1...v3.2", "three dots"),
            ("/release add 1 api", "There is no note 1"),
            ("/release add api", "takes a note and a service"),
        ] {
            kim.says(said).await;
            kim.hears(answer).await;
        }
        kim.says("/release draft web@v3.1..v3.2").await;
        kim.waits_for_card().await;
        for (said, answer) in [
            ("/release drop 1 web", "cannot be dropped"),
            ("/release drop 1 api", "is not in note 1; it covers web"),
            ("/release add 1 web@v3.1..v3.2", "Note 1 covers web@v3.1..v3.2"),
        ] {
            kim.says(said).await;
            kim.hears(answer).await;
        }
        assert_eq!(world.records.notes.list(10, None).await.expect("readable").len(), 1, "nothing else was drafted");
        world.finish().await;
    })
    .await;
}

/// A model words it; the order, the ways back and what the team always wants are code's.
#[tokio::test(flavor = "multi_thread")]
async fn a_model_words_a_note_for_several_and_decides_nothing_of_it() {
    let fake = FakeOpenAi::start().await;
    let shop = Shop::new();
    let mut config = shop.config("");
    let ask = async |config: Config| {
        let world = World::with(Repo::named("elsewhere"), config).await;
        let kim = world.person("kim").await;
        kim.says("/release preferences add before \"Tell support that {version} goes out\"").await;
        kim.hears("Preference 1 holds").await;
        kim.says("/release draft shop web@v3.1..v3.2 api@v8.0..v8.1").await;
        kim.waits_for_card().await;
        let note = world.records.notes.latest(1).await.expect("readable").expect("there");
        world.finish().await;
        note
    };
    let by_rules = ask(config.clone()).await;
    config.model.base_url = Some(fake.base_url());
    config.model.models = vec!["small".to_owned()];
    let worded = ask(config).await;

    assert_eq!(worded.writer, Writer::Model("small".to_owned()));
    for key in ["deployment_order", "rollback_strategy", "operators"] {
        let value = |note: &Revision| note.section(key).expect("there").value.clone();
        assert_eq!(value(&worded), value(&by_rules), "{key}");
    }
    assert_eq!((&worded.risks, &worded.breaking), (&by_rules.risks, &by_rules.breaking));
    let changes = worded.section("changes").expect("there");
    assert!(matches!(changes.writer, Writer::Model(_)), "{:?}", worded.remarks);
    let by_model = worded.sections.iter().filter(|section| matches!(section.writer, Writer::Model(_)));
    let cites: Vec<&str> = by_model.flat_map(|section| &section.cites).map(|id| id.0.as_str()).collect();
    let is_named = |id: &&str| ["web/", "api/", "team:"].iter().any(|module| id.starts_with(module));
    assert!(!cites.is_empty() && cites.iter().all(is_named), "{cites:?}");
    let before = worded.section("before").expect("there").value.to_string();
    assert!(before.contains("Tell support that api v8.1 and web v3.2 goes out"), "{before}");
    assert_eq!(fake.log().refused, Vec::<String>::new(), "every request was a proper one");
}
