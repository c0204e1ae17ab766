//! `/release incidents`: what was filed, newest first.

use crate::domain::message::Heard;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, Permission, Request, complete_nothing};
use crate::features::incidents::words as say;
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, store_trouble};
use async_trait::async_trait;

pub const INCIDENTS: Command = Command {
    name: "incidents",
    usage: "incidents",
    about: "List the incidents that were filed, newest first.",
    examples: &["incidents"],
    needs: Permission::Read,
    arguments: &[],
    parse,
    complete: complete_nothing,
};

/// A list is for reading, not for scrolling.
const LISTED: usize = 15;

struct Newest;

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    match words.plain.first() {
        None => Ok(Box::new(Newest)),
        Some(word) => Err(Misuse(format!("`incidents` takes nothing after it; `{word}` is one word too many."))),
    }
}

#[async_trait]
impl Request for Newest {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let found = context.records.incidents.list(LISTED).await.map_err(store_trouble)?;
        let key = format!("incidents/{}", heard.id);
        Ok(Plan::nothing().say(key, only(&heard.place, &heard.person), say::list(&found)))
    }
}
