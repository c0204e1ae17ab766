//! The job in which a model words what an incident comes to; until it is done, and without a model, the rules' recap stands.

use super::recap::worded;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, store_trouble};
use crate::ports::store::{Expect, Op};
use crate::records::{Claimed, Fate, NewJob};
use anyhow::Context as _;
use chrono::TimeDelta;
use serde_json::json;

pub const WORD: Job = Job { name: "incidents.word", run, failed };

/// A thread is worded once it has been quiet for a while, not with each of its messages.
const QUIET: TimeDelta = TimeDelta::minutes(2);

/// Nothing without a model.
pub async fn soon(context: &Context, id: u64) -> Result<Vec<Op>, Trouble> {
    if !context.asker.has_model() {
        return Ok(Vec::new());
    }
    let key = format!("{}/{id}", WORD.name);
    let (name, lane) = (WORD.name.to_owned(), WORD.name.to_owned());
    let job = NewJob { name, key, lane, payload: json!({ "incident": id }), due: context.clock.now() + QUIET };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["incident"].as_u64().context("a job for no incident")?;
        let found = context.records.incidents.get(id).await.map_err(store_trouble)?;
        let Some((mut incident, version)) = found else { return Ok(Plan::nothing()) };
        let asker = context.asker.for_work(&job.key);
        incident.recap = worded(&asker, &incident.whole(), incident.recap.clone()).await;
        let fates = [Fate::Keep(&incident, Expect::Version(version))];
        Ok(Plan::nothing().write(context.records.incidents.write(&fates).await.map_err(store_trouble)?))
    })
}

/// The rules' recap stands; the log has the cause.
fn failed<'a>(_: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async { Ok(Plan::nothing()) })
}
