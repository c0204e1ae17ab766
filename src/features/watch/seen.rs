//! Something went live, says a code host, a CD tool or a metric: the note of it is watched from then on; where there is none, its owners are
//! asked.

use super::begin;
use super::words as say;
use crate::domain::change::Revision;
use crate::domain::message::Heard;
use crate::domain::note::{Note, State};
use crate::domain::notice::{Deployed, Of};
use crate::domain::person::Person;
use crate::domain::service::{Service, Workspace};
use crate::domain::trouble::Trouble;
use crate::domain::watch::{Adopted, Unannounced};
use crate::features::ask::{Action, Job, Permission, Planning, Press, Say};
use crate::features::plan::at;
use crate::features::{Context, Plan, store_trouble, told, watching};
use crate::ports::store::Expect;
use crate::records::Claimed;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta};
use std::collections::BTreeSet;

/// Notes that are looked through for what went live.
const LOOKED_AT: usize = 100;
/// The shortest beginning of a commit that names it.
const SHORTEST: usize = 7;
/// What is told later than that is history.
const LATE: TimeDelta = TimeDelta::days(1);

pub async fn noticed(context: &Context, heard: &Heard, deployed: &Deployed) -> Result<Plan, Trouble> {
    if !context.live_in.contains(&deployed.environment.to_lowercase()) {
        tracing::debug!(environment = deployed.environment, "a deployment where it does not count");
        return Ok(Plan::nothing());
    }
    told(context, deployed, &heard.person).await
}

/// Whatever is in doubt about where it happened is settled.
pub async fn told(context: &Context, deployed: &Deployed, by: &Person) -> Result<Plan, Trouble> {
    let mut plan = Plan::nothing();
    let mut told = BTreeSet::new();
    for (space, service) in context.services().filter(|(_, service)| is_of(service, deployed)) {
        let note = note_of(context, service, deployed).await?;
        // One note of several services is told once.
        if note.as_ref().is_some_and(|note| !told.insert(note.id)) {
            continue;
        }
        let one = of_service(context, (space, service), note, deployed, by).await?;
        plan.ops.extend(one.ops);
        plan.says.extend(one.says);
    }
    Ok(plan)
}

fn is_of(service: &Service, deployed: &Deployed) -> bool {
    match &deployed.of {
        Of::Service(name) => {
            service.name == *name || service.delivery.as_ref().is_some_and(|known| known.ends_with(&format!(":{name}")))
        }
        Of::Repository(remote) => service.source.repository().is(remote),
    }
}

async fn of_service(
    context: &Context,
    (space, service): (&Workspace, &Service),
    note: Option<Note>,
    deployed: &Deployed,
    by: &Person,
) -> Result<Plan, Trouble> {
    if let Some(note) = note {
        return of_note(context, &note, deployed, by).await;
    }
    let late = context.clock.now() - deployed.at > LATE;
    // Where one repository is several services, a deployment of it says not which one it was.
    let unclear = matches!(deployed.of, Of::Repository(_))
        && context.services().filter(|(_, other)| is_of(other, deployed)).count() > 1;
    if deployed.failed || late || unclear {
        return Ok(Plan::nothing());
    }
    ask(context, space, service, deployed, by).await
}

/// The newest note whose change ends there.
async fn note_of(context: &Context, service: &Service, deployed: &Deployed) -> Result<Option<Note>, Trouble> {
    for note in context.records.notes.list(LOOKED_AT, None).await.map_err(store_trouble)? {
        if note.state != State::Drafted || !note.modules.iter().any(|module| module.service == service.name) {
            continue;
        }
        let Some(revision) = context.records.notes.latest(note.id).await.map_err(store_trouble)? else { continue };
        let released = revision.modules.iter().find(|module| module.service == service.name);
        if released.is_some_and(|released| ends_at(&released.range.to, service, deployed)) {
            return Ok(Some(note));
        }
    }
    Ok(None)
}

/// A commit is told by itself: a branch, or a tag that was moved, is called the same and is another change. Only a version has nothing but
/// its name.
fn ends_at(to: &Revision, service: &Service, deployed: &Deployed) -> bool {
    let told = &deployed.revision;
    if told.len() >= SHORTEST && told.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return to.sha.starts_with(told.as_str());
    }
    to.name == *told || service.source.release_name(&to.name) == service.source.release_name(told)
}

