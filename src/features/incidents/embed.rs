//! The job that gives incidents their vectors, and new ones after the embedder's model changed; search goes on meanwhile.

use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, store_trouble};
use crate::ports::store::Op;
use crate::records::{Claimed, NewJob};
use chrono::TimeDelta;
use serde_json::json;

pub const EMBED: Job = Job { name: "incidents.embed", run, failed };

/// After an embedder failed.
const AGAIN: TimeDelta = TimeDelta::minutes(10);

/// At the start there may be incidents that another model embedded, or none.
pub fn at_start(context: &Context) -> Planning<'_> {
    Box::pin(async move { Ok(Plan::nothing().write(soon(context, TimeDelta::zero()).await?)) })
}

/// Queues the embedding of what was just kept; nothing where there is no embedder or it is queued already.
pub async fn soon(context: &Context, pause: TimeDelta) -> Result<Vec<Op>, Trouble> {
    if context.embedder.is_none() {
        return Ok(Vec::new());
    }
    let due = context.clock.now() + pause;
    let name = EMBED.name.to_owned();
    let job = NewJob { key: name.clone(), lane: name.clone(), name, payload: json!({}), due };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}

fn run<'a>(context: &'a Context, _: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        while context.recall.embed_some().await? > 0 {}
        Ok(Plan::nothing())
    })
}

/// The cause is in the log; `doctor` says that meaning is missing.
fn failed<'a>(context: &'a Context, claimed: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let again = NewJob {
            name: EMBED.name.to_owned(),
            key: format!("{}/again/{}", EMBED.name, context.clock.now().timestamp()),
            lane: claimed.lane.clone(),
            payload: json!({}),
            due: context.clock.now() + AGAIN,
        };
        Ok(Plan::nothing().write(context.records.jobs.enqueue_once(&again).await.map_err(store_trouble)?))
    })
}
