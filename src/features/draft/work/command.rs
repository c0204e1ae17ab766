//! `/release work "renew certificate of pay.example.com" --at "2026-12-03 10:00" --for 30m`

use super::template::OTHER;
use super::{span, when, words as say};
use crate::domain::message::Heard;
use crate::domain::nearest::nearest;
use crate::domain::note::{Kind, Note, Planned, Work};
use crate::domain::service::{Service, Workspace};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, Permission, Request};
use crate::features::draft::{command, words};
use crate::features::words::Words;
use crate::features::{Context, Plan, ask, store_trouble};
use crate::ports::chat::{Argument, ArgumentForm};
use async_trait::async_trait;
use chrono_tz::Tz;

/// `--name VALUE`, whatever the value.
pub(super) const fn free(name: &'static str, about: &'static str) -> Argument {
    Argument { name, about, required: false, form: ArgumentForm::Flag(&[]) }
}

pub const WORK: Command = Command {
    name: "work",
    usage: "work \"WHAT\" [--at TIME] [--for LENGTH] [--service SERVICE] [--type TYPE]",
    about: "Draft a note for work on infrastructure, by the template of its type.",
    examples: &[
        "work \"renew certificate of pay.example.com\" --at \"2026-12-03 10:00\" --for 30m",
        "work \"upgrade postgres 14 to 15\" --service orders --at \"saturday 22:00\"",
    ],
    needs: Permission::Draft,
    arguments: &[
        Argument { name: "what", about: "What is done, in a few words", required: true, form: ArgumentForm::Text },
        free("at", "When it begins: 2026-12-03 10:00, friday 22:00"),
        free("for", "How long it takes: 30m, 1h30m"),
        free("service", "What it is done to"),
        free("type", "The type of work, where the words do not say it"),
    ],
    parse,
    complete: ask::complete_nothing,
};

/// Words of a request beyond which it is a text, not a title.
const LONGEST: usize = 300;

struct WorkRequest {
    what: String,
    at: Option<String>,
    span: Option<u32>,
    service: Option<String>,
    template: Option<String>,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let what = words.plain.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    if what.is_empty() {
        return Err(Misuse(format!("What is done? For example `/release {}`.", WORK.examples[0])));
    }
    if what.chars().count() > LONGEST {
        return Err(Misuse(format!(
            "What is done has {} characters, at most {LONGEST} fit; say it in a few words, and edit the note for the rest.",
            what.chars().count()
        )));
    }
    let span = words.flag("for").map(span::minutes).transpose().map_err(|refusal| Misuse(refusal.0))?;
    let owned = |name: &str| words.flag(name).map(str::to_owned);
    Ok(Box::new(WorkRequest { what, at: owned("at"), span, service: owned("service"), template: owned("type") }))
}

#[async_trait]
impl Request for WorkRequest {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let services = self.services(context)?;
        let space = workspace(context, &services)?;
        let template = self.template(context)?;
        let known = context.templates.named(&template).map_or(0, |template| template.minutes);
        let planned = match &self.at {
            None => None,
            Some(at) => Some(planned(context, at, self.span.unwrap_or(known), space.time_zone)?),
        };
        let (id, ops) = context.records.notes.next_id().await.map_err(store_trouble)?;
        let (person, place) = (heard.person.clone(), heard.place.clone());
        let services = services.iter().map(|service| service.name.clone()).collect();
        let note = Note {
            work: Some(Work { what: self.what.clone(), template, services }),
            planned,
            ..Note::new(id, Kind::Work, &space.name, person, place, context.clock.now())
        };
        let mut plan = command::begin(context, &note).await?;
        plan.ops.splice(0..0, ops);
        Ok(plan)
    }
}

impl WorkRequest {
    /// The one that was named, else every one whose name stands among the words.
    fn services<'a>(&self, context: &'a Context) -> Result<Vec<&'a Service>, Trouble> {
        let known = || context.services().map(|(_, service)| service.name.as_str());
        if let Some(asked) = &self.service {
            let found = context.service(asked).map(|(_, service)| service);
            return found
                .map(|service| vec![service])
                .ok_or_else(|| words::unknown_service(asked, nearest(asked, known()), known()));
        }
        let marks = |letter: char| "`\"',;:.()".contains(letter);
        let said: Vec<&str> = self.what.split_whitespace().map(|word| word.trim_matches(marks)).collect();
        let named = context.services().filter(|(_, service)| said.contains(&service.name.as_str()));
        Ok(named.map(|(_, service)| service).collect())
    }

    fn template(&self, context: &Context) -> Result<String, Trouble> {
        let templates = &context.templates;
        match &self.template {
            Some(asked) if templates.named(asked).is_some() => Ok(asked.clone()),
            Some(asked) => Err(say::unknown_type(asked, nearest(asked, templates.names()), templates.names())),
            None => {
                Ok(templates.recognised(&self.what).map_or(OTHER, |(template, _)| template.name.as_str()).to_owned())
            }
        }
    }
}

fn workspace<'a>(context: &'a Context, services: &[&Service]) -> Result<&'a Workspace, Trouble> {
    if let Some(first) = services.first() {
        return context.service(&first.name).map(|(space, _)| space).ok_or_else(say::no_workspace);
    }
    match context.workspaces.as_slice() {
        [] => Err(say::no_workspace()),
        [only] => Ok(only),
        several => Err(say::which_workspace(several.iter().map(|space| space.name.as_str()))),
    }
}

pub(super) fn planned(context: &Context, at: &str, minutes: u32, home: Tz) -> Result<Planned, Trouble> {
    let (from, zone) = when::when(at, context.clock.now(), Some(home)).map_err(Trouble::from)?;
    Ok(Planned { from, minutes, zone })
}
