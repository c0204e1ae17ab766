//! Into which note does a release go: the one that others of it drafted a moment ago, or a new one?

use super::{Tag, words};
use crate::domain::change::RangeAsk;
use crate::domain::note::{Kind, Module, Note};
use crate::domain::service::Service;
use crate::domain::trouble::Trouble;
use crate::features::draft::{command, modules, told};
use crate::features::{Plan, store_trouble};
use crate::ports::store::Expect;
use crate::records::Gathering;
use chrono::TimeDelta;

/// How long tags that carry the same release name find each other.
const SAME_NAME: TimeDelta = TimeDelta::hours(24);
/// Notes that are looked through for one to join.
const LOOKED_AT: usize = 8;

/// Drafts the services, together with what they join. Returns the note.
pub async fn draft(tag: &Tag<'_>, services: &[&Service], sha: &str, plan: &mut Plan) -> Result<u64, Trouble> {
    let names: Vec<String> = services.iter().map(|service| service.source.release_name(&tag.seen.name)).collect();
    match joinable(tag, services, &names).await? {
        Some((gathering, note, versions)) => join(tag, services, sha, (gathering, note, versions), plan).await,
        None => begin(tag, services, sha, names, plan).await,
    }
}

/// The note and the record that leads to it, each with its version.
type Joinable = (Gathering, Note, (u64, u64));

async fn joinable(tag: &Tag<'_>, services: &[&Service], names: &[String]) -> Result<Option<Joinable>, Trouble> {
    let within = TimeDelta::from_std(tag.space.join_within).unwrap_or(TimeDelta::MAX);
    let all = tag.context.records.tags.gatherings(&tag.space.name, LOOKED_AT).await.map_err(store_trouble)?;
    for (gathering, version) in all {
        let age = tag.seen.seen_at - gathering.first_at;
        let same_name = names.iter().any(|name| gathering.names.contains(name)) && age <= SAME_NAME;
        if age > within && !same_name {
            continue;
        }
        let Some((note, note_version)) = tag.note(gathering.note).await? else { continue };
        // A second release of a service is not part of the first.
        if services.iter().all(|service| note.modules.iter().all(|module| module.service != service.name)) {
            return Ok(Some((gathering, note, (version, note_version))));
        }
    }
    Ok(None)
}

async fn join(
    tag: &Tag<'_>,
    services: &[&Service],
    sha: &str,
    (mut gathering, mut note, (version, note_version)): Joinable,
    plan: &mut Plan,
) -> Result<u64, Trouble> {
    for service in services {
        modules::put(&mut note, module(tag, service));
        note.tags.push(tag.release(service, sha));
        gathering.names.push(service.source.release_name(&tag.seen.name));
        let said = words::joined(&note, &tag.release(service, sha), &tag.person());
        plan.says.extend(told::detail(&note, &tag.key(note.id, &service.name), &said));
    }
    plan.ops.extend(tag.context.records.tags.gather(&tag.space.name, &gathering, Expect::Version(version)));
    let id = note.id;
    let again = modules::again(tag.context, note, note_version, &tag.person()).await?;
    plan.ops.extend(again.ops);
    plan.says.extend(again.says);
    Ok(id)
}

async fn begin(
    tag: &Tag<'_>,
    services: &[&Service],
    sha: &str,
    names: Vec<String>,
    plan: &mut Plan,
) -> Result<u64, Trouble> {
    let Some(place) = tag.space.channel.clone() else {
        return Err(Trouble::Bug(anyhow::anyhow!("a tag waits in a workspace without a channel")));
    };
    let (id, ops) = tag.context.records.notes.next_id().await.map_err(store_trouble)?;
    let mut note = Note::new(id, Kind::Deployment, &tag.space.name, tag.person(), place, tag.context.clock.now());
    note.modules = services.iter().map(|service| module(tag, service)).collect();
    note.tags = services.iter().map(|service| tag.release(service, sha)).collect();
    plan.ops.extend(ops);
    let gathering = Gathering { note: id, first_at: tag.seen.seen_at, names };
    plan.ops.extend(tag.context.records.tags.gather(&tag.space.name, &gathering, Expect::Absent));
    let drafted = command::begin(tag.context, &note).await?;
    plan.ops.extend(drafted.ops);
    plan.says.extend(drafted.says);
    Ok(id)
}

fn module(tag: &Tag<'_>, service: &Service) -> Module {
    Module { service: service.name.clone(), ask: RangeAsk { from: None, to: Some(tag.seen.name.clone()) } }
}
