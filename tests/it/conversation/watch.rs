//! It is out: the watch begins, looks, tells what changed, and says after a day how it went.

use crate::support::metrics::{Measured, Shape};
use crate::support::shop::Shop;
use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, everywhere_with, payments};
use chrono::{TimeDelta, Utc};
use slipway::features::review::backtest::backtest;
use slipway::wiring::{self, House};

fn ago(hours: i64) -> String {
    (Utc::now() - TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

async fn drafted(world: &World) -> (Somebody, Seen) {
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    (kim, card)
}

async fn in_thread(person: &Somebody, card: &Seen, text: &str) -> Seen {
    person.waits_for(Some(&card.id), text, |message| message.bot && message.text.contains(text)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_went_well_ends_with_a_receipt_and_no_other_word() {
    let measured = Measured::open(Shape::Quiet).await;
    everywhere_with(payments, &measured.config(), async |world| {
        let (kim, card) = drafted(&world).await;
        kim.says(&format!("/release deployed 1 --at \"{}\"", ago(25))).await;
        kim.hears_somewhere("Note 1 is watched from").await;
        in_thread(&kim, &card, "Note 1 went well. A day after it went live nothing is worse").await;
        let living = in_thread(&kim, &card, "Watch: stable.").await;
        for part in ["● +10m stable, judged late", "● +24h stable", "told by kim · over"] {
            assert!(living.text.contains(part), "`{part}` in {}", living.text);
        }
        let said = kim.sees(Some(&card.id)).await;
        assert!(!said.iter().any(|message| message.text.contains("is unstable after")), "{said:#?}");
        // It is over: nothing is left to stop, and it may begin anew.
        kim.says("/release deployed 1 stop").await;
        kim.hears_somewhere("Note 1 is not watched.").await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_slows_everything_is_told_once_with_its_numbers() {
    let measured = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::hours(3))).await;
    everywhere_with(payments, &measured.config(), async |world| {
        let (kim, card) = drafted(&world).await;
        let at = (Utc::now() - TimeDelta::hours(3)).timestamp();
        kim.says(&format!("/release deployed 1 --at {at}")).await;
        let told = in_thread(&kim, &card, "is unstable after note 1.").await;
        for part in
            ["latency_p95 of payments much worse since +", "since +2m: ", "was to be expected", "is normal (×2."]
        {
            assert!(told.text.contains(part), "`{part}` in {}", told.text);
        }
        for part in
            ["What to do", ": forward only, although latency_p", "drops column invoices.legacy_id and has no way back."]
        {
            assert!(told.text.contains(part), "`{part}` in {}", told.text);
        }
        let living = in_thread(&kim, &card, "Watch: unstable.").await;
        assert!(living.text.contains("✖ +2h unstable") && living.text.contains("▫ +4h"), "{}", living.text);
        world.settles().await;
        let said = kim.sees(Some(&card.id)).await;
        let times = said.iter().filter(|message| message.text.contains("is unstable after note 1.")).count();
        assert_eq!(times, 1, "{said:#?}");

        kim.says("/release deployed 1").await;
        kim.hears_somewhere("Note 1 is watched already, since").await;
        kim.says("/release deployed 1 stop").await;
        kim.hears_somewhere("Note 1 is not watched any more.").await;
        in_thread(&kim, &card, "stopped by kim").await;
        // Begun anew with the same time it is looked at again.
        kim.says(&format!("/release deployed 1 --at {at}")).await;
        kim.waits_for(Some(&card.id), "the watch again", |message| {
            message.text.contains("Watch: unstable.") && !message.text.contains("stopped by")
        })
        .await;
        world.finish().await;
    })
    .await;
}

/// The last look is due in a moment; the process that would have taken it is gone by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_where_it_was_after_a_restart() {
    let measured = Measured::open(Shape::Quiet).await;
    let store = wiring::memory_store();
    let world = World::on(payments(), measured.config(), store.clone()).await;
    let (kim, card) = drafted(&world).await;
    let at = Utc::now() - TimeDelta::days(1) + TimeDelta::seconds(15);
    kim.says(&format!("/release deployed 1 --at {}", at.timestamp())).await;
    let living = in_thread(&kim, &card, "Watch: stable.").await;
    assert!(living.text.contains("● +12h stable, judged late") && living.text.contains("▫ +24h"), "{}", living.text);
    let repo = world.finish().await;

    let world = World::on(repo, measured.config(), store).await;
    let kim = world.somebody("kim").await;
    in_thread(&kim, &card, "Note 1 went well.").await;
    let living = in_thread(&kim, &card, "Watch: stable.").await;
    assert!(
        living.text.contains("● +24h stable Report") || living.text.contains("● +24h stable · "),
        "{}",
        living.text
    );
    let said = kim.sees(Some(&card.id)).await;
    assert_eq!(said.iter().filter(|message| message.text.contains("Note 1 went well.")).count(), 1, "{said:#?}");
    world.finish().await;
}

/// How a day went is what a rule is held against before anybody switches it on.
#[tokio::test(flavor = "multi_thread")]
async fn a_backtest_knows_how_the_day_after_went() {
    let measured = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::hours(3))).await;
    let store = wiring::memory_store();
    let world = World::on(payments(), measured.config(), store.clone()).await;
    let (kim, card) = drafted(&world).await;
    let told = async |repo: &std::path::Path| {
        let context = House::looked_at(&measured.config(), store.clone(), Some(repo)).await.expect("a house");
        backtest(&context, "two-operators").await.expect("a backtest").told(false)
    };
    let before = told(world.repo.path()).await;
    assert!(before.contains("1 of 1 note; none of them was followed by an incident or an unstable day."), "{before}");
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(3))).await;
    in_thread(&kim, &card, "is unstable after note 1.").await;
    let after = told(world.repo.path()).await;
    assert!(after.contains("one of them was followed by an incident or an unstable day."), "{after}");
    assert!(after.contains("(its day after: unstable)"), "{after}");
    world.finish().await;
}

