//! How do buttons look in Discord, and how does one ask before its press counts?

use super::ids::{Id, Kept, Purpose};
use super::markdown::Markdown;
use super::{Page, limits};
use crate::adapters::chat::cut::cut_text;
use crate::adapters::chat::inputs::words;
use crate::adapters::chat::script::{Line, named, tidy};
use crate::domain::message::{Button, ButtonStyle};
use serde_json::{Value, json};

/// Rows of up to five buttons, and what must be kept for them. `number` is the first that is free on their message.
pub fn rows(buttons: &[Button], number: usize) -> (Vec<Value>, Vec<Kept>) {
    let mut kept = Vec::new();
    let shown: Vec<Value> = buttons
        .iter()
        .enumerate()
        .map(|(index, button)| {
            let (shown, keep) = one(button, number + index);
            kept.extend(keep);
            shown
        })
        .collect();
    (shown.chunks(limits::BUTTONS).map(row).collect(), kept)
}

pub fn row(elements: &[Value]) -> Value {
    json!({ "type": 1, "components": elements })
}

fn one(button: &Button, number: usize) -> (Value, Option<Kept>) {
    let label = label(&button.label);
    let purpose = if button.confirm.is_some() { Purpose::Ask } else { Purpose::Press };
    let id = Id::new(purpose, &button.action, &button.value);
    let (custom_id, mut kept) = id.written(number);
    if let Some(question) = &button.confirm {
        let question = Some((question.clone(), button.label.clone()));
        kept = Some(Kept { custom_id: custom_id.clone(), id, question });
    }
    (shown(&custom_id, &label, style(button.style)), kept)
}

pub fn shown(custom_id: &str, label: &str, style: u8) -> Value {
    json!({ "type": 2, "style": style, "label": label, "custom_id": custom_id })
}

fn label(text: &str) -> String {
    words(text, limits::LABEL)
}

pub const PRIMARY: u8 = 1;
pub const PLAIN: u8 = 2;
pub const DANGER: u8 = 4;

fn style(style: ButtonStyle) -> u8 {
    match style {
        ButtonStyle::Primary => PRIMARY,
        ButtonStyle::Plain => PLAIN,
        ButtonStyle::Danger => DANGER,
    }
}

/// What the adapter whispers when a button was pressed that asks first. `kept` is what it kept of the button; if that is
/// gone, its id alone is enough for a plainer question.
pub fn question(id: &Id, kept: Option<&Kept>) -> Page {
    let asked = kept.and_then(|kept| kept.question.as_ref());
    let (question, yes) = match asked {
        Some((question, yes)) => (question.as_str(), yes.as_str()),
        None => ("Should this be done?", "Do it"),
    };
    let lines = vec![Line::of(tidy(named(question)))];
    let press = Id { purpose: Purpose::Press, ..id.clone() };
    let (custom_id, kept) = press.written(0);
    let cancel = Id::new(Purpose::Cancel, "", "").written(1).0;
    let buttons = [shown(&custom_id, &label(yes), DANGER), shown(&cancel, "Cancel", PLAIN)];
    Page {
        // Ours, and short; if it ever is not, its first words say enough.
        content: cut_text(lines, limits::CONTENT, &Markdown).swap_remove(0),
        components: vec![row(&buttons)],
        kept: kept.into_iter().collect(),
        ..Page::default()
    }
}
