//! The job that says a note's card again when something beside its text changed: its review, its approval.

use crate::domain::note::State;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::draft::{card, told};
use crate::features::{Context, Plan, reviewing, store_trouble};
use crate::records::Claimed;
use anyhow::Context as _;

pub const FACE: Job = Job { name: reviewing::FACE, run, failed };

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("a job for no note's card")?;
        let found = context.records.notes.get(id).await.map_err(store_trouble)?;
        let latest = context.records.notes.latest(id).await.map_err(store_trouble)?;
        let mut plan = Plan::nothing();
        // While it is drafted its card tells of that, and the finished draft says it again.
        if let (Some((note, _)), Some(revision)) = (found, latest)
            && note.state == State::Drafted
        {
            plan.says.extend(told::card(&note, &card::card(&note, &revision, &context.note_url(id))));
        }
        Ok(plan)
    })
}

/// The card stands as it was; the log has the cause, and the next change says it again.
fn failed<'a>(_: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async { Ok::<Plan, Trouble>(Plan::nothing()) })
}
