//! Which notes are there, and what did each say at every revision?

use super::{key, row};
use crate::domain::note::{Kind, Note, Revision, Writer};
use crate::ports::store::{Expect, Op, Store, StoreError};
use chrono::{DateTime, Utc};
use std::sync::Arc;

#[derive(Clone)]
pub struct Notes {
    store: Arc<dyn Store>,
}

/// A revision's line in a note's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionSummary {
    pub number: u32,
    pub at: DateTime<Utc>,
    pub writer: Writer,
    pub what: String,
}

const LAST_ID: &str = "note/last";
const ROWS: &str = "note/row/";

impl Notes {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The next free number, and the operations that take it. Two who ask at once get the same number; one of their
    /// commits conflicts.
    pub async fn next_id(&self) -> Result<(u64, Vec<Op>), StoreError> {
        let last = row::get::<u64>(self.store.as_ref(), LAST_ID).await?;
        let id = last.map_or(0, |(last, _)| last) + 1;
        let expect = row::as_read(last.map(|(_, version)| version));
        Ok((id, vec![row::put(LAST_ID.to_owned(), &id, expect)]))
    }

    /// The note and its version, to be named when it is put back.
    pub async fn get(&self, id: u64) -> Result<Option<(Note, u64)>, StoreError> {
        row::get(self.store.as_ref(), &note_key(id)).await
    }

    pub fn put(&self, note: &Note, expect: Expect) -> Vec<Op> {
        let mut ops = vec![row::put(note_key(note.id), note, expect)];
        if note.revision > 0 {
            let recent = format!("{}{}", recent_prefix(&note.workspace, note.kind), key::descending(note.id));
            ops.push(row::put(recent, &note.id, Expect::Anything));
        }
        ops
    }

    pub async fn revision(&self, id: u64, number: u32) -> Result<Option<Revision>, StoreError> {
        let found = row::get(self.store.as_ref(), &revision_key(id, number)).await?;
        Ok(found.map(|(revision, _)| revision))
    }

    pub async fn latest(&self, id: u64) -> Result<Option<Revision>, StoreError> {
        let newest = self.store.scan(&revisions_prefix(id), None, 1).await?;
        newest.first().map(|(key, stored)| row::read(key, stored)).transpose()
    }

    /// A revision never changes: a number that is taken conflicts.
    pub fn add_revision(&self, id: u64, revision: &Revision) -> Vec<Op> {
        vec![row::put(revision_key(id, revision.number), revision, Expect::Absent)]
    }

    /// The note's history, newest first.
    pub async fn revisions(&self, id: u64) -> Result<Vec<RevisionSummary>, StoreError> {
        let rows = self.store.scan(&revisions_prefix(id), None, usize::MAX).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored).map(summary)).collect()
    }

    /// Newest first; `before` is the last id of the page before.
    pub async fn list(&self, limit: usize, before: Option<u64>) -> Result<Vec<Note>, StoreError> {
        let after = before.map(note_key);
        let rows = self.store.scan(ROWS, after.as_deref(), limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }

    /// The newest revision of each of the `n` newest notes of this kind that have one, newest note first.
    pub async fn recent(&self, workspace: &str, kind: Kind, n: usize) -> Result<Vec<Revision>, StoreError> {
        let mut recent = Vec::new();
        for (key, stored) in self.store.scan(&recent_prefix(workspace, kind), None, n).await? {
            recent.extend(self.latest(row::read(&key, &stored)?).await?);
        }
        Ok(recent)
    }
}

fn summary(revision: Revision) -> RevisionSummary {
    RevisionSummary { number: revision.number, at: revision.at, writer: revision.writer, what: revision.what }
}

fn note_key(id: u64) -> String {
    format!("{ROWS}{}", key::descending(id))
}

fn revisions_prefix(id: u64) -> String {
    format!("note/revision/{}/", key::ascending(id))
}

fn revision_key(id: u64, number: u32) -> String {
    format!("{}{}", revisions_prefix(id), key::descending(number.into()))
}

fn recent_prefix(workspace: &str, kind: Kind) -> String {
    format!("note/recent/{}/{}/", key::part(workspace), kind.name())
}
