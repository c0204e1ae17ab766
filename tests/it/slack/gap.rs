//! Connections end in many ways; what is said meanwhile is heard afterwards, once.

use super::scene::{Scene, adapter, listen};
use crate::support::ear::Ear;
use crate::support::fakes::slack::state::Sort;
use crate::support::fakes::slack::{FakeSlack, Manner};
use slipway::domain::message::{Message, What};
use slipway::ports::chat::Chat;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const MOMENT: Duration = Duration::from_millis(50);

/// Slack sends nothing a second time here, so that only looking it up finds what was missed; and connections may be
/// opened as often as these tests lose them.
async fn forgetful() -> FakeSlack {
    let fake = FakeSlack::start().await;
    {
        let mut knobs = fake.knobs();
        knobs.redeliveries = 0;
        knobs.limiting = false;
    }
    fake
}

/// Words of everything that was heard, in the order it was heard.
fn words(scene: &Scene) -> Vec<String> {
    let heard = scene.ear.heard().into_iter();
    heard
        .map(|heard| match heard.what {
            What::Mention { words } | What::Command { words } => words,
            What::Message { text } => text,
            other => format!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn connections_that_slack_renews_miss_nothing() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    let kim = scene.fake.person("kim");
    for (at, reason) in ["warning", "refresh_requested", "a_reason_of_tomorrow"].into_iter().enumerate() {
        let opened = scene.fake.log().opened;
        let (fake, talking) = (&scene.fake, async {
            for word in 0..10 {
                kim.says(&format!("@Slipway {at}-{word}")).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        tokio::join!(fake.disconnects(reason, Duration::from_millis(150)), talking);
        scene.fake.waits_for_sockets(2).await;
        let begun = Instant::now();
        while scene.fake.log().opened < opened + 2 && begun.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(MOMENT).await;
        }
        assert_eq!(scene.fake.log().opened, opened + 2, "{reason}: each connection was renewed once");
    }
    scene.heard_in_all(30).await;
    assert_eq!(*scene.ear.notices.lock().expect("no panic"), [], "nobody is bothered with it");
}

#[tokio::test]
async fn what_is_said_while_every_connection_is_cut_is_heard_afterwards() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    let kim = scene.fake.person("kim");
    kim.says("@Slipway before").await;
    let card = scene.slack.post(&scene.releases(), "card", &Message::text("Drafting")).await.expect("posted");
    let old = kim.says("an old root of people's own").await;
    kim.says_in(&old, "@Slipway before, in a thread").await;
    scene.heard_in_all(2).await;
    for round in 0..5 {
        scene.fake.goes_away().await;
        kim.says(&format!("@Slipway gap {round}")).await;
        kim.says("and people go on talking").await;
        kim.says_in(&card, &format!("reply {round}")).await;
        kim.says_in(&old, &format!("@Slipway thread {round}")).await;
        scene.fake.comes_back(2).await;
        kim.says(&format!("@Slipway after {round}")).await;
        scene.heard_in_all(2 + 4 * (round + 1)).await;
    }
    let heard = words(&scene);
    for round in 0..5 {
        for word in ["gap", "reply", "thread", "after"] {
            let word = format!("{word} {round}");
            assert_eq!(heard.iter().filter(|heard| **heard == word).count(), 1, "{word} in {heard:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_stands_still_is_noticed_and_what_it_swallowed_is_heard() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    let kim = scene.fake.person("kim");
    kim.says("@Slipway before").await;
    scene.heard_in_all(1).await;
    scene.fake.freezes();
    kim.says("@Slipway into the void").await;
    let begun = Instant::now();
    scene.heard("what was said", |heard| heard.what == What::Mention { words: "into the void".to_owned() }).await;
    // Three pings of a second without an answer.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    scene.fake.waits_for_sockets(2).await;
}

#[tokio::test]
async fn what_is_said_while_the_process_is_down_is_heard_at_the_next_start() {
    let fake = forgetful().await;
    let incidents = fake.world().add_channel("incidents", Sort::Private, true);
    let watched = incidents.clone();
    let scene = Scene::with(fake, move |options, _| options.watched = vec![watched]).await;
    let kim = scene.fake.person("kim");
    let upset = kim.looks_at("incidents");
    kim.says("@Slipway before").await;
    upset.says("something is on fire").await;
    scene.heard_in_all(2).await;
    let (fake, store, _) = scene.stops().await;
    kim.says("@Slipway during").await;
    upset.says("it still burns").await;
    let watched = incidents.clone();
    let scene = Scene::on(fake, store, move |options, _| options.watched = vec![watched]).await;
    scene.heard("the mention", |heard| heard.what == What::Mention { words: "during".to_owned() }).await;
    scene.heard("the fire", |heard| heard.what == What::Message { text: "it still burns".to_owned() }).await;
}

#[tokio::test]
async fn what_was_said_before_the_first_start_or_too_long_ago_is_left_alone() {
    let fake = forgetful().await;
    let incidents = fake.world().add_channel("incidents", Sort::Public, true);
    let kim = fake.person("kim");
    kim.looks_at("incidents").says("long before anybody watched").await;
    kim.says("@Slipway are you there?").await;
    let watched = incidents.clone();
    let scene = Scene::with(fake, move |options, _| options.watched = vec![watched]).await;
    kim.looks_at("incidents").says("from now on").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert_eq!(heard.what, What::Message { text: "from now on".to_owned() });
    let (fake, store, _) = scene.stops().await;
    kim.looks_at("incidents").says("missed").await;
    let watched = incidents.clone();
    let scene = Scene::on(fake, store, move |options, pace| {
        options.watched = vec![watched];
        pace.back = Duration::ZERO;
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(scene.ear.heard(), [], "it is older than what is looked back for");
}

#[tokio::test]
async fn our_own_posts_in_a_gap_hide_nothing_of_what_people_said_in_it() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    let kim = scene.fake.person("kim");
    kim.says("@Slipway before").await;
    scene.heard_in_all(1).await;
    scene.fake.goes_away().await;
    kim.says("@Slipway unheard").await;
    scene.slack.post(&scene.releases(), "k", &Message::text("Our own words")).await.expect("the Web API works");
    scene.fake.comes_back(2).await;
    scene.heard("what was said", |heard| heard.what == What::Mention { words: "unheard".to_owned() }).await;
}

#[tokio::test]
async fn what_could_not_be_looked_up_is_looked_up_later() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    let kim = scene.fake.person("kim");
    kim.says("@Slipway before").await;
    scene.heard_in_all(1).await;
    scene.fake.goes_away().await;
    kim.says("@Slipway unheard").await;
    scene.fake.always("conversations.history", Manner::Garbage);
    scene.fake.comes_back(2).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(scene.ear.heard().len(), 1);
    scene.fake.well_again("conversations.history");
    scene.heard("what was said", |heard| heard.what == What::Mention { words: "unheard".to_owned() }).await;
}

#[tokio::test]
async fn a_conversation_we_were_thrown_out_of_is_let_go() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    scene.fake.expect_refused("not_in_channel");
    let kim = scene.fake.person("kim");
    kim.says("@Slipway before").await;
    scene.heard_in_all(1).await;
    scene.fake.world().channel_mut("C0RELEASES").members.remove("U0SLIPWAY");
    for _ in 0..2 {
        scene.fake.goes_away().await;
        scene.fake.comes_back(2).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(scene.fake.calls("conversations.history").len() <= 3, "it is not asked for again and again");
}

#[tokio::test]
async fn many_reconnects_in_a_row_miss_nothing_and_open_no_more_than_they_must() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    let kim = scene.fake.person("kim");
    kim.says("@Slipway 0").await;
    for round in 1..=30 {
        if round % 3 == 0 {
            scene.fake.cuts()
        } else {
            scene.fake.disconnects("warning", MOMENT).await
        }
        kim.says(&format!("@Slipway {round}")).await;
        scene.fake.waits_for_sockets(2).await;
    }
    scene.heard_in_all(31).await;
    let opened = scene.fake.log().opened;
    assert!(opened <= 2 + 30 * 3, "{opened} connections");
}

#[tokio::test]
async fn it_waits_longer_and_longer_while_nobody_answers_and_tells_nobody_twice() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    scene.fake.expect_refused("socket_mode_disabled");
    scene.fake.knobs().socket_mode = false;
    scene.fake.cuts();
    let sentence = scene.told("connection", true).await.expect("a sentence");
    assert!(sentence.contains("no connection to Slack since") && sentence.contains("`slack.com`"), "{sentence}");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let tries = scene.fake.calls("apps.connections.open").len();
    assert!(tries < 20, "{tries} tries in two seconds, of two connections");
    scene.fake.knobs().socket_mode = true;
    scene.told("connection", false).await;
    let notices = scene.ear.notices.lock().expect("no panic").clone();
    assert_eq!(notices.iter().filter(|(_, about, _)| about == "connection").count(), 2, "{notices:#?}");
    scene.fake.waits_for_sockets(2).await;
}

#[tokio::test]
async fn socket_mode_that_is_switched_off_is_told_and_over_once_it_is_on() {
    let scene = Scene::with(forgetful().await, |_, _| {}).await;
    scene.fake.expect_refused("socket_mode_disabled");
    scene.fake.knobs().socket_mode = false;
    scene.fake.disconnects("link_disabled", MOMENT).await;
    let sentence = scene.told("socket mode", true).await.expect("a sentence");
    assert!(sentence.contains("Switch it on under **Socket Mode**"), "{sentence}");
    scene.fake.knobs().socket_mode = true;
    scene.told("socket mode", false).await;
    scene.fake.waits_for_sockets(2).await;
}

#[tokio::test]
async fn with_all_ten_connections_taken_it_says_so_and_comes_in_when_one_is_free() {
    let fake = forgetful().await;
    let (stop, ear) = (CancellationToken::new(), Arc::new(Ear::default()));
    let crowd =
        adapter(&fake, Arc::new(slipway::adapters::store::memory::MemoryStore::new()), |_, pace| pace.lines = 10);
    let crowding = listen(&crowd, ear, &stop);
    fake.waits_for_sockets(10).await;
    let late = adapter(&fake, Arc::new(slipway::adapters::store::memory::MemoryStore::new()), |_, _| {});
    let (late_ear, late_stop) = (Arc::new(Ear::default()), CancellationToken::new());
    let waiting = listen(&late, late_ear.clone(), &late_stop);
    let begun = Instant::now();
    while late_ear.notices.lock().expect("no panic").iter().all(|(_, about, _)| about != "socket mode") {
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody was told");
        tokio::time::sleep(MOMENT).await;
    }
    stop.cancel();
    crowding.await.expect("no panic").expect("a clean end");
    fake.waits_for_sockets(2).await;
    late_stop.cancel();
    waiting.await.expect("no panic").expect("a clean end");
}
