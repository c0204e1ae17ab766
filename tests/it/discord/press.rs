//! Buttons and forms in Discord: pressed, asked back, filled in at once or field by field.

use super::house::House;
use crate::support::fakes::discord::{Outcome, Person};
use slipway::domain::message::{Block, Button, ButtonStyle, Message, What};
use slipway::ports::chat::Chat;

fn button(action: &str, value: &str, label: &str, confirm: Option<&str>) -> Button {
    Button {
        action: action.to_owned(),
        value: value.to_owned(),
        label: label.to_owned(),
        style: ButtonStyle::Primary,
        confirm: confirm.map(str::to_owned),
    }
}

fn card(buttons: Vec<Button>) -> Message {
    Message::text("The card").with(Block::Buttons { buttons })
}

async fn posted(house: &House, kim: &Person, buttons: Vec<Button>) -> crate::support::fakes::discord::Seen {
    house.patient().post(&house.place("releases"), "note/7/card", &card(buttons)).await.expect("posted");
    kim.hears("The card").await
}

#[tokio::test]
async fn a_press_reaches_the_bot_and_changes_nothing_by_itself() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let seen = posted(&house, &kim, vec![button("note.regenerate", "7", "Regenerate", None)]).await;
    assert_eq!(kim.presses(&seen, "Regenerate").await, Outcome::Taken);
    let heard = house.hears(1).await.remove(0);
    let pressed = What::Pressed { action: "note.regenerate".into(), value: "7".into(), message: seen.id.clone() };
    assert_eq!((heard.what, heard.place), (pressed, house.place("releases")));
    // The answer to a press is theirs alone, beside the card.
    let told = Message::text("Note 7 is being drafted already");
    let key = format!("reply/discord/{}", heard.id);
    house.patient().whisper(&house.place("releases"), &heard.person, &key, &told).await.expect("said");
    let after = kim.sees(None);
    assert_eq!((after.len(), after[1].whisper, after[1].text.as_str()), (2, true, "Note 7 is being drafted already"));
    house.closes().await;
}

#[tokio::test]
async fn a_button_that_asks_first_counts_when_it_was_answered() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let ask = button("note.drop", "7", "Drop", Some("Drop note `7` for good?"));
    let seen = posted(&house, &kim, vec![ask]).await;

    let question = kim.presses(&seen, "Drop").await.said();
    assert!(question.whisper && question.text.contains("Drop note 7 for good?"), "{question:?}");
    kim.presses(&question, "Cancel").await;
    assert_eq!(kim.sees(None)[1].text, "Nothing was changed.");
    assert_eq!(house.ear.heard(), [], "given up");

    let question = kim.presses(&seen, "Drop").await.said();
    kim.presses(&question, "Drop").await;
    let heard = house.hears(1).await.remove(0);
    assert!(matches!(heard.what, What::Pressed { action, value, .. } if action == "note.drop" && value == "7"));
    let after = kim.sees(None);
    assert_eq!((after[2].text.as_str(), after[2].buttons.len()), ("Sent.", 0), "it cannot be pressed twice");
    house.closes().await;
}

#[tokio::test]
async fn a_value_longer_than_discord_carries_comes_back_whole() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let value = format!("7:{}", "section ".repeat(40));
    let seen = posted(&house, &kim, vec![button("note.take", &value, "Take", None)]).await;
    let house = house.restarts().await;
    kim.presses(&seen, "Take").await;
    let heard = house.hears(1).await.remove(0);
    assert!(matches!(heard.what, What::Pressed { value: back, .. } if back == value), "also after a restart");
    house.closes().await;
}

#[tokio::test]
async fn a_form_that_no_modal_can_show_is_filled_in_field_by_field() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let seen = posted(&house, &kim, vec![button("note.edit", "7", "Edit", None)]).await;

    let list = kim.presses(&seen, "Edit").await.said();
    assert!(list.whisper && list.selects.len() == 1, "{list:#?}");
    let modal = kim.chooses(&list, "Title").await.modal();
    assert_eq!((modal.fields.len(), modal.fields[0].value.as_str()), (1, "payments 2.4.0"));
    let label = modal.fields[0].label.clone();
    kim.submits(&modal, &[(&label, "payments 2.5.0")]).await;
    let list = kim.sees(None).pop().expect("the list again");
    assert!(list.text.contains("Answered: Title"), "{list:#?}");

    kim.chooses(&list, "Risk").await;
    let choice = kim.sees(None).pop().expect("the choice");
    kim.chooses(&choice, "High").await;
    let list = kim.sees(None).pop().expect("the list again");
    kim.presses(&list, "Save").await;
    let heard = house.hears(1).await.remove(0);
    let What::Submitted { action, value, fields } = heard.what else { panic!("a submission") };
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!((action.as_str(), value.as_str()), ("note.edited", "7"));
    assert_eq!(fields, [("title", "payments 2.5.0"), ("rollback", "Deploy `v2.3.0` again."), ("risk", "high")]);
    assert_eq!(kim.sees(None).pop().expect("its end").text, "Sent.");
    house.closes().await;
}

