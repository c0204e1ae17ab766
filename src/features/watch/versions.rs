//! A new version in what is measured is a deployment too: looked for every five minutes, where signals tell versions apart.

use super::seen;
use crate::domain::notice::{Deployed, Of};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, store_trouble};
use crate::ports::metrics::Range;
use crate::ports::store::Op;
use crate::records::{Claimed, NewJob};
use chrono::{DateTime, TimeDelta};
use serde_json::json;
use std::collections::BTreeMap;

pub const VERSIONS: Job = Job { name: "watch.versions", run, failed };

const EVERY: TimeDelta = TimeDelta::minutes(5);
const BACK: i64 = 7_200;
const STEP: i64 = 60;

pub fn at_start(context: &Context) -> Planning<'_> {
    Box::pin(async move {
        let queued = if context.signals.is_empty() { Vec::new() } else { next(context, TimeDelta::zero()).await? };
        Ok(Plan::nothing().write(queued))
    })
}

async fn next(context: &Context, pause: TimeDelta) -> Result<Vec<Op>, Trouble> {
    let due = context.clock.now() + pause;
    let name = VERSIONS.name.to_owned();
    // One for each five minutes, however often the process starts.
    let key = format!("{name}/{}", due.timestamp().div_euclid(EVERY.num_seconds()));
    let job = NewJob { key, lane: name.clone(), name, payload: json!({}), due };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}

fn run<'a>(context: &'a Context, _: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let mut plan = Plan::nothing().write(next(context, EVERY).await?);
        let now = context.clock.now().timestamp().div_euclid(STEP) * STEP;
        let range = Range { from: now - BACK, until: now, step: STEP };
        for (_, service) in context.services() {
            // One signal that tells versions apart is enough; most have none.
            let asked =
                context.signals.iter().filter(|one| one.service == service.name && one.query.contains("version"));
            let Some(one) = asked.into_iter().next() else { continue };
            let measured = match one.source.range(&one.query, range).await {
                Ok(measured) => measured,
                Err(fault) => {
                    tracing::warn!(service = service.name, %fault, "which versions run could not be asked");
                    continue;
                }
            };
            let first = |samples: &[(i64, f64)]| samples.first().map(|(time, _)| *time);
            let running: BTreeMap<String, i64> =
                measured.lines.iter().filter_map(|line| Some((line.version.clone()?, first(&line.samples)?))).collect();
            let watches = &context.records.watches;
            let known = watches.versions(&service.name).await.map_err(store_trouble)?;
            let mut seen = known.clone().unwrap_or_default();
            let new: Vec<(&String, &i64)> = running.iter().filter(|(version, _)| !seen.contains(version)).collect();
            if new.is_empty() {
                continue;
            }
            for (version, since) in &new {
                // What runs at the first look is nobody's news.
                if known.is_none() {
                    continue;
                }
                let deployed = Deployed {
                    of: Of::Service(service.name.clone()),
                    revision: (*version).clone(),
                    name: None,
                    environment: "production".to_owned(),
                    failed: false,
                    at: DateTime::from_timestamp(**since, 0).unwrap_or_else(|| context.clock.now()),
                    source: "what is measured".to_owned(),
                    url: None,
                };
                let by = Person { platform: "metrics".to_owned(), id: String::new(), name: "its metrics".to_owned() };
                let one = seen::told(context, &deployed, &by).await?;
                plan.ops.extend(one.ops);
                plan.says.extend(one.says);
            }
            seen.extend(new.into_iter().map(|(version, _)| version.clone()));
            plan = plan.write(watches.put_versions(&service.name, &seen));
        }
        Ok(plan)
    })
}

/// Looked again in five minutes.
fn failed<'a>(context: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async move { Ok(Plan::nothing().write(next(context, EVERY).await?)) })
}
