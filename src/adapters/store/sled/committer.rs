//! When is a change durable? One thread applies what waits, flushes sled, syncs the file, and only then answers.
//!
//! Whoever arrives while a flush is under way waits for the next one together (group commit). Expectations are checked
//! here and nowhere else, so a single writer is all the locking there is. After a failed flush nothing is known about
//! what reached the disk, so the store refuses everything until it is opened again.

use super::engine::panic_text;
use super::sentence;
use super::stage::{Answer, Staged};
use crate::ports::store::{Op, StoreError};
use anyhow::anyhow;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Brings what sled wrote to the disk.
pub type SyncFile = Box<dyn FnMut() -> io::Result<()> + Send>;

/// Requests, and bytes of values, committed together at most: bounds how long the first of them waits.
const GROUP: usize = 512;
const GROUP_BYTES: usize = 4 << 20;

pub struct Committer {
    requests: Mutex<Option<Sender<Request>>>,
    thread: Mutex<Option<JoinHandle<u64>>>,
    broken: Broken,
}

/// Why nothing can be stored any more, once that is so.
type Broken = Arc<OnceLock<String>>;

struct Request {
    ops: Vec<Op>,
    answer: oneshot::Sender<Answer>,
}

impl Committer {
    /// `version` is the largest one the store has given.
    pub fn start(db: sled::Db, version: u64, dir: &Path, sync: SyncFile) -> Result<Self, StoreError> {
        let (requests, received) = channel();
        let broken = Broken::default();
        let writer = Writer { db, version, dir: dir.to_owned(), sync, broken: broken.clone() };
        let thread = std::thread::Builder::new()
            .name("store-committer".to_owned())
            .spawn(move || writer.run(&received))
            .map_err(|error| sentence::unusable_io("The store's committing thread cannot be started", &error))?;
        Ok(Self { requests: Mutex::new(Some(requests)), thread: Mutex::new(Some(thread)), broken })
    }

    pub async fn transact(&self, ops: Vec<Op>) -> Answer {
        self.refuse_when_broken()?;
        let (answer, answered) = oneshot::channel();
        let sent = match &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(requests) => requests.send(Request { ops, answer }).is_ok(),
            None => false,
        };
        let stopped = || StoreError::Unusable("The store is closed; start Slipway again.".to_owned());
        if !sent {
            return Err(stopped());
        }
        answered.await.map_err(|_| stopped())?
    }

    pub fn refuse_when_broken(&self) -> Result<(), StoreError> {
        self.broken.get().map_or(Ok(()), |why| Err(StoreError::Unusable(why.clone())))
    }

    /// Finishes what waits. The last durable version, unless the store broke or was stopped before.
    pub fn stop(&self) -> Option<u64> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let version = thread.join().ok()?;
        self.broken.get().is_none().then_some(version)
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Writer {
    db: sled::Db,
    version: u64,
    dir: PathBuf,
    sync: SyncFile,
    broken: Broken,
}

impl Writer {
    fn run(mut self, received: &Receiver<Request>) -> u64 {
        while let Ok(first) = received.recv() {
            let group = gather(first, received);
            self.commit(group);
        }
        self.version
    }

    fn commit(&mut self, group: Vec<Request>) {
        // sled panics on some failures of the disk; to us they are failures like the others.
        let outcome = match self.broken.get() {
            Some(why) => Err(why.clone()),
            None => catch_unwind(AssertUnwindSafe(|| self.store(&group)))
                .unwrap_or_else(|panic| Err(self.panicked(&*panic))),
        };
        match outcome {
            Ok(answers) => {
                for (request, answer) in group.into_iter().zip(answers) {
                    // Whoever asked may have gone; the change stands.
                    let _ = request.answer.send(answer);
                }
            }
            Err(why) => {
                let why = self.broken.get_or_init(|| why).clone();
                tracing::error!(dir = %self.dir.display(), why, "the store cannot save any more");
                for request in group {
                    let _ = request.answer.send(Err(StoreError::Unusable(why.clone())));
                }
            }
        }
    }

    /// One answer per request, all of them durable; or why the store is broken.
    fn store(&mut self, group: &[Request]) -> Result<Vec<Answer>, String> {
        let mut staged = Staged::after(&self.db, self.version);
        let mut answers = Vec::with_capacity(group.len());
        for request in group {
            answers.push(staged.stage(&request.ops).map_err(|error| self.not_saved(error))?);
        }
        if let Some((batch, version)) = staged.into_batch() {
            self.version = version;
            self.db.apply_batch(batch).map_err(|error| self.not_saved(error))?;
            self.db.flush().map_err(|error| self.not_saved(error))?;
            (self.sync)().map_err(|error| self.not_saved(error.into()))?;
        }
        Ok(answers)
    }

    fn not_saved(&self, error: sled::Error) -> String {
        let error = match error {
            sled::Error::Io(error) => error,
            other => io::Error::other(other.to_string()),
        };
        sentence::unusable_io(&format!("The store in `{}` could not save a change", self.dir.display()), &error)
            .to_string()
    }

    fn panicked(&self, panic: &(dyn std::any::Any + Send)) -> String {
        self.not_saved(io::Error::other(anyhow!("sled panicked: {}", panic_text(panic))).into())
    }
}