#[tokio::test]
async fn a_form_of_a_few_texts_is_a_modal_at_once() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let seen = posted(&house, &kim, vec![button("note.rename", "7", "Rename", None)]).await;
    assert_eq!(kim.fills(&seen, "Rename", &[("Title", "payments 2.5.0")]).await, Outcome::Taken);
    let heard = house.hears(1).await.remove(0);
    let fields = vec![("title".to_owned(), "payments 2.5.0".to_owned()), ("why".to_owned(), String::new())];
    assert_eq!(heard.what, What::Submitted { action: "note.renamed".into(), value: "7".into(), fields });
    house.closes().await;
}

#[tokio::test]
async fn a_press_on_a_button_that_is_gone_still_reaches_the_bot() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let seen = posted(&house, &kim, vec![button("note.regenerate", "7", "Regenerate", None)]).await;
    let done = Message::text("Drafting again, asked by lee");
    house.patient().edit(&house.place("releases"), "note/7/card", &seen.id, &done).await.expect("edited");
    assert_eq!(kim.presses_late(&seen, "Regenerate").await, Outcome::Taken);
    assert_eq!(house.hears(1).await.len(), 1, "what it comes to is the bot's to say");
    house.closes().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_shown_says_why() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let seen = posted(&house, &kim, vec![button("note.edit", "8", "Edit", None)]).await;
    let said = kim.presses(&seen, "Edit").await.said();
    assert!(said.whisper && said.text == "Note 8 has no sections to edit yet. Wait for its draft.", "{said:?}");
    house.closes().await;
}

#[tokio::test]
async fn a_button_of_long_ago_and_a_form_that_is_forgotten_say_so() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let long = "x".repeat(200);
    let seen =
        posted(&house, &kim, vec![button("note.take", &long, "Take", None), button("note.edit", "7", "Edit", None)])
            .await;
    let list = kim.presses(&seen, "Edit").await.said();
    for prefix in ["discord/1/carried/", "discord/1/filling/"] {
        for (key, _) in house.store.scan(prefix, None, 100).await.expect("readable") {
            let gone = slipway::ports::store::Op::Delete { key, expect: slipway::ports::store::Expect::Anything };
            house.store.transact(vec![gone]).await.expect("deleted");
        }
    }
    let said = kim.presses(&seen, "Take").await.said();
    assert!(said.text.contains("does not know any more what it stood for"), "{said:?}");
    let said = kim.chooses(&list, "Title").await.said();
    assert!(said.text.contains("This form is not open any more"), "{said:?}");
    house.closes().await;
}

#[tokio::test]
async fn a_press_told_twice_is_heard_once_and_keeps_its_answer() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.says("/release help").await;
    let heard = house.hears(1).await.remove(0);
    let key = format!("help/{}", heard.id);
    house.patient().whisper(&heard.place, &heard.person, &key, &Message::text("All commands")).await.expect("said");
    house.fake.tell_again("INTERACTION_CREATE");
    while *house.ear.calls.lock().expect("no panic") < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(house.ear.heard().len(), 1);
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    let texts: Vec<String> = kim.sees(None).into_iter().map(|seen| seen.text).collect();
    assert_eq!(texts, ["All commands"], "no placeholder comes back over it");
    house.closes().await;
}

#[tokio::test]
async fn a_select_s_answer_that_was_not_written_down_is_told() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    let seen = posted(&house, &kim, vec![button("note.regenerate", "7", "Regenerate", None)]).await;
    house.ear.deaf.store(true, std::sync::atomic::Ordering::SeqCst);
    let said = kim.presses(&seen, "Regenerate").await.said();
    assert!(said.text.starts_with("Slipway could not write down"), "{said:?}");
    house.ear.deaf.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(kim.presses(&seen, "Regenerate").await, Outcome::Taken, "and pressing again works");
    house.closes().await;
}
