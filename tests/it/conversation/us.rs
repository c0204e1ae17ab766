//! "Is this us?": all changes before an incident, ranked; one guilty, two innocent, on every platform and without a model.

use crate::support::shop::{Shop, everywhere_with};
use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, payments};
use chrono::{TimeDelta, Utc};
use slipway::config::Config;

fn told_here(shop: &Shop) -> Config {
    let mut config = shop.config("");
    config.incidents.channels = vec!["HERE".to_owned()];
    config
}

async fn drafted(person: &Somebody, world: &World, words: &str, title: &str) -> Seen {
    person.says(&format!("/release {words}")).await;
    let card = person
        .waits_for(None, title, |message| crate::support::somebody::is_card(message) && message.text.contains(title))
        .await;
    world.settles().await;
    card
}

fn ago(minutes: i64) -> String {
    (Utc::now() - TimeDelta::minutes(minutes)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `api` forty minutes ago, `web` a quarter of an hour ago; `checkout` needs `api` and not `web`.
async fn two_changes(kim: &Somebody, world: &World) {
    drafted(kim, world, "draft api v8.0..v8.1", "api v8.1").await;
    drafted(kim, world, "draft web v3.1..v3.2", "web v3.2").await;
    for (note, minutes) in [(1, 40), (2, 15)] {
        kim.says(&format!("/release deployed {note} --at \"{}\"", ago(minutes))).await;
        kim.hears_somewhere(&format!("Note {note} is live since")).await;
    }
    world.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_change_that_the_symptom_needs_is_named_and_the_nearer_one_is_not() {
    everywhere_with(told_here, async |_, world| {
        let kim = world.somebody("kim").await;
        two_changes(&kim, &world).await;
        let lee = world.somebody("lee").await;
        let post = lee.begins("Outage: checkout fails with 500 errors, /v1/refunds is not found any more").await;
        // Nobody asked: one word in its thread, because one change is the probable cause.
        let told = lee
            .waits_for(Some(&post), "of its own accord", |message| message.bot && message.text.contains("Probably"))
            .await;
        for part in [
            "Probably note 1",
            "note 1: api v8.1",
            "checkout → api",
            "It began 40 min after it.",
            "Rolling the first one back means",
            "api to v8.0",
        ] {
            assert!(told.text.contains(part), "`{part}` in {}", told.text);
        }
        assert!(told.text.contains("were considered: 2.") && !told.text.contains("note 2"), "{}", told.text);
        lee.says_in(&post, "@Slipway is this us?").await;
        let is_another = |message: &Seen| message.bot && message.id != told.id && message.text.contains("Probably");
        lee.waits_for(Some(&post), "the answer", is_another).await;
        // In Korean, with the facts as they are.
        lee.says_in(&post, "@Slipway 이거 우리 때문이야?").await;
        lee.waits_for(Some(&post), "in Korean", |message| {
            message.bot && message.text.contains("note 1: api v8.1") && message.text.contains("근거")
        })
        .await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_none_of_ours_is_not_laid_on_a_change() {
    everywhere_with(told_here, async |_, world| {
        let kim = world.somebody("kim").await;
        drafted(&kim, &world, "draft web v3.1..v3.2", "web v3.2").await;
        kim.says(&format!("/release deployed 1 --at \"{}\"", ago(10))).await;
        kim.hears_somewhere("Note 1 is live since").await;
        let post =
            kim.begins("Outage: checkout is down, all payments fail, the provider's status page says so too").await;
        world.settles().await;
        let said = kim.sees(Some(&post)).await;
        assert!(!said.iter().any(|message| message.bot), "nothing to say of its own accord: {said:#?}");
        kim.says_in(&post, "@Slipway is this us?").await;
        let told = kim
            .waits_for(Some(&post), "the answer", |message| message.text.contains("Probably not a change we know of."))
            .await;
        assert!(told.text.contains("were considered: 1. It shows at checkout"), "{}", told.text);
        world.finish().await;
    })
    .await;
}

/// What is told where only some may read is found there, and nowhere else by any question.
#[tokio::test(flavor = "multi_thread")]
async fn an_incident_of_a_restricted_channel_is_named_only_there() {
    let mut config = Config::default();
    config.web.channels = ["releases", "security"].map(str::to_owned).to_vec();
    config.incidents.channels = vec!["web:security".to_owned()];
    config.incidents.restricted = vec!["web:security".to_owned()];
    let world = World::with(payments(), config).await;
    let kim = world.somebody("kim").await;
    let inside = kim.in_channel("security");
    inside
        .says("Outage: the payments database leaked rows of invoices, all queries fail with timeouts since 10:12")
        .await;
    let begun = std::time::Instant::now();
    while world.records.incidents.list(5).await.expect("readable").is_empty() {
        assert!(begun.elapsed().as_secs() < 20, "the post was not remembered");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    for words in [
        "@Slipway did this happen before? queries of the payments database fail with timeouts",
        "/release incidents",
        "/release incidents 1",
        "/release incidents payments database leaked invoices",
        "@Slipway is this us? payments database queries fail with timeouts",
    ] {
        kim.says(words).await;
    }
    world.settles().await;
    for message in kim.sees(None).await.iter().chain(&kim.sees(Some(&card.id)).await).filter(|message| message.bot) {
        assert!(!message.text.contains("leaked rows"), "{}", message.text);
    }
    inside.says("/release incidents").await;
    inside.hears("leaked rows").await;
    world.finish().await;
}
