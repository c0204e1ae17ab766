//! Finding notes again: `/release show` and `/release notes`.

use crate::domain::message::Heard;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, NOTE, Permission, Request, complete_nothing};
use crate::features::draft::{card, words};
use crate::features::plan::{at, only};
use crate::features::words::Words;
use crate::features::{Context, Plan, note, store_trouble};
use crate::records::Target;
use async_trait::async_trait;

pub const SHOW: Command = Command {
    name: "show",
    usage: "show NOTE",
    about: "Show a note's card again, here.",
    examples: &["show 7"],
    needs: Permission::Read,
    arguments: &[NOTE],
    parse: |words| Ok(Box::new(Show(note::only_number(&SHOW, words)?))),
    complete: note::complete_note,
};

pub const NOTES: Command = Command {
    name: "notes",
    usage: "notes",
    about: "List the newest notes.",
    examples: &["notes"],
    needs: Permission::Read,
    arguments: &[],
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
        let latest = context.records.notes.latest(found.id).await.map_err(store_trouble)?;
        let face = card::face(&found, latest.as_ref(), &context.note_url(found.id));
        let target = Target { asked_by: Some(heard.person.clone()), ..at(&heard.place) };
        Ok(Plan::nothing().say(format!("show/{}", heard.id), target, face))
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
        Ok(Plan::nothing().say(format!("notes/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}
