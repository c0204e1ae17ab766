//! `/release help` and `/release status`.

use crate::domain::message::{Block, Heard, Message};
use crate::domain::nearest::nearest;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Manner, Misuse, Permission, Request, complete_nothing, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{COMMANDS, Context, Plan, SPOKEN};
use crate::ports::chat::Completion;
use async_trait::async_trait;
use futures::future::BoxFuture;

pub const HELP: Command = Command {
    name: "help",
    usage: "help [COMMAND]",
    about: "Say what you can do here.",
    examples: &["help", "help draft"],
    needs: Permission::Read,
    arguments: &[word("command", "Which command to explain", false)],
    parse: parse_help,
    complete: complete_command,
};

pub const STATUS: Command = Command {
    name: "status",
    usage: "status",
    about: "Say what works: store, git, model, embedder.",
    examples: &["status"],
    needs: Permission::Read,
    arguments: &[],
    parse: |_| Ok(Box::new(Status)),
    complete: complete_nothing,
};

/// The sentence for a first word that is no command.
pub fn no_such_command(word: &str) -> String {
    match nearest(word, COMMANDS.iter().map(|command| command.name)) {
        Some(near) => format!("There is no command `{word}`; did you mean `/release {near}`?"),
        None => format!("There is no command `{word}`. `/release help` lists what there is."),
    }
}

struct Help(Option<&'static Command>);
struct Status;

fn parse_help(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let Some(name) = words.plain.first() else { return Ok(Box::new(Help(None))) };
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => Ok(Box::new(Help(Some(command)))),
        None => Err(Misuse(no_such_command(name))),
    }
}

fn complete_command<'a>(_: &'a Context, words: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async move {
        let typed = words.plain.first().map_or("", String::as_str);
        COMMANDS
            .iter()
            .filter(|command| command.name.starts_with(typed))
            .map(|command| Completion {
                words: format!("help {}", command.name),
                label: command.name.to_owned(),
                about: command.about.to_owned(),
            })
            .collect()
    })
}

#[async_trait]
impl Request for Help {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let message = match self.0 {
            Some(command) => about(command),
            None => overview(&|needs| context.permissions.allow(needs, &heard.person)),
        };
        Ok(Plan::nothing().say(format!("help/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}

/// Every command this person may use.
pub fn overview(may: &dyn Fn(Permission) -> bool) -> Message {
    let lines: Vec<String> = COMMANDS
        .iter()
        .filter(|command| may(command.needs))
        .map(|command| format!("- `/release {}`  \n  {}", command.usage, command.about))
        .collect();
    let said = SPOKEN.iter().filter(|spoken| spoken.manner != Manner::Politeness && may(spoken.needs));
    let said: Vec<String> = said.map(|spoken| format!("- {}", spoken.says[0])).collect();
    Message::default()
        .with(Block::Heading { text: "What you can do here".to_owned() })
        .with(Block::Text { markdown: lines.join("\n") })
        .with(Block::Details {
            summary: "Or say it in plain words, with a mention".to_owned(),
            markdown: said.join("\n"),
        })
        .with(Block::Footnote {
            markdown: "A mention works too: `@slipway draft`. `/release help draft` shows examples.".to_owned(),
        })
}

fn about(command: &Command) -> Message {
    let examples: Vec<String> = command.examples.iter().map(|example| format!("/release {example}")).collect();
    Message::default()
        .with(Block::Text { markdown: format!("`/release {}`\n\n{}", command.usage, command.about) })
        .with(Block::Code { language: String::new(), text: examples.join("\n") })
}

#[async_trait]
impl Request for Status {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let lines: Vec<String> = super::status::check(context).await.iter().map(|line| format!("- {line}")).collect();
        let message = Message::default()
            .with(Block::Heading { text: "What works".to_owned() })
            .with(Block::Text { markdown: lines.join("\n") });
        Ok(Plan::nothing().say(format!("status/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}
