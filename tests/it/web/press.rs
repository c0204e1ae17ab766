//! Buttons and forms: what is pressed is heard, what asks first asks first, and nothing can be pressed that is not there.

use super::house::{House, Visitor};
use reqwest::StatusCode;
use slipway::domain::message::{Block, Button, ButtonStyle, Message, What};
use slipway::ports::chat::Chat;

fn button(action: &str, value: &str, confirm: Option<&str>) -> Button {
    Button {
        action: action.to_owned(),
        value: value.to_owned(),
        label: "Press".to_owned(),
        style: ButtonStyle::Plain,
        confirm: confirm.map(str::to_owned),
    }
}

async fn card(house: &House) -> String {
    let buttons = vec![
        button("note.regenerate", "7", Some("Draft note `7` again?")),
        button("note.refresh", "7", None),
        button("note.edit", "7", None),
        button("note.edit", "8", None),
    ];
    let message = Message::text("A card").with(Block::Buttons { buttons });
    house.web.post(&house.place(), "card", &message).await.expect("posted")
}

async fn press(visitor: &Visitor, card: &str, id: &str, rest: &[(&str, &str)]) -> (StatusCode, serde_json::Value) {
    let mut fields = vec![("message", card), ("id", id)];
    fields.extend(rest);
    visitor.post("/c/releases/press", &fields).await
}

#[tokio::test]
async fn a_press_is_heard_once_with_the_message_it_happened_on() {
    let house = House::open().await;
    let (visitor, card) = (house.visitor().await, card(&house).await);
    for _ in 0..2 {
        let (status, _) = press(&visitor, &card, "press-0001", &[("action", "note.refresh"), ("value", "7")]).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    let heard = house.ear.heard();
    let pressed = What::Pressed { action: "note.refresh".into(), value: "7".into(), message: card };
    assert_eq!(heard.iter().map(|heard| heard.what.clone()).collect::<Vec<_>>(), [pressed]);
    assert_eq!(heard[0].place, house.place());
}

#[tokio::test]
async fn a_button_that_asks_first_is_not_heard_before_the_answer() {
    let house = House::open().await;
    let (visitor, card) = (house.visitor().await, card(&house).await);
    let which = [("action", "note.regenerate"), ("value", "7")];
    let (status, answer) = press(&visitor, &card, "press-0001", &which).await;
    assert_eq!((status, &answer["confirm"]), (StatusCode::OK, &"Draft note `7` again?".into()));
    assert_eq!(house.ear.heard(), []);
    let (status, _) = press(&visitor, &card, "press-0001", &[which[0], which[1], ("confirmed", "1")]).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(house.ear.heard().len(), 1);
}

#[tokio::test]
async fn only_a_button_that_stands_there_can_be_pressed() {
    let house = House::open().await;
    let (visitor, card) = (house.visitor().await, card(&house).await);
    let (status, answer) = press(&visitor, &card, "press-0001", &[("action", "note.delete"), ("value", "7")]).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(answer["problem"].as_str().is_some_and(|s| s.contains("no longer there")), "{answer}");
    let (status, _) = press(&visitor, "m-000000099", "press-0002", &[("action", "note.refresh"), ("value", "7")]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(house.ear.heard(), []);
}

#[tokio::test]
async fn a_form_opens_filled_and_its_answers_are_checked_before_they_are_heard() {
    let house = House::open().await;
    let (visitor, card) = (house.visitor().await, card(&house).await);
    let edit = [("action", "note.edit"), ("value", "7")];
    let (status, answer) = press(&visitor, &card, "press-0001", &edit).await;
    assert_eq!(status, StatusCode::OK);
    let form = answer["form"].as_str().expect("a form");
    assert!(form.contains("Edit note <code>7</code>") && form.contains("Deploy `v2.3.0` again."), "{form}");
    assert_eq!(house.ear.heard(), [], "opening a form does nothing");

    let submit = |title: &'static str, risk: &'static str, id: &'static str| {
        let fields = [
            ("message", card.clone()),
            ("action", "note.edit".into()),
            ("value", "7".into()),
            ("id", id.into()),
            ("f.title", title.into()),
            ("f.rollback", "Restore the backup".into()),
            ("f.risk", risk.into()),
            ("f.smuggled", "x".into()),
        ];
        let visitor = visitor.clone();
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v): &(&str, String)| (*k, v.as_str())).collect();
            visitor.post("/c/releases/submit", &fields).await
        }
    };
    for (title, risk, complaint) in [
        ("", "low", "This must not be empty."),
        ("A title that is far too long to fit into the line", "low", "This has 49 characters; 40 fit. Shorten it."),
        ("Fine", "catastrophic", "Choose one of the list."),
    ] {
        let (_, answer) = submit(title, risk, "submit-0001").await;
        let form = answer["form"].as_str().expect("the form again");
        assert!(form.contains(complaint) && form.contains("Restore the backup"), "{form}");
        assert_eq!(house.ear.heard(), []);
    }
    for _ in 0..2 {
        assert_eq!(submit("Fine", "high", "submit-0001").await.0, StatusCode::ACCEPTED);
    }
    let fields = [("title", "Fine"), ("rollback", "Restore the backup"), ("risk", "high")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let submitted = What::Submitted { action: "note.edited".into(), value: "7".into(), fields };
    assert_eq!(house.ear.heard().iter().map(|heard| heard.what.clone()).collect::<Vec<_>>(), [submitted]);
}

#[tokio::test]
async fn a_form_that_cannot_be_shown_says_why() {
    let house = House::open().await;
    let (visitor, card) = (house.visitor().await, card(&house).await);
    let (status, answer) = press(&visitor, &card, "press-0001", &[("action", "note.edit"), ("value", "8")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["problem"], "Note `8` has no sections to edit yet. Wait for its draft.");
    assert_eq!(house.ear.heard(), []);
}
