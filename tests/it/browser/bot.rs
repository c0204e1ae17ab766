//! The whole bot in a real browser: a command becomes a note, an edit survives a new draft.

use super::driver::Browser;
use super::{COMPOSER, ENTER, ESCAPE};
use crate::support::fakes::openai::{self, FakeOpenAi, Pace};
use crate::support::world::{World, payments};
use serde_json::json;
use slipway::config::Config;

const MINE: &str = "Call the database team before anything else.";

/// A model that thinks for a while, so that a person sees the steps go by.
async fn slow_model() -> (FakeOpenAi, Config) {
    let pace = Pace { writing: 400.0, ..Pace::usual(2.0) };
    let fake = FakeOpenAi::start_with(openai::World { pace: Some(pace), ..openai::World::default() }, 7).await;
    let mut config = Config::default();
    config.model.base_url = Some(fake.base_url());
    config.model.models = vec!["small".to_owned()];
    (fake, config)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_becomes_a_note_and_an_edit_survives_the_next_draft() {
    let Some(browser) = Browser::open(1280, 900).await else { return };
    let (_fake, config) = slow_model().await;
    let world = World::with(payments(), config).await;
    browser.page.goto(&format!("{}/c/releases", world.url)).await.expect("the page opens");
    // A second load would forget this.
    browser.run("window.once = true").await;
    browser.picture("bot-1-empty").await;

    browser.keys(COMPOSER, "/release draft payments v1.0.0..v1.1.0").await;
    browser.keys(COMPOSER, ESCAPE).await;
    browser.keys(COMPOSER, ENTER).await;

    // The placeholder says what was asked, what is done and what is under way.
    browser.until("document.querySelector('.message.bot')?.innerText.includes('v1.0.0..v1.1.0')").await;
    browser.until("document.querySelector('.b-progress .running')?.innerText.includes('Write the note')").await;
    browser.until("document.querySelector('.b-progress .done')?.innerText.includes('3 commits, 3 files')").await;
    browser.picture("bot-2-placeholder").await;
    let placeholder = browser.run("return document.querySelector('.message.bot').dataset.id").await;

    // It becomes the note, in place.
    browser.until("document.querySelector('.message.bot .b-buttons')?.innerText.includes('Regenerate')").await;
    browser.until("document.querySelectorAll('.b-progress').length === 0").await;
    browser.until("document.querySelector('.message.bot').innerText.includes('has no way back')").await;
    browser.until("document.querySelector('.message.bot').innerText.includes('revision 1')").await;
    assert_eq!(browser.run("return document.querySelector('.message.bot').dataset.id").await, placeholder);
    assert_eq!(browser.run("return document.querySelectorAll('#messages .message').length").await, json!(2));
    browser.picture("bot-3-card").await;

    // A section is edited in the form.
    browser.click(".message.bot .b-buttons form:nth-child(1) button").await;
    browser.until("document.querySelector('dialog[open] [name=\"f.rollback_scenario\"]')?.value.length > 20").await;
    browser.run("document.querySelector('dialog [name=\"f.rollback_scenario\"]').value = ''").await;
    browser.keys("dialog [name=\"f.rollback_scenario\"]", MINE).await;
    browser.click("dialog .primary").await;
    browser.until("document.querySelector('.message.bot').innerText.includes('revision 2')").await;

    // The next draft shows its steps in the same message and keeps the person's words.
    browser.click(".message.bot .b-buttons form:nth-child(2) button").await;
    browser.until("document.querySelector('.message.bot').innerText.includes('Drafting again')").await;
    browser.until("document.querySelector('.message.bot').innerText.includes('revision 3')").await;
    browser.click(".message.bot .replies").await;
    browser.until(&format!("document.querySelector('#thread').innerText.includes('{MINE}')")).await;
    browser.until("document.querySelector('#thread').innerText.includes('Kept as edited: Rollback scenario')").await;
    browser.picture("bot-4-thread").await;

    assert_eq!(browser.run("return window.once").await, json!(true), "one page all along");
    let revision = world.records.notes.latest(1).await.expect("readable").expect("there");
    assert_eq!((revision.number, revision.text("rollback_scenario")), (3, MINE));
    browser.close().await;
    world.finish().await;
}
