//! `/release tags`: which tags were seen last, and what came of each.

use super::words as say;
use crate::domain::message::Heard;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, Permission, Request, complete_nothing, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, store_trouble};
use crate::records::SeenTag;
use async_trait::async_trait;
use std::collections::BTreeSet;

pub const TAGS: Command = Command {
    name: "tags",
    usage: "tags [SERVICE]",
    about: "List the tags that were seen last, and which note each drafted.",
    examples: &["tags", "tags web"],
    needs: Permission::Read,
    arguments: &[word("service", "Whose tags", false)],
    parse,
    complete: complete_nothing,
};

/// A list is for reading, not for scrolling.
const LISTED: usize = 15;

struct Newest {
    service: Option<String>,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    match words.plain.as_slice() {
        [] => Ok(Box::new(Newest { service: None })),
        [service] => Ok(Box::new(Newest { service: Some(service.clone()) })),
        [_, more, ..] => Err(Misuse(format!("`tags` takes one service; `{more}` is one word too many."))),
    }
}

#[async_trait]
impl Request for Newest {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let asked = |name: &str| self.service.as_deref().is_none_or(|service| service == name);
        if let Some(service) = self.service.as_deref().filter(|service| context.service(service).is_none()) {
            return Err(say::no_service(service));
        }
        let repositories: BTreeSet<_> = context
            .services()
            .filter(|(_, service)| asked(&service.name))
            .map(|(_, service)| service.source.repository())
            .collect();
        let mut seen: Vec<SeenTag> = Vec::new();
        for repository in repositories {
            let tags = context.records.tags.all(&repository).await.map_err(store_trouble)?;
            seen.extend(tags.into_iter().map(|(tag, _)| tag).filter(|tag| tag.came.keys().any(|name| asked(name))));
        }
        seen.sort_by(|a, b| (b.seen_at, &b.name).cmp(&(a.seen_at, &a.name)));
        seen.truncate(LISTED);
        let silent: Vec<&str> = context
            .workspaces
            .iter()
            .filter(|space| space.channel.is_none() && space.services.iter().any(|service| asked(&service.name)))
            .map(|space| space.name.as_str())
            .collect();
        let message = say::list(&seen, &silent, |id| context.note_url(id));
        Ok(Plan::nothing().say(format!("tags/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}
