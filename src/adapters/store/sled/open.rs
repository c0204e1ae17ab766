//! How is the store opened so that no crash, no second process and no lost file makes it begin empty?
//!
//! ```text
//! DIR/lock          held while open
//! DIR/store-id      whose data it is, and how far it had come
//! DIR/sled/         the data
//! DIR/sled.new/     a beginning that was not finished: nothing in it was ever acknowledged
//! DIR/sled.repair/  a copy without snapshots; unfinished as long as there is DIR/sled
//! DIR/sled.broken-N data that could only be opened without its snapshots, as it was found
//! ```

use super::encoding;
use super::engine::{Failure, config, guarded};
use super::identity::{self, Identity, sync_dir};
use super::repair::{open_or_repair, remove_half_written_snapshots, remove_if_there};
use super::sentence;
use crate::ports::store::StoreError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// More than a child takes from its birth to the program it is meant to be, on a machine that is busy.
const LINGERING: Duration = Duration::from_secs(1);

pub struct Opened {
    pub db: sled::Db,
    /// Our own handle of the file sled writes to.
    pub file: File,
    pub lock: File,
    pub id: String,
    /// The largest version given so far.
    pub version: u64,
}

pub fn open(dir: &Path) -> Result<Opened, StoreError> {
    let lock = lock(dir)?;
    let cannot = |error: io::Error| sentence::cannot_use(dir, &error);
    let known = Identity::read(dir).map_err(|error| {
        sentence::unusable_io(&format!("The file `{}` cannot be read", dir.join(identity::FILE).display()), &error)
    })?;
    let data = dir.join("sled");
    let (beginning, repaired) = (dir.join("sled.new"), dir.join("sled.repair"));
    remove_if_there(&beginning).map_err(cannot)?;
    match (data.try_exists().map_err(cannot)?, repaired.try_exists().map_err(cannot)?) {
        // The data was moved aside, so its copy was found to open; only the last step is missing.
        (false, true) => fs::rename(&repaired, &data).map_err(cannot)?,
        (true, true) => remove_if_there(&repaired).map_err(cannot)?,
        (_, false) => {}
    }
    match (data.try_exists().map_err(cannot)?, &known) {
        (true, _) => {}
        (false, Some(known)) => return Err(sentence::data_gone(dir, &known.id)),
        (false, None) => begin(dir)?,
    }
    remove_half_written_snapshots(&data).map_err(cannot)?;
    let db = open_or_repair(dir, &data)?;
    let file = OpenOptions::new().read(true).write(true).open(data.join("db")).map_err(cannot)?;
    // A killed process may have left what only the kernel has yet. How far the data came may be noted only when it is
    // on the disk, or a power cut now would make the next start miss what nobody was promised. sled 0.34.7 happens to
    // sync on its way here; we do not count on it.
    file.sync_all().map_err(cannot)?;
    let (id, version) = verify(dir, &db, known)?;
    Ok(Opened { db, file, lock, id, version })
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    let cannot = |error: io::Error| sentence::cannot_use(dir, &error);
    fs::create_dir_all(dir).map_err(cannot)?;
    let path = dir.join("lock");
    let mut lock =
        OpenOptions::new().create(true).read(true).write(true).truncate(false).open(&path).map_err(cannot)?;
    match take(&lock) {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let holder = fs::read_to_string(&path).unwrap_or_default();
            return Err(sentence::in_use(dir, holder.trim()));
        }
        Err(TryLockError::Error(error)) => return Err(cannot(error)),
    }
    lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id())).map_err(cannot)?;
    Ok(lock)
}

/// A process that is killed while it starts another one lives on in that child, lock included, until the child has become
/// the other program. So a lock that was not free is asked for again for a moment.
fn take(lock: &File) -> Result<(), TryLockError> {
    let patience = Instant::now() + LINGERING;
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < patience => std::thread::sleep(LINGERING / 50),
            taken => return taken,
        }
    }
}

/// Makes an empty store that knows its id, whole or not at all: it gets its name when it is finished.
fn begin(dir: &Path) -> Result<(), StoreError> {
    let cannot = |error: io::Error| sentence::cannot_use(dir, &error);
    let unfinished = dir.join("sled.new");
    let id = Identity::new_id().map_err(cannot)?;
    let fresh = || -> Result<(), sled::Error> {
        let db = config(&unfinished).open()?;
        for (name, content) in [("format", vec![encoding::FORMAT]), ("id", id.clone().into_bytes())] {
            let key = encoding::store_key(name);
            let sealed = encoding::sealed(&key, content);
            db.insert(key, sealed)?;
        }
        db.flush()?;
        File::open(unfinished.join("db"))?.sync_all()?;
        Ok(())
    };
    guarded(fresh).map_err(|failure| match failure {
        Failure::Io(error) => cannot(error),
        Failure::Unreadable(cause) => cannot(io::Error::other(cause)),
    })?;
    sync_dir(&unfinished).and_then(|()| fs::rename(&unfinished, dir.join("sled"))).map_err(cannot)?;
    sync_dir(dir).map_err(cannot)
}

/// Does the data belong to this directory, and is it all there? Then the directory says so from now on.
fn verify(dir: &Path, db: &sled::Db, known: Option<Identity>) -> Result<(String, u64), StoreError> {
    let about = |name: &str| {
        let key = encoding::store_key(name);
        let bytes = db.get(&key).map_err(|error| sentence::unreadable(dir, &error.to_string()))?;
        bytes
            .map(|bytes| encoding::open_sealed(&key, &bytes).map(<[u8]>::to_vec))
            .map(|content| content.ok_or_else(|| sentence::unreadable(dir, &format!("its {name} is damaged"))))
            .transpose()
    };
    let found = about("id")?.map(|id| String::from_utf8_lossy(&id).into_owned());
    let id = match (found, &known) {
        (Some(found), Some(known)) if found != known.id => return Err(sentence::other_store(dir, &known.id, &found)),
        (Some(found), _) => found,
        (None, Some(known)) => return Err(sentence::data_gone(dir, &known.id)),
        (None, None) => return Err(sentence::unreadable(dir, "it has no store id")),
    };
    match about("format")?.as_deref() {
        Some([encoding::FORMAT]) => {}
        Some([format]) => return Err(sentence::newer_format(dir, *format, encoding::FORMAT)),
        _ => return Err(sentence::unreadable(dir, "it names no format")),
    }
    let version = about("version")?.and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?))).unwrap_or(0);
    if let Some(known) = known.filter(|known| known.version > version) {
        return Err(sentence::went_back(dir, &id, known.version, version));
    }
    Identity { id: id.clone(), version }.write(dir).map_err(|error| sentence::cannot_use(dir, &error))?;
    Ok((id, version))
}
