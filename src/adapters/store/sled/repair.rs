//! How does sled open after a crash? Without what it half wrote, and if need be on a copy without its snapshots.

use super::engine::{Failure, open_data};
use super::identity::sync_dir;
use super::sentence;
use crate::ports::store::StoreError;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

pub fn open_or_repair(dir: &Path, data: &Path) -> Result<sled::Db, StoreError> {
    let cause = match open_data(data) {
        Ok(db) => return Ok(db),
        Err(Failure::Io(error)) => return Err(sentence::cannot_use(dir, &error)),
        Err(Failure::Unreadable(cause)) => cause,
    };
    tracing::warn!(dir = %dir.display(), cause, "the store does not open; trying a copy without its snapshots");
    let copy = dir.join("sled.repair");
    let cannot = |error: io::Error| sentence::cannot_use(dir, &error);
    copy_without_snapshots(data, &copy).map_err(cannot)?;
    // Closed again before it is renamed: sled remembers its path.
    if open_data(&copy).map(drop).is_err() {
        remove_if_there(&copy).map_err(cannot)?;
        return Err(sentence::unreadable(dir, &cause));
    }
    let aside = free_name(dir);
    fs::rename(data, &aside).and_then(|()| fs::rename(&copy, data)).and_then(|()| sync_dir(dir)).map_err(cannot)?;
    tracing::warn!(kept = %aside.display(), "the store opened without its snapshots; the data as found was kept");
    open_data(data).map_err(|_| sentence::unreadable(dir, &cause))
}

/// sled takes the newest `snap.*` by name, half-written ones included, and then refuses to open (its issue 1533).
pub fn remove_half_written_snapshots(data: &Path) -> io::Result<()> {
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn copy_without_snapshots(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            copy_without_snapshots(&entry.path(), &target)?;
        } else if !name.to_string_lossy().starts_with("snap.") {
            fs::copy(entry.path(), &target)?;
            File::open(&target)?.sync_all()?;
        }
    }
    sync_dir(to)
}

fn free_name(dir: &Path) -> PathBuf {
    let names = (1u32..).map(|number| dir.join(format!("sled.broken-{number}")));
    let mut free = names.filter(|path| !path.exists());
    free.next().expect("a directory holds fewer than 2^32 names")
}

pub fn remove_if_there(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
