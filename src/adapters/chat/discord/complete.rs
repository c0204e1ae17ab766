//! What did a person choose so far of `/release`, and what could the next word be?

use super::Discord;
use super::answer::kind;
use super::commands::words_of;
use crate::ports::chat::{Completion, Intake};
use serde_json::{Value, json};
use serenity::model::application::{CommandDataOptionValue, CommandInteraction};
use std::sync::Arc;

const CHOICES: usize = 25;
const CHOICE: usize = 100;

impl Discord {
    pub(super) async fn complete(&self, intake: &Arc<dyn Intake>, typed: &CommandInteraction) {
        let found = intake.complete(&begun(intake.as_ref(), typed)).await;
        let choices: Vec<Value> =
            choices(found).into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let body = json!({ "type": kind::CHOICES, "data": { "choices": choices } });
        self.call_back(typed.id.get(), &typed.token, &body).await;
    }
}

/// The words up to the one being typed: what follows it does not decide about it.
fn begun(intake: &dyn Intake, typed: &CommandInteraction) -> String {
    let (name, mut given, focused) = options(typed);
    let shapes = intake.commands();
    let arguments = shapes.iter().find(|shape| shape.name == name).map_or([].as_slice(), |shape| shape.arguments);
    let upto = arguments.iter().position(|argument| Some(argument.name) == focused.as_deref());
    let before = upto.map_or([].as_slice(), |upto| &arguments[..=upto]);
    given.retain(|(name, _)| before.iter().any(|argument| argument.name == name));
    let mut words = words_of(&shapes, &name, &given);
    if given.iter().any(|(name, value)| Some(name) == focused.as_ref() && value.is_empty()) {
        // Nothing of it was typed yet: what is offered begins here.
        words.truncate(words.trim_end_matches('"').trim_end().len());
        words.push(' ');
    }
    words
}

/// Names and values: of each completion its last word, which is what the option takes.
fn choices(found: Vec<Completion>) -> Vec<(String, String)> {
    let mut choices: Vec<(String, String)> = Vec::new();
    for found in found {
        let Some(value) = found.words.split_whitespace().next_back().map(|word| word.trim_matches('"')) else {
            continue;
        };
        let fits = value.chars().count() <= CHOICE && choices.iter().all(|(_, known)| known != value);
        if fits && choices.len() < CHOICES {
            let name = if found.about.is_empty() { found.label } else { format!("{} · {}", found.label, found.about) };
            choices.push((name.chars().take(CHOICE).collect(), value.to_owned()));
        }
    }
    choices
}

/// What the person would have typed after `/release`.
pub fn typed(intake: &dyn Intake, command: &CommandInteraction) -> String {
    let (name, given, _) = options(command);
    words_of(&intake.commands(), &name, &given)
}

/// The subcommand, its options, and the one that is being typed.
fn options(command: &CommandInteraction) -> (String, Vec<(String, String)>, Option<String>) {
    let Some(subcommand) = command.data.options.first() else { return (String::new(), Vec::new(), None) };
    let CommandDataOptionValue::SubCommand(inner) = &subcommand.value else {
        return (subcommand.name.clone(), Vec::new(), None);
    };
    let mut focused = None;
    let given = inner
        .iter()
        .filter_map(|option| {
            let value = match &option.value {
                CommandDataOptionValue::String(value) => value.clone(),
                CommandDataOptionValue::Autocomplete { value, .. } => {
                    focused = Some(option.name.clone());
                    value.clone()
                }
                _ => return None,
            };
            Some((option.name.clone(), value))
        })
        .collect();
    (subcommand.name.clone(), given, focused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_the_last_word_once_and_never_longer_than_discord_takes() {
        let one =
            |words: &str| Completion { words: words.to_owned(), label: "v1".to_owned(), about: "a tag".to_owned() };
        let long = format!("draft {}", "x".repeat(101));
        let found = choices(vec![one("draft payments v1"), one("draft v1 "), one(&long), one("")]);
        assert_eq!(found, [("v1 · a tag".to_owned(), "v1".to_owned())]);
        let many = (0..40).map(|number| one(&format!("draft v{number}"))).collect();
        assert_eq!(choices(many).len(), CHOICES);
    }
}
