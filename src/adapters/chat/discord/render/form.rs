//! How does a form look as a modal of Discord's, which has five text inputs and nothing to choose from?

use super::ids::{Id, Kept, Purpose};
use super::limits;
use crate::adapters::chat::inputs::{Slot, gathered, slots, unix, words};
use crate::adapters::chat::script::width;
use crate::domain::message::{Form, FormField, Input};
use serde_json::{Value, json};

/// What opens, and what must be kept for its submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Modal {
    /// The `data` of an interaction response of type 9.
    pub view: Value,
    pub kept: Option<Kept>,
}

/// The whole form at once, if it fits; else it is shown in [`super::steps`].
pub fn whole(form: &Form) -> Option<Modal> {
    let (custom_id, kept) = Id::new(Purpose::Form, &form.action, &form.value).written(0);
    Some(Modal { view: modal(form, &custom_id)?, kept })
}

/// The form as one modal; nothing if it has a choice or more text than five inputs take.
pub fn modal(form: &Form, custom_id: &str) -> Option<Value> {
    if form.fields.is_empty() || form.fields.iter().any(|field| matches!(field.input, Input::Choice { .. })) {
        return None;
    }
    let fields = form.fields.iter().enumerate();
    let inputs: Vec<Value> = fields.flat_map(|(index, field)| inputs(index, field)).collect();
    let fits = |input: &Value| input["custom_id"].as_str().is_some_and(|id| width(id) <= limits::ID);
    (inputs.len() <= limits::INPUTS && inputs.iter().all(fits)).then(|| view(&form.title, custom_id, &inputs))
}

pub fn view(title: &str, custom_id: &str, inputs: &[Value]) -> Value {
    let rows: Vec<Value> = inputs.iter().map(|input| super::buttons::row(std::slice::from_ref(input))).collect();
    json!({ "title": words(title, limits::MODAL_TITLE), "custom_id": custom_id, "components": rows })
}

pub fn inputs(index: usize, field: &FormField) -> Vec<Value> {
    slots(index, field, limits::INPUT, limits::INPUT_LABEL).iter().map(input).collect()
}

fn input(slot: &Slot) -> Value {
    let mut input = json!({
        "type": 4,
        "custom_id": slot.id,
        "style": if slot.tall { 2 } else { 1 },
        "label": slot.label,
        "required": slot.required,
        "max_length": slot.max,
    });
    if !slot.text.is_empty() {
        input["value"] = json!(slot.text);
    }
    if !slot.hint.is_empty() {
        input["placeholder"] = json!(words(&slot.hint, limits::INPUT_PLACEHOLDER));
    }
    input
}

/// What the `data` of a submitted modal holds, field by field, in order; parts are one value again.
pub fn submitted(data: &Value) -> Vec<(String, String)> {
    let rows = data["components"].as_array().into_iter().flatten();
    let inputs = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    gathered(inputs.filter_map(|input| {
        let text = input["value"].as_str().map(unix).unwrap_or_default();
        Some((input["custom_id"].as_str()?.to_owned(), text))
    }))
}
