//! The job behind an export: puts the note there, and says in its thread where it stands.

use super::{To, bounded, marker, words as say};
use crate::domain::message::Heard;
use crate::domain::note::{Note, Revision};
use crate::domain::person::Person;
use crate::domain::service::Service;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::draft::markdown::{Meta, markdown};
use crate::features::draft::told;
use crate::features::{Context, Plan, store_trouble};
use crate::ports::code_host::{CodeHost, Publication, host_of};
use crate::records::{Claimed, NewJob};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub const EXPORT_JOB: Job = Job { name: "note.export", run, failed };

/// Bytes that the strictest place takes: a comment on GitHub 65,536, on Jira 32,767.
const RELEASE: usize = 120_000;
const COMMENT: usize = 60_000;
const TICKET: usize = 30_000;

#[derive(Serialize, Deserialize)]
struct Asked {
    note: u64,
    to: To,
    person: Person,
    event: String,
}

pub fn new(note: &Note, to: &To, heard: &Heard, due: DateTime<Utc>) -> NewJob {
    let asked = Asked { note: note.id, to: to.clone(), person: heard.person.clone(), event: heard.id.clone() };
    NewJob {
        name: EXPORT_JOB.name.to_owned(),
        key: format!("export/{}/{}", note.id, heard.id),
        // One at a time per note, so that of two exports the later wording stands.
        lane: format!("export/{}", note.id),
        payload: json!(asked),
        due,
    }
}

pub fn keeper<'a>(context: &'a Context, service: &'a Service) -> Option<(&'a dyn CodeHost, &'a str)> {
    let remote = service.source.remote.as_ref()?;
    Some((host_of(&context.hosts, remote)?, remote.name.as_str()))
}

fn run<'a>(context: &'a Context, claimed: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let (asked, note) = read(context, claimed).await?;
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let Some(revision) = latest else { return Err(say::nothing_yet(note.id)) };
        let links = put(context, &note, &revision, &asked.to).await?;
        let message = say::stands(&revision, &asked.person.name, &links);
        let mut plan = Plan::nothing();
        plan.says.extend(told::detail(&note, &format!("note/{}/export/{}", note.id, asked.event), &message));
        Ok(plan)
    })
}

async fn read(context: &Context, claimed: &Claimed) -> Result<(Asked, Note), Trouble> {
    let asked: Asked = serde_json::from_value(claimed.payload.clone()).context("an export of nothing")?;
    let found = context.records.notes.get(asked.note).await.map_err(store_trouble)?;
    let (note, _) = found.with_context(|| format!("note {} of an export is missing", asked.note))?;
    Ok((asked, note))
}

/// A link for each place it stands in now.
async fn put(context: &Context, note: &Note, revision: &Revision, to: &To) -> Result<Vec<String>, Trouble> {
    let (text, url) = (markdown(revision, &Meta::of(note)), context.note_url(note.id));
    let marker = marker(note);
    let service = |name: &str| {
        let service = context.service(name).map(|(_, service)| service);
        service.and_then(|service| keeper(context, service)).ok_or_else(|| say::not_hosted(name))
    };
    match to {
        To::Ticket { key } => {
            let tracker = context.trackers.iter().find(|tracker| tracker.takes(key, None));
            let tracker = tracker.ok_or_else(|| say::no_tracker(key))?;
            let put = tracker.publish(key, &marker, &bounded(&text, TICKET, &url)).await;
            let outside = |fault| Trouble::Outside { service: tracker.name().to_owned(), fault };
            Ok(vec![put.map_err(outside)?])
        }
        To::PullRequest { service: name, number } => {
            let (host, repository) = service(name)?;
            let to = Publication::PullRequest { number: *number };
            let put = host.publish(repository, &to, &marker, &bounded(&text, COMMENT, &url)).await;
            Ok(vec![put.map_err(|fault| Trouble::Outside { service: host.name().to_owned(), fault })?])
        }
        To::Release { service: only, tag } => {
            let mut links = Vec::new();
            let modules =
                revision.modules.iter().filter(|module| only.as_ref().is_none_or(|only| *only == module.service));
            for module in modules {
                // A module on no host is no reason to leave the others without.
                let Ok((host, repository)) = service(&module.service) else { continue };
                let tag = tag.clone().unwrap_or_else(|| module.range.to.name.clone());
                let put = host
                    .publish(repository, &Publication::Release { tag }, &marker, &bounded(&text, RELEASE, &url))
                    .await;
                links.push(put.map_err(|fault| Trouble::Outside { service: host.name().to_owned(), fault })?);
            }
            Ok(links)
        }
    }
}

fn failed<'a>(context: &'a Context, claimed: &'a Claimed, sentence: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let (asked, note) = read(context, claimed).await?;
        let message = say::failed(&asked.person.name, sentence);
        let mut plan = Plan::nothing();
        plan.says.extend(told::detail(&note, &format!("note/{}/export/{}", note.id, asked.event), &message));
        Ok(plan)
    })
}
