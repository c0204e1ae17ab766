//! An incident, then a similar change: its review in a real browser, in the thread, on the note's page and in the calendar.

use super::driver::Browser;
use super::{COMPOSER, ENTER, ESCAPE};
use crate::support::world::{World, payments};
use serde_json::json;
use slipway::config::Config;

const POST: &str = "Outage: dropping the column legacy_id from the invoices table broke payments from 10:12 to 10:40. Requests failed with 500 errors because old pods still read the column. Lesson: stop reading a column one release before the migration drops it.";

/// So many days from now.
fn day(ahead: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(ahead)).format("%Y-%m-%d").to_string()
}

fn policy() -> String {
    let (from, until) = (day(20), day(40));
    format!(
        "[[freezes]]\nname = \"Year end\"\nfrom = \"{from}\"\nuntil = \"{until}\"\n\n[[reviewers]]\nname = \"peer\"\npeople = [\"*\"]\n"
    )
}

async fn types(browser: &Browser, text: &str) {
    browser.keys(COMPOSER, text).await;
    browser.keys(COMPOSER, ESCAPE).await;
    browser.keys(COMPOSER, ENTER).await;
}

/// In one go: the message may be drawn anew between finding its link and pressing it.
async fn opens_thread(browser: &Browser) {
    browser.until("document.querySelector('#messages .message.bot .replies') !== null").await;
    browser.run("document.querySelector('#messages .message.bot .replies').click()").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_is_named_in_the_review_of_a_similar_change_and_approval_lapses_for_what_is_edited() {
    let Some(browser) = Browser::open(1280, 900).await else { return };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, self::policy()).expect("writable");
    let mut config = Config { policy: Some(policy), ..Config::default() };
    config.incidents.channels = vec!["HERE".to_owned()];
    let world = World::with(payments(), config).await;
    let lee = world.person("lee").await;
    lee.says(POST).await;
    world.settles().await;

    // Somebody else drafts, so that this browser's person may approve.
    lee.says("/release draft payments v1.0.0..v1.1.0").await;
    browser.page.goto(&format!("{}/c/releases", world.url)).await.expect("the page opens");
    browser.until("document.querySelector('#messages').innerText.includes('standards met')").await;
    types(&browser, &format!("/release plan 1 --at \"{} 10:00\" --for 30m", day(25))).await;
    browser.until("document.querySelector('#messages').innerText.includes('block,')").await;
    opens_thread(&browser).await;
    browser.until("document.querySelector('#thread').innerText.includes('It happened before')").await;
    browser
        .until("document.querySelector('#thread').innerText.includes('stop reading a column one release before')")
        .await;
    browser.until("document.querySelector('#thread').innerText.includes('The freeze \"Year end\" holds')").await;
    browser.picture("review-1-thread").await;

    // A block is not approved, it is overridden; moved out of the freeze it may be approved.
    types(&browser, "/release approval 1 approve").await;
    browser.until("document.querySelector('#messages').innerText.includes('The review of note 1 blocks it')").await;
    types(&browser, &format!("/release plan 1 --at \"{} 10:00\" --for 30m", day(6))).await;
    // The key that closes the list of completions closed the thread too.
    opens_thread(&browser).await;
    browser.until("document.querySelector('#thread').innerText.includes('Settled: The freeze')").await;
    world.settles().await;
    types(&browser, "/release approval 1 approve").await;
    opens_thread(&browser).await;
    browser.until("document.querySelector('#thread').innerText.includes('approved note 1')").await;
    lee.says("/release edit 1 rollback \"Restore the column from the backup, then deploy v1.0.0.\"").await;
    browser.until("document.querySelector('#thread').innerText.includes('except what changed since')").await;

    // The page shows it at one glance.
    world.settles().await;
    browser.page.goto(&format!("{}/n/1#review", world.url)).await.expect("the page opens");
    browser.until("document.querySelector('#review .ring text')?.textContent.length > 3").await;
    browser.until("document.querySelector('#review').innerText.includes('It happened before (1)')").await;
    browser
        .until("document.querySelector('#review').innerText.includes('except what changed since: Rollback scenario')")
        .await;
    assert_eq!(browser.run("return document.querySelectorAll('#review .heat td').length > 0").await, json!(true));
    browser.picture("review-2-page").await;

    browser.page.goto(&format!("{}/calendar?week={}", world.url, day(25))).await.expect("the page opens");
    browser.until("document.querySelector('#main').innerText.includes('Year end')").await;
    browser.page.goto(&format!("{}/calendar?week={}", world.url, day(6))).await.expect("the page opens");
    browser.until("document.querySelector('#main').innerText.includes('10:00–10:30')").await;
    browser.picture("review-3-calendar").await;
    let calendar = lee.page("/calendar.ics").await;
    assert!(calendar.starts_with("BEGIN:VCALENDAR"), "{calendar}");
    browser.close().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_can_be_subscribed_to_and_a_note_moves_in_it() {
    let world = World::with(payments(), Config::default()).await;
    let kim = world.person("kim").await;
    kim.says("/release draft payments v1.0.0..v1.1.0").await;
    world.settles().await;
    let (near, later) = (day(9), day(10));
    for day in [&near, &later] {
        kim.says(&format!("/release plan 1 --at \"{day} 10:00\" --for 45m")).await;
        world.settles().await;
    }
    let calendar = kim.page("/calendar.ics").await;
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 1, "moved, not there twice: {calendar}");
    assert!(calendar.contains(&format!("DTSTART:{}T100000Z", later.replace('-', ""))), "{calendar}");
    assert!(calendar.contains("UID:note-1@slipway"), "{calendar}");
    let page = kim.page(&format!("/calendar?week={later}")).await;
    assert!(page.contains("10:00–10:45") && page.contains("/n/1"), "{page}");
    kim.says("/release slot 1").await;
    world.settles().await;
    let said = kim.sees(None).await;
    assert!(said.iter().any(|message| message.text.contains("Free for note 1")), "{said:#?}");
    world.finish().await;
}
