//! What do code host, trackers and catalogue know about the change? Who does not answer leaves a gap, not a failure.

use super::Sources;
use super::keys::keys;
use crate::domain::background::Background;
use crate::domain::change::{ChangeSet, Gap, Range};
use crate::domain::checks::{Checks, Deployed};
use crate::domain::pull_request::PullRequest;
use crate::domain::service::{Remote, Service};
use crate::domain::ticket::TicketsFound;
use crate::domain::trouble::Fault;
use crate::features::draft::words as say;
use crate::features::radius::affected;
use crate::ports::code_host::CodeHost;

/// What could be asked before the commits were known.
#[derive(Default)]
pub struct Early {
    checks: Option<Checks>,
    deployed: Vec<Deployed>,
    gaps: Vec<Gap>,
}

pub async fn early(sources: Sources<'_>, service: &Service, range: &Range) -> Early {
    let mut early = Early::default();
    let Some((host, remote)) = host_of(sources, service) else { return early };
    let (checks, deployed) = tokio::join!(host.checks(&remote.name, &range.to.sha), host.deployments(&remote.name));
    early.checks = taken(checks, &mut early.gaps, |fault| say::no_checks(host.name(), fault)).flatten();
    early.deployed =
        taken(deployed, &mut early.gaps, |fault| say::no_deployments(host.name(), fault)).unwrap_or_default();
    early
}

pub async fn background(sources: Sources<'_>, service: &Service, changes: &ChangeSet, early: Early) -> Background {
    let mut gaps = early.gaps;
    let asked = requests(sources, service, changes).await;
    let requests = taken(asked.1, &mut gaps, |fault| say::no_requests(asked.0, fault)).unwrap_or_default();
    let home = service.source.remote.as_ref().map(|remote| remote.name.as_str());
    let found = tickets(sources, home, &keys(service, &changes.commits, &requests), &mut gaps).await;
    Background {
        requests,
        tickets: found.tickets,
        unreadable: found.unreadable,
        checks: early.checks,
        deployed: early.deployed,
        affected: affected(sources.workspaces, &service.name),
        gaps,
    }
}

async fn requests<'a>(
    sources: Sources<'a>,
    service: &Service,
    changes: &ChangeSet,
) -> (&'a str, Result<Vec<PullRequest>, Fault>) {
    match host_of(sources, service) {
        Some((host, remote)) if !changes.commits.is_empty() => {
            (host.name(), host.pull_requests(&remote.name, &changes.commits).await)
        }
        _ => ("", Ok(Vec::new())),
    }
}

/// Each tracker is asked for its own keys, all at the same time.
async fn tickets(sources: Sources<'_>, home: Option<&str>, keys: &[String], gaps: &mut Vec<Gap>) -> TicketsFound {
    let asked = sources.trackers.iter().map(|tracker| async move {
        let own: Vec<String> = keys.iter().filter(|key| tracker.takes(key, home)).cloned().collect();
        let found = match own.is_empty() {
            true => Ok(TicketsFound::default()),
            false => tracker.tickets(&own, home).await,
        };
        (tracker.name(), own.len(), found)
    });
    let mut all = TicketsFound::default();
    for (name, count, found) in futures::future::join_all(asked).await {
        let found = taken(found, gaps, |fault| say::no_tickets(name, count, fault)).unwrap_or_default();
        all.tickets.extend(found.tickets);
        all.unreadable.extend(found.unreadable);
    }
    all
}

fn host_of<'a>(sources: Sources<'a>, service: &Service) -> Option<(&'a dyn CodeHost, Remote)> {
    let remote = service.source.remote.clone()?;
    let host = sources.hosts.iter().find(|host| host.name() == remote.host)?;
    Some((host.as_ref(), remote))
}

/// The answer, or a gap in its place.
fn taken<T>(answer: Result<T, Fault>, gaps: &mut Vec<Gap>, sentence: impl Fn(&Fault) -> String) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(fault) => {
            tracing::warn!(fault = %fault, "a source did not answer; the draft goes on without it");
            gaps.push(Gap { sentence: sentence(&fault) });
            None
        }
    }
}
