//! Looks which tags a repository has now, and what of that is new: when somebody told of one, and again and again.

use super::catalogued;
use super::notice::in_doubt;
use crate::domain::notice::PushedTag;
use crate::domain::person::Person;
use crate::domain::service::{Remote, Service, Workspace};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Job, Planning, Say};
use crate::features::{Context, Plan, store_trouble};
use crate::ports::code_host::{Tag, host_of};
use crate::ports::store::{Expect, Op};
use crate::records::{Claimed, NewJob, Outcome, SeenTag, Tagged};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

pub const LOOK: Job = Job { name: "tags.look", run, failed };

#[derive(Serialize, Deserialize)]
struct Look {
    remote: Remote,
    /// What somebody said; `None` when it is simply time to look.
    told: Option<PushedTag>,
}

/// The look that a notice asks for.
pub(super) fn told(remote: &Remote, tag: &PushedTag, event: &str, now: DateTime<Utc>) -> NewJob {
    job(remote, Some(tag.clone()), format!("tags/told/{event}"), now)
}

fn job(remote: &Remote, told: Option<PushedTag>, key: String, due: DateTime<Utc>) -> NewJob {
    let lane = format!("tags/{}/{}", remote.host, remote.name);
    NewJob { name: LOOK.name.to_owned(), key, lane, payload: json!(Look { remote: remote.clone(), told }), due }
}

/// At the start: every repository that is to be looked at and has no look waiting gets one, now. What was missed while
/// nobody ran is one look, whose time is past.
pub fn at_start(context: &Context) -> Planning<'_> {
    Box::pin(async move {
        let Some(every) = context.look_for_tags else { return Ok(Plan::nothing()) };
        let now = context.clock.now();
        let waiting = context.records.jobs.list(usize::MAX).await.map_err(store_trouble)?;
        let mut plan = Plan::nothing();
        for remote in looked_at(context) {
            let soon = waiting.iter().any(|job| job.key.starts_with(&prefix(&remote)) && job.due <= now + every);
            if !soon {
                plan = plan.write(queue(context, &remote, now).await?);
            }
        }
        Ok(plan)
    })
}

/// Repositories of workspaces that can be told of a tag, each once.
fn looked_at(context: &Context) -> BTreeSet<Remote> {
    let told = context.services().filter(|(space, _)| space.channel.is_some());
    told.map(|(_, service)| service.source.repository()).collect()
}

fn prefix(remote: &Remote) -> String {
    format!("tags/look/{}/{}/", remote.host, remote.name)
}

async fn queue(context: &Context, remote: &Remote, due: DateTime<Utc>) -> Result<Vec<Op>, Trouble> {
    let look = job(remote, None, format!("{}{}", prefix(remote), due.timestamp()), due);
    context.records.jobs.enqueue_once(&look).await.map_err(store_trouble)
}

/// The look after this one: at the next full step of the interval, so that looks that were missed are made up once.
async fn next(context: &Context, look: &Look) -> Result<Vec<Op>, Trouble> {
    let Some(every) = context.look_for_tags.filter(|_| look.told.is_none()) else { return Ok(Vec::new()) };
    if !looked_at(context).contains(&look.remote) {
        return Ok(Vec::new());
    }
    queue(context, &look.remote, after(context.clock.now(), every)).await
}

fn after(now: DateTime<Utc>, every: TimeDelta) -> DateTime<Utc> {
    let step = every.num_seconds().max(1);
    let seconds = (now.timestamp().div_euclid(step) + 1) * step;
    DateTime::from_timestamp(seconds, 0).unwrap_or(now + every)
}

fn run<'a>(context: &'a Context, claimed: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let look = read(claimed)?;
        let plan = Plan::nothing().write(next(context, &look).await?);
        let Some((remote, services)) = catalogued(context, &look.remote) else { return Ok(plan) };
        if let Some(told) = &look.told {
            let seen = context.records.tags.get(&remote, &told.name).await.map_err(store_trouble)?;
            // An earlier look has seen it.
            if !in_doubt(seen.as_ref().map(|(seen, _)| seen), told) {
                return Ok(plan);
            }
        }
        let truth = truth(context, &remote, &services).await?;
        Ok(plan.write(compare(context, &remote, &services, truth).await?))
    })
}

/// Nobody waits for an answer; the log has the cause, and the next look is queued.
fn failed<'a>(context: &'a Context, claimed: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async move { Ok(Plan::nothing().write(next(context, &read(claimed)?).await?)) })
}

fn read(claimed: &Claimed) -> Result<Look, Trouble> {
    Ok(serde_json::from_value(claimed.payload.clone()).context("a look for tags without a repository")?)
}

/// The host knows first. Without one, or where it does not answer and we keep a mirror, git is asked.
async fn truth(context: &Context, remote: &Remote, services: &[(&Workspace, &Service)]) -> Result<Vec<Tag>, Trouble> {
    let mirrored = services.iter().map(|(_, service)| &service.source).find(|source| source.mirrored);
    if let Some(host) = host_of(&context.hosts, remote) {
        match host.tags(&remote.name).await {
            Ok(tags) => return Ok(tags),
            Err(fault) if mirrored.is_none() => {
                return Err(Trouble::Outside { service: host.name().to_owned(), fault });
            }
            Err(fault) => tracing::debug!(host = host.name(), fault = %fault, "tags are asked of the mirror instead"),
        }
    }
    let source = mirrored.or_else(|| services.first().map(|(_, service)| &service.source));
    let source = source.context("a repository of no service")?;
    context.changes.refresh(source, &|_| {}).await?;
    context.changes.tags(source).await
}

