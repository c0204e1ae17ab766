//! How does a record become bytes and come back? JSON that names its own version.

use crate::ports::store::{Expect, Op, Store, StoreError, Stored};
use anyhow::anyhow;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version this program writes. A later shape of a row gets the next number and a reader for the earlier ones.
const VERSION: u32 = 2;

#[derive(Serialize)]
struct Written<'a, T> {
    v: u32,
    row: &'a T,
}

#[derive(Deserialize)]
struct Read<T> {
    row: T,
}

#[derive(Deserialize)]
struct Head {
    v: u32,
}

pub fn put<T: Serialize>(key: String, row: &T, expect: Expect) -> Op {
    let value = serde_json::to_vec(&Written { v: VERSION, row })
        .expect("rows are structs with text keys, which JSON can always hold");
    Op::Put { key, value, expect }
}

pub fn delete(key: String, expect: Expect) -> Op {
    Op::Delete { key, expect }
}

/// Brings a row of the first version into today's shape.
pub type Upgrade = fn(&mut Value);

/// The record under `key` with its version.
pub async fn get<T: DeserializeOwned>(store: &dyn Store, key: &str) -> Result<Option<(T, u64)>, StoreError> {
    get_upgraded(store, key, |_| ()).await
}

pub async fn get_upgraded<T: DeserializeOwned>(
    store: &dyn Store,
    key: &str,
    upgrade: Upgrade,
) -> Result<Option<(T, u64)>, StoreError> {
    match store.get(key).await? {
        Some(stored) => Ok(Some((read_upgraded(key, &stored, upgrade)?, stored.version))),
        None => Ok(None),
    }
}

pub fn read<T: DeserializeOwned>(key: &str, stored: &Stored) -> Result<T, StoreError> {
    read_upgraded(key, stored, |_| ())
}

/// Reads a row whose shape was another one in the first version.
pub fn read_upgraded<T: DeserializeOwned>(key: &str, stored: &Stored, upgrade: Upgrade) -> Result<T, StoreError> {
    let unreadable = |error: serde_json::Error| StoreError::Failed(anyhow!(error).context(format!("record `{key}`")));
    let head: Head = serde_json::from_slice(&stored.value).map_err(unreadable)?;
    if head.v == 1 {
        let mut read: Read<Value> = serde_json::from_slice(&stored.value).map_err(unreadable)?;
        upgrade(&mut read.row);
        return serde_json::from_value(read.row).map_err(unreadable);
    }
    if head.v != VERSION {
        return Err(StoreError::Unusable(format!(
            "Record `{key}` has version {} and this program reads versions up to {VERSION}; start the Slipway that wrote it.",
            head.v
        )));
    }
    let read: Read<T> = serde_json::from_slice(&stored.value).map_err(unreadable)?;
    Ok(read.row)
}

/// What to expect of a key that was just read.
pub fn as_read(version: Option<u64>) -> Expect {
    version.map_or(Expect::Absent, Expect::Version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was() {
        let Op::Put { value, .. } = put("k".into(), &vec![1, 2], Expect::Absent) else { panic!("put makes a put") };
        assert_eq!(value, br#"{"v":2,"row":[1,2]}"#);
        assert_eq!(read::<Vec<u8>>("k", &Stored { value, version: 1 }).expect("it is readable"), [1, 2]);
    }

    #[test]
    fn a_row_of_a_later_program_is_refused_by_name() {
        let stored = Stored { value: br#"{"v":3,"shape":"unknown"}"#.to_vec(), version: 1 };
        let refusal = read::<Vec<u8>>("note/7", &stored).expect_err("version 3 is not ours");
        assert_eq!(
            refusal.to_string(),
            "Record `note/7` has version 3 and this program reads versions up to 2; start the Slipway that wrote it."
        );
    }

    #[test]
    fn a_row_that_is_no_record_is_a_failure_that_names_the_key() {
        let stored = Stored { value: b"torn".to_vec(), version: 1 };
        let failure = read::<Vec<u8>>("note/7", &stored).expect_err("it is not JSON");
        assert!(
            matches!(&failure, StoreError::Failed(cause) if format!("{cause:#}").contains("`note/7`")),
            "{failure:?}"
        );
    }
}
