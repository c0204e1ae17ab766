//! What can be typed and pressed to get a draft: `/release draft`, `/release regenerate`, the Regenerate button.

use crate::domain::change::RangeAsk;
use crate::domain::message::Heard;
use crate::domain::nearest::nearest;
use crate::domain::note::{Kind, Module, Note, State};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Command, Misuse, NOTE, Permission, Press, Request, word};
use crate::features::draft::{card, job, modules, told, words as say};
use crate::features::note;
use crate::features::words::Words;
use crate::features::{Context, Plan, store_trouble};
use crate::ports::chat::{Argument, ArgumentForm, Completion};
use crate::ports::store::{Expect, Op};
use async_trait::async_trait;
use futures::future::BoxFuture;

pub const DRAFT: Command = Command {
    name: "draft",
    usage: "draft [SERVICE] [FROM..TO] [--kind deployment|work]",
    about: "Draft a note for a change. Without FROM, it starts at the previous release tag. Services that go out together are written `SERVICE@FROM..TO`, one after the other.",
    examples: &[
        "draft",
        "draft v2.3.0..v2.4.0",
        "draft payments v2.3.0..main",
        "draft web@v3.1..v3.2 api@v8.0..v8.1",
        "draft payments --kind work",
    ],
    needs: Permission::Draft,
    arguments: &[
        word("service", "What is released", false),
        word("range", "FROM..TO: tags, branches or commits; without FROM, since the previous release", false),
        word("with", "What goes out with it: SERVICE@FROM..TO", false),
        Argument {
            name: "kind",
            about: "A deployment note for code, a work note for infrastructure",
            required: false,
            form: ArgumentForm::Flag(&["deployment", "work"]),
        },
    ],
    parse,
    complete,
};

pub const REGENERATE: Command = Command {
    name: "regenerate",
    usage: "regenerate NOTE",
    about: "Draft a note again from the same ask. What people edited stays.",
    examples: &["regenerate 7"],
    needs: Permission::Draft,
    arguments: &[NOTE],
    parse: parse_regenerate,
    complete: note::complete_note,
};

pub const REGENERATE_PRESSED: Action =
    Action { name: "note.regenerate", needs: Permission::Draft, run: pressed, form: None };

/// What is asked for, typed or filled in.
#[derive(Default)]
pub(super) struct Draft {
    pub service: Option<String>,
    pub range: RangeAsk,
    /// `web@v3.1..v3.2`, as typed.
    pub modules: Vec<String>,
    pub kind: Option<Kind>,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let mut draft = Draft { kind: words.flag("kind").and_then(Kind::named), ..Draft::default() };
    let mut range = None;
    // A form's field takes several modules at once.
    for word in words.plain.iter().flat_map(|word| word.split_whitespace()) {
        if modules::is_module(word) {
            draft.modules.push(word.to_owned());
        } else if let Some(ask) = range_of(word)? {
            if range.replace(ask).is_some() {
                return Err(Misuse(format!("Two ranges were given; the second is `{word}`. Keep one.")));
            }
        } else if draft.service.is_none() {
            draft.service = Some(word.to_owned());
        } else if range.is_none() {
            range = Some(RangeAsk { from: None, to: Some(word.to_owned()) });
        } else {
            return Err(Misuse(format!("`{word}` is one word too many. Usage: `/release {}`", DRAFT.usage)));
        }
    }
    draft.range = range.unwrap_or_default();
    Ok(Box::new(draft))
}

/// `A..B`, `..B`, `A..`; `None` when there are no two dots in it.
pub fn range_of(word: &str) -> Result<Option<RangeAsk>, Misuse> {
    if word.contains("...") {
        return Err(Misuse(format!(
            "`{word}` has three dots; a draft takes two, for example `{}`.",
            word.replacen("...", "..", 1)
        )));
    }
    let Some((from, to)) = word.split_once("..") else { return Ok(None) };
    if to.contains("..") {
        return Err(Misuse(format!("`{word}` has more than two ends; write `FROM..TO`.")));
    }
    let end = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    Ok(Some(RangeAsk { from: end(from), to: end(to) }))
}

#[async_trait]
impl Request for Draft {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (workspace, modules) = self.pick(context)?;
        let (id, ops) = context.records.notes.next_id().await.map_err(store_trouble)?;
        let kind = self.kind.unwrap_or(Kind::Deployment);
        let (person, place) = (heard.person.clone(), heard.place.clone());
        let note = Note { modules, ..Note::new(id, kind, &workspace, person, place, context.clock.now()) };
        let mut plan = begin(context, &note).await?;
        plan.ops.splice(0..0, ops);
        Ok(plan)
    }
}

/// Keeps a new note, queues its first draft and says its placeholder.
pub(super) async fn begin(context: &Context, note: &Note) -> Result<Plan, Trouble> {
    let mut plan =
        Plan::nothing().write(context.records.notes.put(note, Expect::Absent)).write(queue(context, note).await?);
    plan.says.extend(told::card(note, &card::placeholder(note, &[])));
    Ok(plan)
}

impl Draft {
    /// The workspace, and what goes out.
    fn pick(&self, context: &Context) -> Result<(String, Vec<Module>), Trouble> {
        if self.are_modules(context) {
            return modules::pick(context, self);
        }
        let (workspace, service, to) = self.pick_one(context)?;
        let ask = match self.modules.first().map(|word| range_of(word)) {
            Some(Ok(Some(range))) => range,
            _ => RangeAsk { to: to.or(self.end()), ..self.range.clone() },
        };
        Ok((workspace, vec![Module { service, ask }]))
    }

