//! How do a form's fields become a platform's inputs, and their values one value a field again?
//!
//! An input's name says which field it is, which part of it, and what stood between this part and the one before:
//! `3.1/nn/changes` is the second part of the fourth field, `changes`, after two line ends.

use crate::adapters::chat::cut::{Part, join, parts, shorten};
use crate::adapters::chat::script::{unnamed, width};
use crate::domain::message::{Form, FormField, Input};

/// One input of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub id: String,
    pub label: String,
    pub text: String,
    /// Only the first input of a field has one.
    pub hint: String,
    /// The most a person may type here.
    pub max: usize,
    pub required: bool,
    /// More than one line.
    pub tall: bool,
}

/// The inputs of a text field: as many as its value needs, and another if the last is nearly full and more may be typed.
pub fn slots(index: usize, field: &FormField, limit: usize, label_limit: usize) -> Vec<Slot> {
    let (max, tall) = match field.input {
        Input::Line { max } => (max, false),
        Input::Paragraph { max } => (max, true),
        Input::Choice { .. } => (limit, false),
    };
    let value = unix(&field.value);
    let mut parts = parts(&value, limit);
    let last = parts.last().map_or(0, |part| width(&part.text));
    if last + SPARE > limit && width(&value) + SPARE <= max {
        parts.push(Part { joint: "\n".to_owned(), text: String::new() });
    }
    let count = parts.len();
    let slot = |(number, part): (usize, Part)| {
        let which = if count == 1 { String::new() } else { format!(", part {} of {count}", number + 1) };
        Slot {
            id: id(index, number, &part.joint, &field.name),
            label: words(&field.label, label_limit - width(&which)) + &which,
            hint: if number == 0 { field.hint.clone() } else { String::new() },
            max: limit.min(max).max(width(&part.text)).max(1),
            text: part.text,
            required: field.required && number == 0,
            tall: tall || value.contains('\n'),
        }
    };
    parts.into_iter().enumerate().map(slot).collect()
}

/// Letters that are left free at least, where the field has them.
const SPARE: usize = 500;

pub fn id(index: usize, number: usize, joint: &str, name: &str) -> String {
    let letter = |letter| match letter {
        '\n' => 'n',
        '\t' => 't',
        _ => 's',
    };
    format!("{index}.{number}/{}/{name}", joint.chars().map(letter).collect::<String>())
}

/// What came back, input by input, as one value a field, in order. Names that are none of ours are left out.
pub fn gathered(inputs: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut fields: Vec<(usize, String, Vec<Part>)> = Vec::new();
    for (id, text) in inputs {
        let Some((index, joint, name)) = read(&id) else { continue };
        let part = Part { joint, text };
        match fields.last_mut().filter(|(last, ..)| *last == index) {
            Some((.., parts)) => parts.push(part),
            None => fields.push((index, name.to_owned(), vec![part])),
        }
    }
    fields.into_iter().map(|(_, name, parts)| (name, join(&parts))).collect()
}

/// The field's number, what stands before this part, the field's name.
fn read(id: &str) -> Option<(usize, String, &str)> {
    let mut pieces = id.splitn(3, '/');
    let (place, joint, name) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let index = place.split_once('.')?.0.parse().ok()?;
    let joint = joint.chars().map(|letter| match letter {
        'n' => '\n',
        't' => '\t',
        _ => ' ',
    });
    Some((index, joint.collect(), name))
}

/// An option as a select carries it: the value behind a sign, since platforms take none that is empty; its number if it
/// is too long.
pub fn encoded(number: usize, value: &str, limit: usize) -> String {
    let whole = format!("{EXACT}{value}");
    if width(&whole) <= limit { whole } else { format!("{NUMBERED}{number}") }
}

const EXACT: char = '=';
const NUMBERED: char = '#';
/// Before a number that stands for a value; no value begins so.
const BY_NUMBER: char = '\u{1f}';

/// The value of a chosen option; one that was too long is settled by [`settled`].
pub fn decoded(option: &str) -> String {
    match option.strip_prefix(EXACT) {
        Some(exact) => exact.to_owned(),
        None => option.replacen(NUMBERED, &BY_NUMBER.to_string(), 1),
    }
}

/// Puts the values of long options back, by their number in the form.
pub fn settled(form: &Form, fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let settle = |(name, value): (String, String)| {
        let number = value.strip_prefix(BY_NUMBER).and_then(|number| number.parse::<usize>().ok());
        let field = form.fields.iter().find(|field| field.name == name);
        let found = number.zip(field).and_then(|(number, field)| {
            choices(field).into_iter().find(|choice| choice.number == number && !choice.value.is_empty())
        });
        (name, found.map_or(value, |choice| choice.value))
    };
    fields.into_iter().map(settle).collect()
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its number in the form, whatever is added around it.
    pub number: usize,
    pub value: String,
    pub text: String,
}

/// The field's options, its present value if that is none of them, and nothing if nothing will do.
pub fn choices(field: &FormField) -> Vec<Choice> {
    let Input::Choice { options } = &field.input else { return Vec::new() };
    let choice = |(number, (value, text)): (usize, &(String, String))| {
        let text = if text.trim().is_empty() { value } else { text };
        Choice { number, value: value.clone(), text: text.clone() }
    };
    let mut choices: Vec<Choice> = options.iter().enumerate().map(choice).collect();
    let has = |choices: &[Choice], value: &str| choices.iter().any(|known| known.value == value);
    if !field.value.is_empty() && !has(&choices, &field.value) {
        let (value, text) = (field.value.clone(), field.value.clone());
        choices.insert(0, Choice { number: options.len(), value, text });
    }
    if !field.required && !has(&choices, "") && !choices.is_empty() {
        choices.insert(0, Choice { number: 0, value: String::new(), text: "(none)".to_owned() });
    }
    choices
}

pub fn unix(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Words for a person where nothing is formatted: one line, nothing hidden, never empty.
pub fn words(text: &str, limit: usize) -> String {
    let shown = shorten(&unnamed(text), limit);
    if shown.is_empty() { "…".to_owned() } else { shown }
}
