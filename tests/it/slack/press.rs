//! Buttons, forms, shortcuts and the front page: what a person does with the mouse.

use super::scene::{Patient, Scene, place};
use crate::support::fakes::slack::Manner;
use slipway::domain::message::{Block, Button, ButtonStyle, Message, Quoted, What};
use slipway::ports::chat::Chat;
use std::time::Duration;

fn button(action: &str, value: &str, label: &str, confirm: Option<&str>) -> Button {
    Button {
        action: action.to_owned(),
        value: value.to_owned(),
        label: label.to_owned(),
        style: ButtonStyle::Danger,
        confirm: confirm.map(str::to_owned),
    }
}

fn card() -> Message {
    Message::text("The note").with(Block::Buttons {
        buttons: vec![
            button("note.regenerate", "7", "Draft again", Some("Draft note 7 again?")),
            button("note.edit", "7", "Edit", None),
            button("note.edit", "8", "Edit the other", None),
        ],
    })
}

#[tokio::test]
async fn a_press_is_heard_with_what_the_button_is_about_and_which_message_it_stood_on() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let id = scene.slack.post(&scene.releases(), "note/7/card", &card()).await.expect("posted");
    let seen = kim.sees(None).await.remove(0);
    assert_eq!(kim.is_asked(&seen, "Draft again").as_deref(), Some("Draft note 7 again?"));
    kim.presses(&seen, "Draft again").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    let pressed = What::Pressed { action: "note.regenerate".to_owned(), value: "7".to_owned(), message: id };
    assert_eq!((heard.what, heard.place), (pressed, scene.releases()));
    assert_eq!(heard.person.name, "kim");
}

#[tokio::test]
async fn a_press_on_a_later_page_names_the_whole_message() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let lines: Vec<String> = (0..500).map(|line| format!("Line number {line} says something.")).collect();
    let message = Message { blocks: [Message::text(lines.join("\n")).blocks, card().blocks].concat() };
    let id = Patient(scene.slack.clone()).post(&scene.releases(), "k", &message).await.expect("posted");
    assert!(id.contains('+'), "it has several pages");
    let seen = kim.sees(None).await;
    let with_buttons = seen.iter().find(|message| !message.buttons.is_empty()).expect("buttons");
    kim.presses(with_buttons, "Draft again").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert!(matches!(heard.what, What::Pressed { message, .. } if message == id));
}

#[tokio::test]
async fn a_press_in_a_thread_is_heard_there_and_a_late_one_too() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let root = scene.slack.post(&scene.releases(), "root", &Message::text("Root")).await.expect("posted");
    let thread = scene.releases().in_thread(&root);
    let id = scene.slack.post(&thread, "k", &card()).await.expect("posted");
    let seen = kim.sees(Some(&root)).await.remove(0);
    kim.presses(&seen, "Draft again").await;
    scene.slack.edit(&thread, "k", &id, &Message::text("Done, no buttons")).await.expect("edited");
    // Somebody whose client shows the older wording.
    kim.presses_late(&seen, "Draft again").await;
    let heard = scene.heard_in_all(2).await;
    assert!(heard.iter().all(|heard| heard.place == thread), "{heard:#?}");
    assert_ne!(heard[0].id, heard[1].id);
}

#[tokio::test]
async fn a_button_with_a_form_opens_it_and_what_is_sent_is_heard_where_it_was_opened() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let root = scene.slack.post(&scene.releases(), "root", &Message::text("Root")).await.expect("posted");
    let thread = scene.releases().in_thread(&root);
    scene.slack.post(&thread, "k", &card()).await.expect("posted");
    let seen = kim.sees(Some(&root)).await.remove(0);
    let form = kim.opens(&seen, "Edit").await;
    let text = kim.reads(&form);
    assert!(text.starts_with("Edit note") && text.contains("payments 2.4.0") && text.contains("Low"), "{text}");
    assert_eq!(scene.ear.heard(), [], "nothing has happened yet");
    let refused = kim.submits(&form, &[("title", "")]).await.expect_err("it is required");
    assert!(refused.contains("required"), "{refused}");
    kim.submits(&form, &[("title", "payments 2.4.1"), ("risk", "high")]).await.expect("sent");
    let heard = scene.heard_in_all(1).await.remove(0);
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields =
        vec![field("title", "payments 2.4.1"), field("rollback", "Deploy `v2.3.0` again."), field("risk", "high")];
    let submitted = What::Submitted { action: "note.edited".to_owned(), value: "7".to_owned(), fields };
    assert_eq!((heard.what, heard.place), (submitted, thread));
    assert!(heard.id.starts_with("submission/V"), "{}", heard.id);
}

