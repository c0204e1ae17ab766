//! A second process that writes until it is killed: the test binary, started again as one of its own tests.

use slipway::adapters::store::sled::SledStore;
use slipway::ports::store::{Expect, Op, Store};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Names the directory to write in; its presence makes the test a writer.
const DIR: &str = "SLIPWAY_TEST_WRITER_DIR";
const ROUND: &str = "SLIPWAY_TEST_WRITER_ROUND";
const TASKS: &str = "SLIPWAY_TEST_WRITER_TASKS";
const LIMIT: &str = "SLIPWAY_TEST_WRITER_LIMIT";

const SLOTS: u64 = 40;

/// What a writer is told by whoever started it.
pub struct Role {
    dir: PathBuf,
    round: u64,
    tasks: u64,
    /// Transactions per task.
    limit: u64,
}

impl Role {
    /// `None` in a process that nobody started as a writer.
    pub fn of_this_process() -> Option<Self> {
        let dir = std::env::var_os(DIR)?;
        let number =
            |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok()).expect("the starter sets it");
        Some(Self { dir: dir.into(), round: number(ROUND), tasks: number(TASKS), limit: number(LIMIT) })
    }

    /// The command that makes `test`, which must begin by asking for its role, write in `dir`.
    pub fn command(program: &[&str], test: &str, dir: &Path, round: u64, tasks: u64, limit: u64) -> Command {
        let myself = std::env::current_exe().expect("a running test knows its file");
        let mut words = program.iter().map(|word| (*word).into()).chain([myself.into_os_string()]);
        let mut command = Command::new(words.next().expect("there is at least our own file"));
        command.args(words).args(["--exact", test, "--nocapture", "--test-threads=1"]);
        command.env(DIR, dir).env(ROUND, round.to_string()).env(TASKS, tasks.to_string()).env(LIMIT, limit.to_string());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Writes, and notes each change in `acks` once the store says that it is saved.
    pub fn play(&self) {
        let acks = OpenOptions::new().create(true).append(true).open(acks_path(&self.dir)).expect("the notes open");
        note(&acks, "opening");
        let store = SledStore::open(&store_path(&self.dir)).expect("the store opens after every kill");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            futures::future::join_all((0..self.tasks).map(|task| self.write(&store, &acks, task))).await;
        });
    }

    async fn write(&self, store: &SledStore, acks: &File, task: u64) {
        for turn in 0..self.limit {
            let slot = task * SLOTS + turn % SLOTS;
            let number = self.round * 1_000_000 + turn;
            let ops = vec![
                Op::Put { key: format!("state/{slot:04}"), value: state(slot, number), expect: Expect::Anything },
                Op::Put { key: format!("outbox/{slot:04}"), value: outbox(number), expect: Expect::Anything },
            ];
            store.transact(ops).await.expect("the disk works");
            note(acks, &format!("ack {slot} {number}"));
        }
    }
}

pub fn store_path(dir: &Path) -> PathBuf {
    dir.join("store")
}

pub fn acks_path(dir: &Path) -> PathBuf {
    dir.join("acks")
}

/// The newest number that was acknowledged for each slot. A last line that was cut off was not acknowledged.
pub fn acked(dir: &Path) -> BTreeMap<u64, u64> {
    let text = fs::read_to_string(acks_path(dir)).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let mut newest = BTreeMap::new();
    for line in whole.lines() {
        let [_ack, slot, number] = line.split(' ').collect::<Vec<_>>()[..] else { continue };
        newest.insert(slot.parse().expect("a slot"), number.parse().expect("a number"));
    }
    newest
}

/// Opens what a killed writer left and looks for what was acknowledged. Returns how many slots were compared.
pub async fn verify(store_dir: &Path, acked: &BTreeMap<u64, u64>) -> usize {
    let store = SledStore::open(store_dir).unwrap_or_else(|error| panic!("it does not open: {error}"));
    let rows = |prefix: &'static str| {
        let store = &store;
        async move {
            let rows = store.scan(prefix, None, usize::MAX).await.unwrap_or_else(|error| panic!("torn: {error}"));
            rows.into_iter().map(|(key, stored)| (key[prefix.len()..].parse().expect("a slot"), stored.value)).collect()
        }
    };
    let states: BTreeMap<u64, Vec<u8>> = rows("state/").await;
    let outboxes: BTreeMap<u64, Vec<u8>> = rows("outbox/").await;
    assert!(states.keys().eq(outboxes.keys()), "a transaction is torn: one of its two keys is missing");
    for (slot, value) in &states {
        let number = u64::from_be_bytes(value[..8].try_into().expect("eight bytes"));
        assert!(*value == state(*slot, number), "slot {slot}: the value is not what anybody wrote");
        assert!(outboxes[slot] == outbox(number), "slot {slot}: a transaction is torn");
    }
    for (slot, number) in acked {
        let found = states.get(slot).map(|value| u64::from_be_bytes(value[..8].try_into().expect("eight bytes")));
        assert!(found >= Some(*number), "slot {slot}: {number} was acknowledged, {found:?} is there");
    }
    acked.len()
}

/// Mostly a kilobyte, now and then in several pieces; the number stands at its beginning.
fn state(slot: u64, number: u64) -> Vec<u8> {
    let length = if (number + slot).is_multiple_of(13) { 150_000 } else { 200 + (number * 37 + slot) % 1_800 };
    number.to_be_bytes().into_iter().chain((0..length).map(|n| (n ^ number ^ slot) as u8)).collect()
}

fn outbox(number: u64) -> Vec<u8> {
    format!("say {number}").into_bytes()
}

/// One line with one `write`: what a kill leaves of it is either whole or has no end of line.
fn note(mut acks: &File, line: &str) {
    acks.write_all(format!("{line}\n").as_bytes()).expect("the notes can be written");
}
