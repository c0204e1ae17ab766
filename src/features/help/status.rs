//! What works right now, one sentence per thing: for `/release status` and `slipway doctor`.

use crate::domain::change::RangeAsk;
use crate::domain::graph;
use crate::domain::health::Check;
use crate::features::Context;
use crate::features::phrase::{count, counted};
use crate::ports::code_host::CodeHost;
use futures::future::join_all;
use std::collections::BTreeSet;

pub async fn check(context: &Context) -> Vec<Check> {
    let mut checks = vec![Check::works("store", context.records.store().describe().await), git(context).await];
    for (_, service) in context.services() {
        let what = format!("service {}", service.name);
        checks.push(match context.changes.resolve(&service.source, &RangeAsk::default()).await {
            Ok(range) => {
                let repository = service.source.path.display();
                Check::works(what, format!("`{repository}`, next draft would cover `{}`", range.label()))
            }
            // The first draft makes our copy; that it is not there yet is no fault.
            Err(trouble) if service.source.mirrored && !service.source.path.exists() => {
                Check::off(what, trouble.to_string())
            }
            Err(trouble) => Check::fails(what, trouble.to_string()),
        });
    }
    // Each asks its platform; none waits for another.
    let (chats, hosts, trackers, model) = tokio::join!(
        join_all(context.chats.iter().map(|chat| chat.check())),
        join_all(context.hosts.iter().map(|host| host_checks(context, host.as_ref()))),
        join_all(context.trackers.iter().map(|tracker| tracker.check())),
        model(context)
    );
    checks.extend(circles(context));
    checks.extend(channels(context));
    checks.extend(chats.into_iter().chain(hosts).chain(trackers).flatten());
    checks.push(model);
    checks.push(match &context.embedder {
        Some(embedder) => Check::works("embedder", embedder.describe()),
        None => Check::off("embedder", "not configured; examples and past incidents are compared by shared words"),
    });
    checks.push(signals(context));
    checks.push(incidents(context).await);
    checks.extend(calendars(context).await);
    checks
}

fn signals(context: &Context) -> Check {
    let services: BTreeSet<&str> = context.signals.iter().map(|one| one.service.as_str()).collect();
    match services.len() {
        0 => Check::off("signals", "no service is measured, so no change is watched; config/signals.toml shows how"),
        known => Check::works(
            "signals",
            format!(
                "{} of {}; `slipway doctor signals` asks each of them",
                count(context.signals.len(), "signal"),
                count(known, "service")
            ),
        ),
    }
}

async fn incidents(context: &Context) -> Check {
    let told = match context.recall.means().await {
        Ok(means) => means,
        Err(trouble) => return Check::fails("incidents", trouble.to_string()),
    };
    let (all, heard) = (count(told.incidents, "incident"), context.incident_channels.len());
    let channels = if heard == 0 {
        "no channel is read for them".to_owned()
    } else {
        format!("{} read for them", counted(heard, "channel is", "channels are"))
    };
    match told.embedded {
        _ if told.incidents == 0 => {
            Check::off("incidents", format!("none is remembered; {channels}, `slipway incidents import` reads reports"))
        }
        Some(embedded) if embedded < told.incidents => Check::works(
            "incidents",
            format!("{all}, {} of them without vectors yet and found by words; {channels}", told.incidents - embedded),
        ),
        _ => Check::works("incidents", format!("{all}; {channels}")),
    }
}

/// Each calendar as it was last read.
async fn calendars(context: &Context) -> Vec<Check> {
    let mut checks = Vec::new();
    for name in &context.calendars.feeds {
        let what = format!("calendar {name}");
        checks.push(match context.records.calendar.feed(name).await {
            Ok(feed) => match (feed.trouble, feed.read_at) {
                (Some(why), _) => Check::fails(what, format!("could not be read: {why}; what it said before stands")),
                (None, Some(at)) => {
                    let (entries, at) =
                        (counted(feed.entries.len(), "entry", "entries"), at.format("%Y-%m-%d %H:%M UTC"));
                    Check::works(what, format!("{entries}, read {at}"))
                }
                (None, None) => Check::off(what, "not read yet; the bot reads it when it runs".to_owned()),
            },
            Err(error) => Check::fails(what, error.to_string()),
        });
    }
    checks
}

async fn host_checks(context: &Context, host: &dyn CodeHost) -> Vec<Check> {
    let remotes = context.services().filter_map(|(_, service)| service.source.remote.as_ref());
    let names: BTreeSet<&str> =
        remotes.filter(|remote| remote.host == host.name()).map(|remote| remote.name.as_str()).collect();
    host.check(&names.into_iter().collect::<Vec<_>>()).await
}

/// Services that need each other in a circle have no order of deployment.
fn circles(context: &Context) -> Vec<Check> {
    let circles = graph::cycles(context.services().map(|(_, service)| service));
    let told = |way: Vec<&str>| {
        let names: Vec<String> = way.iter().map(|name| format!("`{name}`")).collect();
        let sentence = format!(
            "{} need each other in a circle, so no order of deployment is right; notes say that they go out together",
            names.join(" → ")
        );
        Check::fails("catalogue", sentence)
    };
    circles.into_iter().map(told).collect()
}

/// A channel of a platform that is not set up hears nothing.
fn channels(context: &Context) -> Vec<Check> {
    let spaces = context.workspaces.iter().map(|space| (space.name.as_str(), &space.channel));
    let services = context.services().map(|(_, service)| (service.name.as_str(), &service.channel));
    let named = spaces.chain(services).filter_map(|(name, channel)| Some((name, channel.as_ref()?)));
    let silent = named.filter(|(_, channel)| context.chats.iter().all(|chat| chat.name() != channel.platform));
    let told = silent.map(|(name, channel)| {
        let sentence = format!(
            "`{name}` is told in `{}:{}`, but `{}` is not set up here, so nobody is told",
            channel.platform, channel.channel, channel.platform
        );
        Check::fails("catalogue", sentence)
    });
    told.collect()
}

async fn git(context: &Context) -> Check {
    match context.changes.describe().await {
        Ok(sentence) => Check::works("git", sentence),
        Err(trouble) => Check::fails("git", trouble.to_string()),
    }
}

async fn model(context: &Context) -> Check {
    let Some(model) = &context.model else {
        return Check::off("model", "not configured; rules write every note");
    };
    match model.describe().await {
        Ok(sentence) => Check::works("model", sentence),
        Err(fault) => Check::fails("model", format!("the server {fault}; rules write until it answers")),
    }
}
