//! Which tags do we know, on which commits, what came of each, and which notes may others still join?

use super::jobs::NewJob;
use super::{key, row};
use crate::domain::person::Person;
use crate::domain::service::Remote;
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Clone)]
pub struct Tags {
    store: Arc<dyn Store>,
}

/// A tag as it was seen last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenTag {
    pub name: String,
    /// The commit it stands on; `None` once it was deleted.
    pub sha: Option<String>,
    pub seen_at: DateTime<Utc>,
    /// Who pushed it, where that was told.
    pub by: Option<Person>,
    /// What came of it for each service that takes it; empty when none does.
    pub came: BTreeMap<String, Outcome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was there when the repository was first looked at.
    There,
    /// On its way into a note.
    Waiting,
    Noted {
        note: u64,
    },
    /// Another name for a release that nobody drafted a note for.
    SameAs {
        tag: String,
    },
    /// What it names went out before.
    Older {
        than: String,
    },
    /// The workspace names no channel in which it could be told.
    NoChannel,
}

/// A note that tags drafted, as long as others may join it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathering {
    pub note: u64,
    pub first_at: DateTime<Utc>,
    /// The names of the release, where tags carried one.
    pub names: Vec<String>,
}

/// What is known about a tag changed, and its notes should follow: the payload of the job `draft.tagged`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagged {
    pub workspace: String,
    pub remote: Remote,
    pub tag: String,
}

impl Tagged {
    /// The name by which whoever sees tags and whoever drafts notes know the job.
    pub const JOB: &str = "draft.tagged";

    /// One at a time in a workspace, so that two tags that come together find each other.
    pub fn job(&self, due: DateTime<Utc>) -> NewJob {
        NewJob {
            name: Self::JOB.to_owned(),
            key: format!("tagged/{}/{}{}", key::part(&self.workspace), repository(&self.remote), key::part(&self.tag)),
            lane: format!("tagged/{}", key::part(&self.workspace)),
            payload: json!(self),
            due,
        }
    }
}

impl Tags {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// With its version, to be named when it is put back.
    pub async fn get(&self, remote: &Remote, name: &str) -> Result<Option<(SeenTag, u64)>, StoreError> {
        row::get(self.store.as_ref(), &tag_key(remote, name)).await
    }

    /// Every tag of a repository, by name.
    pub async fn all(&self, remote: &Remote) -> Result<Vec<(SeenTag, u64)>, StoreError> {
        let rows = self.store.scan(&tags_prefix(remote), None, usize::MAX).await?;
        rows.iter().map(|(key, stored)| Ok((row::read(key, stored)?, stored.version))).collect()
    }

    pub fn put(&self, remote: &Remote, tag: &SeenTag, expect: Expect) -> Vec<Op> {
        vec![row::put(tag_key(remote, &tag.name), tag, expect)]
    }

    /// When a repository was looked at for the first time.
    pub async fn first_look(&self, remote: &Remote) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(row::get(self.store.as_ref(), &first_key(remote)).await?.map(|(at, _)| at))
    }

    pub fn begin(&self, remote: &Remote, at: DateTime<Utc>) -> Vec<Op> {
        vec![row::put(first_key(remote), &at, Expect::Absent)]
    }

    /// Keeps who pushed a tag until it is seen.
    pub fn tell(&self, remote: &Remote, name: &str, by: &Person) -> Vec<Op> {
        vec![row::put(told_key(remote, name), by, Expect::Anything)]
    }

    /// Who pushed a tag that was told and not seen yet.
    pub async fn told(&self, remote: &Remote, name: &str) -> Result<Option<Person>, StoreError> {
        Ok(row::get(self.store.as_ref(), &told_key(remote, name)).await?.map(|(person, _)| person))
    }

    pub fn seen(&self, remote: &Remote, name: &str) -> Vec<Op> {
        vec![row::delete(told_key(remote, name), Expect::Anything)]
    }

    /// The newest of a workspace, newest note first, each with its version.
    pub async fn gatherings(&self, workspace: &str, limit: usize) -> Result<Vec<(Gathering, u64)>, StoreError> {
        let rows = self.store.scan(&gatherings_prefix(workspace), None, limit).await?;
        rows.iter().map(|(key, stored)| Ok((row::read(key, stored)?, stored.version))).collect()
    }

    pub fn gather(&self, workspace: &str, gathering: &Gathering, expect: Expect) -> Vec<Op> {
        let key = format!("{}{}", gatherings_prefix(workspace), key::descending(gathering.note));
        vec![row::put(key, gathering, expect)]
    }
}

/// A repository as the beginning of a key: hosts do not tell capital letters from small ones.
fn repository(remote: &Remote) -> String {
    format!("{}/{}/", key::part(&remote.host), key::part(&remote.name.to_lowercase()))
}

fn tags_prefix(remote: &Remote) -> String {
    format!("tag/seen/{}", repository(remote))
}

fn tag_key(remote: &Remote, name: &str) -> String {
    format!("{}{}", tags_prefix(remote), key::part(name))
}

fn first_key(remote: &Remote) -> String {
    format!("tag/first/{}", repository(remote))
}

fn told_key(remote: &Remote, name: &str) -> String {
    format!("tag/told/{}{}", repository(remote), key::part(name))
}

fn gatherings_prefix(workspace: &str) -> String {
    format!("tag/gathering/{}/", key::part(workspace))
}
