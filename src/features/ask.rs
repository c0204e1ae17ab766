//! The shapes a feature fills to be reachable: a command people type, an action they press, a job that runs later.

use crate::domain::incident::Incident;
use crate::domain::language::Language;
use crate::domain::message::{Form, Heard, Message};
use crate::domain::note::Note;
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::features::words::Words;
use crate::features::{Context, Plan};
use crate::ports::chat::{Argument, ArgumentForm, CommandShape, Completion};
use crate::records::Claimed;
use async_trait::async_trait;
use futures::future::BoxFuture;

/// What a person must be allowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Read,
    Draft,
    Edit,
    /// File what happened as an incident.
    File,
    /// Approve notes, and ask for changes.
    Approve,
    /// Let a note go out against its review.
    Override,
}

impl Permission {
    pub fn refused(self) -> Trouble {
        let (what, key) = match self {
            Self::Read => ("read notes", "read"),
            Self::Draft => ("draft notes", "draft"),
            Self::Edit => ("edit notes", "edit"),
            Self::File => ("file incidents", "file"),
            Self::Approve => ("approve notes", "approve"),
            Self::Override => ("override a review", "override"),
        };
        Trouble::refused(format!(
            "You may not {what} here. Whoever runs Slipway can add you to `permissions.{key}` in its configuration."
        ))
    }
}

/// Something a person can type after `/release`. Help, completion and permission derive from it.
pub struct Command {
    pub name: &'static str,
    /// `draft [SERVICE] [FROM..TO] [--kind deployment|work]`
    pub usage: &'static str,
    pub about: &'static str,
    pub examples: &'static [&'static str],
    pub needs: Permission,
    /// What may follow, in the order in which it is typed. Each can also be given by its name: `--range v1..v2`.
    pub arguments: &'static [Argument],
    pub parse: fn(&Words) -> Result<Box<dyn Request>, Misuse>,
    /// What may stand at the word being typed; the words before it are given.
    pub complete: for<'a> fn(&'a Context, &'a Words) -> BoxFuture<'a, Vec<Completion>>,
}

impl Command {
    pub fn shape(&self) -> CommandShape {
        CommandShape { name: self.name, about: self.about, arguments: self.arguments }
    }
}

/// An argument that is one word with candidates of its own.
pub const fn word(name: &'static str, about: &'static str, required: bool) -> Argument {
    Argument { name, about, required, form: ArgumentForm::Word }
}

/// The number of a note.
pub const NOTE: Argument = word("note", "The note's number, as its card shows it", true);

/// Why words are not a request: one sentence that says what to type instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misuse(pub String);

/// A parsed command, ready to be handled.
#[async_trait]
pub trait Request: Send + Sync {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble>;
}

/// What a press or a submission carries.
pub struct Press<'a> {
    pub heard: &'a Heard,
    pub value: &'a str,
    pub fields: &'a [(String, String)],
}

impl Press<'_> {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Something people say in plain words, and who answers it.
pub struct Spoken {
    /// How it is said, in English and in Korean: shown to whoever was not understood.
    pub says: [&'static str; 2],
    pub needs: Permission,
    pub manner: Manner,
    /// Any of them fits; case does not count.
    pub patterns: &'static [&'static str],
    /// And so does this, where patterns alone are too coarse.
    pub fits: fn(&str) -> bool,
    pub answer: for<'a> fn(&'a Context, &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>>,
}

/// How it stands among other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// One of several questions, perhaps.
    Question,
    /// Said as a whole: what is written in it is not taken apart.
    Whole,
    /// Counts only where nothing else is said.
    Politeness,
}

/// One thing that somebody said in plain words.
pub struct Asked<'a> {
    pub heard: &'a Heard,
    pub text: &'a str,
    /// The note it is about: named, or whose thread it is said in.
    pub note: Option<Note>,
    /// The incident in whose thread it is said.
    pub incident: Option<Incident>,
    /// Services that are named.
    pub services: Vec<String>,
    pub language: Language,
}

/// What it comes to.
pub enum Reply {
    /// Said where it was asked, together with the other answers.
    Say(Message),
    /// All there is to do; it says for itself.
    Do(Plan),
}

impl Reply {
    pub fn text(markdown: impl Into<String>) -> Self {
        Self::Say(Message::text(markdown))
    }
}

/// Effects to come, or the sentence that says why there are none.
pub type Planning<'a> = BoxFuture<'a, Result<Plan, Trouble>>;
/// A form for one person, by the value of the button that opens it.
pub type Opening = for<'a> fn(&'a Context, &'a str, &'a Person) -> BoxFuture<'a, Result<Form, Trouble>>;
/// The work itself; it may speak while it runs.
pub type Work = for<'a> fn(&'a Context, &'a Claimed, &'a dyn Say) -> Planning<'a>;

/// A button or form by its name.
pub struct Action {
    pub name: &'static str,
    pub needs: Permission,
    /// What a press or submission does. An action that only opens a form does nothing here.
    pub run: for<'a> fn(&'a Context, Press<'a>) -> Planning<'a>,
    pub form: Option<Opening>,
}

/// Something that happens later or for long. Idempotent by key: it may run again from its start.
pub struct Job {
    pub name: &'static str,
    pub run: Work,
    /// What to tell when it will not be tried again. `sentence` is fit for people.
    pub failed: for<'a> fn(&'a Context, &'a Claimed, &'a str) -> Planning<'a>,
}

/// Says something while a job is still running; the newest wording wins, older ones may be skipped.
pub trait Say: Send + Sync {
    fn say(&self, saying: crate::features::Saying);
}

/// No completions.
pub fn complete_nothing<'a>(_: &'a Context, _: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async { Vec::new() })
}
