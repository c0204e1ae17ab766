//! Several services in one note: how they are named, and how one is added to a note or dropped from it.

use crate::domain::change::RangeAsk;
use crate::domain::message::Heard;
use crate::domain::nearest::nearest;
use crate::domain::note::{Module, Note, State};
use crate::domain::person::Person;
use crate::domain::service::Service;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, NOTE, Permission, Request, word};
use crate::features::draft::command::{Draft, queue, range_of};
use crate::features::draft::{card, told, words as say};
use crate::features::words::Words;
use crate::features::{Context, Plan, note};
use crate::ports::store::Expect;
use async_trait::async_trait;

pub const ADD: Command = Command {
    name: "add",
    usage: "add NOTE SERVICE@FROM..TO",
    about: "Let a service go out with those of a note. What people edited stays.",
    examples: &["add 7 api@v8.0..v8.1", "add 7 api"],
    needs: Permission::Draft,
    arguments: &[NOTE, word("module", "SERVICE@FROM..TO; without a range, since its previous release", true)],
    parse: parse_add,
    complete: note::complete_note,
};

pub const DROP: Command = Command {
    name: "drop",
    usage: "drop NOTE SERVICE",
    about: "Take a service out of a note for several. What people edited stays.",
    examples: &["drop 7 api"],
    needs: Permission::Draft,
    arguments: &[NOTE, word("service", "What no longer goes out with the others", true)],
    parse: parse_drop,
    complete: note::complete_note,
};

/// `web@v3.1..v3.2` and `web@`, but not `main@{yesterday}`.
pub fn is_module(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, rest)| !name.is_empty() && !rest.starts_with('{') && !name.contains(".."))
}

/// The service of a module that is being typed, and what stands before the name that is completed.
pub fn begun<'a, 'w>(context: &'a Context, typed: &'w str) -> Option<(&'a Service, String, &'w str)> {
    let (name, range) = typed.split_once('@')?;
    let (_, service) = context.service(name)?;
    let (stem, end) =
        range.rsplit_once("..").map_or_else(|| (String::new(), range), |(from, to)| (format!("{from}.."), to));
    Some((service, format!("{name}@{stem}"), end))
}

/// The workspace, and every module that was asked for.
pub(super) fn pick(context: &Context, draft: &Draft) -> Result<(String, Vec<Module>), Trouble> {
    let mut modules: Vec<Module> = Vec::new();
    let mut space: Option<(String, String)> = None;
    let is_space = |name: &String| context.workspaces.iter().any(|space| space.name == *name);
    match &draft.service {
        // `shop web@… api@…`: the workspace is said for people; every service has only one.
        Some(name) if is_space(name) && context.service(name).is_none() => {}
        Some(name) => modules.push(module(context, name, draft.range.clone(), &mut space)?),
        None => {}
    }
    if modules.is_empty() && draft.range != RangeAsk::default() {
        let range = format!(
            "{}..{}",
            draft.range.from.as_deref().unwrap_or_default(),
            draft.range.to.as_deref().unwrap_or_default()
        );
        return Err(say::stray_range(&range, draft.modules[0].split('@').next().unwrap_or_default()));
    }
    for word in &draft.modules {
        let module = read(context, word, &mut space)?;
        if modules.iter().any(|other| other.service == module.service) {
            return Err(say::twice(&module.service));
        }
        modules.push(module);
    }
    let workspace = space.map(|(_, workspace)| workspace).unwrap_or_default();
    Ok((workspace, modules))
}

/// `web@v3.1..v3.2`, `web@v3.2` and `web`.
fn read(context: &Context, word: &str, space: &mut Option<(String, String)>) -> Result<Module, Trouble> {
    let (name, range) = word.split_once('@').unwrap_or((word, ""));
    let end = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    let ask = range_of(range).map_err(|misuse| Trouble::refused(misuse.0))?;
    let mut ask = ask.unwrap_or_else(|| RangeAsk { from: None, to: end(range) });
    // `web@v3.1..web@v3.2`: the tags are called so, at both ends.
    let long = format!("{name}@");
    if let (Some(from), Some(to)) = (&ask.from, &ask.to)
        && to.starts_with(&long)
        && !from.starts_with(&long)
    {
        ask.from = Some(format!("{long}{from}"));
    }
    module(context, name, ask, space)
}

