//! A change whose day went badly is remembered as an incident of its own, so that the review of a change like it names it.

use super::listen;
use super::recap::{recap, short};
use crate::domain::incident::{Incident, Recap};
use crate::domain::message::Place;
use crate::domain::note::{Note, Revision};
use crate::domain::secret::masked;
use crate::domain::watch::Watch;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, store_trouble, watching};
use crate::ports::store::Expect;
use crate::records::Claimed;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};

pub const EXPERIENCE: Job = Job { name: watching::EXPERIENCE, run, failed };

/// Where such incidents stand: in no chat.
const WATCH: &str = "watch";

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("an experience without a note")?;
        let records = &context.records;
        let watch = records.watches.get(id).await.map_err(store_trouble)?;
        let note = records.notes.get(id).await.map_err(store_trouble)?;
        let revision = records.notes.latest(id).await.map_err(store_trouble)?;
        let (Some((watch, _)), Some((note, _)), Some(revision)) = (watch, note, revision) else {
            return Ok(Plan::nothing());
        };
        let name = format!("note {id}");
        // A note that is watched a second time is one experience.
        let known = match records.incidents.named(WATCH, &name).await.map_err(store_trouble)? {
            Some(known) => records.incidents.get(known).await.map_err(store_trouble)?,
            None => None,
        };
        let number = match &known {
            Some((known, _)) => known.id,
            None => records.incidents.last_id().await.map_err(store_trouble)? + 1,
        };
        let lived = Incident { id: number, name, ..experience(&note, &revision, &watch, context.clock.now()) };
        let lived = Incident { link: Some(context.note_url(id)), ..lived };
        match known {
            Some((_, version)) => listen::keep(context, &lived, Expect::Version(version)).await,
            None => listen::keep_new(context, lived).await,
        }
    })
}

fn experience(note: &Note, revision: &Revision, watch: &Watch, now: DateTime<Utc>) -> Incident {
    let worst = watch.worst.map_or("", |state| state.name());
    let headline = format!("{} was {worst} after note {}: {}", note.subject(), note.id, revision.title());
    let risks: Vec<&str> = revision.risks.iter().map(|risk| risk.title.as_str()).collect();
    let text =
        format!("{headline}\n\n{}\n\n{}\n\n{}", revision.text("summary"), watch.findings.join("\n"), risks.join("\n"));
    let text = masked(&text).into_owned();
    let ended = (watch.at + TimeDelta::days(1)).min(now);
    let by_rules = recap(&headline, &text, &[], Some(watch.at));
    let plain = |line: &String| line.replace('`', "");
    let lesson = watch.findings.first().and_then(|finding| finding.split('`').nth(1)).map(|signal| {
        format!(
            "after a change like this, look at {signal} of {} first; note {} has the numbers",
            note.subject(),
            note.id
        )
    });
    Incident {
        id: 0,
        name: String::new(),
        date: String::new(),
        link: None,
        place: Place { platform: WATCH.to_owned(), channel: WATCH.to_owned(), thread: None },
        filed_by: watch.by.clone(),
        filed_at: now,
        message: None,
        replies: Vec::new(),
        copies: Vec::new(),
        recap: Recap {
            happened: watch.findings.first().map(plain).map_or_else(|| short(&headline), |line| short(&line)),
            impact: short(&watch.findings.iter().skip(1).map(plain).collect::<Vec<_>>().join("; ")),
            trigger: short(revision.title()),
            lesson: lesson.unwrap_or_default(),
            services: watch.services.clone(),
            began: Some(watch.at),
            ended: Some(ended),
            ..by_rules
        },
        text,
        headline,
    }
}

/// The cause is in the log, and the note keeps its watch.
fn failed<'a>(_: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async move { Ok(Plan::nothing()) })
}
