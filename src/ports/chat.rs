//! Where do people talk? A platform that shows messages and hears people.
//!
//! Contract (`tests/it/contract/chat.rs`):
//! * `post` under a key that was posted before shows nothing new and returns the first message's id.
//! * `edit` replaces a message in place and may be repeated.
//! * A message that is too long for the platform becomes several; together they have one id, and the first of them is
//!   what a thread hangs on and what a link leads to.
//! * What a person does reaches `Intake::accept` and is acknowledged to them only after it returned `Ok`.
//! * Nothing in a message's text pings anybody, loads an image or links to a place the program did not name.
//! * Nothing waits for a limit of the platform's: `Fault::Busy` says when to come back, with what is to be said by then.

use crate::domain::health::Check;
use crate::domain::message::{Form, Heard, Message, Place, Said};
use crate::domain::person::Person;
use crate::domain::trouble::Fault;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// The bot's ear: stores an event durably, once per id.
#[async_trait]
pub trait Intake: Send + Sync {
    async fn accept(&self, heard: Heard) -> anyhow::Result<()>;
    /// Completions for what was typed after `/release` so far, best first. Pure and quick; no side effects.
    async fn complete(&self, words: &str) -> Vec<Completion>;
    /// The form behind an action, filled for this person. `None`: the action has no form, so pressing it is all there is
    /// to do. `Err` is the sentence that says why the form cannot be shown.
    async fn form(&self, action: &str, value: &str, person: &Person) -> Result<Option<Form>, String>;
    /// What can stand after `/release`, for platforms that want to know beforehand.
    fn commands(&self) -> Vec<CommandShape>;
    /// This person's front page, for platforms that have one.
    async fn home(&self, person: &Person) -> Message;
    /// Something is wrong with a platform, in a sentence for whoever runs the bot; `None` once it is over. `about` names
    /// the trouble, so that it is told once.
    async fn notice(&self, platform: &str, about: &str, sentence: Option<String>);
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Completion {
    /// The whole of the words after `/release`, completed.
    pub words: String,
    /// What is shown in the list: `draft`, `v2.4.0`.
    pub label: String,
    /// One short line beside it.
    pub about: String,
}

/// A command as a platform may register it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandShape {
    pub name: &'static str,
    pub about: &'static str,
    /// In the order in which they are typed.
    pub arguments: &'static [Argument],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// Lower case, one word: `service`. A flag is typed as `--name`.
    pub name: &'static str,
    pub about: &'static str,
    pub required: bool,
    pub form: ArgumentForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentForm {
    /// One word, which `Intake::complete` knows candidates for.
    Word,
    /// Any text; in quotes when typed.
    Text,
    /// `--name VALUE`, one of these.
    Flag(&'static [&'static str]),
}

#[async_trait]
pub trait Chat: Send + Sync {
    /// The platform's name in `Place::platform`.
    fn name(&self) -> &'static str;
    /// Shows a message; returns its id. `key` makes it appear once however often it is tried.
    async fn post(&self, place: &Place, key: &str, message: &Message) -> Result<String, Fault>;
    /// Shows another wording in place of the message `id`, posted under `key`. Returns the id it has from now on.
    async fn edit(&self, place: &Place, key: &str, id: &str, message: &Message) -> Result<String, Fault>;
    /// Shown to one person only, in that place. Kept until they dismiss it.
    async fn whisper(&self, place: &Place, person: &Person, key: &str, message: &Message) -> Result<(), Fault>;
    /// The id of the message posted under `key`, if it is there: asked before a post in doubt is repeated. `since` is when
    /// it was first tried.
    async fn find(&self, place: &Place, key: &str, since: DateTime<Utc>) -> Result<Option<String>, Fault>;
    /// What people and apps said to each other in a thread, the message it began with first: what was said by the bot or to it is
    /// left out, unless the thread began with it. At most `limit`: what came later is left out.
    async fn thread(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Fault>;
    /// A lasting link to a message, for people.
    fn link(&self, place: &Place, id: &str) -> Option<String>;
    /// Does it work, asked now? For `doctor` and `/release status`.
    async fn check(&self) -> Vec<Check>;
    /// Hears until `stop`; hands every event to `intake` before acknowledging it.
    async fn listen(&self, intake: Arc<dyn Intake>, stop: tokio_util::sync::CancellationToken) -> anyhow::Result<()>;
}