/// The first request and those that wait behind it, as far as they fit.
fn gather(first: Request, received: &Receiver<Request>) -> Vec<Request> {
    let mut bytes = size(&first);
    let mut group = vec![first];
    while group.len() < GROUP && bytes < GROUP_BYTES {
        let Ok(next) = received.try_recv() else { break };
        bytes += size(&next);
        group.push(next);
    }
    group
}

fn size(request: &Request) -> usize {
    request.ops.iter().map(|op| if let Op::Put { value, .. } = op { value.len() } else { 0 }).sum()
}

#[cfg(test)]
mod tests {
    use super::super::encoding;
    use super::*;
    use crate::ports::store::Expect;
    use std::sync::mpsc;
    use std::time::Duration;

    fn put(key: &str) -> Vec<Op> {
        vec![Op::Put { key: key.to_owned(), value: b"value".to_vec(), expect: Expect::Absent }]
    }

    /// A committer on a fresh sled whose sync is ours to hold up.
    fn committer(dir: &Path, sync: SyncFile) -> (sled::Db, Committer) {
        let db = sled::Config::new().path(dir).open().expect("a fresh directory opens");
        let committer = Committer::start(db.clone(), 0, dir, sync).expect("a thread starts");
        (db, committer)
    }

    #[tokio::test]
    async fn nobody_is_answered_before_the_sync_came_back_and_those_who_waited_share_the_next_one() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (syncing, synced) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let sync: SyncFile = Box::new(move || {
            syncing.send(()).map_err(io::Error::other)?;
            released.recv().map_err(io::Error::other)
        });
        let (db, committer) = committer(dir.path(), sync);
        let committer = Arc::new(committer);
        let waits = |wait: Duration| synced.recv_timeout(wait).is_ok();

        let start = |key: &'static str| {
            let committer = committer.clone();
            tokio::spawn(async move { committer.transact(put(key)).await })
        };
        let first = start("first");
        tokio::task::yield_now().await;
        assert!(waits(Duration::from_secs(10)), "the first change begins a sync");
        assert!(db.contains_key(encoding::record_key("first")).expect("sled answers"), "sled has it");
        let others: Vec<_> = ["a", "b", "c", "d"].into_iter().map(start).collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!first.is_finished(), "the sync has not come back, so nobody may be told that it is saved");
        assert!(!waits(Duration::ZERO), "one sync at a time");

        release.send(()).expect("the committer listens");
        assert_eq!(first.await.expect("no panic").expect("it is saved"), [1]);
        assert!(waits(Duration::from_secs(10)), "the four begin a second sync");
        assert!(others.iter().all(|other| !other.is_finished()));
        release.send(()).expect("the committer listens");
        for other in others {
            other.await.expect("no panic").expect("it is saved");
        }
        assert!(!waits(Duration::from_millis(100)), "four changes shared one sync");
    }

    #[tokio::test]
    async fn the_pieces_of_a_large_value_go_with_it() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (db, committer) = committer(dir.path(), Box::new(|| Ok(())));
        let large = |byte| Op::Put { key: "large".to_owned(), value: vec![byte; 200_000], expect: Expect::Anything };
        let rows_after = async |ops| {
            committer.transact(ops).await.expect("it is saved");
            db.len()
        };
        // The record, its four pieces, and the store's version.
        assert_eq!(rows_after(vec![large(1)]).await, 6);
        assert_eq!(rows_after(vec![large(2)]).await, 6);
        assert_eq!(rows_after(vec![large(3), large(4)]).await, 6);
        assert_eq!(rows_after(vec![Op::Delete { key: "large".to_owned(), expect: Expect::Anything }]).await, 1);
    }

    #[tokio::test]
    async fn a_damaged_record_fails_its_own_transaction_and_no_other() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (db, committer) = committer(dir.path(), Box::new(|| Ok(())));
        db.insert(encoding::record_key("damaged"), b"torn").expect("sled takes it");
        let both = put("well").into_iter().chain(put("damaged")).collect();
        let failure = committer.transact(both).await.expect_err("what is there cannot be read");
        assert_eq!(failure.to_string(), "store failed: record `damaged` is damaged");
        committer.transact(put("well")).await.expect("nothing of the other one was applied, and the store goes on");
    }

    #[tokio::test]
    async fn after_a_sync_that_failed_everything_is_refused_in_words() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut calls = 0;
        let sync: SyncFile = Box::new(move || {
            calls += 1;
            if calls == 2 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        });
        let (_db, committer) = committer(dir.path(), sync);
        committer.transact(put("saved")).await.expect("the first sync works");
        for key in ["unsure", "late"] {
            let refusal = committer.transact(put(key)).await.expect_err("the disk is full").to_string();
            let path = dir.path().display();
            assert_eq!(
                refusal,
                format!(
                    "The store in `{path}` could not save a change: the disk is full; free some space, then start Slipway again."
                )
            );
        }
        assert!(committer.refuse_when_broken().is_err(), "reads are refused too: they could show what is not saved");
        assert_eq!(committer.stop(), None, "how far it came is not known");
    }
}
