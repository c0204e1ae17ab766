//! The web chat in a real browser: what a newcomer does in their first minutes.

mod bot;
mod driver;
mod review;

use crate::web::house::House;
use driver::Browser;
use serde_json::json;
use slipway::domain::message::{Block, Button, ButtonStyle, Message, Step, StepState, What};
use slipway::ports::chat::Chat;
use std::sync::atomic::Ordering;
use std::time::Duration;

const COMPOSER: &str = ".room .composer textarea";
const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";
const DOWN: &str = "\u{e015}";
const ESCAPE: &str = "\u{e00c}";

fn placeholder() -> Message {
    let step = |text: &str, state| Step { text: text.to_owned(), state };
    let steps = vec![step("Read 41 commits", StepState::Done), step("Wording the body", StepState::Running)];
    Message::text("Drafting **payments**").with(Block::Progress { steps })
}

fn card() -> Message {
    let button = |action: &str, label: &str, confirm: Option<&str>| Button {
        action: action.to_owned(),
        value: "7".to_owned(),
        label: label.to_owned(),
        style: ButtonStyle::Plain,
        confirm: confirm.map(str::to_owned),
    };
    let buttons = vec![
        button("note.edit", "Edit", None),
        button("note.regenerate", "Draft again", Some("Draft note `7` again?")),
    ];
    Message::text("payments v2.4.0 is drafted").with(Block::Buttons { buttons })
}

