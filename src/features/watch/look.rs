//! The job that looks: asks what was measured, judges all of the watch anew, and says what is new.
//!
//! Nothing of the judge is kept between looks: late samples count, and a restart loses nothing. Each minute in the first half hour, then
//! every five.

use super::advice::advice;
use super::promises::{answer, promises};
use super::replay::{DAY, replay};
use super::signals::{Asked, gather};
use super::words as say;
use crate::chart::{self, Line};
use crate::domain::note::{Note, Phase, Watched};
use crate::domain::trouble::Trouble;
use crate::domain::watch::{Chart, Checkpoint, End, Report, State, Watch};
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, reviewing, store_trouble, told, watching};
use crate::judge::series::Series;
use crate::judge::suspects::Graph;
use crate::judge::verdict::Numbers;
use crate::ports::store::Expect;
use crate::records::{Claimed, NewJob};
use anyhow::Context as _;
use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

pub const LOOK: Job = Job { name: "watch.look", run, failed };

const MINUTE: i64 = 60;
const OFTEN: i64 = 1_800;
const FIVE: i64 = 300;

/// The first look, at once.
pub fn first(watch: &Watch, now: DateTime<Utc>) -> NewJob {
    NewJob { key: format!("{}/{}/{}/first", LOOK.name, watch.note, watch.at.timestamp()), due: now, ..next(watch, now) }
}

/// The look after `now`.
pub fn next(watch: &Watch, now: DateTime<Utc>) -> NewJob {
    let after = (now - watch.at).num_seconds().max(0);
    let step = if after < OFTEN { MINUTE } else { FIVE };
    let due = ((after / step + 1) * step).min(DAY.max(after));
    NewJob {
        name: LOOK.name.to_owned(),
        key: format!("{}/{}/{}/{due}", LOOK.name, watch.note, watch.at.timestamp()),
        lane: format!("{}/{}", LOOK.name, watch.note),
        payload: json!({ "note": watch.note, "at": watch.at.timestamp() }),
        due: watch.at + TimeDelta::seconds(due),
    }
}

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("a look at nothing")?;
        let found = context.records.watches.get(id).await.map_err(store_trouble)?;
        let note = context.records.notes.get(id).await.map_err(store_trouble)?;
        let (Some((watch, version)), Some((mut note, note_version))) = (found, note) else {
            return Ok(Plan::nothing());
        };
        // Stopped meanwhile, or begun anew.
        if watch.end.is_some() || job.payload["at"].as_i64() != Some(watch.at.timestamp()) {
            return Ok(Plan::nothing());
        }
        let now = context.clock.now();
        let Looked { watch: mut looked, report, charts, picture } = judged(context, &note, &watch, now).await?;
        let state = looked.state.unwrap_or(State::NotEnough);
        let changed = is_news(watch.told, state);
        if state != State::NotEnough {
            looked.told = Some(state);
        }
        looked.changes += u32::from(changed);
        let watches = &context.records.watches;
        let mut plan = Plan::nothing()
            .write(watches.put(&looked, Expect::Version(version)))
            .write(watches.put_report(id, &report));
        if !charts.is_empty() {
            plan = plan.write(watches.put_charts(id, &charts));
        }
        if looked.end.is_none() {
            plan = plan.write(context.records.jobs.enqueue_once(&next(&looked, now)).await.map_err(store_trouble)?);
        }
        let url = context.note_url(id);
        plan.says.extend(told::detail(&note, &say::key(id), &say::card(&note, &looked, Some(&report), &url)));
        if changed {
            let key = format!("{}/{}", say::key(id), looked.changes);
            let message = say::change(&note, watch.told, state, &report, picture.clone());
            plan.says.extend(told::detail(&note, &key, &message));
        }
        if looked.end.is_some() {
            let key = format!("{}/receipt", say::key(id));
            plan.says.extend(told::detail(&note, &key, &say::receipt(&note, &looked, &report, picture)));
            if looked.worst == Some(State::Unstable) {
                plan = plan.write(watching::lived_through(context, &note, looked.at.timestamp()).await?);
            }
        }
        // A checkpoint at which people asked to be told, unless the change was told just now or the receipt tells it.
        let asked = |one: &&Checkpoint| one.judged_at == now && looked.tell.contains(&one.after);
        if let Some(checkpoint) = looked.checkpoints.iter().rfind(asked).filter(|_| !changed && looked.end.is_none()) {
            let key = format!("{}/at/{}", say::key(id), checkpoint.after);
            plan.says.extend(told::detail(&note, &key, &say::checkpoint(&note, checkpoint, &report)));
        }
        let phase = if looked.end.is_some() { Phase::Over } else { Phase::Since };
        let watched = Some(Watched { state, phase });
        if note.watched != watched {
            note.watched = watched;
            let because = format!("watch/{}/{}", looked.at.timestamp(), now.timestamp());
            plan = plan
                .write(context.records.notes.put(&note, Expect::Version(note_version)))
                .write(reviewing::face(context, &note, &because).await?);
        }
        Ok(plan)
    })
}

