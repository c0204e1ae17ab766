//! A watch begins, whoever said that the change is live, and what it takes over ends.

use super::look::first;
use super::promises::{Promise, promises};
use super::signals::Asked;
use super::words as say;
use crate::domain::note::{Live, Note};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::domain::watch::{End, Watch};
use crate::features::{Context, Plan, note, reviewing, store_trouble, told};
use crate::ports::store::Expect;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Watches of so many of the newest notes may be of the same service.
const OTHERS: usize = 50;

/// It is live from then on, and watched where anything of it is measured. Refused where it is watched already.
pub async fn live(
    context: &Context,
    note: u64,
    at: DateTime<Utc>,
    by: &Person,
) -> Result<(Option<Watch>, Plan), Trouble> {
    let (mut note, version) = note::find(context, note).await?;
    let watched = watched(context, &note, at, by).await?;
    note.live = Some(Live { at, told_at: context.clock.now(), by: by.clone() });
    let put = context.records.notes.put(&note, Expect::Version(version));
    let (watch, plan) = watched.map_or((None, Plan::nothing()), |(watch, plan)| (Some(watch), plan));
    Ok((watch, plan.write(put)))
}

/// The watch, and all that begins with it; `None` where nothing is measured.
async fn watched(
    context: &Context,
    note: &Note,
    at: DateTime<Utc>,
    by: &Person,
) -> Result<Option<(Watch, Plan)>, Trouble> {
    let measured: BTreeSet<&str> = context.signals.iter().map(|one| one.service.as_str()).collect();
    let services: Vec<String> = note.services().filter(|name| measured.contains(name)).map(str::to_owned).collect();
    if services.is_empty() {
        return Ok(None);
    }
    let known = context.records.watches.get(note.id).await.map_err(store_trouble)?;
    if let Some((watch, _)) = known.as_ref().filter(|(watch, _)| watch.end.is_none()) {
        return Err(say::watched_already(watch));
    }
    let expect = known.map_or(Expect::Absent, |(_, version)| Expect::Version(version));
    let watch = Watch {
        note: note.id,
        at,
        by: by.clone(),
        services,
        plan: context.checkpoints.clone(),
        tell: context.tell_at.clone(),
        before: None,
        checkpoints: Vec::new(),
        state: None,
        worst: None,
        findings: Vec::new(),
        told: None,
        changes: 0,
        end: None,
    };
    let now = context.clock.now();
    let mut plan = Plan::nothing()
        .write(context.records.watches.put(&watch, expect))
        .write(context.records.jobs.enqueue_once(&first(&watch, now)).await.map_err(store_trouble)?);
    let card = say::card(note, &watch, None, &context.note_url(note.id));
    plan.says.extend(told::detail(note, &say::key(note.id), &card));
    hand_over(context, &watch, &mut plan).await?;
    Ok(Some((watch, plan)))
}

/// What its note promises that can be held against what is measured.
pub async fn promised(context: &Context, watch: &Watch) -> Result<Vec<Promise>, Trouble> {
    let asked: Vec<Asked> =
        context.signals.iter().filter(|one| watch.services.contains(&one.service)).cloned().collect();
    let latest = context.records.notes.latest(watch.note).await.map_err(store_trouble)?;
    Ok(latest.map(|revision| promises(&revision, &asked)).unwrap_or_default())
}

/// Earlier changes of the same services are not watched on: what is seen from now on may be the newer one's.
async fn hand_over(context: &Context, newer: &Watch, plan: &mut Plan) -> Result<(), Trouble> {
    for other in context.records.watches.list(OTHERS).await.map_err(store_trouble)? {
        let shares = other.services.iter().any(|service| newer.services.contains(service));
        if other.note == newer.note || other.end.is_some() || !shares || other.at > newer.at {
            continue;
        }
        end(context, other.note, End::HandedTo(newer.note), plan).await?;
    }
    Ok(())
}

pub async fn end(context: &Context, id: u64, why: End, plan: &mut Plan) -> Result<Option<Note>, Trouble> {
    let found = context.records.watches.get(id).await.map_err(store_trouble)?;
    let note = context.records.notes.get(id).await.map_err(store_trouble)?;
    let (Some((mut watch, version)), Some((mut note, note_version))) = (found, note) else { return Ok(None) };
    if watch.end.is_some() {
        return Ok(None);
    }
    watch.end = Some(why);
    let report = context.records.watches.report(id).await.map_err(store_trouble)?;
    plan.ops.extend(context.records.watches.put(&watch, Expect::Version(version)));
    if note.watched.take().is_some() {
        plan.ops.extend(context.records.notes.put(&note, Expect::Version(note_version)));
        let because = format!("watch/{}/end", watch.at.timestamp());
        plan.ops.extend(reviewing::face(context, &note, &because).await?);
    }
    plan.says.extend(told::detail(
        &note,
        &say::key(id),
        &say::card(&note, &watch, report.as_ref(), &context.note_url(id)),
    ));
    Ok(Some(note))
}
