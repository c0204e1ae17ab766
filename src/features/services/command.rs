//! `/release services`: every service in a line; `/release services web`: one of them whole.

use super::words as say;
use crate::domain::graph;
use crate::domain::message::Heard;
use crate::domain::nearest::nearest;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, Permission, Request, complete_nothing, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan};
use async_trait::async_trait;

pub const SERVICES: Command = Command {
    name: "services",
    usage: "services [SERVICE]",
    about: "Show the catalogue: what is released, who owns it, what depends on what.",
    examples: &["services", "services web"],
    needs: Permission::Read,
    arguments: &[word("service", "One of them, whole", false)],
    parse,
    complete: complete_nothing,
};

struct Shown {
    service: Option<String>,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    match words.plain.as_slice() {
        [] => Ok(Box::new(Shown { service: None })),
        [service] => Ok(Box::new(Shown { service: Some(service.clone()) })),
        [_, more, ..] => Err(Misuse(format!("`services` takes one service; `{more}` is one word too many."))),
    }
}

#[async_trait]
impl Request for Shown {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let all = || context.services().map(|(_, service)| service);
        let message = match &self.service {
            None => say::all(&context.workspaces, &graph::cycles(all())),
            Some(name) => {
                let known = || all().map(|service| service.name.as_str());
                let (space, service) =
                    context.service(name).ok_or_else(|| say::unknown(name, nearest(name, known())))?;
                say::one(space, service, &graph::dependents(all(), name))
            }
        };
        let key = format!("services/{}", heard.id);
        Ok(Plan::nothing().say(key, only(&heard.place, &heard.person), message))
    }
}
