//! Something went live, says GitHub, a script or a metric: its note is watched; what has no note is asked about, once.

use crate::support::metrics::{Measured, Shape};
use crate::support::shop::{Delivery, Shop};
use crate::support::somebody::Somebody;
use crate::support::world::{Platform, Seen, World, payments};
use chrono::{TimeDelta, Utc};
use slipway::config::Config;
use slipway::wiring;

async fn in_thread(person: &Somebody, card: &Seen, text: &str) -> Seen {
    person.waits_for(Some(&card.id), text, |message| message.bot && message.text.contains(text)).await
}

/// Everything that asks whose it is.
async fn questions(person: &Somebody) -> Vec<Seen> {
    person.sees(None).await.into_iter().filter(|message| message.text.contains("no note tells of it")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_deploys_is_watched_by_its_note_and_only_what_counts_is_told() {
    let measured = Measured::of(&["web"], Shape::Quiet).await;
    for platform in Platform::ALL {
        println!("on {platform:?}:");
        let shop = Shop::new();
        let config = measured.beside(shop.with_tags(""));
        let world = World::play(platform, payments(), config, wiring::memory_store()).await;
        let kim = world.somebody("kim").await;
        kim.says("/release draft web v3.1..v3.2").await;
        let card = kim.waits_for_card().await;
        world.settles().await;
        let told = async |id: &str, environment: &str, state: &str| {
            let delivery = Delivery::deployment(id, "acme/web", &shop.web.head(), "v3.2", environment, state);
            let status = delivery.arrives(&world.url).await;
            world.settles().await;
            status
        };
        assert_eq!(told("d-1", "staging", "success").await, 202);
        assert_eq!(told("d-2", "production", "in_progress").await, 200);
        let said = kim.sees(Some(&card.id)).await;
        assert!(!said.iter().any(|message| message.text.contains("Live since")), "{said:#?}");

        assert_eq!(told("d-3", "Production", "failure").await, 202);
        let failed = in_thread(&kim, &card, "The deployment of web failed").await;
        assert!(failed.text.contains("v3.2 in Production, says GitHub"), "{}", failed.text);

        assert_eq!(told("d-4", "production", "success").await, 202);
        let live = in_thread(&kim, &card, "Live since").await;
        assert!(live.text.contains("v3.2 in production, says GitHub. It is watched for a day."), "{}", live.text);
        in_thread(&kim, &card, "Watch: ").await;
        assert_eq!(told("d-5", "production", "success").await, 202);
        let said = kim.sees(Some(&card.id)).await;
        assert_eq!(said.iter().filter(|message| message.text.contains("Live since")).count(), 1, "{said:#?}");
        assert!(questions(&kim).await.is_empty(), "it has a note");
        world.finish().await;
    }
}

/// A branch goes on: what is deployed from it later is another change, of which the older note tells nothing, each asked about by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_commit_under_the_same_name_is_not_what_the_note_tells_of() {
    let measured = Measured::of(&["web"], Shape::Quiet).await;
    let shop = Shop::new();
    let config = measured.beside(shop.with_tags(""));
    let world = World::play(Platform::Web, payments(), config, wiring::memory_store()).await;
    let kim = world.somebody("kim").await;
    kim.says("/release draft web v3.1..v3.2").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    for (number, digit) in [(1, "e"), (2, "f")] {
        let other = digit.repeat(40);
        let delivery =
            Delivery::deployment(&format!("d-{number}"), "acme/web", &other, "v3.2", "production", "success");
        assert_eq!(delivery.arrives(&world.url).await, 202);
        world.settles().await;
        assert_eq!(questions(&kim).await.len(), number, "{:#?}", kim.sees(None).await);
    }
    let said = kim.sees(Some(&card.id)).await;
    assert!(!said.iter().any(|message| message.text.contains("Live since")), "{said:#?}");
    world.finish().await;
}

fn with_secret(config: Config, folder: &std::path::Path) -> Config {
    let secret = folder.join("deployments-secret");
    std::fs::write(&secret, "a CD tool's secret").expect("writable");
    let mut config = config;
    config.deployments.webhook_secret_file = Some(secret);
    config
}

async fn arrives(world: &World, secret: &str, body: &str) -> (u16, String) {
    let asked = reqwest::Client::new()
        .post(format!("{}/hooks/deployments", world.url))
        .bearer_auth(secret)
        .body(body.to_owned());
    let answer = asked.send().await.expect("the bot listens");
    (answer.status().as_u16(), answer.text().await.expect("readable"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_live_without_a_note_is_asked_about_once_and_adopted_with_one_press() {
    let measured = Measured::of(&["web"], Shape::Quiet).await;
    for platform in Platform::ALL {
        println!("on {platform:?}:");
        let (shop, folder) = (Shop::new(), tempfile::tempdir().expect("a temporary folder"));
        let config = with_secret(measured.beside(shop.with_tags("")), folder.path());
        let world = World::play(platform, payments(), config, wiring::memory_store()).await;
        let kim = world.somebody("kim").await;
        let live = r#"{"service":"web","revision":"v3.2","by":"argo","source":"Argo CD"}"#;
        let (status, why) = arrives(&world, "a guess", live).await;
        assert!(status == 401 && why.starts_with("Who are you?"), "{status} {why}");
        let (status, why) = arrives(&world, "a CD tool's secret", r#"{"service":"web"}"#).await;
        assert!(status == 400 && why.contains("missing field `revision`"), "{status} {why}");
        let other = r#"{"service":"nobodys","revision":"v1"}"#;
        assert_eq!(arrives(&world, "a CD tool's secret", other).await.0, 202);
        world.settles().await;
        assert!(questions(&kim).await.is_empty(), "nothing happened to a service that is known");

        for body in [live, live, r#"{"service":"web","revision":"v3.2","by":"argo again"}"#] {
            assert_eq!(arrives(&world, "a CD tool's secret", body).await.0, 202);
        }
        world.settles().await;
        let asked = questions(&kim).await;
        assert_eq!(asked.len(), 1, "{asked:#?}");
        assert!(asked[0].text.contains("web went live as v3.2 in production on"), "{}", asked[0].text);
        assert!(asked[0].text.contains("says Argo CD") && asked[0].buttons.len() == 2, "{:#?}", asked[0]);
        kim.presses(&asked[0], "Draft its note and watch it").await;
        let card = kim.waits_for_card().await;
        assert!(card.text.contains("web v3.2"), "{}", card.text);
        kim.waits_for(None, "the answer", |message| message.text.contains("kim had note 1 drafted for it.")).await;
        in_thread(&kim, &card, "Watch: ").await;

        // What others write makes no link and rings nobody up.
        let odd = r#"{"service":"api","revision":"v8.1","source":"[CD](https://evil.example) @everyone"}"#;
        assert_eq!(arrives(&world, "a CD tool's secret", odd).await.0, 202);
        let asked = kim.waits_for(None, "a question", |message| message.text.contains("api went live")).await;
        assert!(asked.text.contains("says 'CD'(https://evil.example)"), "{}", asked.text);
        kim.presses(&asked, "It needs none").await;
        kim.waits_for(None, "the answer", |message| message.text.contains("It needs none, says kim.")).await;
        world.finish().await;
    }
}

/// The metrics tell versions apart: one that was not there before went live.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_in_the_metrics_went_live() {
    let measured = Measured::open(Shape::NewSince(Utc::now() + TimeDelta::minutes(4))).await;
    let world = World::with(payments(), measured.config()).await;
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    measured.goes_on_by(TimeDelta::minutes(6));
    world.clock.goes_on_by(TimeDelta::minutes(6));
    let live = in_thread(&kim, &card, "Live since").await;
    assert!(live.text.contains("v1.1.0 in production, says what is measured."), "{}", live.text);
    world.finish().await;
}