    /// `payments release@2026` names a branch with an `@`, not two services.
    fn are_modules(&self, context: &Context) -> bool {
        let name = |word: &str| word.split('@').next().unwrap_or_default().to_owned();
        match self.modules.as_slice() {
            [] => false,
            [only] if self.range == RangeAsk::default() => {
                let own = self.service.as_deref().is_some_and(|service| context.service(service).is_some());
                let names = || context.services().map(|(_, service)| service.name.as_str());
                let alone = self.service.is_none() && names().count() == 1 && nearest(&name(only), names()).is_none();
                context.service(&name(only)).is_some() || !(own || alone)
            }
            _ => true,
        }
    }

    /// What stands in place of a range, where that is not what it seemed.
    fn end(&self) -> Option<String> {
        self.modules.first().cloned().or_else(|| self.range.to.clone())
    }

    /// Workspace and service, and the word that turned out to be the end of a range (`/release draft v2.4.0`).
    fn pick_one(&self, context: &Context) -> Result<(String, String, Option<String>), Trouble> {
        let all: Vec<_> = context.services().collect();
        let Some((only_space, only)) = all.first() else {
            return Err(say::no_services());
        };
        let Some(asked) = &self.service else {
            return if all.len() == 1 {
                Ok((only_space.name.clone(), only.name.clone(), None))
            } else {
                Err(say::which_service(all.iter().map(|(_, service)| service.name.as_str())))
            };
        };
        if let Some((space, service)) = context.service(asked) {
            return Ok((space.name.clone(), service.name.clone(), None));
        }
        let near = nearest(asked, all.iter().map(|(_, service)| service.name.as_str()));
        if all.len() == 1 && near.is_none() && self.range == RangeAsk::default() {
            return Ok((only_space.name.clone(), only.name.clone(), Some(asked.clone())));
        }
        Err(say::unknown_service(asked, near, all.iter().map(|(_, service)| service.name.as_str())))
    }
}

struct Regenerate(u64);

fn parse_regenerate(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    Ok(Box::new(Regenerate(note::only_number(&REGENERATE, words)?)))
}

#[async_trait]
impl Request for Regenerate {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        regenerate(context, self.0, &heard.person).await
    }
}

fn pressed<'a>(context: &'a Context, press: Press<'a>) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move { regenerate(context, note::number(press.value)?, &press.heard.person).await })
}

async fn regenerate(context: &Context, id: u64, person: &Person) -> Result<Plan, Trouble> {
    let (note, version) = note::find(context, id).await?;
    if note.state == State::Drafting {
        return Err(say::already_drafting(id));
    }
    modules::again(context, note, version, person).await
}

/// The job that makes the note's next revision.
pub(super) async fn queue(context: &Context, note: &Note) -> Result<Vec<Op>, Trouble> {
    let job = job::new(note, note.revision + 1, context.clock.now());
    context.records.jobs.enqueue(&job).await.map_err(store_trouble)
}

/// Services first; after a service, its tags and branches, also behind `FROM..`.
fn complete<'a>(context: &'a Context, words: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async move {
        let mut before = words.plain.clone();
        let typed = if words.finished { String::new() } else { before.pop().unwrap_or_default() };
        let service = before.iter().find_map(|word| context.service(word)).or_else(|| {
            let mut all = context.services();
            all.next().filter(|_| all.next().is_none())
        });
        let prefix = before.iter().map(|word| format!("{word} ")).collect::<String>();
        let mut found = Vec::new();
        if before.is_empty() {
            found.extend(context.services().filter(|(_, service)| service.name.starts_with(&typed)).map(
                |(space, service)| Completion {
                    words: format!("draft {} ", service.name),
                    label: service.name.clone(),
                    about: format!("service of {}", space.name),
                },
            ));
        }
        if let Some((service, stem, name)) = modules::begun(context, &typed) {
            let names = context.changes.names(&service.source, name, 8).await.unwrap_or_default();
            found.extend(names.into_iter().map(|name| Completion {
                words: format!("draft {prefix}{stem}{name}"),
                label: format!("{stem}{name}"),
                about: format!("goes out with the others: a tag or branch of {}", service.name),
            }));
        } else if let Some((_, service)) = service {
            let (stem, name) = match typed.rsplit_once("..") {
                Some((from, to)) => (format!("{from}.."), to),
                None => (String::new(), typed.as_str()),
            };
            let names = context.changes.names(&service.source, name, 8).await.unwrap_or_default();
            found.extend(names.into_iter().map(|name| Completion {
                words: format!("draft {prefix}{stem}{name}"),
                label: format!("{stem}{name}"),
                about: if stem.is_empty() {
                    "tag or branch; two dots after it begin a range".to_owned()
                } else {
                    "until here".to_owned()
                },
            }));
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_may_leave_out_either_end() {
        let ends = |word| range_of(word).expect("a range").map(|ask| (ask.from, ask.to));
        let name = |text: &str| Some(text.to_owned());
        assert_eq!(ends("a..b"), Some((name("a"), name("b"))));
        assert_eq!(ends("..b"), Some((None, name("b"))));
        assert_eq!(ends("a.."), Some((name("a"), None)));
        assert_eq!(ends("v1.2"), None);
    }

    #[test]
    fn three_dots_are_told_apart() {
        assert_eq!(
            range_of("a...b").expect_err("three dots").0,
            "`a...b` has three dots; a draft takes two, for example `a..b`."
        );
    }
}