/// What was lived through is remembered: the review of a change like it names it, with what to look at first.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_day_is_named_in_the_review_of_the_next_change_like_it_and_a_good_one_is_not() {
    let bad = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::hours(25))).await;
    let world = World::with(payments(), bad.config()).await;
    let (kim, card) = drafted(&world).await;
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(25))).await;
    in_thread(&kim, &card, "Note 1 did not go all well.").await;
    world.settles().await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let second = kim.waits_for(None, "the second card", |message| message.text.contains("note 2 ·")).await;
    let review = in_thread(&kim, &second, "payments was unstable after note 1").await;
    assert!(review.text.contains("It happened before"), "{}", review.text);
    let lesson = "lesson: after a change like this, look at latency_p";
    assert!(review.text.contains(lesson) && review.text.contains("of payments first; note 1 has"), "{}", review.text);
    world.finish().await;

    let good = Measured::open(Shape::Quiet).await;
    let world = World::with(payments(), good.config()).await;
    let (kim, card) = drafted(&world).await;
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(25))).await;
    in_thread(&kim, &card, "Note 1 went well.").await;
    world.settles().await;
    assert!(world.records.incidents.list(9).await.expect("readable").is_empty(), "a good day is no incident");
    world.finish().await;
}

/// `requests_per_second` is lowest in the evening and highest in the morning.
#[tokio::test(flavor = "multi_thread")]
async fn free_times_are_those_with_little_traffic_where_that_is_measured() {
    let measured = Measured::open(Shape::Quiet).await;
    let world = World::with(payments(), measured.config()).await;
    let (kim, _) = drafted(&world).await;
    kim.says("/release edit 1 operators kim, lee").await;
    world.settles().await;
    kim.says("/release slot 1").await;
    let told = kim.hears_somewhere("Free for note 1").await;
    assert!(told.text.contains("17:00–17:30 · 7") || told.text.contains("17:00–17:30 · 6"), "{}", told.text);
    assert!(told.text.contains("by the traffic of the last two weeks"), "{}", told.text);
    world.finish().await;

    let gone = Measured::open(Shape::Gone).await;
    let world = World::with(payments(), gone.config()).await;
    let (kim, _) = drafted(&world).await;
    kim.says("/release edit 1 operators kim, lee").await;
    world.settles().await;
    kim.says("/release slot 1").await;
    let told = kim.hears_somewhere("Free for note 1").await;
    let gap = "could not be asked: requests_per_second of payments : prometheus failed (503)";
    assert!(told.text.contains(gap) && told.text.contains("09:00–09:30"), "{}", told.text);
    world.finish().await;
}

