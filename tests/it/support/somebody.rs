//! Somebody who talks to the bot, on whichever platform the conversation plays.

use super::fakes::discord::{self, Outcome};
use super::fakes::slack;
use super::world::{Person as Browser, Seen, SeenButton};
use slipway::features::COMMANDS;
use slipway::features::words::Words;
use slipway::ports::chat::ArgumentForm;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub enum Somebody {
    Web(Browser),
    Slack(slack::Person),
    Discord(discord::Person),
}

impl Somebody {
    /// Types what stands there: a command after `/release`, or a message.
    ///
    /// Discord's client sends only commands that are registered, with their options by name; what it would not let
    /// anybody type is said there with a mention, which is as good as a command.
    pub async fn says(&self, text: &str) {
        match self {
            Self::Web(person) => person.says(text).await,
            Self::Slack(person) => drop(person.says(text).await),
            Self::Discord(person) => match text.strip_prefix("/release") {
                Some(words) => match by_options(words.trim()) {
                    Some(typed) => drop(person.commands(&typed).await),
                    None => drop(person.writes(&format!("@Slipway{words}"))),
                },
                None => drop(person.writes(text)),
            },
        }
    }

    /// Writes below a message. Slack takes no commands there, so they are said with a mention everywhere.
    pub async fn says_in(&self, thread: &str, text: &str) {
        match self {
            Self::Web(person) => person.says_as(&person.event(), thread, text).await,
            Self::Slack(person) => drop(person.says_in(thread, text).await),
            Self::Discord(person) => drop(person.in_thread(thread).writes(text)),
        }
    }

    /// Writes a message that others can answer; its id.
    pub async fn begins(&self, text: &str) -> String {
        self.says(text).await;
        let message = self.waits_for(None, text, |message| !message.bot && message.text == text).await;
        if let Self::Discord(person) = self {
            person.opens_thread(&message.id, "A thread");
        }
        message.id
    }

    pub fn in_channel(&self, name: &str) -> Self {
        match self {
            Self::Web(person) => Self::Web(person.in_channel(name)),
            Self::Slack(person) => Self::Slack(person.looks_at(name)),
            Self::Discord(person) => Self::Discord(person.in_channel(name)),
        }
    }

    /// Presses a button that stands there.
    pub async fn presses(&self, message: &Seen, label: &str) {
        match self {
            Self::Web(person) => drop(person.presses(message, label).await),
            Self::Slack(person) => person.presses(message, label).await,
            Self::Discord(person) => {
                let seen = self.discord_message(&message.id);
                drop(person.presses(&seen, label).await);
            }
        }
    }

    /// Presses a button they saw a while ago and that may be gone, and reads what happened instead.
    pub async fn presses_late(&self, thread: Option<&str>, message: &Seen, label: &str, told: &str) {
        match self {
            // A browser's button is a form: the answer to it is the page that says so.
            Self::Web(person) => {
                let answer = person.presses(message, label).await;
                assert!(!answer.status().is_success(), "the button is gone, and says so");
                return;
            }
            Self::Slack(person) => person.presses_late(message, label).await,
            Self::Discord(person) => {
                let button = message.buttons.iter().find(|button| button.label == label).expect("it stood there");
                drop(person.presses_gone(&message.id, &button.value).await);
            }
        }
        let told = self.waits_for(thread, told, |message| message.bot && message.text.contains(told)).await;
        assert!(told.whisper, "it is for who pressed: {}", told.text);
    }

    /// Changes one field of the form behind a button: its name, what stands above it, and the new text.
    pub async fn fills(&self, message: &Seen, label: &str, field: (&str, &str), text: &str) {
        let (name, title) = field;
        match self {
            Self::Web(person) => {
                let saved = person.fills(message, label, &[(name, text)]).await;
                assert!(saved.status().is_success(), "{}", saved.status());
            }
            Self::Slack(person) => person.fills(message, label, &[(name, text)]).await,
            Self::Discord(person) => {
                let seen = self.discord_message(&message.id);
                match person.presses(&seen, label).await {
                    Outcome::Modal(modal) => {
                        let own = modal.fields.iter().find(|field| field.custom_id.ends_with(&format!("/{name}")));
                        let field = own.map_or(name, |field| field.custom_id.as_str()).to_owned();
                        drop(person.submits(&modal, &[(&field, text)]).await);
                    }
                    // A form of more than five fields is filled in one by one, and then sent.
                    Outcome::Said(steps) => {
                        let modal = person.chooses(&steps, title).await.modal();
                        let field = modal.fields.first().expect("a field").custom_id.clone();
                        drop(person.submits(&modal, &[(&field, text)]).await);
                        drop(person.presses(&self.discord_message(&steps.id), "Save").await);
                    }
                    other => panic!("no form: {other:?}"),
                }
            }
        }
    }

