//! Which blocks does Slack refuse, and with which code?

use super::limits::{self, Surface};
use serde_json::Value;
use std::collections::BTreeSet;

/// A code of Slack's and, for the person who reads the failed test, what was wrong.
pub type Wrong = (&'static str, String);

fn wrong<T>(what: impl Into<String>) -> Result<T, Wrong> {
    Err(("invalid_blocks", what.into()))
}

pub fn check(blocks: &[Value], surface: Surface) -> Result<(), Wrong> {
    let most = if surface == Surface::Message { limits::MESSAGE_BLOCKS } else { limits::VIEW_BLOCKS };
    if blocks.len() > most {
        return wrong(format!("{} blocks are more than {most}", blocks.len()));
    }
    let mut names = BTreeSet::new();
    let (mut markdown, mut all) = (0, 0);
    for (at, block) in blocks.iter().enumerate() {
        block_ok(block, surface).map_err(|(code, what)| (code, format!("block {at}: {what}: {block}")))?;
        if let Some(name) = block["block_id"].as_str()
            && !names.insert(name.to_owned())
        {
            return wrong(format!("two blocks are called `{name}`"));
        }
        if block["type"] == "markdown" {
            markdown += length(&block["text"]);
        }
        all += text_in(block);
    }
    if markdown > limits::MARKDOWN {
        return Err(("msg_too_long", format!("{markdown} characters of markdown")));
    }
    if surface == Surface::Message && all > limits::MESSAGE_BLOCK_TEXT {
        return Err(("msg_blocks_too_long", format!("{all} characters of text in blocks")));
    }
    let tables = blocks.iter().filter(|block| block["type"] == "table").count();
    if tables > 1 { wrong("more than one table") } else { Ok(()) }
}

/// Every text below a block, in characters.
fn text_in(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| if name == "text" && value.is_string() { length(value) } else { text_in(value) })
            .sum(),
        Value::Array(values) => values.iter().map(text_in).sum(),
        _ => 0,
    }
}

fn length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().chars().count()
}

fn block_ok(block: &Value, surface: Surface) -> Result<(), Wrong> {
    let kind = block["type"].as_str().unwrap_or_default();
    let Some(known) = limits::BLOCKS.iter().find(|known| known.name == kind) else {
        return wrong(format!("unknown block type `{kind}`"));
    };
    if !known.surfaces.contains(&surface) {
        return wrong(format!("`{kind}` may not stand in a {surface:?}"));
    }
    only(block, known.fields, &["type", "block_id"])?;
    limited(&block["block_id"], limits::IDENTIFIER, "block_id")?;
    match kind {
        "section" => section(block),
        "header" => text(&block["text"], limits::HEADER, true),
        "image" => image(block),
        "actions" => elements(block, limits::ACTION_ELEMENTS, false),
        "context" => elements(block, limits::CONTEXT_ELEMENTS, true),
        "input" => input(block),
        "markdown" if length(&block["text"]) == 0 => wrong("an empty markdown block"),
        "rich_text" if block["elements"].as_array().is_none_or(Vec::is_empty) => wrong("an empty rich text"),
        "table" => table(block),
        _ => Ok(()),
    }
}

fn only(value: &Value, fields: &[&str], always: &[&str]) -> Result<(), Wrong> {
    let Some(object) = value.as_object() else { return wrong("not an object") };
    match object.keys().find(|key| !fields.contains(&key.as_str()) && !always.contains(&key.as_str())) {
        Some(key) => wrong(format!("unknown field `{key}`")),
        None => Ok(()),
    }
}

fn limited(value: &Value, most: usize, name: &str) -> Result<(), Wrong> {
    if value.is_null() {
        return Ok(());
    }
    if !value.is_string() {
        return wrong(format!("`{name}` is not a text"));
    }
    match length(value) {
        0 => wrong(format!("`{name}` is empty")),
        long if long > most => wrong(format!("`{name}` has {long} characters, more than {most}")),
        _ => Ok(()),
    }
}

/// A text object; `plain` allows nothing but plain text.
fn text(value: &Value, most: usize, plain: bool) -> Result<(), Wrong> {
    let kind = value["type"].as_str().unwrap_or_default();
    match kind {
        "plain_text" => only(value, &["text", "emoji"], &["type"])?,
        "mrkdwn" if !plain => only(value, &["text", "verbatim"], &["type"])?,
        _ => return wrong(format!("a text of type `{kind}`")),
    }
    if !value["text"].is_string() {
        return wrong("a text without text");
    }
    limited(&value["text"], most, "text")
}

fn section(block: &Value) -> Result<(), Wrong> {
    if block["text"].is_null() && block["fields"].is_null() {
        return wrong("a section with neither text nor fields");
    }
    if !block["text"].is_null() {
        text(&block["text"], limits::SECTION, false)?;
    }
    if let Some(fields) = block["fields"].as_array() {
        if fields.is_empty() || fields.len() > limits::FIELDS {
            return wrong(format!("{} fields", fields.len()));
        }
        for field in fields {
            text(field, limits::FIELD, false)?;
        }
    }
    if block["accessory"].is_null() { Ok(()) } else { element(&block["accessory"], true) }
}

fn image(block: &Value) -> Result<(), Wrong> {
    if block["image_url"].is_null() == block["slack_file"].is_null() {
        return wrong("an image has either an address or a file");
    }
    limited(&block["image_url"], limits::ADDRESS, "image_url")?;
    if block["alt_text"].is_null() {
        return wrong("an image without an alternative text");
    }
    limited(&block["alt_text"], limits::ALT, "alt_text")?;
    if block["title"].is_null() { Ok(()) } else { text(&block["title"], limits::IMAGE_TITLE, true) }
}

