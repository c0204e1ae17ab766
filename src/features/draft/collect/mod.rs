//! What is there to read about one module: git, and what others know beyond git, asked side by side.

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

/// Reads the range and everything known about it. A repository that cannot be read is refused; whatever else does not
/// answer becomes a gap.
pub async fn collect(
    sources: Sources<'_>,
    service: &Service,
    ask: &RangeAsk,
    progress: Progress<'_>,
) -> Result<Collected, Trouble> {
    let stale = sources.changes.refresh(&service.source, progress).await?;
    let range = sources.changes.resolve(&service.source, ask).await?;
    progress(&range.label());
    // What hangs on the revision alone need not wait for the commits.
    let (changes, early) = tokio::join!(
        sources.changes.collect(&service.source, &range, progress),
        outside::early(sources, service, &range)
    );
    let mut changes = changes?;
    changes.gaps.extend(stale);
    let background = outside::background(sources, service, &changes, early).await;
    amend::amend(&mut changes, &background);
    Ok(Collected { changes, background })
}
