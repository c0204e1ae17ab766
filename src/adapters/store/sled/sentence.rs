//! What do we tell people when the store cannot be used? What happened, where, and what to do.

use crate::ports::store::StoreError;
use std::io::{self, ErrorKind};
use std::path::Path;

/// `what` is a sentence's beginning that names the path: ``The store directory `…` cannot be written``.
pub fn unusable_io(what: &str, error: &io::Error) -> StoreError {
    let (cause, remedy) = match error.kind() {
        ErrorKind::PermissionDenied => (
            "permission denied".to_owned(),
            "give this user the right to write there, or choose another data directory",
        ),
        ErrorKind::ReadOnlyFilesystem => {
            ("the file system is read-only".to_owned(), "mount it for writing, or choose another data directory")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            ("the disk is full".to_owned(), "free some space, then start Slipway again")
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists | ErrorKind::IsADirectory => {
            ("a part of the path is a file".to_owned(), "move that file away, or choose another data directory")
        }
        _ => (error.to_string(), "check the disk and the path, then start Slipway again"),
    };
    StoreError::Unusable(format!("{what}: {cause}; {remedy}."))
}

pub fn cannot_use(dir: &Path, error: &io::Error) -> StoreError {
    unusable_io(&format!("The store directory `{}` cannot be used", dir.display()), error)
}

pub fn in_use(dir: &Path, holder: &str) -> StoreError {
    let process = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
    StoreError::InUse(format!(
        "The store directory `{}` is in use by another Slipway{process}; stop that one, or choose another data directory.",
        dir.display()
    ))
}

pub fn data_gone(dir: &Path, id: &str) -> StoreError {
    StoreError::Unusable(format!(
        "The store directory `{0}` held store `{id}` and its data is gone; put `{0}/sled` back from a backup, or remove \
         `{0}/store-id` to begin with an empty store.",
        dir.display()
    ))
}

pub fn other_store(dir: &Path, expected: &str, found: &str) -> StoreError {
    StoreError::Unusable(format!(
        "The store directory `{0}` belongs to store `{expected}` and its data to store `{found}`; put the data of \
         `{expected}` back, or remove `{0}/store-id` to use the data that is there.",
        dir.display()
    ))
}

pub fn went_back(dir: &Path, id: &str, expected: u64, found: u64) -> StoreError {
    StoreError::Unusable(format!(
        "The data of store `{id}` in `{0}` ends at change {found} and it had reached {expected}: some of it is missing. \
         Put `{0}/sled` back from a backup, or remove `{0}/store-id` to go on with what is there.",
        dir.display()
    ))
}

pub fn unreadable(dir: &Path, cause: &str) -> StoreError {
    StoreError::Unusable(format!(
        "The data in `{0}/sled` cannot be read, with or without its snapshots ({cause}); it was left as it is. Put it back \
         from a backup, or move `{0}` away to begin with an empty store.",
        dir.display()
    ))
}

pub fn newer_format(dir: &Path, found: u8, known: u8) -> StoreError {
    StoreError::Unusable(format!(
        "The data in `{}` has format {found} and this program knows {known}; start the Slipway that wrote it.",
        dir.display()
    ))
}
