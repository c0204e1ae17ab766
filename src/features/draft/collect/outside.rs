//! What do code host, trackers and catalogue know about the change? Who does not answer leaves a gap, not a failure.

use super::keys::keys;
use super::{Collected, Sources};
use crate::domain::background::Background;
use crate::domain::change::{ChangeSet, Gap, Range};
use crate::domain::checks::{Checks, Deployed};
use crate::domain::pull_request::PullRequest;
use crate::domain::service::{Remote, Service};
use crate::domain::ticket::TicketsFound;
use crate::domain::trouble::Fault;
use crate::features::draft::words as say;
use crate::features::radius::affected;
use crate::ports::code_host::{CodeHost, host_of};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// What runs where, or who did not answer.
type Live = Result<Vec<Deployed>, Fault>;

/// What several modules of one repository ask alike, asked once.
#[derive(Default)]
pub struct Shared {
    deployed: Mutex<HashMap<Remote, Arc<OnceCell<Live>>>>,
}

impl Shared {
    async fn deployments(&self, host: &dyn CodeHost, remote: &Remote) -> Live {
        let cell =
            self.deployed.lock().unwrap_or_else(PoisonError::into_inner).entry(remote.clone()).or_default().clone();
        cell.get_or_init(|| host.deployments(&remote.name)).await.clone()
    }
}

/// What could be asked before the commits were known.
#[derive(Default)]
pub struct Early {
    checks: Option<Checks>,
    deployed: Vec<Deployed>,
    gaps: Vec<Gap>,
}

pub async fn early(sources: Sources<'_>, service: &Service, range: &Range, shared: &Shared) -> Early {
    let mut early = Early::default();
    let Some((host, remote)) = keeper(sources, service) else { return early };
    let (checks, deployed) = tokio::join!(host.checks(&remote.name, &range.to.sha), shared.deployments(host, remote));
    early.checks = taken(checks, &mut early.gaps, |fault| say::no_checks(host.name(), fault)).flatten();
    early.deployed =
        taken(deployed, &mut early.gaps, |fault| say::no_deployments(host.name(), fault)).unwrap_or_default();
    early
}

/// All but the tickets.
pub fn background(sources: Sources<'_>, service: &Service, requests: Requests<'_>, early: Early) -> Background {
    let mut gaps = early.gaps;
    let found = taken(requests.found, &mut gaps, |fault| say::no_requests(requests.host, fault));
    Background {
        requests: found.unwrap_or_default(),
        checks: early.checks,
        deployed: early.deployed,
        affected: affected(sources.workspaces, &service.name),
        gaps,
        ..Background::default()
    }
}

/// What a host says about commits; nothing where there is none.
pub struct Requests<'a> {
    host: &'a str,
    found: Result<Vec<PullRequest>, Fault>,
}

pub async fn requests<'a>(sources: Sources<'a>, service: &Service, changes: &ChangeSet) -> Requests<'a> {
    match keeper(sources, service) {
        Some((host, remote)) if !changes.commits.is_empty() => {
            Requests { host: host.name(), found: host.pull_requests(&remote.name, &changes.commits).await }
        }
        _ => Requests { host: "", found: Ok(Vec::new()) },
    }
}

/// One question to one tracker: keys as they were read in one repository, and the modules that want them.
#[derive(Default)]
struct Question {
    keys: BTreeSet<String>,
    /// By module, what it named.
    wanted: Vec<(usize, BTreeSet<String>)>,
}

/// Each tracker is asked for its own keys, all at the same time. A key that means the same wherever it stands is asked for
/// once for all modules; one like `#12` once for its repository.
pub async fn tickets(sources: Sources<'_>, services: &[&Service], collected: &mut [Collected]) {
    let mut questions: BTreeMap<(usize, Option<String>), Question> = BTreeMap::new();
    for (module, (service, collected)) in services.iter().zip(collected.iter()).enumerate() {
        let home = service.source.remote.as_ref().map(|remote| remote.name.clone());
        let keys = keys(service, &collected.changes.commits, &collected.background.requests);
        for (tracker, asked) in sources.trackers.iter().enumerate() {
            let own = keys.iter().filter(|key| asked.takes(key, home.as_deref()));
            for key in own {
                let home = key.starts_with('#').then(|| home.clone()).flatten();
                let question = questions.entry((tracker, home)).or_default();
                question.keys.insert(key.clone());
                match question.wanted.iter_mut().find(|(who, _)| *who == module) {
                    Some((_, keys)) => drop(keys.insert(key.clone())),
                    None => question.wanted.push((module, BTreeSet::from([key.clone()]))),
                }
            }
        }
    }
    let asked = questions.into_iter().map(|((tracker, home), question)| async move {
        let tracker = &sources.trackers[tracker];
        let keys: Vec<String> = question.keys.iter().cloned().collect();
        (tracker.name(), tracker.tickets(&keys, home.as_deref()).await, question)
    });
    for (name, found, question) in futures::future::join_all(asked).await {
        told_once(name, &found);
        for (module, keys) in question.wanted {
            hand(&mut collected[module].background, name, &found, &keys);
        }
    }
}

/// What a module named, of what was found.
fn hand(background: &mut Background, tracker: &str, found: &Result<TicketsFound, Fault>, keys: &BTreeSet<String>) {
    match found {
        Ok(found) => {
            background.tickets.extend(found.tickets.iter().filter(|ticket| keys.contains(&ticket.key)).cloned());
            background.unreadable.extend(found.unreadable.iter().filter(|ticket| keys.contains(&ticket.key)).cloned());
        }
        Err(fault) => background.gaps.push(Gap { sentence: say::no_tickets(tracker, keys.len(), fault) }),
    }
}

fn told_once(tracker: &str, found: &Result<TicketsFound, Fault>) {
    if let Err(fault) = found {
        tracing::warn!(tracker, fault = %fault, "a tracker did not answer; the draft goes on without it");
    }
}

fn keeper<'a, 's>(sources: Sources<'a>, service: &'s Service) -> Option<(&'a dyn CodeHost, &'s Remote)> {
    let remote = service.source.remote.as_ref()?;
    Some((host_of(sources.hosts, remote)?, remote))
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
