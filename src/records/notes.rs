//! Which notes are there, and what did each say at every revision?

use super::{key, row};
use crate::domain::note::{Kind, Note, Revision, Writer};
use crate::ports::store::{Expect, Op, Store, StoreError, Stored};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
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
        row::get_upgraded(self.store.as_ref(), &note_key(id), note_of_version_1).await
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
        let key = revision_key(id, number);
        let found = row::get_upgraded(self.store.as_ref(), &key, revision_of_version_1).await?;
        Ok(found.map(|(revision, _)| revision))
    }

    pub async fn latest(&self, id: u64) -> Result<Option<Revision>, StoreError> {
        let newest = self.store.scan(&revisions_prefix(id), None, 1).await?;
        newest.first().map(|(key, stored)| row::read_upgraded(key, stored, revision_of_version_1)).transpose()
    }

    /// A revision never changes: a number that is taken conflicts.
    pub fn add_revision(&self, id: u64, revision: &Revision) -> Vec<Op> {
        vec![row::put(revision_key(id, revision.number), revision, Expect::Absent)]
    }

    /// The note's history, newest first.
    pub async fn revisions(&self, id: u64) -> Result<Vec<RevisionSummary>, StoreError> {
        let rows = self.store.scan(&revisions_prefix(id), None, usize::MAX).await?;
        let read =
            |(key, stored): &(String, Stored)| row::read_upgraded(key, stored, revision_of_version_1).map(summary);
        rows.iter().map(read).collect()
    }

    /// Newest first; `before` is the last id of the page before.
    pub async fn list(&self, limit: usize, before: Option<u64>) -> Result<Vec<Note>, StoreError> {
        let after = before.map(note_key);
        let rows = self.store.scan(ROWS, after.as_deref(), limit).await?;
        rows.iter().map(|(key, stored)| row::read_upgraded(key, stored, note_of_version_1)).collect()
    }

    /// The newest revision of each of the `n` newest notes of this kind that have one, newest note first.
    pub async fn recent(&self, workspace: &str, kind: Kind, n: usize) -> Result<Vec<(u64, Revision)>, StoreError> {
        let mut recent = Vec::new();
        for (key, stored) in self.store.scan(&recent_prefix(workspace, kind), None, n).await? {
            let id = row::read(&key, &stored)?;
            recent.extend(self.latest(id).await?.map(|revision| (id, revision)));
        }
        Ok(recent)
    }
}

/// A note had one service and one range.
fn note_of_version_1(row: &mut Value) {
    if row.get("modules").is_none() {
        row["modules"] = json!([{ "service": row["service"], "ask": row["ask"] }]);
    }
}

fn revision_of_version_1(row: &mut Value) {
    if row.get("modules").is_none() {
        row["modules"] = json!([{ "service": row["range"]["repo"], "range": row["range"] }]);
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
