//! What is stored under a key, or under all keys of a prefix?

use super::encoding::{self, Head};
use crate::ports::store::{StoreError, Stored};
use anyhow::anyhow;
use std::ops::Bound;

pub fn get(db: &sled::Db, key: &str) -> Result<Option<Stored>, StoreError> {
    let record_key = encoding::record_key(key);
    let mut before = None;
    loop {
        let Some(bytes) = db.get(&record_key).map_err(failed)? else { return Ok(None) };
        let (head, body) = encoding::open_record(&record_key, &bytes).ok_or_else(|| damaged(key))?;
        if head.pieces == 0 {
            return Ok(Some(Stored { value: body.to_vec(), version: head.version }));
        }
        if let Some(value) = pieces(db, head, body)? {
            return Ok(Some(Stored { value, version: head.version }));
        }
        // Its pieces are gone because it was replaced between the two reads; the same version twice is damage.
        if before == Some(head.version) {
            return Err(damaged(key));
        }
        before = Some(head.version);
    }
}

pub fn scan(
    db: &sled::Db,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, Stored)>, StoreError> {
    let first = encoding::record_key(prefix);
    let start = match after {
        Some(after) if after >= prefix => Bound::Excluded(encoding::record_key(after)),
        _ => Bound::Included(first.clone()),
    };
    let mut found = Vec::new();
    for row in db.range((start, Bound::Unbounded)) {
        let (record_key, bytes) = row.map_err(failed)?;
        if found.len() >= limit || !record_key.starts_with(&first) {
            break;
        }
        let key = std::str::from_utf8(&record_key[1..]).map_err(|_| damaged("with a key that is no text"))?.to_owned();
        let (head, body) = encoding::open_record(&record_key, &bytes).ok_or_else(|| damaged(&key))?;
        let stored = match head.pieces {
            0 => Some(Stored { value: body.to_vec(), version: head.version }),
            _ => get(db, &key)?,
        };
        found.extend(stored.map(|stored| (key, stored)));
    }
    Ok(found)
}

/// The whole of a value in pieces; `None` when one is missing.
fn pieces(db: &sled::Db, head: Head, body: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let length = encoding::whole_length(body).unwrap_or_default();
    let mut value = Vec::with_capacity(length);
    for key in head.piece_keys() {
        let Some(bytes) = db.get(&key).map_err(failed)? else { return Ok(None) };
        let Some(piece) = encoding::open_sealed(&key, &bytes) else { return Ok(None) };
        value.extend_from_slice(piece);
    }
    Ok((value.len() == length).then_some(value))
}

fn failed(error: sled::Error) -> StoreError {
    StoreError::Failed(anyhow!(error).context("reading sled"))
}

fn damaged(key: &str) -> StoreError {
    StoreError::Failed(anyhow!("record `{key}` is damaged: its checksum does not match"))
}