fn elements(block: &Value, most: usize, context: bool) -> Result<(), Wrong> {
    let list = block["elements"].as_array().map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() || list.len() > most {
        return wrong(format!("{} elements, not 1 to {most}", list.len()));
    }
    let mut actions = BTreeSet::new();
    for item in list {
        if !context {
            element(item, false)?;
            let action = item["action_id"].as_str().unwrap_or_default();
            if !actions.insert(action.to_owned()) {
                return wrong(format!("action_id `{action}` stands twice in one block"));
            }
        } else if item["type"] == "image" {
            only(item, &["image_url", "slack_file", "alt_text"], &["type"])?;
            limited(&item["alt_text"], limits::ALT, "alt_text")?;
        } else {
            // Slack documents no length of its own for these.
            text(item, limits::SECTION, false)?;
        }
    }
    Ok(())
}

fn element(item: &Value, accessory: bool) -> Result<(), Wrong> {
    let kind = item["type"].as_str().unwrap_or_default();
    if accessory && kind == "image" {
        return limited(&item["alt_text"], limits::ALT, "alt_text");
    }
    let Some((_, fields)) = limits::ELEMENTS.iter().find(|(name, _)| *name == kind) else {
        return wrong(format!("unknown element `{kind}`"));
    };
    only(item, fields, &["type", "action_id"])?;
    if item["action_id"].is_null() {
        return wrong(format!("a {kind} without action_id"));
    }
    limited(&item["action_id"], limits::IDENTIFIER, "action_id")?;
    match kind {
        "button" => button(item),
        "plain_text_input" => plain_input(item),
        _ => choices(item, kind),
    }
}

fn button(item: &Value) -> Result<(), Wrong> {
    text(&item["text"], limits::BUTTON, true)?;
    limited(&item["value"], limits::BUTTON_VALUE, "value")?;
    limited(&item["url"], limits::ADDRESS, "url")?;
    limited(&item["accessibility_label"], limits::BUTTON, "accessibility_label")?;
    let style = item["style"].as_str();
    if !item["style"].is_null() && !matches!(style, Some("primary" | "danger")) {
        return wrong(format!("style {}", item["style"]));
    }
    let confirm = &item["confirm"];
    if confirm.is_null() {
        return Ok(());
    }
    only(confirm, &["title", "text", "confirm", "deny", "style"], &[])?;
    text(&confirm["title"], limits::CONFIRM_TITLE, true)?;
    text(&confirm["text"], limits::CONFIRM_TEXT, false)?;
    text(&confirm["confirm"], limits::CONFIRM_BUTTON, true)?;
    text(&confirm["deny"], limits::CONFIRM_BUTTON, true)
}

fn plain_input(item: &Value) -> Result<(), Wrong> {
    let most = item["max_length"].as_u64().map_or(limits::PLAIN_INPUT, |most| usize::try_from(most).unwrap_or(0));
    if most == 0 || most > limits::PLAIN_INPUT {
        return wrong(format!("max_length {most}"));
    }
    if length(&item["initial_value"]) > most {
        return wrong(format!("an initial value of {} characters, more than {most}", length(&item["initial_value"])));
    }
    if item["placeholder"].is_null() { Ok(()) } else { text(&item["placeholder"], limits::PLACEHOLDER, true) }
}

fn choices(item: &Value, kind: &str) -> Result<(), Wrong> {
    if let Some(groups) = item["option_groups"].as_array() {
        for group in groups {
            text(&group["label"], limits::OPTION_TEXT, true)?;
            choices(&serde_json::json!({"options": group["options"]}), kind)?;
        }
        return if groups.is_empty() || groups.len() > limits::OPTIONS { wrong("option groups") } else { Ok(()) };
    }
    let options = item["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    let most = if ["radio_buttons", "checkboxes"].contains(&kind) { 10 } else { limits::OPTIONS };
    if options.is_empty() || options.len() > most {
        return wrong(format!("{} options, not 1 to {most}", options.len()));
    }
    for option in options {
        only(option, &["text", "value", "description", "url"], &[])?;
        text(&option["text"], limits::OPTION_TEXT, !["radio_buttons", "checkboxes"].contains(&kind))?;
        limited(&option["value"], limits::OPTION_VALUE, "value")?;
    }
    let initial = &item["initial_option"];
    if !initial.is_null() && !options.contains(initial) {
        return wrong("the initial option is none of the options");
    }
    if item["placeholder"].is_null() { Ok(()) } else { text(&item["placeholder"], limits::PLACEHOLDER, true) }
}

fn input(block: &Value) -> Result<(), Wrong> {
    text(&block["label"], limits::INPUT_LABEL, true)?;
    if !block["hint"].is_null() {
        text(&block["hint"], limits::INPUT_LABEL, true)?;
    }
    if block["element"]["type"] == "button" {
        return wrong("a button is no input");
    }
    element(&block["element"], false)
}

fn table(block: &Value) -> Result<(), Wrong> {
    let rows = block["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() || rows.len() > limits::TABLE_ROWS {
        return wrong(format!("{} rows", rows.len()));
    }
    let widths: BTreeSet<usize> = rows.iter().map(|row| row.as_array().map_or(0, Vec::len)).collect();
    let narrow = widths.iter().all(|width| (1..=limits::TABLE_COLUMNS).contains(width));
    if widths.len() == 1 && narrow { Ok(()) } else { wrong(format!("rows of {widths:?} cells")) }
}
