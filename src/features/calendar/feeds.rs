//! The job that reads other calendars again and again; one that cannot be read keeps what it said, and the gap is told.

use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, store_trouble};
use crate::records::{Claimed, Feed, NewJob};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

pub const READ: Job = Job { name: "calendar.feed", run, failed };

const EVERY: TimeDelta = TimeDelta::minutes(30);
const BACK: TimeDelta = TimeDelta::days(7);
const AHEAD: TimeDelta = TimeDelta::days(120);

/// At the start every calendar is read.
pub fn at_start(context: &Context) -> Planning<'_> {
    Box::pin(async move {
        let mut plan = Plan::nothing();
        for name in &context.calendars.feeds {
            let job = new(name, context.clock.now());
            plan = plan.write(context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)?);
        }
        Ok(plan)
    })
}

fn new(name: &str, due: DateTime<Utc>) -> NewJob {
    NewJob {
        name: READ.name.to_owned(),
        key: format!("{}/{name}/{}", READ.name, due.timestamp()),
        lane: format!("{}/{name}", READ.name),
        payload: json!({ "feed": name }),
        due,
    }
}

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let name = job.payload["feed"].as_str().context("a job for no calendar")?;
        let (Some(feeds), true) = (&context.feeds, context.calendars.feeds.iter().any(|known| known == name)) else {
            return Ok(Plan::nothing());
        };
        let now = context.clock.now();
        let before = context.records.calendar.feed(name).await.map_err(store_trouble)?;
        let feed = match feeds.read(name, now - BACK, now + AHEAD).await {
            Ok(entries) => Feed { entries, read_at: Some(now), trouble: None },
            Err(fault) => {
                if before.trouble.is_none() {
                    tracing::warn!(calendar = name, fault = %fault, "a calendar could not be read; what it said before stands");
                }
                Feed { trouble: Some(format!("it {fault}")), ..before }
            }
        };
        let next = new(name, now + EVERY);
        let plan = Plan::nothing().write(context.records.calendar.put_feed(name, &feed));
        Ok(plan.write(context.records.jobs.enqueue_once(&next).await.map_err(store_trouble)?))
    })
}

/// A fault of the calendar's is no failure of the job; whatever this is, it is tried again at the next start.
fn failed<'a>(_: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async { Ok(Plan::nothing()) })
}
