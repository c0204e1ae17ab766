//! What the calendar shows and what the review makes of it, also when a calendar is broken or the clocks change.

use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, everywhere, payments};
use axum::Router;
use axum::routing::get;
use chrono::{DateTime, Days, NaiveDate, Utc};
use slipway::config::CalendarConfig;
use slipway::config::Config;
use tempfile::TempDir;

fn with_policy(text: &str) -> (TempDir, Config) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, text).expect("writable");
    (folder, Config { policy: Some(policy), ..Config::default() })
}

async fn review(world: &World, kim: &Somebody, card: &Seen, text: &str) -> Seen {
    world.settles().await;
    let told = |message: &Seen| message.bot && message.text.contains(text);
    kim.waits_for(Some(&card.id), text, told).await
}

/// A page of a company's login stands where its calendar was.
#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_is_none_is_told_wherever_it_would_have_counted_and_stops_nothing() {
    let app = Router::new().route("/team.ics", get(|| async { "<html><body>Sign in</body></html>" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/team.ics", listener.local_addr().expect("it is bound"));
    let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
    let config = Config {
        calendars: vec![CalendarConfig { name: "team".to_owned(), url: Some(url), url_env: None, url_file: None }],
        ..Config::default()
    };
    let world = World::with(payments(), config).await;
    let kim = world.somebody("kim").await;
    world.settles().await;
    kim.says("/release calendar").await;
    let told = kim.hears_somewhere("The calendar team could not be read: it answered something unreadable").await;
    assert!(told.text.contains("it does not begin with BEGIN:VCALENDAR"), "{}", told.text);
    assert!(told.text.contains("Nothing is planned"), "the rest is shown: {}", told.text);
    let page = world.person("lee").await.page("/calendar").await;
    assert!(page.contains("could not be read"), "the page says it too");

    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    kim.says(&format!("/release plan 1 --at \"{} 10:00\" --for 45m", Utc::now().date_naive() + Days::new(9))).await;
    let told = review(&world, &kim, &card, "could not be read").await;
    assert!(told.text.contains("Not checked") || told.text.contains("could not be checked"), "{}", told.text);
    serving.abort();
    world.finish().await;
}

/// The week of a planned note is a picture under its review, and its numbers stand in the picture's other text.
#[tokio::test(flavor = "multi_thread")]
async fn the_review_of_a_planned_note_has_the_week_as_a_picture_with_its_numbers() {
    let world = World::with(payments(), Config::default()).await;
    let kim = world.somebody("kim").await;
    let day = Utc::now().date_naive() + Days::new(9);
    kim.says(&format!("/release work \"upgrade postgres 14 to 15\" --at \"{day} 09:00\" --for 3h")).await;
    kim.waits_for_card().await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let is_second = |message: &Seen| message.bot && message.text.contains("note 2 ·");
    let card = kim.waits_for(None, "the second card", is_second).await;
    kim.says(&format!("/release plan 2 --at \"{day} 10:00\" --for 45m")).await;
    review(&world, &kim, &card, "Review: ").await;
    world.settles().await;
    let page = world.person("lee").await.page(&format!("/c/releases/t/{}", card.id)).await;
    let picture = page.split("<img").skip(1).find(|part| part.contains("week.png")).unwrap_or_else(|| panic!("{page}"));
    let other = picture.split("alt=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("other text");
    let told = format!("{}: ", day.format("%a %-d %b"));
    let of_day = other.split(&told).nth(1).unwrap_or_else(|| panic!("it names the days: {other}"));
    assert!(of_day.contains("work 1 before and 0 after"), "with numbers: {other}");
    world.finish().await;
}

/// Whoever left is away from then on: a note that still names them is told so, at whatever time it is planned.
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_who_left_is_told_of_in_the_review() {
    let (_folder, config) = with_policy(
        "[[absences]]\nname = \"Left the team\"\npeople = [\"lee\"]\nfrom = \"2026-01-01 00:00\"\nuntil = \"2099-01-01 00:00\"\n",
    );
    let world = World::with(payments(), config).await;
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    kim.says("/release edit 1 operators lee").await;
    kim.says(&format!("/release plan 1 --at \"{} 10:00\" --for 45m", Utc::now().date_naive() + Days::new(9))).await;
    let told = review(&world, &kim, &card, "lee is away").await;
    assert!(told.text.contains("Name somebody in place of lee"), "{}", told.text);
    world.finish().await;
}

/// What is planned later on top of a note that was reviewed already changes that note's review too, and so does its moving away.
#[tokio::test(flavor = "multi_thread")]
async fn a_reviewed_note_hears_of_what_is_planned_on_top_of_it_and_of_its_moving_away() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        let day = Utc::now().date_naive() + Days::new(9);
        let beside = |message: &Seen| message.bot && message.text.contains("Meanwhile");
        kim.says("/release draft v1.0.0..v1.1.0").await;
        let card = kim.waits_for_card().await;
        kim.says(&format!("/release plan 1 --at \"{day} 10:00\" --for 45m")).await;
        review(&world, &kim, &card, "Review: ").await;
        world.settles().await;
        assert!(!kim.sees(Some(&card.id)).await.iter().any(beside), "it is alone at that time");

        kim.says(&format!("/release work \"patch the nodes\" --service payments --at \"{day} 10:30\" --for 1h")).await;
        let told = kim.waits_for(Some(&card.id), "what is beside it", beside).await;
        assert!(told.text.contains("Patch the nodes"), "{}", told.text);
        review(&world, &kim, &card, "New: ").await;
        world.settles().await;

        kim.says(&format!("/release plan 2 --at \"{} 10:30\"", day + Days::new(1))).await;
        review(&world, &kim, &card, "Settled: ").await;
        world.settles().await;
        assert!(!kim.sees(Some(&card.id)).await.iter().any(beside), "it is alone again");
        world.finish().await;
    })
    .await;
}