#[tokio::test]
async fn a_form_that_cannot_be_shown_says_why_to_whoever_pressed() {
    let scene = Scene::open().await;
    let (kim, lee) = (scene.fake.person("kim"), scene.fake.person("lee"));
    scene.slack.post(&scene.releases(), "k", &card()).await.expect("posted");
    let seen = kim.sees(None).await.remove(0);
    kim.presses(&seen, "Edit the other").await;
    let told = kim.hears("Note 8 has no sections to edit yet").await;
    assert!(told.whisper);
    assert_eq!(lee.sees(None).await.len(), 1, "nobody else is told");
    scene.heard_in_all(0).await;
}

#[tokio::test]
async fn a_form_that_came_too_late_says_to_press_again() {
    let scene = Scene::open().await;
    scene.fake.expect_refused("expired_trigger_id");
    let kim = scene.fake.person("kim");
    scene.slack.post(&scene.releases(), "k", &card()).await.expect("posted");
    let seen = kim.sees(None).await.remove(0);
    scene.fake.next("views.open", Manner::Slow(Duration::from_millis(3_100)));
    kim.presses(&seen, "Edit").await;
    kim.hears("Slack waits 3 seconds for a form, and Slipway was slower. Press the button again.").await;
}

#[tokio::test]
async fn a_shortcut_quotes_the_message_it_was_used_on() {
    let scene = Scene::open().await;
    let (kim, lee) = (scene.fake.person("kim"), scene.fake.person("lee"));
    let root = lee.says("deploys").await;
    let said = lee.says_in(&root, "prod is down & <slow>, see https://grafana.example.org/d/1").await;
    kim.uses_on(&said, "incident.file").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    let What::Pressed { action, value, message } = &heard.what else { panic!("{heard:?}") };
    assert_eq!((action.as_str(), message.as_str()), ("incident.file", said.as_str()));
    let quoted = Quoted::of(value);
    assert_eq!(quoted.text, "prod is down & <slow>, see https://grafana.example.org/d/1");
    let link = quoted.link.expect("a link");
    assert!(
        link.contains(&format!("/archives/C0RELEASES/p{}", said.replace('.', ""))) && link.contains(&root),
        "{link}"
    );
    assert_eq!((heard.place, heard.person.id), (scene.releases().in_thread(&root), kim.id));
}

#[tokio::test]
async fn a_shortcut_from_anywhere_is_answered_in_direct_messages() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    kim.uses("note.draft.anywhere").await;
    let heard = scene.heard_in_all(1).await.remove(0);
    assert!(matches!(&heard.what, What::Pressed { action, value, .. } if action == "note.draft" && value.is_empty()));
    assert_eq!(heard.place, place(&kim.in_direct_messages().channel));
}

#[tokio::test]
async fn a_press_on_the_front_page_is_answered_in_direct_messages() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    let payload = serde_json::json!({
        "type": "block_actions", "user": {"id": kim.id, "username": "kim", "name": "kim"}, "trigger_id": "1.2.3",
        "container": {"type": "view", "view_id": "V1"}, "view": {"id": "V1", "type": "home"},
        "actions": [{"type": "button", "action_id": "note.regenerate#2", "block_id": "b", "value": "7"}],
    });
    scene.fake.asks("interactive", &payload).await.expect("acknowledged");
    let heard = scene.heard_in_all(1).await.remove(0);
    let pressed = What::Pressed { action: "note.regenerate".to_owned(), value: "7".to_owned(), message: String::new() };
    assert_eq!((heard.what, heard.place), (pressed, place(&kim.in_direct_messages().channel)));
}

#[tokio::test]
async fn the_front_page_is_shown_when_somebody_looks_at_it() {
    let scene = Scene::open().await;
    let kim = scene.fake.person("kim");
    assert_eq!(kim.opens_home().await, "The front page of kim");
    scene.heard_in_all(0).await;
}
