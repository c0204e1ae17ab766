//! Which modals and home pages does Slack refuse?

use super::blocks::{self, Wrong};
use super::limits::{self, Surface};
use serde_json::{Map, Value, json};

const MODAL: &[&str] = &[
    "type",
    "title",
    "blocks",
    "submit",
    "close",
    "private_metadata",
    "callback_id",
    "clear_on_close",
    "notify_on_close",
    "external_id",
    "submit_disabled",
];
const HOME: &[&str] = &["type", "blocks", "private_metadata", "callback_id", "external_id"];

pub fn modal(view: &Value) -> Result<(), Wrong> {
    whole(view, "modal", MODAL)?;
    short(&view["title"], limits::MODAL_TITLE, "title", true)?;
    short(&view["submit"], limits::MODAL_BUTTON, "submit", false)?;
    short(&view["close"], limits::MODAL_BUTTON, "close", false)?;
    let blocks = view["blocks"].as_array().map(Vec::as_slice).unwrap_or_default();
    if view["submit"].is_null() && blocks.iter().any(|block| block["type"] == "input") {
        return invalid("a form without a button to submit it");
    }
    surface(blocks, Surface::Modal)
}

pub fn home(view: &Value) -> Result<(), Wrong> {
    whole(view, "home", HOME)?;
    surface(view["blocks"].as_array().map(Vec::as_slice).unwrap_or_default(), Surface::Home)
}

fn invalid<T>(what: impl Into<String>) -> Result<T, Wrong> {
    Err(("invalid_arguments", what.into()))
}

/// Slack tells what is wrong with a view's blocks as invalid arguments.
fn surface(given: &[Value], surface: Surface) -> Result<(), Wrong> {
    if given.is_empty() {
        return invalid("a view without blocks");
    }
    blocks::check(given, surface).map_err(|(_, what)| ("invalid_arguments", what))
}

fn whole(view: &Value, kind: &str, fields: &[&str]) -> Result<(), Wrong> {
    let Some(object) = view.as_object() else { return invalid("the view is not an object") };
    if view["type"] != kind {
        return invalid(format!("a view of type {}", view["type"]));
    }
    if let Some(key) = object.keys().find(|key| !fields.contains(&key.as_str())) {
        return invalid(format!("unknown field `{key}`"));
    }
    if view.to_string().len() > limits::VIEW_BYTES {
        return Err(("view_too_large", format!("{} bytes", view.to_string().len())));
    }
    let metadata = view["private_metadata"].as_str().unwrap_or_default().chars().count();
    if metadata > limits::PRIVATE_METADATA {
        return invalid(format!("private_metadata of {metadata} characters"));
    }
    let callback = view["callback_id"].as_str().unwrap_or_default().chars().count();
    if callback > limits::IDENTIFIER { invalid(format!("a callback_id of {callback} characters")) } else { Ok(()) }
}

fn short(text: &Value, most: usize, name: &str, needed: bool) -> Result<(), Wrong> {
    if text.is_null() {
        return if needed { invalid(format!("no {name}")) } else { Ok(()) };
    }
    let long = text["text"].as_str().unwrap_or_default().chars().count();
    if text["type"] != "plain_text" || long == 0 || long > most {
        return invalid(format!("{name} is {text}, which is not a plain text of 1 to {most} characters"));
    }
    Ok(())
}

/// The values of a form's inputs with some of them changed, by the field's name: the last part of a block's id. A field
/// that needs several inputs is written into the first. `Err`: what Slack's client says at the input that is empty or
/// too long.
pub fn filled(view: &Value, changes: &[(&str, &str)]) -> Result<Value, String> {
    let mut values = Map::new();
    let mut used: Vec<&str> = Vec::new();
    for block in view["blocks"].as_array().into_iter().flatten().filter(|block| block["type"] == "input") {
        let (element, id) = (&block["element"], block["block_id"].as_str().unwrap_or_default());
        let name = id.splitn(3, '/').nth(2).unwrap_or(id);
        let action = element["action_id"].as_str().unwrap_or_default();
        let change = changes.iter().find(|(changed, _)| *changed == name);
        let value = match change {
            Some((name, _)) if used.contains(name) => Some(""),
            Some((name, value)) => {
                used.push(name);
                Some(*value)
            }
            None => None,
        };
        values.insert(id.to_owned(), json!({action: input(element, value, block["optional"] == true)?}));
    }
    let unused: Vec<&str> = changes.iter().map(|(name, _)| *name).filter(|name| !used.contains(name)).collect();
    assert!(unused.is_empty(), "no inputs {unused:?} in {view:#}");
    Ok(Value::Object(values))
}

fn input(element: &Value, change: Option<&str>, optional: bool) -> Result<Value, String> {
    let kind = &element["type"];
    if kind == "plain_text_input" {
        let value = change.unwrap_or_else(|| element["initial_value"].as_str().unwrap_or_default());
        let most = element["max_length"].as_u64().unwrap_or(3_000);
        if value.is_empty() && !optional {
            return Err("Please complete this required field.".to_owned());
        }
        if value.chars().count() as u64 > most {
            return Err(format!("Must be less than {most} characters"));
        }
        let value = if value.is_empty() { Value::Null } else { json!(value) };
        return Ok(json!({"type": kind, "value": value}));
    }
    let groups = element["option_groups"].as_array().into_iter().flatten().map(|group| &group["options"]);
    let lists = groups.chain(std::iter::once(&element["options"]));
    let options: Vec<Value> = lists.filter_map(|list| list.as_array().cloned()).flatten().collect();
    let chosen = match change {
        None => element["initial_option"].clone(),
        Some(value) => {
            let found = options.iter().find(|option| {
                [value, &format!("={value}")].iter().any(|it| option["value"] == **it)
                    || option["text"]["text"] == value
            });
            found.cloned().unwrap_or_else(|| panic!("no option {value} in {options:?}"))
        }
    };
    Ok(json!({"type": kind, "selected_option": chosen}))
}
