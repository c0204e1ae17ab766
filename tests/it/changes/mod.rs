//! Reading commits and diffs from git: ranges, histories, odd files, limits, broken repositories.

mod broken;
mod builder;
mod contents;
mod limits;
mod mirrors;
mod monorepo;
mod ranges;

use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::change::{ChangeSet, FileChange, Range, RangeAsk};
use slipway::domain::trouble::Trouble;
use slipway::ports::changes::Changes;

fn whole() -> RangeAsk {
    RangeAsk::default()
}

fn to(end: &str) -> RangeAsk {
    RangeAsk { from: None, to: Some(end.to_string()) }
}

fn from(start: &str) -> RangeAsk {
    RangeAsk { from: Some(start.to_string()), to: None }
}

fn between(start: &str, end: &str) -> RangeAsk {
    RangeAsk { from: Some(start.to_string()), to: Some(end.to_string()) }
}

async fn resolve(repo: &Repo, ask: RangeAsk) -> Range {
    Git::new().resolve(&repo.source(), &ask).await.unwrap_or_else(|trouble| panic!("{ask:?}: {trouble}"))
}

/// The sentence with which a range is refused.
async fn refusal(repo: &Repo, ask: RangeAsk) -> String {
    refused(Git::new().resolve(&repo.source(), &ask).await)
}

fn refused<T: std::fmt::Debug>(result: Result<T, Trouble>) -> String {
    match result {
        Err(Trouble::Refused(refusal)) => refusal.0,
        other => panic!("this is not refused: {other:?}"),
    }
}

async fn collect(repo: &Repo, ask: RangeAsk) -> ChangeSet {
    let range = resolve(repo, ask).await;
    Git::new().collect(&repo.source(), &range, &|_| {}).await.unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn file<'a>(changes: &'a ChangeSet, path: &str) -> &'a FileChange {
    let paths = || changes.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>();
    changes.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path:?} is not among {:?}", paths()))
}

fn gaps(changes: &ChangeSet) -> Vec<&str> {
    changes.gaps.iter().map(|gap| gap.sentence.as_str()).collect()
}
