//! Edits by talking: "shorten the impact", "move it to tomorrow 10:00". Proposed as a difference, written when somebody applies it.

mod grammar;
mod patch;
mod words;

use super::edit::Target;
use super::work::plan::replanned;
use super::work::when::when;
use super::{revise, section};
use crate::domain::message::{Heard, What};
use crate::domain::note::{Planned, Revision, Writer};
use crate::domain::proposal::{Changed, Fate, Patch, Proposal};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Asked, Manner, Permission, Planning, Press, Reply, Spoken};
use crate::features::plan::{at, only};
use crate::features::texts as text;
use crate::features::{Context, Plan, note, store_trouble};
use crate::ports::store::Expect;
use futures::future::BoxFuture;
use grammar::{Wish, wish};
use patch::{Stands, patch};

pub const EDIT: Spoken = Spoken {
    says: ["shorten the impact", "영향 좀 줄여줘"],
    needs: Permission::Edit,
    manner: Manner::Whole,
    patterns: &[
        r"^\W*(?:(?:please|pls|can you|could you|would you|let's|lets)\s+)*(?:undo|shorten|condense|tighten|make|change|set|switch|add|put|remove|drop|take|move|plan|schedule|reschedule|postpone|push|shift|delay|delete|cut|leave\s+out|replace|append|rewrite|update)\b",
        r"(?:줄여|짧게|간단히|추가|넣어|빼|삭제|지워|제거|제외|옮겨|미뤄|바꿔|변경해|연기|되돌려|원래대로|덧붙)",
    ],
    fits: |words| wish(words).is_some(),
    answer: propose,
};

pub const APPLY: Action = Action { name: "edit.apply", needs: Permission::Edit, run: apply, form: None };
pub const DISCARD: Action = Action { name: "edit.discard", needs: Permission::Edit, run: discard, form: None };
pub const UNDO: Action = Action { name: "edit.undo", needs: Permission::Edit, run: undo, form: None };

/// Proposals of a note that are looked through for the newest applied one.
const LOOKED_AT: usize = 50;

fn propose<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let Some(note) = &asked.note else { return Err(Trouble::refused(text::NO_NOTE.plain(asked.language))) };
        let Some(wish) = wish(asked.text) else {
            return Err(Trouble::refused(text::NOT_UNDERSTOOD.plain(asked.language)));
        };
        if wish == Wish::Undo {
            return undo_newest(context, asked, note.id).await.map(Reply::Do);
        }
        let target = Target::load(context, note.id).await?;
        let proposal = Proposal {
            note: note.id,
            number: context.records.proposals.next(note.id).await.map_err(store_trouble)?,
            asked: asked.text.to_owned(),
            by: asked.heard.person.clone(),
            at: context.clock.now(),
            place: asked.heard.place.clone(),
            quiet: matches!(asked.heard.what, What::Command { .. }),
            language: asked.language,
            patch: made(context, &wish, &target)?,
            fate: Fate::Open,
            settled_at: None,
        };
        let plan = Plan::nothing().write(context.records.proposals.put(&proposal, Expect::Absent));
        Ok(Reply::Do(said(plan, &proposal, words::open(&proposal))))
    })
}

fn made(context: &Context, wish: &Wish, target: &Target<'_>) -> Result<Patch, Trouble> {
    let stands = Stands { revision: &target.revision, schema: target.schema, planned: target.note.planned.as_ref() };
    let home = context.zone_of(Some(&target.note));
    patch(wish, &stands, |words| {
        let (from, zone) = when(words, context.clock.now(), Some(home))?;
        let minutes = target.note.planned.as_ref().map_or(0, |planned| planned.minutes);
        Ok(Planned { from, minutes, zone })
    })
}

/// The proposal's one message.
fn said(plan: Plan, proposal: &Proposal, message: crate::domain::message::Message) -> Plan {
    let target = if proposal.quiet { only(&proposal.place, &proposal.by) } else { at(&proposal.place) };
    plan.say(format!("note/{}/proposal/{}", proposal.note, proposal.number), target, message)
}

/// What a button is about: `7:3`.
async fn pressed(context: &Context, press: &Press<'_>) -> Result<(Proposal, u64), Trouble> {
    let (id, number) = press.value.split_once(':').unwrap_or((press.value, ""));
    let number = number.parse().unwrap_or_default();
    let found = context.records.proposals.get(note::number(id)?, number).await.map_err(store_trouble)?;
    found.ok_or_else(|| {
        Trouble::refused(format!("Nothing is known of this edit any more. `/release show {id}` shows the note."))
    })
}

fn open_or_over(proposal: &Proposal) -> Result<(), Trouble> {
    match &proposal.fate {
        Fate::Open => Ok(()),
        fate => Err(words::over(proposal, fate)),
    }
}

fn apply<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (mut proposal, version) = pressed(context, &press).await?;
        open_or_over(&proposal)?;
        let target = Target::load(context, proposal.note).await?;
        if !stands(&proposal.patch, &target, Side::Before) {
            return again(context, proposal, version, target).await;
        }
        let plan = written(context, target, &proposal, Side::After, press.heard).await?;
        proposal.fate = Fate::Applied(press.heard.person.clone());
        settled(context, plan, &mut proposal, version)
    })
}

