//! Does a form of any size come back as it was filled in?

use super::checked::check;
use super::*;
use crate::domain::message::{Form, FormField, Input};
use serde_json::json;

fn field(name: &str, value: &str, input: Input) -> FormField {
    FormField {
        name: name.to_owned(),
        label: "Rollback scenario".to_owned(),
        hint: "One per line.".to_owned(),
        value: value.to_owned(),
        input,
        required: true,
    }
}

fn form(fields: Vec<FormField>) -> Form {
    Form {
        action: "note.save".to_owned(),
        value: "7:1".to_owned(),
        title: "Edit note 7".to_owned(),
        fields,
        submit: "Save".to_owned(),
    }
}

/// What Discord sends back if nobody touches anything.
fn untouched(view: &Value) -> Value {
    let rows = view["components"].as_array().expect("rows").iter().map(|row| {
        let input = &row["components"][0];
        json!({ "type": 1, "components": [{ "type": 4, "custom_id": input["custom_id"], "value": input["value"].as_str().unwrap_or_default() }] })
    });
    json!({ "custom_id": view["custom_id"], "components": rows.collect::<Vec<_>>() })
}

#[test]
fn a_small_form_is_one_modal_and_gives_back_every_byte() {
    let long = "a line of words\n".repeat(500);
    let form = form(vec![
        field("steps", &long, Input::Paragraph { max: 10_000 }),
        field("title", "t", Input::Line { max: 100 }),
    ]);
    let modal = whole(&form).expect("it fits");
    assert_eq!(modal.view["custom_id"], "f0|note.save||7:1");
    let labels: Vec<&Value> =
        modal.view["components"].as_array().expect("rows").iter().map(|row| &row["components"][0]["label"]).collect();
    assert_eq!(
        labels,
        [
            "Rollback scenario, part 1 of 3",
            "Rollback scenario, part 2 of 3",
            "Rollback scenario, part 3 of 3",
            "Rollback scenario"
        ]
    );
    assert_eq!(submitted(&untouched(&modal.view)), steps::values(&form));
}

#[test]
fn a_large_form_is_filled_in_step_by_step() {
    let options: Vec<(String, String)> = (0..60).map(|n| (format!("v{n}"), format!("Option {n}"))).collect();
    let mut fields: Vec<FormField> =
        (0..30).map(|n| field(&format!("f{n}"), "text", Input::Paragraph { max: 100 })).collect();
    fields.push(field("kind", "v1", Input::Choice { options }));
    fields.push(field(&"long".repeat(40), "", Input::Line { max: 100 }));
    let form = form(fields);
    assert_eq!(whole(&form), None);
    let page = steps::choose(&form, &["f1".to_owned()]);
    check(&page);
    assert!(
        page.content.contains("✓ Answered: `Rollback scenario`") && page.content.contains("○ Still needed:"),
        "{}",
        page.content
    );
    assert_eq!(page.components.last().expect("a row")["components"][0]["disabled"], true);
    let last = page.components[1]["components"][0]["options"]
        .as_array()
        .and_then(|options| options.last().cloned())
        .expect("options");
    let picked = steps::picked(&form, last["value"].as_str().expect("a value")).expect("the field");
    assert_eq!(picked.name.len(), 160);
    let modal = steps::modal(&form, picked).expect("it is short");
    assert!(modal.kept.is_some(), "a name of that length is kept");
    let mut data = untouched(&modal.view);
    data["components"][0]["components"][0]["value"] = json!("typed");
    let kind = steps::picked(&form, "kind").expect("the field");
    let choice = steps::choice(&form, kind);
    check(&choice);
    assert_eq!(choice.components.len(), 4, "three selects and the way back");
    let answers = [steps::typed(picked, &data), steps::chosen(&form, kind, "=v59")];
    let values = steps::values(&steps::answered(&form, &answers));
    assert_eq!((values[30].1.as_str(), values[31].1.as_str(), values[0].1.as_str()), ("v59", "typed", "text"));
    let done = steps::choose(&steps::answered(&form, &answers), &[]);
    assert_eq!(done.components.last().expect("a row")["components"][0]["disabled"], false);
}

#[test]
fn what_no_modal_holds_is_said() {
    let form = form(vec![field("steps", &"x".repeat(21_000), Input::Paragraph { max: 30_000 })]);
    let sentence = steps::modal(&form, &form.fields[0]).expect_err("too long");
    assert!(sentence.starts_with("`Rollback scenario` is too long to be edited in Discord"), "{sentence}");
}
