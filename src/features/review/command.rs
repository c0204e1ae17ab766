//! `/release review`: review a note now; `/release rules`: what notes are held to, and how far each rule is trusted.

use super::policy::Held;
use super::{opinion, rulebook, words as say};
use crate::domain::message::Heard;
use crate::domain::nearest::nearest;
use crate::domain::note::State;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, NOTE, Permission, Request, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, note, reviewing, store_trouble};
use crate::ports::chat::Completion;
use async_trait::async_trait;
use futures::future::BoxFuture;

pub const REVIEW: Command = Command {
    name: "review",
    usage: "review NOTE",
    about: "Review a note now: rules, calendar, similar incidents. It also happens after each draft and change.",
    examples: &["review 7"],
    needs: Permission::Read,
    arguments: &[NOTE],
    parse: |words| Ok(Box::new(Review(note::only_number(&REVIEW, words)?))),
    complete: note::complete_note,
};

pub const RULES: Command = Command {
    name: "rules",
    usage: "rules [RULE]",
    about: "Show what notes are held to, what each rule is set to, and how often people found it relevant.",
    examples: &["rules", "rules freeze-window"],
    needs: Permission::Read,
    arguments: &[word("rule", "One rule, in full", false)],
    parse: parse_rules,
    complete: complete_rule,
};

struct Review(u64);

#[async_trait]
impl Request for Review {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (note, _) = note::find(context, self.0).await?;
        if note.state != State::Drafted {
            return Err(say::nothing_to_review(note.id, note.state));
        }
        let ops = reviewing::again(context, note.id, &format!("asked/{}", heard.id)).await?;
        let message = say::looking(note.id, &context.note_url(note.id));
        Ok(Plan::nothing().write(ops).say(format!("review/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}

struct Rules(Option<String>);

fn parse_rules(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    match words.plain.as_slice() {
        [] => Ok(Box::new(Rules(None))),
        [one] => Ok(Box::new(Rules(Some(one.clone())))),
        [_, more, ..] => Err(Misuse(format!("`{more}` is one word too many. Usage: `/release {}`", RULES.usage))),
    }
}

#[async_trait]
impl Request for Rules {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let trust = opinion::trust(context).await?;
        let message = match &self.0 {
            None => {
                let incidents = context.records.reviews.judged_incidents().await.map_err(store_trouble)?;
                rulebook::rules(&context.policy.held, &trust, &incidents)
            }
            Some(name) => rulebook::rule(find(&context.policy.held, name)?, &trust),
        };
        Ok(Plan::nothing().say(format!("rules/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}

pub(super) fn find<'a>(held: &'a [Held], name: &str) -> Result<&'a Held, Trouble> {
    let found = held.iter().find(|held| held.rule.id.eq_ignore_ascii_case(name));
    found.ok_or_else(|| say::no_such_rule(name, nearest(name, held.iter().map(|held| held.rule.id))))
}

fn complete_rule<'a>(context: &'a Context, words: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async move {
        let typed = words.plain.first().map_or("", String::as_str);
        let held = context.policy.held.iter().filter(|held| held.rule.id.starts_with(typed));
        held.map(|held| Completion {
            words: format!("rules {}", held.rule.id),
            label: held.rule.id.to_owned(),
            about: held.rule.asks.to_owned(),
        })
        .collect()
    })
}