/// What the note says will come of it is held against what was measured; fears and orders in it are not.
#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_answers_what_the_note_promised() {
    let measured = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::hours(25))).await;
    everywhere_with(payments, &measured.config(), async |world| {
        let (kim, card) = drafted(&world).await;
        let promised = "p95 of payments falls. The error ratio stays below 1 %. Watch whether traffic drops.";
        kim.says(&format!("/release edit 1 monitoring_scenario {promised}")).await;
        world.settles().await;
        kim.says(&format!("/release deployed 1 --at \"{}\"", ago(25))).await;
        let begun = kim.hears_somewhere("It will say whether these were kept").await;
        assert!(begun.text.contains("p95 of payments falls") && !begun.text.contains("traffic"), "{}", begun.text);
        let receipt = in_thread(&kim, &card, "What the note promised").await;
        for part in
            ["Not kept: \"p95 of payments falls\"", "Kept: \"The error ratio stays below 1 %\"", "promised was 0.01"]
        {
            assert!(receipt.text.contains(part), "`{part}` in {}", receipt.text);
        }
        world.finish().await;
    })
    .await;
}

/// Whoever opens the note sees its day at a glance, and the numbers behind each verdict.
#[tokio::test(flavor = "multi_thread")]
async fn the_note_s_page_has_the_report_of_its_day() {
    let measured = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::hours(3))).await;
    let world = World::with(payments(), measured.config()).await;
    let (kim, card) = drafted(&world).await;
    let lee = world.person("lee").await;
    assert!(!lee.page("/n/1").await.contains("id=\"watch\""), "nothing is watched yet");
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(3))).await;
    in_thread(&kim, &card, "is unstable after note 1.").await;
    world.settles().await;
    let page = lee.page("/n/1").await;
    for part in [
        "<b>before</b><span>● stable",
        "<b>+10 min</b><span>✖ unstable",
        "What to do",
        "unstable <b>1</b>",
        "much worse</span>",
        "<b>+4 h</b><span> not yet",
    ] {
        assert!(page.contains(part), "`{part}` in {page}");
    }
    let picture = lee.get("/n/1/watch/0.png").await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(picture.bytes().await.expect("readable").starts_with(b"\x89PNG"));
    assert_eq!(lee.get("/n/1/watch/9.png").await.status(), 404);
    let card = kim.waits_for(None, "the card", |message| message.text.contains("Watch unstable")).await;
    assert!(card.text.contains("note 1 ·"), "{}", card.text);
    world.finish().await;
}

/// `web` calls `api` and went out with it; both are slow since then.
#[tokio::test(flavor = "multi_thread")]
async fn of_several_modules_each_has_its_own_advice() {
    let slow = Shape::SlowSince(Utc::now() - TimeDelta::hours(2));
    let measured = Measured::of(&["api", "web"], slow).await;
    let shop = Shop::new();
    let world = World::with(payments(), measured.beside(shop.config(""))).await;
    let kim = world.somebody("kim").await;
    kim.says("/release draft shop web@v3.1..v3.2 api@v8.0..v8.1").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(2))).await;
    let told = in_thread(&kim, &card, "What to do").await;
    for part in [
        "api : roll back to v8.0 , because latency_p",
        "That undoes 2 commits. web went out with it and needs it: take it back first.",
        "web : goes back with api , which it calls and which got worse too.",
    ] {
        let text = told
            .text
            .replace("v8.0,", "v8.0 ,")
            .replace("api:", "api :")
            .replace("web:", "web :")
            .replace("api,", "api ,");
        assert!(text.contains(part), "`{part}` in {text}");
    }
    world.finish().await;
}

/// Half an hour before its time a service is looked at. Where all is well only the card says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_service_is_not_well_is_held_at_the_gate_with_the_reason() {
    let soon = || (Utc::now() + TimeDelta::minutes(20)).format("%Y-%m-%d %H:%M").to_string();
    let slow = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::minutes(20))).await;
    everywhere_with(payments, &slow.config(), async |world| {
        let (kim, card) = drafted(&world).await;
        kim.says(&format!("/release plan 1 --at \"{}\"", soon())).await;
        let told = in_thread(&kim, &card, "Not clean: payments is unstable").await;
        assert!(told.text.contains("latency_p95 of payments much worse since +"), "{}", told.text);
        kim.waits_for(None, "the card", |message| message.text.contains("unstable just before it is to happen")).await;
        world.finish().await;
    })
    .await;

    let quiet = Measured::open(Shape::Quiet).await;
    let world = World::with(payments(), quiet.config()).await;
    let (kim, card) = drafted(&world).await;
    kim.says(&format!("/release plan 1 --at \"{}\"", soon())).await;
    kim.waits_for(None, "the card", |message| message.text.contains("stable just before it is to happen")).await;
    world.settles().await;
    let said = kim.sees(Some(&card.id)).await;
    assert!(!said.iter().any(|message| message.text.contains("Not clean")), "{said:#?}");
    world.finish().await;
}

