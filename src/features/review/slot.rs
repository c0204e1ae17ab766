//! When could it happen instead? The next times at which nothing speaks against it, by the very rules that review it.

use super::policy::Policy;
use super::traffic::{Traffic, traffic};
use super::{facts::span, gather, zone};
use crate::domain::calendar::SHORTEST;
use crate::domain::message::{Block, Heard, Message};
use crate::domain::note::{Note, Planned, State};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, NOTE, Permission, Request};
use crate::features::plan::only;
use crate::features::review::rules::Checked;
use crate::features::{Context, Plan, note, store_trouble};
use async_trait::async_trait;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

pub const SLOT: Command = Command {
    name: "slot",
    usage: "slot NOTE",
    about: "Propose free times for a note: no conflict, no freeze, its operators free, people there, little traffic.",
    examples: &["slot 7"],
    needs: Permission::Read,
    arguments: &[NOTE],
    parse: |words| Ok(Box::new(Slot(note::only_number(&SLOT, words)?))),
    complete: note::complete_note,
};

/// How far ahead is looked, in what steps, and how many are proposed, at most one a day.
const AHEAD: TimeDelta = TimeDelta::days(14);
const STEP: TimeDelta = TimeDelta::minutes(30);
const PROPOSED: usize = 3;
/// Nobody plans for in five minutes.
const NOTICE: TimeDelta = TimeDelta::hours(1);
/// Rules that a time can break.
const OF_TIME: [&str; 6] =
    ["working-hours", "freeze-window", "service-conflict", "dependency-conflict", "shared-work", "double-booked"];

struct Slot(u64);

#[async_trait]
impl Request for Slot {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (note, _) = note::find(context, self.0).await?;
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let Some(revision) = latest.filter(|_| note.state == State::Drafted) else {
            return Err(super::words::nothing_to_decide(note.id));
        };
        let zone = zone(context, &note);
        let begin = context.clock.now() + NOTICE;
        let mut gathered = gather(context, &note, &revision).await?;
        gathered.agenda = context.agenda(zone, begin, begin + AHEAD).await?;
        gathered.agenda.entries.retain(|entry| entry.note != Some(note.id));
        let minutes = note.planned.as_ref().map_or(0, |planned| planned.minutes);
        let free = |at: DateTime<Utc>| {
            let planned = Planned { from: at, minutes, zone };
            let moved = Note { planned: Some(planned), ..note.clone() };
            let facts = gathered.facts(context, &moved, &revision);
            speaks_against(&context.policy, |check| check.check(&facts)).is_none()
        };
        let services: Vec<&str> = note.services().collect();
        let traffic = traffic(context, &services, zone).await;
        let found = proposals(begin, free, |at| traffic.share(at, zone), zone);
        let length = if minutes == 0 { SHORTEST } else { TimeDelta::minutes(minutes.into()) };
        let message = told(note.id, &found, &traffic, length, zone);
        Ok(Plan::nothing().say(format!("slot/{}", heard.id), only(&heard.place, &heard.person), message))
    }
}

/// The first rule about time that is broken.
fn speaks_against(policy: &Policy, check: impl Fn(&dyn super::rules::Check) -> Checked) -> Option<&'static str> {
    let held =
        policy.held.iter().filter(|held| held.mode == super::policy::Mode::On && OF_TIME.contains(&held.rule.id));
    held.filter(|held| matches!(check(&*held.check), Checked::Broken(_))).map(|held| held.rule.id).next()
}

/// One for each of the next days: its first free time, or the one with the least traffic where that is known.
fn proposals(
    begin: DateTime<Utc>,
    free: impl Fn(DateTime<Utc>) -> bool,
    share: impl Fn(DateTime<Utc>) -> Option<f64>,
    zone: chrono_tz::Tz,
) -> Vec<DateTime<Utc>> {
    let first = begin.duration_round_up(STEP).unwrap_or(begin);
    let mut found: Vec<(DateTime<Utc>, Option<f64>)> = Vec::new();
    let mut at = first;
    while at < begin + AHEAD {
        let day = |at: &DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let room = found.len() < PROPOSED;
        match found.last_mut().filter(|(last, _)| day(last) == day(&at)) {
            Some((last, known)) => {
                let share = share(at);
                if share.zip(*known).is_some_and(|(new, known)| new < known) && free(at) {
                    (*last, *known) = (at, share);
                }
            }
            None if room && free(at) => found.push((at, share(at))),
            None => {}
        }
        at += STEP;
    }
    found.into_iter().map(|(at, _)| at).collect()
}

fn told(id: u64, found: &[DateTime<Utc>], traffic: &Traffic, length: TimeDelta, zone: chrono_tz::Tz) -> Message {
    if found.is_empty() {
        return Message::text(format!(
            "No free time for note {id} within {} days: every one breaks a rule about time. `/release review {id}` says which; a shorter work or other operators may help.",
            AHEAD.num_days()
        ));
    }
    let lines: Vec<String> = found
        .iter()
        .map(|at| {
            let local = at.with_timezone(&zone);
            format!(
                "- {}{} · `/release plan {id} --at \"{}\"`",
                span(zone, *at, *at + length),
                busy(traffic.share(*at, zone)),
                local.format("%Y-%m-%d %H:%M")
            )
        })
        .collect();
    let known = found.iter().any(|at| traffic.share(*at, zone).is_some());
    let last = match traffic.gaps.first() {
        _ if known => "Of each day the quietest free half hour, by the traffic of the last two weeks.".to_owned(),
        Some(gap) => format!("How much traffic there is then could not be asked: {gap}"),
        None => "How much traffic there is then is not known.".to_owned(),
    };
    Message::text(format!("Free for note {id} ({}):\n{}", zone.name(), lines.join("\n")))
        .with(Block::Footnote { markdown: format!("No conflict, no freeze, operators free, people there. {last}") })
}

/// ` · 12 % of the traffic of the week's busiest hour`
fn busy(share: Option<f64>) -> String {
    share.map_or(String::new(), |share| format!(" · {:.0} % of the traffic of the week's busiest hour", share * 100.0))
}
