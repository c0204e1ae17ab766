//! An ear for tests of a chat platform alone: hears everything once per id, as the inbox does, and remembers it.

use async_trait::async_trait;
use slipway::domain::message::{Form, FormField, Heard, Input, Message};
use slipway::domain::person::Person;
use slipway::features::COMMANDS;
use slipway::ports::chat::{CommandShape, Completion, Intake};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Refuses while it is deaf.
#[derive(Default)]
pub struct Ear {
    heard: Mutex<Vec<Heard>>,
    /// How often `accept` was called, repeats included.
    pub calls: Mutex<usize>,
    pub deaf: AtomicBool,
    /// Platform, name and sentence of every trouble told, in order; no sentence: it was over.
    pub notices: Mutex<Vec<(String, String, Option<String>)>>,
}

impl Ear {
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no test panics with it").clone()
    }
}

#[async_trait]
impl Intake for Ear {
    async fn accept(&self, heard: Heard) -> anyhow::Result<()> {
        *self.calls.lock().expect("no test panics with it") += 1;
        anyhow::ensure!(!self.deaf.load(Ordering::SeqCst), "the inbox is full");
        let mut all = self.heard.lock().expect("no test panics with it");
        if all.iter().all(|known| known.id != heard.id) {
            all.push(heard);
        }
        Ok(())
    }

    async fn complete(&self, words: &str) -> Vec<Completion> {
        let verbs = [("draft", "draft a note from git"), ("edit", "change a section"), ("help", "all commands")];
        let fitting = verbs.iter().filter(|(verb, _)| verb.starts_with(words.trim_start()));
        let completion = |(verb, about): &(&str, &str)| Completion {
            words: (*verb).to_owned(),
            label: (*verb).to_owned(),
            about: (*about).to_owned(),
        };
        fitting.map(completion).collect()
    }

    async fn form(&self, action: &str, value: &str, person: &Person) -> Result<Option<Form>, String> {
        match (action, value) {
            ("note.edit", "7") => Ok(Some(edit_form(person))),
            ("note.edit", _) => Err(format!("Note `{value}` has no sections to edit yet. Wait for its draft.")),
            ("note.rename", _) => Ok(Some(rename_form())),
            _ => Ok(None),
        }
    }

    fn commands(&self) -> Vec<CommandShape> {
        COMMANDS.iter().map(|command| command.shape()).collect()
    }

    async fn home(&self, person: &Person) -> Message {
        Message::text(format!("The front page of {}", person.name))
    }

    async fn notice(&self, platform: &str, about: &str, sentence: Option<String>) {
        let notice = (platform.to_owned(), about.to_owned(), sentence);
        self.notices.lock().expect("no test panics with it").push(notice);
    }
}

/// Two texts and nothing to choose from: it fits anywhere.
fn rename_form() -> Form {
    let field = |name: &str, label: &str, required: bool| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: String::new(),
        value: String::new(),
        input: Input::Line { max: 40 },
        required,
    };
    Form {
        action: "note.renamed".to_owned(),
        value: "7".to_owned(),
        title: "Rename note 7".to_owned(),
        fields: vec![field("title", "Title", true), field("why", "Why", false)],
        submit: "Save".to_owned(),
    }
}

fn edit_form(person: &Person) -> Form {
    let field = |name: &str, label: &str, value: &str, input: Input| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: format!("Signed as {}.", person.name),
        value: value.to_owned(),
        input,
        required: true,
    };
    let risks = [("low", "Low"), ("high", "High")].map(|(value, label)| (value.to_owned(), label.to_owned()));
    Form {
        action: "note.edited".to_owned(),
        value: "7".to_owned(),
        title: "Edit note `7`".to_owned(),
        fields: vec![
            field("title", "Title", "payments 2.4.0", Input::Line { max: 40 }),
            field("rollback", "Rollback scenario", "Deploy `v2.3.0` again.", Input::Paragraph { max: 500 }),
            field("risk", "Risk", "low", Input::Choice { options: risks.to_vec() }),
        ],
        submit: "Save".to_owned(),
    }
}
