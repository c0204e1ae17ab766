//! The gate: are its services well just before it is to happen? Looked at half an hour before, and while they are not, each ten minutes.

use super::look::graph;
use super::replay::gate;
use super::signals::{Asked, gather};
use super::words as say;
use crate::domain::note::{Phase, Watched};
use crate::domain::watch::State;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, reviewing, store_trouble, told, watching};
use crate::ports::store::Expect;
use crate::records::{Claimed, NewJob};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta};

pub const GATE: Job = Job { name: watching::GATE, run, failed };

const AGAIN: TimeDelta = TimeDelta::minutes(10);

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("a gate of nothing")?;
        let planned = job.payload["planned"].as_i64().context("a gate without a time")?;
        let note = context.records.notes.get(id).await.map_err(store_trouble)?;
        let watch = context.records.watches.get(id).await.map_err(store_trouble)?;
        let now = context.clock.now();
        let Some((mut note, version)) = note else { return Ok(Plan::nothing()) };
        // Planned otherwise meanwhile, out already, or its time is over.
        let still = note.planned.as_ref().is_some_and(|known| known.from.timestamp() == planned);
        if !still || watch.is_some() || now.timestamp() >= planned {
            return Ok(Plan::nothing());
        }
        let at = now.timestamp().div_euclid(60) * 60;
        let asked: Vec<Asked> = {
            let services: Vec<&str> = note.services().collect();
            context.signals.iter().filter(|one| services.contains(&one.service.as_str())).cloned().collect()
        };
        let gathered = gather(&asked, at, at).await;
        let (series, graph) = (gathered.series, graph(context));
        let judged = tokio::task::spawn_blocking(move || gate(&series, &graph, at)).await;
        let judged = judged.context("the judge was interrupted")?;
        let state = judged.now();
        let clean = state < State::MostlyStable;
        let told_before = note.watched.is_some_and(|known| known.state >= State::MostlyStable);
        let known = Watched { state, phase: Phase::Before };
        let mut plan = Plan::nothing();
        if note.watched != Some(known) {
            note.watched = Some(known);
            let because = format!("gate/{planned}/{}", now.timestamp());
            plan = plan
                .write(context.records.notes.put(&note, Expect::Version(version)))
                .write(reviewing::face(context, &note, &because).await?);
        }
        if !clean || told_before {
            let time = DateTime::from_timestamp(planned, 0).unwrap_or(now);
            let message = say::gate(&note, state, &judged.findings(), &gathered.gaps, now, time);
            plan.says.extend(told::detail(&note, &format!("note/{id}/gate/{planned}"), &message));
        }
        if !clean && now + AGAIN < DateTime::from_timestamp(planned, 0).unwrap_or(now) {
            let again = NewJob {
                name: GATE.name.to_owned(),
                key: format!("{}/{id}/{planned}/{}", GATE.name, now.timestamp()),
                lane: job.lane.clone(),
                payload: job.payload.clone(),
                due: now + AGAIN,
            };
            plan = plan.write(context.records.jobs.enqueue_once(&again).await.map_err(store_trouble)?);
        }
        Ok(plan)
    })
}

/// That it could not be looked at is said where it would have stood.
fn failed<'a>(context: &'a Context, job: &'a Claimed, sentence: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("a gate of nothing")?;
        let Some((note, _)) = context.records.notes.get(id).await.map_err(store_trouble)? else {
            return Ok(Plan::nothing());
        };
        let mut plan = Plan::nothing();
        let key = format!("note/{id}/gate/{}", job.payload["planned"].as_i64().unwrap_or_default());
        plan.says.extend(told::detail(&note, &key, &say::gate_failed(sentence)));
        Ok(plan)
    })
}