/// Whoever wants to hear that all is well says when.
#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_people_asked_for_is_told_and_no_other() {
    let measured = Measured::open(Shape::Quiet).await;
    let mut config = measured.config();
    config.watch.checkpoints = ["5m", "1h", "2h", "24h"].map(str::to_owned).to_vec();
    config.watch.tell_at = vec!["2h".to_owned()];
    let world = World::with(payments(), config).await;
    let (kim, card) = drafted(&world).await;
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(3))).await;
    in_thread(&kim, &card, "+2h: payments is stable. Nothing is worse").await;
    let living = in_thread(&kim, &card, "Watch: stable.").await;
    assert!(living.text.contains("● +5m stable") && !living.text.contains("+30m"), "{}", living.text);
    world.settles().await;
    let said = kim.sees(Some(&card.id)).await;
    assert_eq!(said.iter().filter(|message| message.text.contains(": payments is stable.")).count(), 1, "{said:#?}");
    world.finish().await;
}

/// The picture of what got worst, for whoever sees it and in words for whoever does not.
#[tokio::test(flavor = "multi_thread")]
async fn what_got_worse_is_shown_as_a_picture_with_its_numbers_in_words() {
    let measured = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::hours(3))).await;
    let world = World::with(payments(), measured.config()).await;
    let (kim, card) = drafted(&world).await;
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(3))).await;
    in_thread(&kim, &card, "is unstable after note 1.").await;
    let person = world.person("lee").await;
    let page = person.page(&format!("/c/releases/t/{}", card.id)).await;
    let picture = page.split("<img").skip(1).find(|part| part.contains("watch.png")).expect("a picture");
    let attribute = |name: &str| {
        let found = picture.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        found.unwrap_or_else(|| panic!("{name} in {picture}")).replace("&#x2f;", "/")
    };
    let other = attribute("alt");
    assert!(other.contains(" of payments: 0.") && other.contains("is normal; live since "), "{other}");
    let bytes = person.get(&attribute("src")).await.bytes().await.expect("readable");
    assert!(bytes.starts_with(b"\x89PNG"), "it is one");
    std::fs::create_dir_all("target/pictures").expect("writable");
    std::fs::write("target/pictures/watch.png", &bytes).expect("writable");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_change_of_the_same_service_takes_the_watch_over() {
    let measured = Measured::open(Shape::Quiet).await;
    let world = World::with(payments(), measured.config()).await;
    let (kim, card) = drafted(&world).await;
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(5))).await;
    in_thread(&kim, &card, "Watch: stable.").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    world.settles().await;
    kim.says(&format!("/release deployed 2 --at \"{}\"", ago(1))).await;
    in_thread(&kim, &card, "handed to note 2, which changes the same").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_watched_is_said_and_what_cannot_be_asked_stands_on_the_card() {
    let world = World::new().await;
    let (kim, _) = drafted(&world).await;
    for (words, sentence) in [
        ("deployed", "Which note? For example"),
        ("deployed 9", "There is no note 9."),
        ("deployed 1 now", "now is one word too many."),
        ("deployed 1", "Nothing of payments is measured, so note 1 cannot be watched."),
        ("deployed 1 stop", "Note 1 is not watched."),
    ] {
        kim.says(&format!("/release {words}")).await;
        kim.hears_somewhere(sentence).await;
    }
    world.finish().await;

    let measured = Measured::open(Shape::Gone).await;
    let world = World::with(payments(), measured.config()).await;
    let (kim, card) = drafted(&world).await;
    for (words, sentence) in [
        ("deployed 1 --at soon".to_owned(), "soon is no time."),
        (format!("deployed 1 --at \"{}\"", ago(-2)), "That is still to come."),
        (format!("deployed 1 --at \"{}\"", ago(24 * 9)), "that is over for more than a week"),
    ] {
        kim.says(&format!("/release {words}")).await;
        kim.hears_somewhere(sentence).await;
    }
    kim.says(&format!("/release deployed 1 --at \"{}\"", ago(25))).await;
    in_thread(&kim, &card, "Whether note 1 went well could not be judged").await;
    let living = in_thread(&kim, &card, "Watch: not enough data.").await;
    assert!(
        living.text.contains("latency_p95 of payments : prometheus failed (503)")
            || living.text.contains("prometheus failed (503)"),
        "{}",
        living.text
    );
    world.finish().await;
}
