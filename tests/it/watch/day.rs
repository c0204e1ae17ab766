//! A whole day under watch, on every platform: a real Prometheus with the series of a real shop, an incident in it, a bot that is killed
//! three times on the way, and a person who reads along.

use crate::support::clock::Shifted;
use crate::support::not_run::not_run;
use crate::support::petshop::{Samples, shop};
use crate::support::prometheus::prometheus;
use crate::support::somebody::Somebody;
use crate::support::world::{Platform, Seen, World, payments};
use chrono::{DateTime, TimeDelta, Utc};
use slipway::config::Config;
use slipway::ports::clock::Clock as _;
use slipway::wiring;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the shop's front calls itself there; here it is `payments`.
const FRONT: &str = "PetSite";
const DAY: i64 = 86_400;

/// Two days of the shop's front, with an issue of a quarter of an hour that begins with the change, and when that is.
fn history(shared: &Path, now: i64) -> (String, i64) {
    let folder = shared.join("low_traffic");
    let (quiet, issue) = (shop(&folder.join("noissue/metrics.csv")), shop(&folder.join("train/issue_5/metrics.csv")));
    let begin = |samples: &Samples| samples.values().flatten().map(|(time, _)| *time).min().expect("not empty");
    let (first, issue_first) = (begin(&quiet), begin(&issue));
    let target = std::fs::read_to_string(folder.join("train/issue_5/target.json")).expect("readable");
    let target: serde_json::Value = serde_json::from_str(&target).expect("JSON");
    let onset = (target["target"]["timestamp"].as_i64().expect("a time") - issue_first) / 300 * 300;
    // A day of history, and a day of watch that is over now.
    let at = now / 300 * 300 - DAY - 7_200;
    let moved = at - DAY - first;
    let mut text = String::new();
    for ((service, signal), samples) in quiet.iter().filter(|((service, _), _)| service == FRONT) {
        let faulty = issue.get(&(service.clone(), signal.clone()));
        let fault = |time: i64| {
            let there = time - at + onset + issue_first;
            faulty
                .into_iter()
                .flatten()
                .find(|(faulty, _)| time >= at && (faulty - there).abs() < 150)
                .map(|(_, value)| *value)
        };
        let name = signal.to_lowercase();
        writeln!(text, "# TYPE petshop_{name} gauge").expect("a string");
        for (time, value) in samples {
            let time = time + moved;
            writeln!(text, "petshop_{name} {} {time}", fault(time).unwrap_or(*value)).expect("a string");
        }
    }
    text.push_str("# EOF\n");
    (text, at)
}

async fn in_thread(person: &Somebody, card: &Seen, text: &str) -> Seen {
    person.waits_for(Some(&card.id), text, |message| message.bot && message.text.contains(text)).await
}

async fn times(person: &Somebody, thread: Option<&str>, text: &str) -> usize {
    person.sees(thread).await.iter().filter(|message| message.bot && message.text.contains(text)).count()
}