/// What is to be written so that what we know is what is true.
async fn compare(
    context: &Context,
    remote: &Remote,
    services: &[(&Workspace, &Service)],
    mut truth: Vec<Tag>,
) -> Result<Vec<Op>, Trouble> {
    let tags = &context.records.tags;
    let now = context.clock.now();
    let known = tags.all(remote).await.map_err(store_trouble)?;
    let mut known: BTreeMap<String, (SeenTag, u64)> =
        known.into_iter().map(|(seen, version)| (seen.name.clone(), (seen, version))).collect();
    let first = tags.first_look(remote).await.map_err(store_trouble)?.is_none();
    let mut ops = if first { tags.begin(remote, now) } else { Vec::new() };
    truth.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    for tag in truth {
        let before = known.remove(&tag.name);
        if before.as_ref().is_some_and(|(seen, _)| seen.sha.as_ref() == Some(&tag.sha)) {
            continue;
        }
        let told = tags.told(remote, &tag.name).await.map_err(store_trouble)?;
        // What was there before anybody looked is nobody's news, unless somebody told of it.
        let silent = first && told.is_none();
        let takers: Vec<_> = services.iter().filter(|(_, service)| service.source.takes_tag(&tag.name)).collect();
        let came = takers.iter().map(|(space, service)| {
            let earlier = before.as_ref().and_then(|(seen, _)| seen.came.get(&service.name)).cloned();
            (service.name.clone(), outcome(space, silent, earlier))
        });
        let seen = SeenTag {
            name: tag.name.clone(),
            sha: Some(tag.sha.clone()),
            seen_at: now,
            by: told.or_else(|| tagger(remote, &tag)),
            came: came.collect(),
        };
        ops.extend(tags.seen(remote, &tag.name));
        ops.extend(tags.put(remote, &seen, expected(before.map(|(_, version)| version))));
        if !silent {
            tracing::info!(repository = remote.name, tag = tag.name, services = takers.len(), "a tag was seen");
            ops.extend(follow(context, remote, &seen, &takers).await?);
        }
    }
    let gone = known.into_values().filter(|(seen, _)| seen.sha.is_some());
    for (seen, version) in gone {
        tracing::info!(repository = remote.name, tag = seen.name, "a tag is gone");
        let seen = SeenTag { sha: None, seen_at: now, ..seen };
        ops.extend(tags.put(remote, &seen, Expect::Version(version)));
        let takers: Vec<_> = services.iter().filter(|(_, service)| seen.came.contains_key(&service.name)).collect();
        ops.extend(follow(context, remote, &seen, &takers).await?);
    }
    Ok(ops)
}

fn expected(version: Option<u64>) -> Expect {
    version.map_or(Expect::Absent, Expect::Version)
}

/// A tag that a note was drafted for keeps its note, wherever it stands now.
fn outcome(space: &Workspace, silent: bool, earlier: Option<Outcome>) -> Outcome {
    match earlier {
        Some(noted @ Outcome::Noted { .. }) => noted,
        _ if silent => Outcome::There,
        _ if space.channel.is_none() => Outcome::NoChannel,
        _ => Outcome::Waiting,
    }
}

/// Whoever made an annotated tag, where nobody told who pushed it.
fn tagger(remote: &Remote, tag: &Tag) -> Option<Person> {
    let by = tag.by.as_ref()?;
    Some(Person { platform: remote.host.clone(), id: by.email.clone(), name: by.name.clone() })
}

/// The notes of each workspace follow in a job of their own.
async fn follow(
    context: &Context,
    remote: &Remote,
    seen: &SeenTag,
    takers: &[&(&Workspace, &Service)],
) -> Result<Vec<Op>, Trouble> {
    let waits =
        |service: &Service| matches!(seen.came.get(&service.name), Some(Outcome::Waiting | Outcome::Noted { .. }));
    let spaces: BTreeSet<&str> =
        takers.iter().filter(|(_, service)| waits(service)).map(|(space, _)| space.name.as_str()).collect();
    let mut ops = Vec::new();
    for space in spaces {
        let tagged = Tagged { workspace: space.to_owned(), remote: remote.clone(), tag: seen.name.clone() };
        let queued = context.records.jobs.enqueue_once(&tagged.job(context.clock.now())).await;
        ops.extend(queued.map_err(store_trouble)?);
    }
    Ok(ops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_that_were_missed_are_made_up_once() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let every = TimeDelta::minutes(5);
        assert_eq!(after(at(0), every), at(300));
        assert_eq!(after(at(299), every), at(300));
        assert_eq!(after(at(300), every), at(600));
        assert_eq!(after(at(86_423), every), at(86_700), "however many steps went by");
    }
}