/// Is it worth a word of its own? Only what could be judged, and only where something is or was worse.
fn is_news(told: Option<State>, now: State) -> bool {
    now != State::NotEnough && Some(now) != told && (now >= State::MostlyStable || told >= Some(State::MostlyStable))
}

/// What one look came to.
struct Looked {
    watch: Watch,
    report: Report,
    charts: Vec<Chart>,
    picture: Option<say::Picture>,
}

/// The watch as it is now, and what is to be told of it.
async fn judged(context: &Context, note: &Note, watch: &Watch, now: DateTime<Utc>) -> Result<Looked, Trouble> {
    let at = watch.at.timestamp();
    let after = (now - watch.at).num_seconds().clamp(0, DAY) / MINUTE * MINUTE;
    let asked: Vec<Asked> =
        context.signals.iter().filter(|one| watch.services.contains(&one.service)).cloned().collect();
    let revision = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
    let gathered = gather(&asked, at, at + after).await;
    let (gaps, graph) = (gathered.gaps, graph(context));
    let known = watch.checkpoints.len();
    let had = watch.told;
    let (of_graph, plan) = (graph.clone(), watch.plan.clone());
    let judge = move || {
        let told = replay(&gathered.series, &of_graph, at, at + after.max(MINUTE), &plan);
        let new = told.checkpoints().count() > known || Some(told.now()) != had || after >= DAY;
        let shown = if new { told.shown(SHOWN) } else { Vec::new() };
        let drawn = shown.into_iter().filter_map(|signal| drawn(signal, &gathered.series, at, at + after));
        let drawn: Vec<(Chart, say::Picture)> = drawn.collect();
        (told, drawn)
    };
    let (told, drawn) = tokio::task::spawn_blocking(judge).await.context("the judge was interrupted")?;
    let mut looked = watch.clone();
    looked.before = Some(told.before());
    looked.state = Some(told.now());
    looked.worst = Some(told.overall());
    looked.findings = told.findings();
    for (after, state) in told.checkpoints() {
        if !looked.checkpoints.iter().any(|known| known.after == after) {
            looked.checkpoints.push(Checkpoint { after, state, judged_at: now });
        }
    }
    if after >= DAY {
        looked.end = Some(End::Over);
    }
    let calls = |caller: &str, callee: &str| graph.calls(caller, callee);
    let held = revision.as_ref().map(|revision| {
        let promises = promises(revision, &asked).iter().map(|promise| answer(promise, &told)).collect();
        (promises, advice(note, revision, &told, calls))
    });
    let (promises, advice) = held.unwrap_or_default();
    let report = Report {
        at: now,
        told: told.json(),
        findings: looked.findings.clone(),
        suspects: told.origins(),
        advice,
        promises,
        gaps,
    };
    let worse = !looked.findings.is_empty();
    let picture = drawn.first().filter(|_| worse).map(|(_, picture)| picture.clone());
    Ok(Looked { watch: looked, report, charts: drawn.into_iter().map(|(chart, _)| chart).collect(), picture })
}

