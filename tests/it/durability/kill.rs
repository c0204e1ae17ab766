//! `kill -9` at any moment: nothing acknowledged is lost, nothing is torn, and it opens every time.

use super::writer::{Role, acked, acks_path, store_path, verify};
use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

const TEST: &str = "durability::kill::nothing_acknowledged_is_lost_by_a_hundred_kills";
const KILLS: u64 = 100;
/// So many of the kills strike within this time of the moment the store begins to open.
const EARLY: u64 = 40;
const EARLY_WITHIN: u64 = 30;
/// Every so many kills a directory is left for a fresh one, so that the first start is struck too.
const KILLS_PER_DIRECTORY: u64 = 5;

#[test]
fn nothing_acknowledged_is_lost_by_a_hundred_kills() {
    if let Some(role) = Role::of_this_process() {
        return role.play();
    }
    let mut dice = Dice::new();
    println!("dice thrown from {:#x}", dice.0);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut dir = tempfile::tempdir().expect("a temporary directory");
    let (mut compared, mut acknowledged, mut early_kills) = (0, 0, 0);
    for round in 0..KILLS {
        if round % KILLS_PER_DIRECTORY == 0 {
            dir = tempfile::tempdir().expect("a temporary directory");
        }
        // Of the five kills of a directory, its first start and a later one are struck early.
        let early = matches!(round % KILLS_PER_DIRECTORY, 0 | 3);
        early_kills += u64::from(early);
        let after = if early { dice.below(EARLY_WITHIN * 1_000) } else { 30_000 + dice.below(370_000) };
        let before = lines(dir.path());
        strike(dir.path(), round + 1, Duration::from_micros(after));
        let acked = acked(dir.path());
        // The first line says only that the store is being opened.
        acknowledged += lines(dir.path()) - before - 1;
        // Half of the time the next to open is the writer itself, half of the time it is us.
        compared += if round % 2 == 0 {
            let copy = tempfile::tempdir().expect("a temporary directory");
            copy_dir(&store_path(dir.path()), copy.path());
            runtime.block_on(verify(copy.path(), &acked))
        } else {
            runtime.block_on(verify(&store_path(dir.path()), &acked))
        };
    }
    println!("{KILLS} kills ({early_kills} early), {acknowledged} changes acknowledged, {compared} slots compared");
    assert_eq!(early_kills, EARLY);
    assert!(acknowledged > 100, "the writers must have come to write something: {acknowledged} changes");
}

/// Starts a writer, waits until it opens the store, and kills it after this time.
fn strike(dir: &Path, round: u64, after: Duration) {
    let seen = fs::metadata(acks_path(dir)).map(|acks| acks.len()).unwrap_or_default();
    let mut writer = Role::command(&[], TEST, dir, round, 4, u64::MAX).spawn().expect("the test binary starts");
    wait_for_notes(dir, seen, &mut writer);
    std::thread::sleep(after);
    if let Some(status) = writer.try_wait().expect("it can be asked") {
        panic!("round {round}: the writer ended by itself ({status}), so it could not open or write");
    }
    writer.kill().expect("it can be killed");
    writer.wait().expect("it can be waited for");
}

fn wait_for_notes(dir: &Path, seen: u64, writer: &mut Child) {
    let patience = Instant::now() + Duration::from_secs(60);
    while fs::metadata(acks_path(dir)).map(|acks| acks.len()).unwrap_or_default() <= seen {
        assert!(Instant::now() < patience, "the writer does not come to open the store");
        assert!(writer.try_wait().expect("it can be asked").is_none(), "the writer ended before it opened the store");
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn lines(dir: &Path) -> usize {
    fs::read_to_string(acks_path(dir)).map(|text| text.lines().count()).unwrap_or_default()
}

/// A killed process's files as the next process would find them. There may be none yet.
fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it can be made");
    let Ok(entries) = fs::read_dir(from) else { return };
    for entry in entries {
        let entry = entry.expect("it can be listed");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("it has a type").is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("it can be copied");
        }
    }
}

/// xorshift64*: moments that differ from run to run.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).expect("the system has random bytes");
        Self(u64::from_le_bytes(seed) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16) % limit
    }
}
