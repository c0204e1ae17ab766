//! `/release deployed`: it is out, so it is watched for a day.

use super::look::first;
use super::promises::promises;
use super::signals::Asked;
use super::{table, words as say};
use crate::domain::message::Heard;
use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::domain::watch::{End, Watch};
use crate::features::ask::{Command, Misuse, NOTE, Permission, Request, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, note, reviewing, store_trouble, told};
use crate::ports::chat::{Argument, ArgumentForm};
use crate::ports::store::Expect;
use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use std::collections::BTreeSet;

pub const DEPLOYED: Command = Command {
    name: "deployed",
    usage: "deployed NOTE [stop] [--at TIME]",
    about: "Say that a note's change is live: it is watched for a day. `stop` ends the watch.",
    examples: &["deployed 7", "deployed 7 --at 14:05", "deployed 7 stop"],
    needs: Permission::Edit,
    arguments: &[
        NOTE,
        word("stop", "`stop`, to end the watch", false),
        Argument {
            name: "at",
            about: "When it went live, if not now: 14:05, 2026-12-03 14:05",
            required: false,
            form: ArgumentForm::Flag(&[]),
        },
    ],
    parse,
    complete: note::complete_note,
};

/// What went live longer ago has no day left to be watched, but may be looked back on.
const LONGEST_AGO: TimeDelta = TimeDelta::days(7);
/// Watches of so many of the newest notes may be of the same service.
const OTHERS: usize = 50;

enum Wish {
    Start { id: u64, at: Option<String> },
    Stop { id: u64 },
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let number = |text: &str| note::number(text).map_err(|trouble| Misuse(trouble.to_string()));
    let at = words.flag("at").map(str::to_owned);
    Ok(Box::new(match words.plain.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [id] => Wish::Start { id: number(id)?, at },
        [id, "stop"] => Wish::Stop { id: number(id)? },
        [] => return Err(Misuse(format!("Which note? For example `/release {}`.", DEPLOYED.examples[0]))),
        [_, more, ..] => {
            return Err(Misuse(format!("`{more}` is one word too many. Usage: `/release {}`", DEPLOYED.usage)));
        }
    }))
}

#[async_trait]
impl Request for Wish {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        match self {
            Self::Start { id, at } => start(context, heard, *id, at.as_deref()).await,
            Self::Stop { id } => stop(context, heard, *id).await,
        }
    }
}

async fn start(context: &Context, heard: &Heard, id: u64, at: Option<&str>) -> Result<Plan, Trouble> {
    let (note, _) = note::find(context, id).await?;
    let now = context.clock.now();
    let at = match at {
        None => now,
        Some(text) => moment(context, text, now).ok_or_else(|| say::no_time(text))?,
    };
    if at > now + TimeDelta::minutes(1) {
        return Err(say::not_yet(id));
    }
    if now - at > LONGEST_AGO {
        return Err(say::too_long_ago(id));
    }
    let measured: BTreeSet<&str> = context.signals.iter().map(|one| one.service.as_str()).collect();
    let services: Vec<String> = note.services().filter(|name| measured.contains(name)).map(str::to_owned).collect();
    if services.is_empty() {
        return Err(say::nothing_measured(&note));
    }
    let known = context.records.watches.get(id).await.map_err(store_trouble)?;
    if let Some((watch, _)) = known.as_ref().filter(|(watch, _)| watch.end.is_none()) {
        return Err(say::watched_already(watch));
    }
    let expect = known.map_or(Expect::Absent, |(_, version)| Expect::Version(version));
    let watch = Watch {
        note: id,
        at,
        by: heard.person.clone(),
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
    let asked: Vec<Asked> =
        context.signals.iter().filter(|one| watch.services.contains(&one.service)).cloned().collect();
    let latest = context.records.notes.latest(id).await.map_err(store_trouble)?;
    let promised = latest.map(|revision| promises(&revision, &asked)).unwrap_or_default();
    let mut plan = Plan::nothing()
        .write(context.records.watches.put(&watch, expect))
        .write(context.records.jobs.enqueue_once(&first(&watch, now)).await.map_err(store_trouble)?)
        .say(
            format!("deployed/{}", heard.id),
            only(&heard.place, &heard.person),
            say::watching(&note, &watch, &promised),
        );
    plan.says.extend(told::detail(&note, &say::key(id), &say::card(&note, &watch, None, &context.note_url(id))));
    hand_over(context, &watch, &mut plan).await?;
    Ok(plan)
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

async fn end(context: &Context, id: u64, why: End, plan: &mut Plan) -> Result<Option<Note>, Trouble> {
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

async fn stop(context: &Context, heard: &Heard, id: u64) -> Result<Plan, Trouble> {
    note::find(context, id).await?;
    let mut plan = Plan::nothing();
    let stopped = end(context, id, End::Stopped(heard.person.clone()), &mut plan).await?;
    let note = stopped.ok_or_else(|| say::not_watched(id))?;
    Ok(plan.say(format!("deployed/{}", heard.id), only(&heard.place, &heard.person), say::stopped(&note)))
}

/// `14:05` is the last time it was that late on the calendar's clock.
fn moment(context: &Context, text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Ok(time) = NaiveTime::parse_from_str(text.trim(), "%H:%M") {
        let zone = context.calendars.home;
        let today = now.with_timezone(&zone).date_naive();
        let on = |day: chrono::NaiveDate| crate::domain::window::on_the_wall(zone, day.and_time(time));
        return Some(on(today)).filter(|at| *at <= now).or_else(|| today.pred_opt().map(on));
    }
    table::moment(text).and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}