fn until(world: &World, at: i64, after: TimeDelta) {
    let now = world.clock.now();
    let then = DateTime::<Utc>::from_timestamp(at, 0).expect("a time") + after;
    assert!(then > now, "the clock goes forward: {now} {then}");
    world.clock.goes_on_by(then - now);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_with_an_incident_is_told_as_it_was_in_the_web_chat_whatever_happens_to_the_bot() {
    day(Platform::Web).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_with_an_incident_is_told_as_it_was_in_slack_whatever_happens_to_the_bot() {
    day(Platform::Slack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_with_an_incident_is_told_as_it_was_in_discord_whatever_happens_to_the_bot() {
    day(Platform::Discord).await;
}

async fn day(platform: Platform) {
    wiring::install_tls();
    let shared = std::env::var_os("SLIPWAY_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
        .join("data/metrics/petshop");
    if !shared.is_dir() {
        return not_run("a day under watch with the series of PetShop: they are not here");
    }
    let (text, at) = history(&shared, Utc::now().timestamp());
    let server = match prometheus(&text).await {
        Ok(server) => server,
        Err(missing) => return not_run(&format!("a day under watch with a real Prometheus: {missing}")),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signal = |name: &str| format!("[services.payments.signals.{name}]\nquery = \"petshop_{name}\"\n");
    let signals: String =
        ["latency_average", "latency_p95", "latency_p99", "availability_average", "requests_sum"].map(signal).concat();
    std::fs::write(folder.path().join("signals.toml"), format!("[[sources]]\nurl = \"{}\"\n{signals}", server.url))
        .expect("writable");
    let mut config = Config { signals: Some(folder.path().join("signals.toml")), ..Config::default() };
    config.watch.tell_at = vec!["12h".to_owned()];
    let clock = Arc::new(Shifted::default());
    clock.goes_on_by(DateTime::<Utc>::from_timestamp(at, 0).expect("a time") - TimeDelta::minutes(45) - Utc::now());
    plays(World::play_at(platform, payments(), config, wiring::memory_store(), clock).await, at).await;
}

async fn plays(mut world: World, at: i64) {
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    kim.says(
        "/release edit 1 monitoring_scenario Availability stays above 99 %. The p95 of payments stays below 30 s.",
    )
    .await;
    let planned = DateTime::<Utc>::from_timestamp(at, 0).expect("a time");
    kim.says(&format!("/release plan 1 --at \"{}\" --for 30m", planned.format("%Y-%m-%d %H:%M"))).await;
    kim.waits_for(Some(&card.id), "the plan", |message| message.text.contains("kim planned it")).await;
    let six = (planned + TimeDelta::hours(6)).format("%H:%M").to_string();
    kim.says(&format!("/release digest handover --at {six}")).await;
    let trial = kim.hears_somewhere("Only you see this.").await;
    kim.presses(&trial, "Post it here from now on").await;
    kim.hears_somewhere("Digest 1 is posted here from now on").await;
    world.settles().await;

    // The gate: all is well, so only the card says so.
    until(&world, at, TimeDelta::minutes(-29));
    kim.waits_for(None, "the gate", |message| message.text.contains("stable just before it is to happen")).await;
    world.settles().await;
    assert_eq!(times(&kim, Some(&card.id), "Not clean").await, 0);

    until(&world, at, TimeDelta::seconds(40));
    kim.says("/release deployed 1").await;
    in_thread(&kim, &card, "live since").await;
    world.settles().await;

    // The incident, with its picture and what to do about it.
    until(&world, at, TimeDelta::minutes(16));
    let told = in_thread(&kim, &card, "payments is unstable after note 1.").await;
    assert!(told.text.contains("What to do") && told.text.contains("forward only"), "{}", told.text);
    world.settles().await;

    // Killed while it looks, and back within minutes.
    until(&world, at, TimeDelta::minutes(21));
    world.is_killed().await;
    world.comes_back().await;
    let kim = world.somebody("kim").await;
    until(&world, at, TimeDelta::minutes(32));
    in_thread(&kim, &card, "+30m").await;
    world.settles().await;

    // It is over. Killed again, and away for hours.
    until(&world, at, TimeDelta::minutes(70));
    in_thread(&kim, &card, "payments is stable after note 1.").await;
    world.settles().await;
    world.is_killed().await;
    until(&world, at, TimeDelta::minutes(270));
    world.comes_back().await;
    let kim = world.somebody("kim").await;
    let living = in_thread(&kim, &card, "+2h stable, judged late").await;
    assert!(living.text.contains("+4h stable, judged late"), "{}", living.text);

    // The digest of the hand-over, once.
    until(&world, at, TimeDelta::minutes(361));
    let is_said = |message: &Seen| !message.whisper && message.text.contains("On-call hand-over");
    let digest = kim.waits_for(None, "the digest", is_said).await;
    assert!(digest.text.contains("On watch") && digest.text.contains("stable"), "{}", digest.text);
    world.settles().await;

    // Noon of the watch, at which somebody asked to be told.
    until(&world, at, TimeDelta::minutes(721));
    in_thread(&kim, &card, "+12h: payments is stable.").await;

    // Killed a third time, just when the day is over.
    until(&world, at, TimeDelta::minutes(1_440));
    world.is_killed().await;
    world.comes_back().await;
    let kim = world.somebody("kim").await;
    until(&world, at, TimeDelta::minutes(1_442));
    let receipt = in_thread(&kim, &card, "Note 1 did not go all well.").await;
    for part in [
        "At its worst payments was unstable; a day after it is stable.",
        "What the note promised",
        "Remembered as an incident",
    ] {
        assert!(receipt.text.contains(part), "`{part}` in {}", receipt.text);
    }
    world.settles().await;
    for said in
        ["is unstable after note 1.", "is stable after note 1.", "+12h: payments is stable.", "did not go all well"]
    {
        assert_eq!(
            times(&kim, Some(&card.id), said).await,
            1,
            "`{said}` is said once: {:#?}",
            kim.sees(Some(&card.id)).await
        );
    }
    let page = world.person("lee").await.page("/n/1").await;
    assert!(page.contains("✖ unstable") && page.contains("the day is over"), "{page}");

    // What was lived through is named by the next review.
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let second = kim.waits_for(None, "the second card", |message| message.text.contains("note 2 ·")).await;
    in_thread(&kim, &second, "payments was unstable after note 1").await;
    world.finish().await;
}
