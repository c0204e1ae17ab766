//! How does a form look as a modal of Slack's, and what did a person put into it?

use super::blocks::plain_text;
use super::limits;
use crate::adapters::chat::inputs::{Choice, Slot, choices, decoded, encoded, gathered, id, slots, unix, words};
use crate::domain::message::{Form, FormField};
use serde_json::{Value, json};

/// The `view` of `views.open`. Fields whose value is longer than an input takes become several inputs. The adapter keeps
/// `private_metadata` within [`limits::PRIVATE_METADATA`]. `callback_id` is the form's action.
pub fn modal(form: &Form, private_metadata: &str) -> Value {
    let mut blocks: Vec<Value> = Vec::new();
    for (index, field) in form.fields.iter().enumerate() {
        let new = inputs(index, field);
        if blocks.len() + new.len() > limits::VIEW_BLOCKS - 1 {
            blocks.push(rest(form.fields.len() - index));
            break;
        }
        blocks.extend(new);
    }
    if blocks.is_empty() {
        blocks.push(json!({ "type": "section", "text": plain_text("There is nothing to fill in here.") }));
    }
    json!({
        "type": "modal",
        "callback_id": form.action,
        "title": plain_text(&words(&form.title, limits::MODAL_TITLE)),
        "submit": plain_text(&words(&form.submit, limits::MODAL_SUBMIT)),
        "close": plain_text("Cancel"),
        "private_metadata": private_metadata,
        "blocks": blocks,
    })
}

/// What a submitted `view` holds, field by field, in order; parts are one value again. A choice whose value was too long
/// for Slack comes back as its number: `inputs::settled` needs the form for it.
pub fn submitted(view: &Value) -> Vec<(String, String)> {
    let blocks = view["blocks"].as_array().into_iter().flatten();
    gathered(blocks.filter_map(|block| {
        let id = block["block_id"].as_str()?;
        let state = &view["state"]["values"][id];
        let chosen = state["choice"]["selected_option"]["value"].as_str().map(decoded);
        let typed = || state["text"]["value"].as_str().map(unix);
        Some((id.to_owned(), chosen.or_else(typed).unwrap_or_default()))
    }))
}

fn inputs(index: usize, field: &FormField) -> Vec<Value> {
    let choices = choices(field);
    if choices.is_empty() {
        let slots = slots(index, field, limits::INPUT, limits::INPUT_LABEL);
        return slots.iter().map(text).collect();
    }
    vec![select(index, field, &choices)]
}

fn text(slot: &Slot) -> Value {
    let mut element = json!({
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": slot.tall,
        "max_length": slot.max,
    });
    if !slot.text.is_empty() {
        element["initial_value"] = json!(slot.text);
    }
    framed(&slot.id, &slot.label, &slot.hint, element, !slot.required)
}

fn framed(id: &str, label: &str, hint: &str, element: Value, optional: bool) -> Value {
    let mut block = json!({
        "type": "input",
        "block_id": id,
        "label": plain_text(label),
        "element": element,
        "optional": optional,
    });
    if !hint.is_empty() {
        block["hint"] = plain_text(&words(hint, limits::INPUT_HINT));
    }
    block
}

fn select(index: usize, field: &FormField, choices: &[Choice]) -> Value {
    let options: Vec<Value> = choices.iter().map(option).collect();
    let mut element = json!({ "type": "static_select", "action_id": "choice" });
    if let Some(chosen) = choices.iter().position(|choice| choice.value == field.value) {
        element["initial_option"] = options[chosen].clone();
    }
    if options.len() <= limits::OPTIONS {
        element["options"] = json!(options);
    } else {
        let groups = options.chunks(limits::OPTIONS).enumerate().map(|(group, options)| {
            let from = group * limits::OPTIONS + 1;
            json!({ "label": plain_text(&format!("{from} to {}", from + options.len() - 1)), "options": options })
        });
        element["option_groups"] = groups.collect();
    }
    let label = words(&field.label, limits::INPUT_LABEL);
    framed(&id(index, 0, "", &field.name), &label, &field.hint, element, !field.required)
}

fn option(choice: &Choice) -> Value {
    json!({
        "text": plain_text(&words(&choice.text, limits::OPTION_TEXT)),
        "value": encoded(choice.number, &choice.value, limits::OPTION_VALUE),
    })
}