fn module(
    context: &Context,
    name: &str,
    ask: RangeAsk,
    space: &mut Option<(String, String)>,
) -> Result<Module, Trouble> {
    let known = || context.services().map(|(_, service)| service.name.as_str());
    let Some((workspace, service)) = context.service(name) else {
        return Err(say::unknown_service(name, nearest(name, known()), known()));
    };
    match space {
        Some((other, others)) if *others != workspace.name => {
            return Err(say::two_workspaces(other, others, name, &workspace.name));
        }
        Some(_) => {}
        None => *space = Some((name.to_owned(), workspace.name.clone())),
    }
    Ok(Module { service: service.name.clone(), ask })
}

struct Add {
    id: u64,
    module: String,
}

fn parse_add(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let (id, module) = two(words, &ADD)?;
    Ok(Box::new(Add { id, module }))
}

fn two(words: &Words, command: &Command) -> Result<(u64, String), Misuse> {
    match words.plain.as_slice() {
        [id, other] => Ok((note::number(id).map_err(|trouble| Misuse(trouble.to_string()))?, other.clone())),
        _ => Err(Misuse(format!(
            "`{}` takes a note and a service. Usage: `/release {}`, for example `/release {}`.",
            command.name, command.usage, command.examples[0]
        ))),
    }
}

#[async_trait]
impl Request for Add {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (mut note, version) = note::find(context, self.id).await?;
        let Some(first) = note.modules.first() else { return Err(say::work_has_no_modules(note.id)) };
        let mut space = Some((first.service.clone(), note.workspace.clone()));
        let module = read(context, &self.module, &mut space)?;
        if note.modules.contains(&module) {
            return Err(say::already_in(&note, &self.module));
        }
        put(&mut note, module);
        again(context, note, version, &heard.person).await
    }
}

/// Adds a module, or moves the one that is there to another range.
pub fn put(note: &mut Note, module: Module) {
    match note.modules.iter_mut().find(|known| known.service == module.service) {
        Some(known) => *known = module,
        None => note.modules.push(module),
    }
}

struct Drop {
    id: u64,
    service: String,
}

fn parse_drop(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let (id, service) = two(words, &DROP)?;
    Ok(Box::new(Drop { id, service }))
}

#[async_trait]
impl Request for Drop {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (mut note, version) = note::find(context, self.id).await?;
        if note.modules.iter().all(|module| module.service != self.service) {
            return Err(say::not_a_module(&note, &self.service));
        }
        if note.modules.len() == 1 {
            return Err(say::last_module(&note));
        }
        note.modules.retain(|module| module.service != self.service);
        again(context, note, version, &heard.person).await
    }
}

/// Drafts a note whose modules changed again. One that is being drafted right now begins anew when it comes to be saved.
pub async fn again(context: &Context, mut note: Note, version: u64, person: &Person) -> Result<Plan, Trouble> {
    note.state = State::Drafting;
    note.failure = None;
    note.asked_again_by = Some(person.clone());
    let mut plan = Plan::nothing()
        .write(context.records.notes.put(&note, Expect::Version(version)))
        .write(queue(context, &note).await?);
    plan.says.extend(told::card(&note, &card::placeholder(&note, &[])));
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_a_service_before_its_range() {
        assert!(is_module("web@v3.1..v3.2") && is_module("web@") && is_module("web@v3.1..web@v3.2"));
        assert!(!is_module("main@{yesterday}") && !is_module("@kim") && !is_module("v1..v2@rc") && !is_module("web"));
    }
}