/// The first Sunday of this zone's next change of the clocks.
fn next_change() -> NaiveDate {
    let zone = chrono_tz::Tz::Europe__Berlin;
    let offset = |day: NaiveDate| {
        let noon: DateTime<Utc> = day.and_hms_opt(12, 0, 0).expect("noon").and_utc();
        noon.with_timezone(&zone).format("%z").to_string()
    };
    let today = Utc::now().date_naive();
    (2..400)
        .map(|days| today + Days::new(days))
        .find(|day| offset(*day) != offset(*day - Days::new(1)))
        .expect("the clocks change twice a year")
}

/// Two freezes that come again each week overlap in the night in which the clocks change; each holds at its hours on the wall.
#[tokio::test(flavor = "multi_thread")]
async fn overlapping_freezes_that_come_again_hold_at_their_hours_when_the_clocks_change() {
    let (_folder, config) = with_policy(
        "[[freezes]]\nname = \"Night\"\nfrom = \"2026-01-03 22:00\"\nuntil = \"2026-01-04 06:00\"\nzone = \"Europe/Berlin\"\nrepeat = \"FREQ=WEEKLY;BYDAY=SA\"\n\
         [[freezes]]\nname = \"Sunday\"\nfrom = \"2026-01-04 05:00\"\nuntil = \"2026-01-04 20:00\"\nzone = \"Europe/Berlin\"\nrepeat = \"FREQ=WEEKLY;BYDAY=SU\"\n",
    );
    let world = World::with(payments(), config).await;
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    let sunday = next_change();
    let plan = |time: &str| format!("/release plan 1 --at \"{sunday} {time} Europe/Berlin\" --for 20m");
    // Both hold at 05:30 on the wall, which is another moment than a week before.
    kim.says(&plan("05:30")).await;
    let told = review(&world, &kim, &card, "The freeze \"Sunday\" holds").await;
    assert!(told.text.contains("The freeze \"Night\" holds"), "{}", told.text);
    kim.says(&plan("06:05")).await;
    let told = review(&world, &kim, &card, "Settled: The freeze \"Night\"").await;
    assert!(!told.text.contains("Settled: The freeze \"Sunday\""), "{}", told.text);
    kim.says(&plan("20:00")).await;
    review(&world, &kim, &card, "Settled: The freeze \"Sunday\"").await;
    world.finish().await;
}