fn rest(count: usize) -> Value {
    let text = format!("{count} more cannot be shown here and stay as they are; the web chat has them all.");
    json!({ "type": "section", "text": plain_text(&text) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::chat::inputs::settled;
    use crate::adapters::chat::script::width;
    use crate::domain::message::Input;
    use proptest::prelude::*;

    fn field(name: &str, value: &str, input: Input) -> FormField {
        FormField {
            name: name.to_owned(),
            label: "Changes".to_owned(),
            hint: String::new(),
            value: value.to_owned(),
            input,
            required: false,
        }
    }

    fn form(fields: Vec<FormField>) -> Form {
        Form {
            action: "note.save".to_owned(),
            value: "7:1".to_owned(),
            title: "Edit the rollback scenario of note 7".to_owned(),
            fields,
            submit: "Save".to_owned(),
        }
    }

    /// What Slack sends back if nobody touches anything.
    fn untouched(view: &Value) -> Value {
        let mut view = view.clone();
        for block in view["blocks"].clone().as_array().expect("blocks") {
            let Some(id) = block["block_id"].as_str() else { continue };
            let element = &block["element"];
            view["state"]["values"][id] = if element["type"] == "static_select" {
                json!({ "choice": { "type": "static_select", "selected_option": element["initial_option"] } })
            } else {
                json!({ "text": { "type": "plain_text_input", "value": element["initial_value"] } })
            };
        }
        view
    }

    fn back(form: &Form) -> Vec<(String, String)> {
        settled(form, submitted(&untouched(&modal(form, ""))))
    }

    #[test]
    fn a_long_value_is_cut_into_inputs_that_say_so() {
        let long = "One sentence of several words.\n".repeat(150);
        let view = modal(&form(vec![field("changes", &long, Input::Paragraph { max: 10_000 })]), "m");
        let labels: Vec<&str> = view["blocks"]
            .as_array()
            .expect("blocks")
            .iter()
            .map(|b| b["label"]["text"].as_str().expect("text"))
            .collect();
        assert_eq!(labels, ["Changes, part 1 of 2", "Changes, part 2 of 2"]);
        assert!(view["blocks"][0]["element"]["initial_value"].as_str().expect("text").ends_with("words."));
        assert_eq!(view["title"]["text"], "Edit the rollback…");
        assert_eq!(view["private_metadata"], "m");
    }

    #[test]
    fn a_nearly_full_input_has_another_to_write_on() {
        let full = "word ".repeat(580);
        let count = |max| {
            modal(&form(vec![field("x", &full, Input::Paragraph { max })]), "")["blocks"].as_array().map(Vec::len)
        };
        assert_eq!((count(10_000), count(3_000)), (Some(2), Some(1)));
    }

    #[test]
    fn a_choice_keeps_its_exact_value_however_long() {
        let long = "a rather long value of some list ".repeat(9);
        let options = vec![(long.clone(), long.clone()), ("b".to_owned(), String::new())];
        let form = form(vec![
            field("long", &long, Input::Choice { options: options.clone() }),
            field("gone", "no longer offered", Input::Choice { options: options.clone() }),
            field("none", "", Input::Choice { options }),
            field("sharp", "#0", Input::Choice { options: vec![("#0".to_owned(), "Sharp".to_owned())] }),
        ]);
        let view = modal(&form, "");
        assert_eq!(
            view["blocks"][0]["element"]["options"][1]["text"]["text"],
            "a rather long value of some list a rather long value of some list a rather…"
        );
        let wanted = [("long", long.as_str()), ("gone", "no longer offered"), ("none", ""), ("sharp", "#0")];
        assert_eq!(back(&form), wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn more_options_than_a_select_takes_are_grouped_and_more_fields_than_a_modal_takes_are_counted() {
        let options: Vec<(String, String)> = (0..250).map(|n| (format!("v{n}"), format!("Option {n}"))).collect();
        let many = form(vec![field("x", "v249", Input::Choice { options })]);
        let groups = modal(&many, "")["blocks"][0]["element"]["option_groups"].clone();
        let sizes: Vec<usize> =
            groups.as_array().expect("groups").iter().map(|g| g["options"].as_array().map_or(0, Vec::len)).collect();
        assert_eq!(sizes, [100, 100, 51]);
        assert_eq!(back(&many)[0].1, "v249");
        let wide = form((0..130).map(|n| field(&format!("f{n}"), "", Input::Line { max: 10 })).collect());
        let blocks = modal(&wide, "")["blocks"].clone();
        assert_eq!(blocks.as_array().map(Vec::len), Some(100));
        assert!(blocks[99]["text"]["text"].as_str().expect("text").starts_with("31 more cannot be shown"));
    }

    #[test]
    fn line_ends_of_another_system_are_ours_afterwards() {
        assert_eq!(back(&form(vec![field("x", "a\r\nb\rc", Input::Paragraph { max: 100 })]))[0].1, "a\nb\nc");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn an_untouched_form_gives_back_every_byte(
            values in proptest::collection::vec("([a-z/.#]{1,12}|[가-힣]{1,6}|[ \n\t]{1,25}|👩\u{200d}🚀|<!here>|\\*){0,2500}", 1..4)
        ) {
            let form = form(values.iter().enumerate().map(|(n, value)| field(&format!("a/{n}.b"), value, Input::Paragraph { max: 10 })).collect());
            let view = modal(&form, "");
            for block in view["blocks"].as_array().expect("blocks") {
                let element = &block["element"];
                let text = element["initial_value"].as_str().unwrap_or_default();
                prop_assert!(width(text) <= limits::INPUT);
                prop_assert!(width(text) as u64 <= element["max_length"].as_u64().expect("a number"));
                prop_assert!(block["block_id"].as_str().is_some_and(|id| width(id) <= limits::ID));
            }
            let wanted: Vec<(String, String)> = form.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
            prop_assert_eq!(back(&form), wanted);
        }
    }
}
