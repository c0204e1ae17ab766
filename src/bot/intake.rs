//! The bot's ear: an event is stored, durably and once, before its platform may acknowledge it.

use super::Bot;
use super::words;
use crate::domain::message::{Form, Heard, Message};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::features::words::Words;
use crate::features::{ACTIONS, COMMANDS};
use crate::ports::chat::{ArgumentForm, CommandShape, Completion, Intake};
use async_trait::async_trait;

#[async_trait]
impl Intake for Bot {
    async fn accept(&self, heard: Heard) -> anyhow::Result<()> {
        if self.context.records.inbox.accept(&heard).await? {
            self.heard.notify_one();
        } else {
            tracing::debug!(event = heard.id, "event was heard before");
        }
        Ok(())
    }

    async fn complete(&self, typed: &str) -> Vec<Completion> {
        let typed = typed.trim_start();
        let Some((name, rest)) = typed.split_once(char::is_whitespace) else {
            return COMMANDS
                .iter()
                .filter(|command| command.name.starts_with(typed))
                .map(|command| Completion {
                    words: format!("{} ", command.name),
                    label: command.usage.to_owned(),
                    about: command.about.to_owned(),
                })
                .collect();
        };
        let Some(command) = COMMANDS.iter().find(|command| command.name == name) else { return Vec::new() };
        let last = rest.rsplit(char::is_whitespace).next().unwrap_or_default();
        if last.starts_with("--") {
            return flags(command, typed, last);
        }
        let Ok(mut words) = Words::of(command, rest) else { return Vec::new() };
        words.finished |= rest.is_empty();
        (command.complete)(&self.context, &words).await.into_iter().map(|found| with_name(name, found)).collect()
    }

    async fn form(&self, action: &str, value: &str, person: &Person) -> Result<Option<Form>, String> {
        let Some(action) = ACTIONS.iter().find(|known| known.name == action) else { return Err(words::stale_button()) };
        let Some(form) = action.form else { return Ok(None) };
        if !self.context.permissions.allow(action.needs, person) {
            return Err(action.needs.refused().to_string());
        }
        form(&self.context, value, person).await.map(Some).map_err(|trouble| match trouble {
            Trouble::Refused(refusal) => refusal.0,
            other => super::trouble::tell(&other, "opening a form"),
        })
    }

    fn commands(&self) -> Vec<CommandShape> {
        COMMANDS.iter().map(|command| command.shape()).collect()
    }

    async fn home(&self, person: &Person) -> Message {
        match crate::features::home::page(&self.context, person).await {
            Ok(page) => page,
            Err(trouble) => Message::text(super::trouble::tell(&trouble, "a front page")),
        }
    }

    async fn notice(&self, platform: &str, about: &str, sentence: Option<String>) {
        self.tell_notice(platform, about, sentence).await;
    }
}

/// Completions are the whole text after `/release`; a feature may leave its own name out.
fn with_name(name: &str, found: Completion) -> Completion {
    if found.words.starts_with(&format!("{name} ")) {
        found
    } else {
        Completion { words: format!("{name} {}", found.words), ..found }
    }
}

fn flags(command: &crate::features::Command, typed: &str, last: &str) -> Vec<Completion> {
    let stem = &typed[..typed.len() - last.len()];
    let begun = last.trim_start_matches('-');
    let mut found = Vec::new();
    for argument in command.arguments.iter().filter(|argument| argument.name.starts_with(begun)) {
        let ArgumentForm::Flag(known) = argument.form else { continue };
        found.extend(known.iter().map(|value| Completion {
            words: format!("{stem}--{} {value} ", argument.name),
            label: format!("--{} {value}", argument.name),
            about: String::new(),
        }));
    }
    found
}
