//! How is a form filled in that no modal of Discord's can show? Field by field, from a whispered message that lists them.
//!
//! `choose` shows what there is to fill in; picking a field opens `modal` or shows `choice`; each answer is kept by the
//! adapter and shown by `choose` again; its button submits all of them with [`answered`].

use super::buttons::{PLAIN, PRIMARY, row, shown};
use super::form::{Modal, inputs, view};
use super::ids::{Id, Purpose};
use super::markdown::Markdown;
use super::{Page, limits};
use crate::adapters::chat::cut::cut_text;
use crate::adapters::chat::inputs::{Choice, choices, decoded, encoded, settled, unix, words};
use crate::adapters::chat::script::{Line, Run, Style, named, one_line, tidy, width};
use crate::domain::message::{Form, FormField, Input};
use serde_json::{Value, json};

type Answers = [(String, String)];

/// The form with what was answered so far: what every step is given.
pub fn answered(form: &Form, answers: &Answers) -> Form {
    let fields = form.fields.iter().map(|field| {
        let answer = answers.iter().rfind(|(name, _)| *name == field.name).map(|(_, value)| value.clone());
        FormField { value: unix(&answer.unwrap_or_else(|| field.value.clone())), ..field.clone() }
    });
    Form { fields: fields.collect(), ..form.clone() }
}

/// Everything the form holds now, as it is submitted.
pub fn values(form: &Form) -> Vec<(String, String)> {
    form.fields.iter().map(|field| (field.name.clone(), unix(&field.value))).collect()
}

/// The list of fields. `changed` are the names of those that were answered.
pub fn choose(form: &Form, changed: &[String]) -> Page {
    let mut page = Page { content: content(overview(form, changed)), ..Page::default() };
    let options: Vec<Value> =
        form.fields.iter().enumerate().map(|(index, field)| listed(index, field, changed)).collect();
    let placeholder = |from: usize, count: usize| match options.len() {
        ..=limits::OPTIONS => "Pick what to fill in".to_owned(),
        _ => format!("Pick what to fill in ({from} to {})", from + count - 1),
    };
    add_selects(&mut page, &Id::new(Purpose::Pick, &form.action, &form.value), &options, &placeholder);
    let (submit, kept) = Id::new(Purpose::Submit, &form.action, &form.value).written(0);
    page.kept.extend(kept);
    let mut button = shown(&submit, &words(&form.submit, limits::LABEL), PRIMARY);
    button["disabled"] = json!(!needed(form).is_empty());
    let cancel = Id::new(Purpose::Cancel, "", "").written(0).0;
    page.components.push(row(&[button, shown(&cancel, "Cancel", PLAIN)]));
    page
}

/// The field that was picked: `chosen` is the value of the select's option.
pub fn picked<'a>(form: &'a Form, chosen: &str) -> Option<&'a FormField> {
    let numbered = || form.fields.get(chosen.strip_prefix('#')?.parse::<usize>().ok()?);
    form.fields.iter().find(|field| field.name == chosen).or_else(numbered)
}

/// A text field alone; a sentence if it holds more than Discord can show.
pub fn modal(form: &Form, field: &FormField) -> Result<Modal, String> {
    // The field's name is in the modal's own id: the inputs need none.
    let inputs = inputs(0, &FormField { name: String::new(), ..field.clone() });
    if inputs.len() > limits::INPUTS {
        return Err(format!(
            "`{}` is too long to be edited in Discord: a form here takes {} characters. The web chat takes all of it.",
            one_line(&field.label),
            limits::INPUTS * limits::INPUT
        ));
    }
    let (custom_id, kept) = Id::of_field(Purpose::Field, &form.action, &form.value, &field.name).written(0);
    Ok(Modal { view: view(&form.title, &custom_id, &inputs), kept })
}