async fn of_note(context: &Context, note: &Note, deployed: &Deployed, by: &Person) -> Result<Plan, Trouble> {
    let key = format!("note/{}/live/{}", note.id, deployed.at.timestamp());
    if deployed.failed {
        let mut plan = Plan::nothing();
        plan.says.extend(told::detail(note, &key, &say::deployment_failed(note, deployed)));
        return Ok(plan);
    }
    let known = context.records.watches.get(note.id).await.map_err(store_trouble)?;
    // Told twice, or one module after the other; and a watch that is over was of this very deployment.
    let is_known = note.live.as_ref().is_some_and(|live| live.at >= deployed.at);
    if is_known || known.is_some_and(|(watch, _)| watch.end.is_none() || watch.at >= deployed.at) {
        return Ok(Plan::nothing());
    }
    let (watch, mut plan) = begin::live(context, note.id, deployed.at, by).await?;
    plan.says.extend(told::detail(note, &key, &say::went_live(note, deployed, watch.is_some())));
    Ok(plan)
}

async fn ask(
    context: &Context,
    space: &Workspace,
    service: &Service,
    deployed: &Deployed,
    by: &Person,
) -> Result<Plan, Trouble> {
    let channel = service.channel.as_ref().or(space.channel.as_ref()).or(context.admin.as_ref());
    let Some(place) = channel.cloned() else {
        tracing::info!(
            service = service.name,
            revision = deployed.revision,
            "went live without a note, and there is no channel to ask in"
        );
        return Ok(Plan::nothing());
    };
    // By its commit: the next deployment of the same branch is another one.
    let revision = deployed.revision.clone();
    let watches = &context.records.watches;
    if watches.unannounced(&service.name, &revision).await.map_err(store_trouble)?.is_some() {
        return Ok(Plan::nothing());
    }
    let seen = Unannounced {
        service: service.name.clone(),
        revision,
        environment: deployed.environment.clone(),
        at: deployed.at,
        source: deployed.source.clone(),
        by: by.clone(),
        place,
        answer: None,
    };
    Ok(said(Plan::nothing().write(watches.put_unannounced(&seen, Expect::Absent)), &seen))
}

/// The question, or what became of it.
fn said(plan: Plan, seen: &Unannounced) -> Plan {
    plan.say(format!("unannounced/{}/{}", seen.service, seen.revision), at(&seen.place), say::unannounced(seen))
}

pub const NOT_NEEDED: Action =
    Action { name: "deployment.no-note", needs: Permission::Draft, run: not_needed, form: None };

fn not_needed<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (mut seen, version) = watching::unannounced(context, press.value).await?;
        seen.answer = Some(Adopted::NotNeeded { by: press.heard.person.clone() });
        let put = context.records.watches.put_unannounced(&seen, Expect::Version(version));
        Ok(said(Plan::nothing().write(put), &seen))
    })
}

/// A note was drafted for it: the question is answered, and the watch begins.
pub const ADOPTED: Job = Job { name: watching::ADOPTED, run: adopted, failed };

fn adopted<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["note"].as_u64().context("nothing was adopted")?;
        let at = job.payload["at"].as_i64().and_then(|at| DateTime::from_timestamp(at, 0)).context("at no time")?;
        let value = job.payload["of"].as_str().context("of nothing")?;
        let (note, _) = context.records.notes.get(id).await.map_err(store_trouble)?.context("its note is gone")?;
        let (service, revision) = value.split_once(' ').unwrap_or((value, ""));
        let seen = context.records.watches.unannounced(service, revision).await.map_err(store_trouble)?;
        let plan = match begin::live(context, note.id, at, &note.created_by).await {
            Ok((_, plan)) => plan,
            // It is watched already.
            Err(Trouble::Refused(_)) => Plan::nothing(),
            Err(trouble) => return Err(trouble),
        };
        Ok(match seen {
            Some((seen, _)) => said(plan, &seen),
            None => plan,
        })
    })
}

/// The cause is in the log; `/release deployed` begins the watch by hand.
fn failed<'a>(_: &'a Context, _: &'a Claimed, _: &'a str) -> Planning<'a> {
    Box::pin(async { Ok(Plan::nothing()) })
}