    fn discord_message(&self, id: &str) -> discord::Seen {
        let Self::Discord(person) = self else { panic!("only asked on Discord") };
        person.sees_message(id).unwrap_or_else(|| panic!("{id} is not there any more"))
    }

    /// What stands in the channel, or in a thread under its root.
    pub async fn sees(&self, thread: Option<&str>) -> Vec<Seen> {
        match self {
            Self::Web(person) => person.sees(thread).await,
            Self::Slack(person) => person.sees(thread).await,
            Self::Discord(person) => person.sees(thread).into_iter().map(seen).collect(),
        }
    }

    /// What the bot said in the channel for everybody.
    pub async fn sees_said(&self) -> Vec<Seen> {
        self.sees(None).await.into_iter().filter(|message| message.bot && !message.whisper).collect()
    }

    /// Waits until a message of the channel or thread satisfies `is`, and answers it.
    pub async fn waits_for(&self, thread: Option<&str>, what: &str, is: impl Fn(&Seen) -> bool) -> Seen {
        let begun = Instant::now();
        loop {
            let messages = self.sees(thread).await;
            if let Some(found) = messages.iter().rev().find(|message| is(message)) {
                return found.clone();
            }
            assert!(begun.elapsed() < PATIENCE, "{what} never came; what stands there: {messages:#?}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// The card of a finished note.
    pub async fn waits_for_card(&self) -> Seen {
        self.waits_for(None, "the note's card", is_card).await
    }

    /// A whisper or message of the bot in this channel that contains this text.
    pub async fn hears(&self, text: &str) -> Seen {
        self.waits_for(None, text, |message| message.bot && message.text.contains(text)).await
    }

    /// The same, or in their direct messages, where a platform can whisper nowhere else.
    pub async fn hears_somewhere(&self, text: &str) -> Seen {
        let Self::Discord(person) = self else { return self.hears(text).await };
        let direct = Self::Discord(person.in_direct());
        let begun = Instant::now();
        loop {
            for place in [self, &direct] {
                let messages = place.sees(None).await;
                if let Some(mut found) =
                    messages.into_iter().rev().find(|message| message.bot && message.text.contains(text))
                {
                    found.whisper |= std::ptr::eq(place, &raw const direct);
                    return found;
                }
            }
            assert!(begun.elapsed() < PATIENCE, "{text} never came; {:#?}", self.sees(None).await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}

pub fn is_card(message: &Seen) -> bool {
    message.buttons.iter().any(|button| button.action == "note.edit")
}

fn seen(message: discord::Seen) -> Seen {
    let buttons = message.buttons.into_iter().map(|button| {
        let action = button.custom_id.split('|').nth(1).unwrap_or_default().to_owned();
        SeenButton { action, value: button.custom_id, label: button.label }
    });
    Seen {
        id: message.id,
        who: message.who,
        text: message.text,
        whisper: message.whisper,
        bot: message.bot,
        buttons: buttons.collect(),
    }
}

/// `draft payments v1..v2` as `/release draft service:payments range:v1..v2`. `None`: the client would not take it.
fn by_options(words: &str) -> Option<String> {
    let words = if words.is_empty() { "help" } else { words };
    let (name, rest) = words.split_once(' ').unwrap_or((words, ""));
    let command = COMMANDS.iter().find(|command| command.name == name)?;
    let words = Words::of(command, rest).ok()?;
    let typed: Vec<_> =
        command.arguments.iter().filter(|argument| !matches!(argument.form, ArgumentForm::Flag(_))).collect();
    let mut options: Vec<(&str, String)> = Vec::new();
    let mut plain = words.plain.iter().peekable();
    for argument in &typed {
        let is_range = plain.peek().is_some_and(|word| word.contains(".."));
        // A service may be left out before a range.
        if argument.name == "service" && is_range {
            continue;
        }
        let text = match argument.form {
            ArgumentForm::Text => plain.by_ref().cloned().collect::<Vec<_>>().join(" "),
            _ => plain.next().cloned().unwrap_or_default(),
        };
        if !text.is_empty() {
            options.push((argument.name, text));
        } else if argument.required {
            return None;
        }
    }
    if plain.next().is_some() {
        return None;
    }
    options.extend(words.flags.iter().map(|(name, value)| (name.as_str(), value.clone())));
    let options: Vec<String> = options.iter().map(|(name, value)| format!(" {name}:{value}")).collect();
    Some(format!("/release {name}{}", options.concat()))
}
