//! With which settings does sled run, and what does its failure to open mean?

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

/// sled's default is 1 GiB; what is beyond this is read from the disk again.
const CACHE: u64 = 16 << 20;
/// Pages above a quarter of it go to files that sled never syncs. Fixed when a store begins.
const SEGMENT: usize = 8 << 20;

pub enum Failure {
    Io(io::Error),
    /// sled panicked, or says that the data is corrupt.
    Unreadable(String),
}

pub fn open_data(data: &Path) -> Result<sled::Db, Failure> {
    // A store that was closed a moment ago may still hold sled's lock through a thread that is ending. Ours is held, so
    // nobody else can.
    let mut waits = 40;
    loop {
        match guarded(|| config(data).open()) {
            Err(Failure::Io(error)) if waits > 0 && error.to_string().contains("could not acquire lock") => {
                waits -= 1;
                std::thread::sleep(Duration::from_millis(50));
            }
            other => return other,
        }
    }
}

pub fn config(data: &Path) -> sled::Config {
    sled::Config::new()
        .path(data)
        .mode(sled::Mode::LowSpace)
        .segment_size(SEGMENT)
        .cache_capacity(CACHE)
        .flush_every_ms(Some(500))
}

/// Runs what sled may panic in.
pub fn guarded<T>(run: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) if error.kind() != ErrorKind::UnexpectedEof => Err(Failure::Io(error)),
        Ok(Err(error)) => Err(Failure::Unreadable(error.to_string())),
        Err(panic) => Err(Failure::Unreadable(panic_text(&*panic))),
    }
}

/// What a panic said.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
}
