//! What is there to read about what goes out: git, and what others know beyond git, asked side by side.

mod amend;
mod keys;
mod outside;

use crate::domain::background::Background;
use crate::domain::change::{ChangeSet, RangeAsk};
use crate::domain::service::{Service, Workspace};
use crate::domain::trouble::Trouble;
use crate::ports::changes::{Changes, Progress};
use crate::ports::code_host::CodeHost;
use crate::ports::tickets::Tickets;
use std::sync::Arc;

/// Whom to ask.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    pub changes: &'a dyn Changes,
    pub hosts: &'a [Arc<dyn CodeHost>],
    pub trackers: &'a [Arc<dyn Tickets>],
    /// The whole catalogue, to know who may feel a change.
    pub workspaces: &'a [Workspace],
}

pub struct Collected {
    pub changes: ChangeSet,
    pub background: Background,
}

/// Reads the ranges of all modules and everything known about them, side by side. A repository that cannot be read is
/// refused; whatever else does not answer becomes a gap. Trackers are asked once, when all keys are known, so that no ticket
/// of two modules is asked for twice.
pub async fn collect(
    sources: Sources<'_>,
    modules: &[(Service, RangeAsk)],
    progress: Progress<'_>,
) -> Result<Vec<Collected>, Trouble> {
    let shared = outside::Shared::default();
    let read = modules.iter().map(|(service, ask)| read(sources, service, ask, &shared, progress));
    let mut collected = futures::future::try_join_all(read).await?;
    let services: Vec<&Service> = modules.iter().map(|(service, _)| service).collect();
    outside::tickets(sources, &services, &mut collected).await;
    for module in &mut collected {
        amend::amend(&mut module.changes, &module.background);
    }
    Ok(collected)
}

async fn read(
    sources: Sources<'_>,
    service: &Service,
    ask: &RangeAsk,
    shared: &outside::Shared,
    progress: Progress<'_>,
) -> Result<Collected, Trouble> {
    let stale = sources.changes.refresh(&service.source, progress).await?;
    let range = sources.changes.resolve(&service.source, ask).await?;
    progress(&range.label());
    let brought = async {
        let changes = sources.changes.collect(&service.source, &range, progress).await?;
        let requests = outside::requests(sources, service, &changes).await;
        Ok::<_, Trouble>((changes, requests))
    };
    // What hangs on the revision alone waits for no commits, and nothing waits for it.
    let (brought, early) = tokio::join!(brought, outside::early(sources, service, &range, shared));
    let (mut changes, requests) = brought?;
    changes.gaps.extend(stale);
    Ok(Collected { changes, background: outside::background(sources, service, requests, early) })
}
