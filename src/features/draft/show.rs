//! Finding notes again: `/release show` and `/release notes`.

use crate::domain::message::{Heard, Message};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, Permission, Request, complete_nothing};
use crate::features::draft::{card, words};
use crate::features::plan::at;
use crate::features::words::Words;
use crate::features::{Context, Plan, note, store_trouble};
use async_trait::async_trait;

pub const SHOW: Command = Command {
    name: "show",
    usage: "show NOTE",
    about: "Show a note's card again, here.",
    examples: &["show 7"],
    needs: Permission::Read,
    flags: &[],
    parse: |words| Ok(Box::new(Show(note::only_number(&SHOW, words)?))),
    complete: note::complete_note,
};

pub const NOTES: Command = Command {
    name: "notes",
    usage: "notes",
    about: "List the newest notes.",
    examples: &["notes"],
    needs: Permission::Read,
    flags: &[],
    parse: parse_notes,
    complete: complete_nothing,
};

struct Show(u64);
struct Newest;

fn parse_notes(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    match words.plain.first() {
        None => Ok(Box::new(Newest)),
        Some(word) => Err(Misuse(format!("`notes` takes nothing after it; `{word}` is one word too many."))),
    }
}

#[async_trait]
impl Request for Show {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (found, _) = note::find(context, self.0).await?;
        let message: Message = match context.records.notes.latest(found.id).await.map_err(store_trouble)? {
            Some(revision) => card::card(&found, &revision, &context.note_url(found.id)),
            None => match &found.failure {
                Some(sentence) => card::failed(&found, sentence),
                None => card::placeholder(&found, &[]),
            },
        };
        Ok(Plan::nothing().say(format!("show/{}", heard.id), at(&heard.place), message))
    }
}

#[async_trait]
impl Request for Newest {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let mut found = Vec::new();
        for note in context.records.notes.list(15, None).await.map_err(store_trouble)? {
            let title = context
                .records
                .notes
                .latest(note.id)
                .await
                .map_err(store_trouble)?
                .map(|revision| revision.title().to_owned());
            found.push((note, title));
        }
        let message = if found.is_empty() { words::none_yet() } else { words::list(&found, |id| context.note_url(id)) };
        Ok(Plan::nothing().say(format!("notes/{}", heard.id), at(&heard.place), message))
    }
}
