//! Nobody answered a request for approval: it is said again, a few times, and never when somebody did.

use super::words as say;
use crate::domain::approval::{Approval, approval};
use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, store_trouble, told};
use crate::ports::store::Op;
use crate::records::{Claimed, NewJob};
use anyhow::Context as _;
use serde_json::json;

pub const REMIND: Job = Job { name: "review.remind", run, failed };

/// After that, another reminder is noise.
const TIMES: u64 = 3;

/// The reminder of the request that the note's newest decision is.
pub async fn later(context: &Context, note: &Note, time: u64) -> Result<Vec<Op>, Trouble> {
    let Some(after) = context.policy.remind_after.filter(|_| time <= TIMES) else { return Ok(Vec::new()) };
    let request = note.decisions.len();
    let job = NewJob {
        name: REMIND.name.to_owned(),
        key: format!("{}/{}/{request}/{time}", REMIND.name, note.id),
        lane: format!("{}/{}", REMIND.name, note.id),
        payload: json!({ "note": note.id, "request": request, "time": time }),
        due: context.clock.now() + after,
    };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let number = |name: &str| job.payload[name].as_u64().context("a reminder of nothing");
        let (id, request, time) = (number("note")?, number("request")?, number("time")?);
        let found = context.records.notes.get(id).await.map_err(store_trouble)?;
        let latest = context.records.notes.latest(id).await.map_err(store_trouble)?;
        let (Some((note, _)), Some(revision)) = (found, latest) else { return Ok(Plan::nothing()) };
        let Approval::Requested(asked) = approval(&note, &revision) else { return Ok(Plan::nothing()) };
        // A later request has reminders of its own.
        if note.decisions.len() as u64 != request {
            return Ok(Plan::nothing());
        }
        let mut plan = Plan::nothing().write(later(context, &note, time + 1).await?);
        let message = say::reminder(&note, asked, context.clock.now());
        plan.says.extend(told::detail(&note, &format!("note/{id}/remind/{request}/{time}"), &message));
        Ok(plan)
    })
}

fn failed<'a>(_: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async { Ok(Plan::nothing()) })
}