async fn heard(house: &House, count: usize) -> Vec<What> {
    for _ in 0..400 {
        if house.ear.heard().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    house.ear.heard().into_iter().map(|heard| heard.what).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_drafts_edits_and_asks_again_without_ever_loading_the_page_twice() {
    let Some(browser) = Browser::open(1280, 900).await else { return };
    let house = House::open().await;
    browser.page.goto(&house.url("/c/releases")).await.expect("the page opens");
    // A second load would forget this, and every violation of the page's policy is kept.
    browser.run("window.once = []; document.addEventListener('securitypolicyviolation', (v) => once.push(`${v.violatedDirective} ${v.blockedURI} ${v.sourceFile}:${v.lineNumber}`))").await;
    browser.until("document.activeElement.matches('.room .composer textarea')").await;

    // `/rel` is completed, and so is what follows.
    browser.keys(COMPOSER, "/rel").await;
    browser.until("document.querySelector('.completions li[aria-selected=true] b')?.textContent === '/release'").await;
    browser.keys(COMPOSER, TAB).await;
    browser.until("document.querySelectorAll('.room .completions li').length === 3").await;
    browser.picture("completion").await;
    browser.keys(COMPOSER, DOWN).await;
    browser.until("document.querySelector('.room .completions li[aria-selected=true] b').textContent === 'edit'").await;
    browser.keys(COMPOSER, ESCAPE).await;
    browser.until("document.querySelector('.room .completions').hidden").await;
    browser.keys(COMPOSER, "draft payments v2.3.0..v2.4.0").await;
    browser.keys(COMPOSER, ENTER).await;
    assert_eq!(heard(&house, 1).await, [What::Command { words: "draft payments v2.3.0..v2.4.0".into() }]);
    browser
        .until("document.querySelector('.b-command')?.textContent === '/release draft payments v2.3.0..v2.4.0'")
        .await;
    browser.until("document.querySelector('.room .composer textarea').value === ''").await;

    // The placeholder appears and becomes the note, in place.
    let id = house.web.post(&house.place(), "note/7/card", &placeholder()).await.expect("posted");
    browser.until("document.querySelector('.b-progress .running')?.textContent.includes('Wording the body')").await;
    house.web.edit(&house.place(), "card", &id, &card()).await.expect("edited");
    browser.until("document.body.innerText.includes('payments v2.4.0 is drafted')").await;
    assert_eq!(browser.run("return document.querySelectorAll('.message').length").await, json!(2));
    assert_eq!(browser.run("return document.querySelectorAll('.b-progress').length").await, json!(0));

    // The form opens filled; what was edited is heard, once.
    let button = |n: usize| format!(".message[data-id=\"{id}\"] .b-buttons form:nth-child({n}) button");
    browser.click(&button(1)).await;
    browser
        .until("document.querySelector('dialog[open] [name=\"f.rollback\"]')?.value === 'Deploy `v2.3.0` again.'")
        .await;
    browser.picture("form").await;
    browser.keys("dialog [name=\"f.rollback\"]", " Then restore the backup.").await;
    browser.click("dialog .primary").await;
    browser.until("!document.querySelector('dialog').open").await;
    let What::Submitted { action, fields, .. } = heard(&house, 2).await.remove(1) else { panic!("a submission") };
    assert_eq!(action, "note.edited");
    assert!(
        fields.contains(&("rollback".into(), "Deploy `v2.3.0` again. Then restore the backup.".into())),
        "{fields:?}"
    );

    // A button that asks first takes no for an answer.
    browser.click(&button(2)).await;
    browser.until("document.querySelector('dialog[open]')?.innerText.includes('again?')").await;
    browser.click("dialog .quiet").await;
    browser.until("!document.querySelector('dialog').open").await;
    assert_eq!(heard(&house, 2).await.len(), 2, "nothing was heard");
    browser.click(&button(2)).await;
    browser.click("dialog[open] .primary").await;
    let pressed = What::Pressed { action: "note.regenerate".into(), value: "7".into(), message: id.clone() };
    assert_eq!(heard(&house, 3).await[2], pressed);

    assert_eq!(browser.run("return window.once").await, json!([]), "one page, and it kept its own policy");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_opens_beside_the_channel_and_escape_closes_it() {
    let Some(browser) = Browser::open(1280, 900).await else { return };
    let house = House::open().await;
    let id = house.web.post(&house.place(), "card", &card()).await.expect("posted");
    house.web.post(&house.place().in_thread(&id), "risks", &Message::text("Two risks")).await.expect("posted");
    browser.page.goto(&house.url("/c/releases")).await.expect("the page opens");
    browser.click(&format!(".message[data-id=\"{id}\"] .replies")).await;
    browser.until("document.querySelector('#thread')?.innerText.includes('Two risks')").await;
    assert_eq!(browser.run("return location.pathname").await, json!(format!("/c/releases/t/{id}")));
    browser.until("document.activeElement.closest('#thread') !== null").await;
    browser.keys("#thread textarea", "Which ones?").await;
    browser.keys("#thread textarea", ENTER).await;
    browser.until("document.querySelectorAll('#thread .messages:not(.root) .message').length === 2").await;
    assert_eq!(house.ear.heard()[0].place, house.place().in_thread(&id));
    assert_eq!(
        browser.run("return document.querySelectorAll('#messages .message').length").await,
        json!(1),
        "not in the channel"
    );
    browser.until("document.querySelector('#messages .replies b').textContent === '2 replies'").await;
    browser.picture("thread").await;
    browser.keys("#thread textarea", ESCAPE).await;
    browser.until("document.querySelector('#thread').hidden && location.pathname === '/c/releases'").await;
    browser.page.back().await.expect("there is a page before");
    browser.until("document.querySelector('#thread')?.innerText.includes('Which ones?')").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_sent_stays_in_the_composer_on_a_phone_too() {
    let Some(browser) = Browser::open(500, 844).await else { return };
    let house = House::open().await;
    browser.page.goto(&house.url("/c/releases")).await.expect("the page opens");
    house.ear.deaf.store(true, Ordering::SeqCst);
    browser.keys(COMPOSER, "is anybody there").await;
    browser.keys(COMPOSER, ENTER).await;
    browser
        .until("document.querySelector('.complaint:not([hidden])')?.textContent.includes('could not write down')")
        .await;
    assert_eq!(browser.run("return document.querySelector('.room textarea').value").await, json!("is anybody there"));
    assert_eq!(browser.run("return document.querySelectorAll('.message').length").await, json!(0));
    house.ear.deaf.store(false, Ordering::SeqCst);
    browser.keys(COMPOSER, ENTER).await;
    browser.until("document.querySelectorAll('.message').length === 1").await;
    assert_eq!(heard(&house, 1).await, [What::Message { text: "is anybody there".into() }]);
    let wide = browser.run("return document.documentElement.scrollWidth > innerWidth").await;
    assert_eq!(wide, json!(false), "nothing sticks out at the side");
    browser.close().await;
}
