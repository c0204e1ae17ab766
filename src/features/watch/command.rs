//! `/release deployed`: it is out, so it is watched for a day.

use super::begin::{self, end};
use super::{table, words as say};
use crate::domain::message::Heard;
use crate::domain::trouble::Trouble;
use crate::domain::watch::End;
use crate::features::ask::{Command, Misuse, NOTE, Permission, Request, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, note};
use crate::ports::chat::{Argument, ArgumentForm};
use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

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
    let (watch, plan) = begin::live(context, id, at, &heard.person).await?;
    let told = match watch {
        Some(watch) => say::watching(&note, &watch, &begin::promised(context, &watch).await?),
        None => say::nothing_measured(&note, at),
    };
    Ok(plan.say(format!("deployed/{}", heard.id), only(&heard.place, &heard.person), told))
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