fn discard<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (mut proposal, version) = pressed(context, &press).await?;
        open_or_over(&proposal)?;
        proposal.fate = Fate::Discarded(press.heard.person.clone());
        settled(context, Plan::nothing(), &mut proposal, version)
    })
}

fn undo<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (proposal, version) = pressed(context, &press).await?;
        undone(context, proposal, version, press.heard).await
    })
}

async fn undo_newest(context: &Context, asked: &Asked<'_>, note: u64) -> Result<Plan, Trouble> {
    let known = context.records.proposals.of(note, LOOKED_AT).await.map_err(store_trouble)?;
    let applied = known.iter().filter(|one| matches!(one.fate, Fate::Applied(_)));
    let newest = applied.max_by_key(|one| one.settled_at);
    let nothing = || Trouble::refused(text::EDIT_NOTHING_TO_UNDO.of(asked.language, &[("id", &note)]));
    let number = newest.ok_or_else(nothing)?.number;
    let found = context.records.proposals.get(note, number).await.map_err(store_trouble)?;
    let (proposal, version) = found.ok_or_else(nothing)?;
    undone(context, proposal, version, asked.heard).await
}

async fn undone(context: &Context, mut proposal: Proposal, version: u64, heard: &Heard) -> Result<Plan, Trouble> {
    if !matches!(proposal.fate, Fate::Applied(_)) {
        return Err(words::over(&proposal, &proposal.fate));
    }
    let target = Target::load(context, proposal.note).await?;
    if !stands(&proposal.patch, &target, Side::After) {
        return Err(words::cannot_undo(&proposal, &target.revision));
    }
    let plan = written(context, target, &proposal, Side::Before, heard).await?;
    proposal.fate = Fate::Undone(heard.person.clone());
    settled(context, plan, &mut proposal, version)
}

fn settled(context: &Context, plan: Plan, proposal: &mut Proposal, version: u64) -> Result<Plan, Trouble> {
    proposal.settled_at = Some(context.clock.now());
    let plan = plan.write(context.records.proposals.put(proposal, Expect::Version(version)));
    Ok(said(plan, proposal, words::settled(proposal)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl Side {
    fn of(self, changed: &Changed) -> &serde_json::Value {
        match self {
            Self::Before => &changed.before,
            Self::After => &changed.after,
        }
    }
}

/// Does the note say what the patch has on this side?
fn stands(patch: &Patch, target: &Target<'_>, side: Side) -> bool {
    match patch {
        Patch::Sections(changes) => changes
            .iter()
            .all(|changed| target.revision.section(&changed.section).is_some_and(|now| now.value == *side.of(changed))),
        Patch::Time { before, after } => match side {
            Side::Before => target.note.planned == *before,
            Side::After => target.note.planned.as_ref() == Some(after),
        },
    }
}

/// The note as the patch has it on this side.
async fn written(
    context: &Context,
    target: Target<'_>,
    proposal: &Proposal,
    side: Side,
    heard: &Heard,
) -> Result<Plan, Trouble> {
    let changes = match &proposal.patch {
        Patch::Sections(changes) => changes,
        Patch::Time { before, after } => {
            let planned = if side == Side::After { Some(after.clone()) } else { before.clone() };
            return replanned(context, (target.note, target.version), planned, heard).await;
        }
    };
    let mut new: Option<Revision> = None;
    for changed in changes {
        let on = new.as_ref().unwrap_or(&target.revision);
        let value = section::as_text(side.of(changed));
        new = Some(revise::edit(on, target.schema, &changed.section, &value, &heard.person, context.clock.now())?);
    }
    let Some(mut new) = new else { return Ok(Plan::nothing()) };
    new.number = target.revision.number + 1;
    new.what = section::what_changed(&target.revision, &new);
    target.save(context, new, &heard.person).await
}

/// Somebody else changed it: the edit is made anew on top of theirs, and shown again.
async fn again(context: &Context, mut proposal: Proposal, version: u64, target: Target<'_>) -> Result<Plan, Trouble> {
    let Some(wish) = wish(&proposal.asked) else { return Err(words::over(&proposal, &proposal.fate)) };
    let others = who_changed(&proposal, &target);
    proposal.patch = made(context, &wish, &target)?;
    let plan = Plan::nothing().write(context.records.proposals.put(&proposal, Expect::Version(version)));
    Ok(said(plan, &proposal, words::again(&proposal, &others)))
}

/// By whom the first section is that reads otherwise now. Who moved the time stands in no section.
fn who_changed(proposal: &Proposal, target: &Target<'_>) -> String {
    let Patch::Sections(changes) = &proposal.patch else { return text::SOMEBODY.plain(proposal.language) };
    let now = changes
        .iter()
        .filter_map(|changed| target.revision.section(&changed.section).filter(|now| now.value != changed.before));
    match now.map(|section| &section.writer).next() {
        Some(Writer::Person(person)) => person.name.clone(),
        Some(_) => text::A_NEW_DRAFT.plain(proposal.language),
        None => text::SOMEBODY.plain(proposal.language),
    }
}