/// What a picture shows before the change; after it, all there is.
const SHOWN_BEFORE: i64 = 3 * 3_600;
/// Pictures of a watch.
const SHOWN: usize = 4;

/// One signal around the change.
fn drawn(
    (service, signal, numbers): (&str, &str, &Numbers),
    series: &[Series],
    at: i64,
    until: i64,
) -> Option<(Chart, say::Picture)> {
    let series = series.iter().find(|one| one.service == service && one.signal == signal)?;
    let from = at - SHOWN_BEFORE;
    let moved = |by: i64| -> Vec<(i64, f64)> {
        let inside = series.samples.iter().filter(|(time, _)| (from..=until).contains(&(time + by)));
        inside.map(|(time, value)| (time + by, *value)).collect()
    };
    let live = DateTime::from_timestamp(at, 0)?.format("%H:%M");
    let line = Line {
        title: format!("{signal} of {service}"),
        at,
        mark: format!("live {live}"),
        now: moved(0),
        day_before: moved(DAY),
        week_before: moved(7 * DAY),
        low: numbers.low,
        high: numbers.high,
    };
    let picture =
        say::Picture { png: chart::line(&line)?, told: say::picture(signal, service, numbers, &live.to_string()) };
    let png = base64::engine::general_purpose::STANDARD.encode(&picture.png);
    let chart = Chart { service: service.to_owned(), signal: signal.to_owned(), told: picture.told.clone(), png };
    Some((chart, picture))
}

/// Who calls whom, as the catalogue says.
pub(super) fn graph(context: &Context) -> Graph {
    let needs = context.services().flat_map(|(_, service)| {
        service.depends_on.iter().map(|needed| (service.name.clone(), needed.service.clone()))
    });
    Graph::new(needs)
}

/// It is looked again in five minutes; the card says so.
fn failed<'a>(context: &'a Context, job: &'a Claimed, sentence: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("a look at nothing")?;
        let found = context.records.watches.get(id).await.map_err(store_trouble)?;
        let note: Option<(Note, u64)> = context.records.notes.get(id).await.map_err(store_trouble)?;
        let (Some((watch, _)), Some((note, _))) = (found, note) else { return Ok(Plan::nothing()) };
        let now = context.clock.now();
        // Also after the day is over: its receipt is still owed.
        let again = NewJob {
            key: format!("{}/{id}/again/{}", LOOK.name, now.timestamp()),
            due: now + TimeDelta::seconds(FIVE),
            ..next(&watch, now)
        };
        let mut plan = Plan::nothing().write(context.records.jobs.enqueue_once(&again).await.map_err(store_trouble)?);
        let mut report = context.records.watches.report(id).await.map_err(store_trouble)?;
        if let Some(report) = &mut report {
            report.gaps = vec![sentence.to_owned()];
        }
        let url = context.note_url(id);
        plan.says.extend(told::detail(&note, &say::key(id), &say::card(&note, &watch, report.as_ref(), &url)));
        Ok(plan)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_sees_nothing_is_no_news_and_neither_is_the_same_again() {
        use State::{MostlyStable, NotEnough, Stable, Unstable};
        let words = |states: &[State]| {
            let mut told = None;
            let mut said = Vec::new();
            for state in states {
                if is_news(told, *state) {
                    said.push(*state);
                }
                if *state != NotEnough {
                    told = Some(*state);
                }
            }
            said
        };
        assert_eq!(words(&[NotEnough, Stable, NotEnough, Stable]), []);
        assert_eq!(words(&[Unstable, NotEnough, Unstable, NotEnough, Unstable]), [Unstable]);
        assert_eq!(words(&[Stable, MostlyStable, Unstable, Stable]), [MostlyStable, Unstable, Stable]);
    }
}
