//! The job behind a draft: runs the steps, keeps the placeholder current, saves the revision and says it.

use crate::domain::message::{Step, StepState};
use crate::domain::note::{Note, State, Work};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Say};
use crate::features::draft::habits::Memory;
use crate::features::draft::steps::{Drafting, Observer, Stage, draft};
use crate::features::draft::work::WorkAsk;
use crate::features::draft::{Ask, card, owners, revise, stale, told, words as say};
use crate::features::{Context, Plan, reviewing, store_trouble};
use crate::ports::store::Expect;
use crate::records::{Claimed, NewJob};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Mutex;

pub const DRAFT: Job = Job { name: "draft", run, failed };

/// The job that makes revision `number` of a note.
pub fn new(note: &Note, number: u32, due: DateTime<Utc>) -> NewJob {
    NewJob {
        name: DRAFT.name.to_owned(),
        key: format!("draft/{}/{number}/{}", note.id, due.timestamp_millis()),
        lane: note.services().next().map_or_else(|| format!("note/{}", note.id), str::to_owned),
        payload: json!({ "note": note.id }),
        due,
    }
}

fn run<'a>(context: &'a Context, job: &'a Claimed, talk: &'a dyn Say) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let (mut note, version) = load(context, job).await?;
        if note.state != State::Drafting {
            return Ok(Plan::nothing());
        }
        let mut modules = Vec::new();
        for module in &note.modules {
            match context.service(&module.service) {
                Some((_, service)) => modules.push((service.clone(), module.ask.clone())),
                None => return Err(say::service_is_gone(&module.service)),
            }
        }
        let work = note.work.as_ref().map(|work| work_ask(context, &note, work));
        let memory = memory(context, &note).await?;
        let board = Board { talk, note: &note, steps: Mutex::new(Vec::new()) };
        let ask = Ask {
            kind: note.kind,
            modules,
            work,
            memory,
            asked_by: Some(note.created_by.name.clone()),
            number: note.revision + 1,
        };
        // What was answered before a crash is not paid for again; a new draft of the same change is asked anew.
        let asker = context.asker.for_work(&job.key);
        let drafted = draft(Drafting { asker: &asker, ..context.drafting() }, &ask, &board).await?;
        let old = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let revision = match &old {
            Some(old) => revise::merge(old, drafted.revision),
            None => drafted.revision,
        };
        note.state = State::Drafted;
        note.revision = revision.number;
        let url = context.note_url(note.id);
        let owners = owners::tell(context, &mut note, &revision, &url);
        let mut plan = Plan::nothing()
            .write(context.records.notes.put(&note, Expect::Version(version)))
            .write(context.records.notes.add_revision(note.id, &revision));
        plan.says.extend(told::card(&note, &card::card(&note, &revision, &url)));
        plan.says.extend(told::detail(&note, &note.body_key(), &card::body(&note, &revision)));
        plan.says.extend(owners);
        plan.ops.extend(reviewing::changed(context, &note, &revision, &format!("revision-{}", revision.number)).await?);
        if let Some(old) = &old {
            let regenerated = say::regenerated(&note, old, &revision, &url);
            plan.says.extend(told::detail(&note, &note.revision_key(revision.number), &regenerated));
            plan.says.extend(stale::says(&note, old, &revision));
        }
        Ok(plan)
    })
}

/// What the other notes of the workspace teach.
async fn memory(context: &Context, note: &Note) -> Result<Memory, Trouble> {
    let records = &context.records;
    let notes = records.notes.recent(&note.workspace, note.kind, Memory::NOTES + 1).await.map_err(store_trouble)?;
    let others = notes.into_iter().filter(|(id, _)| *id != note.id).map(|(_, revision)| revision);
    let (wishes, _) = records.preferences.of(&note.workspace).await.map_err(store_trouble)?;
    Ok(Memory { notes: others.take(Memory::NOTES).collect(), preferences: wishes.all })
}

/// Services that are no longer in the catalogue are no longer known; the work is the same.
fn work_ask(context: &Context, note: &Note, work: &Work) -> WorkAsk {
    let services = work.services.iter().filter_map(|name| context.service(name));
    WorkAsk {
        what: work.what.clone(),
        template: work.template.clone(),
        services: services.map(|(_, service)| service.clone()).collect(),
        planned: note.planned.clone(),
    }
}

fn failed<'a>(context: &'a Context, job: &'a Claimed, sentence: &'a str) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let (mut note, version) = load(context, job).await?;
        if note.state != State::Drafting {
            return Ok(Plan::nothing());
        }
        note.failure = Some(sentence.to_owned());
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        // A regeneration that failed leaves the note as it was, and says so in its thread.
        note.state = if latest.is_some() { State::Drafted } else { State::Failed };
        let mut plan = Plan::nothing().write(context.records.notes.put(&note, Expect::Version(version)));
        plan.says.extend(told::card(&note, &card::face(&note, latest.as_ref(), &context.note_url(note.id))));
        if latest.is_some() {
            let key = format!("note/{}/failed/{}", note.id, job.key);
            plan.says.extend(told::detail(&note, &key, &say::regeneration_failed(sentence)));
        }
        Ok(plan)
    })
}

async fn load(context: &Context, job: &Claimed) -> Result<(Note, u64), Trouble> {
    let id = job.payload["note"].as_u64().context("a draft job without a note")?;
    Ok(context
        .records
        .notes
        .get(id)
        .await
        .map_err(store_trouble)?
        .with_context(|| format!("note {id} of job {} is missing", job.key))?)
}

/// Keeps the placeholder's list of steps current.
struct Board<'a> {
    talk: &'a dyn Say,
    note: &'a Note,
    steps: Mutex<Vec<(Stage, Step)>>,
}

impl Observer for Board<'_> {
    fn stage(&self, stage: Stage, state: StepState, detail: &str) {
        let mut steps = self.steps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let step = Step { text: say::step(stage, detail), state };
        match steps.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, known)) => *known = step,
            None => steps.push((stage, step)),
        }
        let shown: Vec<Step> = steps.iter().map(|(_, step)| step.clone()).collect();
        for saying in told::card(self.note, &card::placeholder(self.note, &shown)) {
            self.talk.say(saying);
        }
    }
}
