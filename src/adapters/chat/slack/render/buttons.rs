//! How does a button look in Slack, and what does its press carry?

use super::blocks::{Piece, context, plain_text};
use super::limits;
use crate::adapters::chat::inputs::words;
use crate::adapters::chat::script::{Line, Run, Style, width};
use crate::domain::message::{Button, ButtonStyle};
use serde_json::{Value, json};

/// Which action a press is: what Slack sends as `action_id`. The `value` comes back as it is.
pub fn action(action_id: &str) -> &str {
    match action_id.rsplit_once('#') {
        Some((action, number)) if number.parse::<u32>().is_ok() => action,
        _ => action_id,
    }
}

pub fn buttons(buttons: &[Button]) -> Vec<Piece> {
    let (fit, long): (Vec<&Button>, Vec<&Button>) = buttons.iter().partition(|button| fits(button));
    let mut pieces = Vec::new();
    let mut row: Vec<Value> = Vec::new();
    for button in fit {
        let element = element(button, &row);
        let size: usize = row.iter().chain([&element]).map(|element| width(&element.to_string())).sum();
        if row.len() == limits::ACTIONS || (size > limits::ACTIONS_JSON && !row.is_empty()) {
            pieces.push(actions(std::mem::take(&mut row)));
        }
        row.push(element);
    }
    if !row.is_empty() {
        pieces.push(actions(row));
    }
    pieces.extend(long.into_iter().flat_map(left_out));
    pieces
}

fn fits(button: &Button) -> bool {
    width(&button.value) <= limits::VALUE && width(&button.action) + 4 <= limits::ID
}

fn actions(elements: Vec<Value>) -> Piece {
    Piece { buttons: true, ..Piece::new(json!({ "type": "actions", "elements": elements }), String::new()) }
}

fn element(button: &Button, row: &[Value]) -> Value {
    let mut element = json!({
        "type": "button",
        "text": plain_text(&label(button, limits::LABEL)),
        "action_id": unique(&button.action, row),
    });
    // Slack refuses an empty one.
    if !button.value.is_empty() {
        element["value"] = json!(button.value);
    }
    if let Some(style) = style(button.style) {
        element["style"] = json!(style);
    }
    if let Some(question) = &button.confirm {
        element["confirm"] = json!({
            "title": plain_text(&label(button, limits::CONFIRM_TITLE)),
            "text": plain_text(&words(question, limits::CONFIRM_TEXT)),
            "confirm": plain_text(&label(button, limits::CONFIRM_BUTTON)),
            "deny": plain_text("Cancel"),
            "style": if button.style == ButtonStyle::Danger { "danger" } else { "primary" },
        });
    }
    element
}

fn label(button: &Button, limit: usize) -> String {
    words(&button.label, limit)
}

fn style(style: ButtonStyle) -> Option<&'static str> {
    match style {
        ButtonStyle::Plain => None,
        ButtonStyle::Primary => Some("primary"),
        ButtonStyle::Danger => Some("danger"),
    }
}

/// Two buttons of a block may be the same action on two things; Slack wants their ids to differ.
fn unique(action: &str, row: &[Value]) -> String {
    let same = row.iter().filter(|other| other["action_id"].as_str().map(self::action) == Some(action)).count();
    let ambiguous = self::action(action) != action;
    if same == 0 && !ambiguous { action.to_owned() } else { format!("{action}#{}", same + 1) }
}

/// Nothing of ours is that long; if it ever is, it is said and not dropped.
fn left_out(button: &Button) -> Vec<Piece> {
    let text = " cannot be pressed in Slack: what it carries is too long. The web chat has it.";
    context(vec![Line::of(vec![Run::new(label(button, limits::LABEL), Style::BOLD), Run::plain(text)])])
}
