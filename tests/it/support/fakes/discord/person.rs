//! What can a person do in Discord's client? Only what the client lets them: registered commands, buttons that stand there.

use super::Shared;
use super::log::Answered;
use super::objects::mentioned;
use super::rest::interactions::FIRST_ANSWER;
use super::seen::Seen;
use super::state::{Interaction, State, kind};
use super::typed::Typed;
use serde_json::{Value, json};
use std::sync::Arc;

/// Somebody, in a channel, a thread or a direct conversation with the bot.
#[derive(Clone)]
pub struct Person {
    shared: Arc<Shared>,
    id: u64,
    channel: u64,
}

/// What came of a command, a press, a choice or a sent form, as far as it can be told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken; what comes of it appears in the channel.
    Taken,
    Modal(Modal),
    /// An answer, or "Slipway is thinking…".
    Said(Seen),
    /// "The application did not respond."
    NoAnswer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modal {
    pub custom_id: String,
    pub title: String,
    pub fields: Vec<ModalField>,
    /// The message it was opened from.
    message: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModalField {
    pub custom_id: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub required: bool,
    pub max: usize,
    pub paragraph: bool,
}

impl Outcome {
    pub fn modal(self) -> Modal {
        match self {
            Self::Modal(modal) => modal,
            other => panic!("a modal was to open; instead: {other:?}"),
        }
    }

    pub fn said(self) -> Seen {
        match self {
            Self::Said(seen) => seen,
            other => panic!("an answer was to come; instead: {other:?}"),
        }
    }
}

impl Person {
    pub(super) fn join(shared: Arc<Shared>, name: &str) -> Self {
        let mut state = shared.state();
        let known = state.users.values().find(|user| user.name == name && !user.bot).map(|user| user.id);
        let id = known.unwrap_or_else(|| state.user(name, false));
        for guild in state.guilds.values_mut() {
            guild.members.insert(id);
        }
        let channel = state.named("releases").expect("the world has it");
        drop(state);
        Self { shared, id, channel }
    }

    pub fn id(&self) -> u64 {
        self.id
    }

    pub fn in_channel(&self, name: &str) -> Self {
        let channel = self.shared.state().named(name).unwrap_or_else(|| panic!("no channel `{name}`"));
        Self { channel, ..self.clone() }
    }

    pub fn in_thread(&self, id: &str) -> Self {
        let channel = head(id);
        assert!(self.shared.state().is_thread(channel), "there is no thread {id}");
        Self { channel, ..self.clone() }
    }

    pub fn in_direct(&self) -> Self {
        let channel = self.shared.state().direct(self.id);
        Self { channel, ..self.clone() }
    }

    /// Where they are.
    pub fn place(&self) -> String {
        self.channel.to_string()
    }

    fn guild(&self, state: &State) -> Option<u64> {
        state.channels[&self.channel].guild
    }

    /// Types a text and sends it: a command when it starts with `/`, else a message; `@Slipway` becomes a mention.
    pub async fn says(&self, text: &str) {
        if text.starts_with('/') {
            self.commands(text).await;
        } else {
            self.writes(text);
        }
    }

    /// Sends a message; returns its id.
    pub fn writes(&self, text: &str) -> String {
        let mut state = self.shared.state();
        assert_ne!(state.channels[&self.channel].kind, kind::FORUM, "in a forum people open posts");
        let content = with_mentions(&state, text);
        let id = self.put(&mut state, self.channel, None, content);
        state.tell_message("MESSAGE_CREATE", id);
        drop(state);
        self.shared.changed();
        id.to_string()
    }

    /// Changes what they said.
    pub async fn edits(&self, message: &str, text: &str) {
        let mut state = self.shared.state();
        let id = head(message);
        state.messages.get_mut(&id).expect("it stands there").content = text.to_owned();
        state.tell_message("MESSAGE_UPDATE", id);
        drop(state);
        self.shared.changed();
    }

    /// Takes back what they said.
    pub async fn deletes(&self, message: &str) {
        let mut state = self.shared.state();
        let id = head(message);
        let gone = state.messages.remove(&id).expect("it stands there");
        let guild = state.channels[&gone.channel].guild.map(|guild| guild.to_string());
        let told = json!({ "id": id.to_string(), "channel_id": gone.channel.to_string(), "guild_id": guild });
        state.tell("MESSAGE_DELETE", super::session::intent::GUILD_MESSAGES, &told);
        drop(state);
        self.shared.changed();
    }

    /// Deletes a channel or thread with all that stands in it.
    pub fn deletes_room(&self, room: &str) {
        let mut state = self.shared.state();
        let id = state.named(room).unwrap_or_else(|| head(room));
        state.delete(id);
        drop(state);
        self.shared.changed();
    }

    /// Takes everybody's right to see a channel.
    pub fn hides_room(&self, room: &str) {
        let mut state = self.shared.state();
        let id = state.named(room).unwrap_or_else(|| head(room));
        state.hide(id);
        drop(state);
        self.shared.changed();
    }

    fn put(&self, state: &mut State, channel: u64, id: Option<u64>, content: String) -> u64 {
        let id = id.unwrap_or_else(|| state.id());
        let mut message = state.blank_message(id, channel, self.id);
        message.pings = mentioned(&content).into_iter().map(|id| format!("<@{id}>")).collect();
        message.content = content;
        state.messages.insert(id, message);
        id
    }

    /// Opens a post in a forum; returns its id.
    pub fn opens_post(&self, forum: &str, title: &str, text: &str) -> String {
        let mut state = self.shared.state();
        let parent = state.named(forum).map(|id| state.channels[&id].clone()).expect("a forum");
        let id = state.id();
        state.begin(id, &parent, &json!({ "name": title }));
        state.channels.get_mut(&id).expect("just begun").owner = Some(self.id);
        let content = with_mentions(&state, text);
        self.put(&mut state, id, Some(id), content);
        state.tell_message("MESSAGE_CREATE", id);
        drop(state);
        self.shared.changed();
        id.to_string()
    }

    /// Opens a thread on a message; returns its id.
    pub fn opens_thread(&self, message: &str, title: &str) -> String {
        let mut state = self.shared.state();
        let parent = state.channels[&state.messages[&head(message)].channel].clone();
        state.begin(head(message), &parent, &json!({ "name": title }));
        drop(state);
        self.shared.changed();
        head(message).to_string()
    }

    /// Types a command. Panics where the client would not send it.
    pub async fn commands(&self, text: &str) -> Outcome {
        self.tries(text).await.unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    /// The same; `Err` is why the client does not send it.
    pub async fn tries(&self, text: &str) -> Result<Outcome, String> {
        let typed = {
            let state = self.shared.state();
            state.typed(self.guild(&state), text, false)?
        };
        Ok(self.interact(2, typed, None).await)
    }

    /// What the client offers for the last option of what is typed: names and values.
    pub async fn completes(&self, text: &str) -> Vec<(String, String)> {
        let typed = {
            let state = self.shared.state();
            state.typed(self.guild(&state), text, true).unwrap_or_else(|why| panic!("{text}: {why}"))
        };
        let id = self.sends(4, typed, None);
        let Some(answer) = self.answered(id).await else { return Vec::new() };
        let choices = answer["data"]["choices"].as_array().cloned().unwrap_or_default();
        choices.iter().map(|choice| (text_of(&choice["name"]), text_of(&choice["value"]))).collect()
    }

    /// Chooses an entry of a message's menu: `Draft a note from this`.
    pub async fn picks(&self, message: &str, entry: &str) -> Outcome {
        let typed = {
            let state = self.shared.state();
            state.menu(self.guild(&state), entry, head(message)).unwrap_or_else(|why| panic!("{why}"))
        };
        self.interact(2, typed, None).await
    }

    /// Presses a button; panics when it is not there any more.
    pub async fn presses(&self, message: &Seen, label: &str) -> Outcome {
        let button = message.button(label).unwrap_or_else(|| panic!("no button `{label}` in {message:#?}"));
        let custom_id = button.custom_id.clone();
        self.component(message, &custom_id, 2, json!(null)).await
    }

    /// Presses a button they saw a while ago, although it is gone: a client that has not caught up.
    pub async fn presses_late(&self, message: &Seen, label: &str) -> Outcome {
        let button = message.button(label).unwrap_or_else(|| panic!("no button `{label}` in {message:#?}"));
        let data = json!({ "custom_id": button.custom_id, "component_type": 2 });
        let typed = Typed { data, about: label.to_owned() };
        self.interact(3, typed, Some(head(&message.id))).await
    }

    /// The same, by the button's own name.
    pub async fn presses_gone(&self, message: &str, custom_id: &str) -> Outcome {
        let data = json!({ "custom_id": custom_id, "component_type": 2 });
        let typed = Typed { data, about: custom_id.to_owned() };
        self.beside(head(message)).interact(3, typed, Some(head(message))).await
    }

    /// Where a message stands.
    fn beside(&self, message: u64) -> Self {
        let channel = self.shared.state().messages.get(&message).map_or(self.channel, |message| message.channel);
        Self { channel, ..self.clone() }
    }

    /// A message they can see, wherever it stands.
    pub fn sees_message(&self, id: &str) -> Option<Seen> {
        let state = self.shared.state();
        let message = state.messages.get(&head(id)).filter(|message| !message.deleted)?;
        message.only.is_none_or(|only| only == self.id).then(|| state.seen(message))
    }

    /// Chooses in a select, by the option's label.
    pub async fn chooses(&self, message: &Seen, label: &str) -> Outcome {
        let found = message.selects.iter().find_map(|select| {
            let option = select.options.iter().find(|(is, _)| is == label)?;
            Some((select.custom_id.clone(), option.1.clone()))
        });
        let (custom_id, value) = found.unwrap_or_else(|| panic!("no choice `{label}` in {message:#?}"));
        self.component(message, &custom_id, 3, json!([value])).await
    }

    async fn component(&self, message: &Seen, custom_id: &str, component: u8, values: Value) -> Outcome {
        let id = head(&message.id);
        {
            let state = self.shared.state();
            let standing =
                state.messages.get(&id).filter(|message| !message.deleted).map(|message| state.seen(message));
            let standing = standing.unwrap_or_else(|| panic!("the message is gone: {message:#?}"));
            let there = standing.buttons.iter().any(|button| button.custom_id == custom_id && !button.disabled)
                || standing.selects.iter().any(|select| select.custom_id == custom_id);
            assert!(there, "`{custom_id}` is gone from {standing:#?}");
        }
        let mut data = json!({ "custom_id": custom_id, "component_type": component });
        if !values.is_null() {
            data["values"] = values;
        }
        self.beside(id).interact(3, Typed { data, about: custom_id.to_owned() }, Some(id)).await
    }

    /// Opens the form behind a button and sends it with some fields changed.
    pub async fn fills(&self, message: &Seen, label: &str, changes: &[(&str, &str)]) -> Outcome {
        let modal = self.presses(message, label).await.modal();
        self.submits(&modal, changes).await
    }

    /// Sends a form; fields are named by their id or label.
    pub async fn submits(&self, modal: &Modal, changes: &[(&str, &str)]) -> Outcome {
        for (name, _) in changes {
            let known = modal.fields.iter().any(|field| field.custom_id == *name || field.label == *name);
            assert!(known, "no field `{name}` in {modal:#?}");
        }
        let rows: Vec<Value> = modal
            .fields
            .iter()
            .map(|field| {
                let change = changes.iter().find(|(name, _)| field.custom_id == *name || field.label == *name);
                let value = change.map_or(field.value.as_str(), |(_, value)| value);
                let letters = value.chars().count();
                assert!(letters <= field.max, "`{}` takes {} characters, not {letters}", field.label, field.max);
                assert!(!field.required || !value.is_empty(), "`{}` must be filled in", field.label);
                json!({ "type": 1, "components": [{ "type": 4, "custom_id": field.custom_id, "value": value }] })
            })
            .collect();
        let data = json!({ "custom_id": modal.custom_id, "components": rows });
        self.interact(5, Typed { data, about: format!("sends {}", modal.custom_id) }, modal.message).await
    }

    async fn interact(&self, kind: u8, typed: Typed, message: Option<u64>) -> Outcome {
        let id = self.sends(kind, typed, message);
        let Some(answer) = self.answered(id).await else { return Outcome::NoAnswer };
        let state = self.shared.state();
        match answer["type"].as_u64() {
            Some(4 | 5) => {
                let original = state.interactions[&id].original.expect("it was answered with a message");
                Outcome::Said(state.seen(&state.messages[&original]))
            }
            Some(9) => Outcome::Modal(modal(&answer["data"], message)),
            _ => Outcome::Taken,
        }
    }

    fn sends(&self, kind: u8, typed: Typed, message: Option<u64>) -> u64 {
        let mut state = self.shared.state();
        let id = state.id();
        let interaction = Interaction {
            id,
            token: format!("aW50ZXJhY3Rpb246{id}"),
            kind,
            user: self.id,
            channel: self.channel,
            message,
            created: state.now(),
            answer: None,
            answered: None,
            original: None,
            about: typed.about,
        };
        let event = state.interaction_json(&interaction, typed.data);
        state.interactions.insert(id, interaction);
        state.tell("INTERACTION_CREATE", 0, &event);
        id
    }

    /// The first answer; `None` after three seconds without one.
    async fn answered(&self, id: u64) -> Option<Value> {
        let wait = self.shared.until("an answer", |state| state.interactions[&id].answer.clone());
        let answer = tokio::time::timeout(FIRST_ANSWER, wait).await.ok();
        if answer.is_none() {
            let mut state = self.shared.state();
            let about = state.interactions[&id].about.clone();
            state.log.interactions.push(Answered { about, took: None });
        }
        answer
    }

    /// What stands where they are, or in a thread under its root, as they see it.
    pub fn sees(&self, thread: Option<&str>) -> Vec<Seen> {
        let state = self.shared.state();
        let channel = thread.map_or(self.channel, head);
        let standing = state.messages_in(channel);
        let theirs = standing.filter(|message| message.only.is_none_or(|only| only == self.id));
        theirs.map(|message| state.seen(message)).collect()
    }

    /// Waits until a message of the channel or thread satisfies `is`, and answers it.
    pub async fn waits_for(&self, thread: Option<&str>, what: &str, is: impl Fn(&Seen) -> bool) -> Seen {
        let begun = std::time::Instant::now();
        loop {
            let messages = self.sees(thread);
            if let Some(found) = messages.iter().rev().find(|message| is(message)) {
                return found.clone();
            }
            assert!(begun.elapsed() < Shared::PATIENCE, "{what} never came; what stands there: {messages:#?}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// A whisper or message of the bot that contains this text.
    pub async fn hears(&self, text: &str) -> Seen {
        self.waits_for(None, text, |message| message.bot && message.text.contains(text)).await
    }
}

/// The first of `1+2`.
fn head(id: &str) -> u64 {
    id.split('+').next().unwrap_or_default().parse().unwrap_or_else(|_| panic!("`{id}` is no id"))
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn with_mentions(state: &State, text: &str) -> String {
    let bot = &state.users[&state.application.bot];
    text.replace(&format!("@{}", bot.name), &format!("<@{}>", bot.id))
        .replace(&format!("@{}", bot.name.to_lowercase()), &format!("<@{}>", bot.id))
}

fn modal(data: &Value, message: Option<u64>) -> Modal {
    let rows = data["components"].as_array().into_iter().flatten();
    let fields = rows.filter_map(|row| {
        let labelled = row["type"] == 18;
        let input = if labelled { &row["component"] } else { row["components"].get(0)? };
        if input["type"] != 4 {
            return None;
        }
        let most = input["max_length"].as_u64().unwrap_or(4_000);
        Some(ModalField {
            custom_id: text_of(&input["custom_id"]),
            label: text_of(if labelled { &row["label"] } else { &input["label"] }),
            hint: text_of(&input["placeholder"]),
            value: text_of(&input["value"]),
            required: input["required"] != false,
            max: usize::try_from(most).expect("at most 4000"),
            paragraph: input["style"] == 2,
        })
    });
    Modal { custom_id: text_of(&data["custom_id"]), title: text_of(&data["title"]), fields: fields.collect(), message }
}
