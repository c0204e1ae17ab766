//! The job that tells a digest when its time has come, and plans the next one.

use super::compose::compose;
use super::{when, words as say};
use crate::domain::periodic::{Digest, State};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::plan::at;
use crate::features::{Context, Plan, store_trouble};
use crate::ports::store::Op;
use crate::records::{Claimed, NewJob};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

pub const POST: Job = Job { name: "digest.post", run, failed };

/// What should have been told longer ago than this is told by the next one.
const STALE: TimeDelta = TimeDelta::hours(6);

/// Plans the first after `now`.
pub async fn next(context: &Context, digest: &Digest, now: DateTime<Utc>) -> Result<Vec<Op>, Trouble> {
    let Some(due) = when::next(&digest.cron, digest.zone, now) else { return Ok(Vec::new()) };
    queue(context, digest.id, due, due).await
}

async fn queue(context: &Context, id: u64, meant: DateTime<Utc>, due: DateTime<Utc>) -> Result<Vec<Op>, Trouble> {
    let job = NewJob {
        name: POST.name.to_owned(),
        key: format!("{}/{id}/{}/{}", POST.name, meant.timestamp(), due.timestamp()),
        lane: format!("{}/{id}", POST.name),
        payload: json!({ "digest": id, "meant": meant.timestamp() }),
        due,
    };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["digest"].as_u64().context("a post of no digest")?;
        let meant = job.payload["meant"].as_i64().and_then(|at| DateTime::from_timestamp(at, 0));
        let meant = meant.context("a post without a time")?;
        let Some((digest, _)) = context.records.digests.get(id).await.map_err(store_trouble)? else {
            return Ok(Plan::nothing());
        };
        if digest.state != State::Live {
            return Ok(Plan::nothing());
        }
        let now = context.clock.now();
        if let Some(until) = digest.quiet.and_then(|quiet| when::quiet_until(quiet, digest.zone, now)) {
            return Ok(Plan::nothing().write(queue(context, id, meant, until).await?));
        }
        let plan = Plan::nothing().write(next(context, &digest, now).await?);
        let quiet_for = digest.quiet.map_or(TimeDelta::zero(), |(from, until)| {
            let length = until - from;
            if length < TimeDelta::zero() { length + TimeDelta::days(1) } else { length }
        });
        if now - meant > STALE + quiet_for {
            tracing::info!(digest = id, %meant, "a digest whose time is long over is left out");
            return Ok(plan);
        }
        let parts = compose(context, &digest, now).await?;
        if parts.is_empty() && !digest.says_nothing {
            return Ok(plan);
        }
        let message = say::message(&digest, &parts, now, &format!("{}/calendar", context.public_url));
        Ok(plan.say(format!("digest/{id}/{}", meant.timestamp()), at(&digest.place), message))
    })
}

/// The cause is in the log; the next one comes at its time.
fn failed<'a>(context: &'a Context, job: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["digest"].as_u64().context("a post of no digest")?;
        let found = context.records.digests.get(id).await.map_err(store_trouble)?;
        let Some((digest, _)) = found.filter(|(digest, _)| digest.state == State::Live) else {
            return Ok(Plan::nothing());
        };
        Ok(Plan::nothing().write(next(context, &digest, context.clock.now()).await?))
    })
}