/// A field that is chosen from a list, alone.
pub fn choice(form: &Form, field: &FormField) -> Page {
    let choices = choices(field);
    let room = (limits::ROWS - 1) * limits::OPTIONS;
    let mut runs = vec![Run::new(words(&field.label, limits::OPTION_LABEL), Style::BOLD)];
    if !field.hint.is_empty() {
        runs.push(Run::plain(" · "));
        runs.extend(named(&field.hint));
    }
    let mut lines = vec![Line::of(tidy(runs))];
    if choices.len() > room {
        let text = format!("{} more can be chosen in the web chat.", choices.len() - room);
        lines.push(Line::of(vec![Run::plain(text)]));
    }
    let mut page = Page { content: content(lines), ..Page::default() };
    let options: Vec<Value> = choices.iter().map(|choice| option(choice, &field.value)).collect();
    let id = Id::of_field(Purpose::Field, &form.action, &form.value, &field.name);
    let placeholder = |from: usize, count: usize| match options.len() {
        ..=limits::OPTIONS => "Choose one".to_owned(),
        _ => format!("Choose one ({from} to {})", from + count - 1),
    };
    add_selects(&mut page, &id, &options, &placeholder);
    let (back, kept) = Id::new(Purpose::Back, &form.action, &form.value).written(0);
    page.kept.extend(kept);
    page.components.push(row(&[shown(&back, "Back", PLAIN)]));
    page
}

/// The answer of a submitted modal of one field. `data` is the interaction's.
pub fn typed(field: &FormField, data: &Value) -> (String, String) {
    let text = super::submitted(data).into_iter().next().map_or_else(String::new, |(_, text)| text);
    (field.name.clone(), text)
}

/// The answer of a choice: `chosen` is the value of the select's option.
pub fn chosen(form: &Form, field: &FormField, chosen: &str) -> (String, String) {
    let answer = settled(form, vec![(field.name.clone(), decoded(chosen))]);
    answer.into_iter().next().unwrap_or_default()
}

/// As many selects as the options need and the rows above the buttons hold.
fn add_selects(page: &mut Page, id: &Id, options: &[Value], placeholder: &dyn Fn(usize, usize) -> String) {
    for (number, options) in options.chunks(limits::OPTIONS).enumerate().take(limits::ROWS - 1) {
        let (custom_id, kept) = id.written(number);
        page.kept.extend(kept);
        page.components.push(row(&[json!({
            "type": 3,
            "custom_id": custom_id,
            "placeholder": placeholder(number * limits::OPTIONS + 1, options.len()),
            "options": options,
        })]));
    }
}

fn option(choice: &Choice, value: &str) -> Value {
    json!({
        "label": words(&choice.text, limits::OPTION_LABEL),
        "value": encoded(choice.number, &choice.value, limits::OPTION_VALUE),
        "default": choice.value == value,
    })
}

/// A field in the list, with how it begins now.
fn listed(index: usize, field: &FormField, changed: &[String]) -> Value {
    let value = if width(&field.name) <= limits::OPTION_VALUE { field.name.clone() } else { format!("#{index}") };
    let mark = if changed.contains(&field.name) { "✓ " } else { "" };
    let mut option = json!({
        "label": format!("{mark}{}", words(&field.label, limits::OPTION_LABEL - 2)),
        "value": value,
    });
    let now = match &field.input {
        Input::Choice { options } => {
            options.iter().find(|(value, _)| *value == field.value).map(|(_, text)| text.clone())
        }
        _ => None,
    };
    let now = one_line(&now.unwrap_or_else(|| field.value.clone()));
    option["description"] = json!(match now.is_empty() {
        true if field.required => "needed, still empty".to_owned(),
        true => "empty".to_owned(),
        false => words(&now, limits::OPTION_LABEL),
    });
    option
}

fn needed(form: &Form) -> Vec<&FormField> {
    form.fields.iter().filter(|field| field.required && field.value.trim().is_empty()).collect()
}

fn overview(form: &Form, changed: &[String]) -> Vec<Line> {
    let mut lines = vec![Line::of(vec![Run::new(words(&form.title, limits::LABEL), Style::BOLD)])];
    let mut say = |mark: &str, fields: Vec<&FormField>| {
        if fields.is_empty() {
            return;
        }
        let mut runs = vec![Run::plain(format!("{mark} "))];
        for (index, field) in fields.iter().enumerate() {
            runs.extend((index > 0).then(|| Run::plain(", ")));
            runs.push(Run::new(words(&field.label, limits::LABEL), Style::CODE));
        }
        lines.push(Line::of(tidy(runs)));
    };
    say("✓ Answered:", form.fields.iter().filter(|field| changed.contains(&field.name)).collect());
    say("○ Still needed:", needed(form));
    let more = form.fields.len().saturating_sub((limits::ROWS - 1) * limits::OPTIONS);
    if more > 0 {
        lines.push(Line::of(vec![Run::plain(format!("{more} more are in the web chat and stay as they are."))]));
    }
    lines
}

fn content(lines: Vec<Line>) -> String {
    cut_text(lines, limits::CONTENT, &Markdown).into_iter().next().unwrap_or_default()
}
