//! `/release incidents`: what is remembered, what is like this, and what is to be forgotten.

use crate::domain::incident::Incident;
use crate::domain::message::{Heard, Place};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, Permission, Request, complete_nothing};
use crate::features::incidents::{file, search, words as say};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, store_trouble};
use crate::ports::chat::{Argument, ArgumentForm};
use crate::records::Fate;
use async_trait::async_trait;

pub const INCIDENTS: Command = Command {
    name: "incidents",
    usage: "incidents [NUMBER | forget NUMBER | file [this: WHAT] | WORDS]",
    about: "List the newest incidents, show, forget or file one, or find those that are like your words.",
    examples: &["incidents", "incidents 12", "incidents certificate expired during the renewal", "incidents forget 12"],
    needs: Permission::Read,
    arguments: &[Argument {
        name: "words",
        about: "What it is like; or an incident's number",
        required: false,
        form: ArgumentForm::Text,
    }],
    parse,
    complete: complete_nothing,
};

/// A list is for reading, not for scrolling.
const LISTED: usize = 15;
const FOUND: usize = 5;

enum Asked {
    /// The thread it is said in; or what is said with it.
    File(String),
    Newest,
    One(u64),
    Forget(u64),
    Like(String),
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let said: Vec<&str> = words.plain.iter().flat_map(|word| word.split_whitespace()).collect();
    let number = |word: &str| word.trim_start_matches('#').parse().ok();
    Ok(Box::new(match said.as_slice() {
        [] => Asked::Newest,
        ["file"] | ["file", "this" | "that" | "it"] | ["file", "this" | "that", "thread"] => Asked::File(String::new()),
        ["file", "this" | "that" | "it", "as", .., "incident"] => Asked::File(String::new()),
        // `file system full` is looked for, not filed.
        ["file", "this:" | "that:", what @ ..] => Asked::File(what.join(" ")),
        ["forget"] => {
            return Err(Misuse("Which one? Add its number, for example `/release incidents forget 12`.".to_owned()));
        }
        ["forget", word] => match number(word) {
            Some(id) => Asked::Forget(id),
            None => return Err(Misuse(format!("`{word}` is no incident's number; `/release incidents` lists them."))),
        },
        [word] if number(word).is_some() => Asked::One(number(word).unwrap_or_default()),
        ["search", rest @ ..] if !rest.is_empty() => Asked::Like(rest.join(" ")),
        all => Asked::Like(all.join(" ")),
    }))
}

#[async_trait]
impl Request for Asked {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let message = match self {
            Self::Newest => {
                let mut found = context.records.incidents.list(LISTED).await.map_err(store_trouble)?;
                found.retain(|one| context.recall.is_seen_from(one, Some(&heard.place)));
                say::list(&found, context.recall.means().await?.incidents)
            }
            Self::One(id) => {
                let (opinions, _) =
                    context.records.reviews.opinions(&format!("incident/{id}")).await.map_err(store_trouble)?;
                say::shown(&find(context, *id, &heard.place).await?, opinions.relevant())
            }
            Self::Like(text) => {
                let found = search::search(&context.recall, text, FOUND, Some(&heard.place)).await?;
                say::found(text, &found, &context.recall.means().await?)
            }
            Self::File(text) => return file::said(context, heard, text).await,
            Self::Forget(id) => return forget(context, heard, *id).await,
        };
        Ok(Plan::nothing().say(format!("incidents/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}

/// One that may be named here; of any other nothing is known.
async fn find(context: &Context, id: u64, place: &Place) -> Result<Incident, Trouble> {
    let found = context.records.incidents.get(id).await.map_err(store_trouble)?;
    let seen = found.filter(|(incident, _)| context.recall.is_seen_from(incident, Some(place)));
    seen.map(|(incident, _)| incident).ok_or_else(|| say::no_such(id))
}

async fn forget(context: &Context, heard: &Heard, id: u64) -> Result<Plan, Trouble> {
    if !context.permissions.allow(Permission::File, &heard.person) {
        return Err(say::may_not_forget());
    }
    let incident = find(context, id, &heard.place).await?;
    let ops = context.records.incidents.write(&[Fate::Forget(&incident)]).await.map_err(store_trouble)?;
    let message = say::forgotten(&incident);
    Ok(Plan::nothing().write(ops).say(format!("incidents/{}", heard.id), only(&heard.place, &heard.person), message))
}
