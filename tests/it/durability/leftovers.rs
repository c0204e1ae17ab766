//! What do we find at start, and what do we say when we cannot go on?

use slipway::adapters::store::sled::SledStore;
use slipway::ports::store::{Expect, Op, Store, StoreError};
use std::fs;
use std::path::Path;

async fn put(store: &SledStore, key: &str, value: Vec<u8>) -> Result<Vec<u64>, StoreError> {
    store.transact(vec![Op::Put { key: key.into(), value, expect: Expect::Anything }]).await
}

/// A store that was used and closed: 300 keys.
async fn used_store(dir: &Path) {
    let store = SledStore::open(dir).expect("a fresh directory opens");
    let ops =
        (0..300).map(|n| Op::Put { key: format!("k/{n:03}"), value: vec![7; 900], expect: Expect::Absent }).collect();
    store.transact(ops).await.expect("they are absent");
}

async fn assert_all_there(store: &SledStore) {
    let found = store.scan("k/", None, 999).await.expect("a scan");
    assert_eq!(found.len(), 300);
    assert!(found.iter().all(|(_, stored)| stored.value == [7; 900]));
}

/// The sentence of a refusal; panics when the store opened, because it must not.
fn refusal(dir: &Path) -> String {
    match SledStore::open(dir) {
        Err(StoreError::Unusable(sentence) | StoreError::InUse(sentence)) => sentence,
        Err(other) => panic!("a refusal in words was expected, not {other:?}"),
        Ok(_) => panic!("`{}` was opened", dir.display()),
    }
}

fn id(dir: &Path) -> String {
    let text = fs::read_to_string(dir.join("store-id")).expect("every store has one");
    text.split_once(' ').expect("`ID VERSION`").0.to_owned()
}

#[tokio::test]
async fn a_half_written_snapshot_is_cleaned_away() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    used_store(dir.path()).await;
    let half = dir.path().join("sled/snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&half, b"half a snap").expect("it can be written");
    assert_all_there(&SledStore::open(dir.path()).expect("it opens")).await;
    assert!(!half.exists());
    assert!(!dir.path().join("sled.broken-1").exists(), "nothing had to be repaired");
}

#[tokio::test]
async fn a_snapshot_that_is_damaged_is_done_without_and_the_original_is_kept() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    used_store(dir.path()).await;
    let damaged = dir.path().join("sled/snap.FFFFFFFFFFFFFFFF");
    fs::write(&damaged, b"no snapshot at all").expect("it can be written");
    assert_all_there(&SledStore::open(dir.path()).expect("it opens")).await;
    let kept = dir.path().join("sled.broken-1");
    assert_eq!(fs::read(kept.join("snap.FFFFFFFFFFFFFFFF")).expect("it is kept"), b"no snapshot at all");
    assert!(!dir.path().join("sled.repair").exists());
    assert_all_there(&SledStore::open(dir.path()).expect("and again")).await;
}

#[tokio::test]
async fn a_repair_that_was_cut_off_before_its_last_step_is_finished() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    used_store(dir.path()).await;
    fs::rename(dir.path().join("sled"), dir.path().join("sled.repair")).expect("it can be renamed");
    assert_all_there(&SledStore::open(dir.path()).expect("it opens")).await;
}

#[tokio::test]
async fn a_beginning_that_was_cut_off_begins_again() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir_all(dir.path().join("sled.new/blobs")).expect("it can be made");
    fs::write(dir.path().join("sled.new/db"), [0xAB; 5000]).expect("it can be written");
    let store = SledStore::open(dir.path()).expect("it opens");
    assert!(store.scan("", None, 9).await.expect("a scan").is_empty());
    assert!(!dir.path().join("sled.new").exists());
}

#[tokio::test]
async fn a_data_file_that_was_cut_short_is_never_taken_for_the_whole() {
    for keep_percent in [0, 1, 10, 50, 90] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        used_store(dir.path()).await;
        let db = dir.path().join("sled/db");
        // sled's file ends with room it has not used; what counts is what it wrote.
        let bytes = fs::read(&db).expect("it can be read");
        let used = bytes.iter().rposition(|byte| *byte != 0).expect("something was written") + 1;
        fs::write(&db, &bytes[..used * keep_percent / 100]).expect("it can be written");
        let sentence = refusal(dir.path());
        let named = dir.path().display().to_string();
        assert!(sentence.contains(&named) && sentence.contains("backup"), "{keep_percent} %: {sentence}");
        assert_eq!(fs::metadata(dir.path().join("store-id")).map(|_| ()).ok(), Some(()));
        assert_eq!(refusal(dir.path()), sentence, "and it stays refused");
    }
}

#[tokio::test]
async fn data_that_is_gone_is_never_replaced_by_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    used_store(dir.path()).await;
    fs::remove_dir_all(dir.path().join("sled")).expect("it can be removed");
    let expected = format!(
        "The store directory `{0}` held store `{1}` and its data is gone; put `{0}/sled` back from a backup, or remove \
         `{0}/store-id` to begin with an empty store.",
        dir.path().display(),
        id(dir.path())
    );
    assert_eq!(refusal(dir.path()), expected);
    assert!(!dir.path().join("sled").exists());
    fs::remove_file(dir.path().join("store-id")).expect("the advice can be followed");
    SledStore::open(dir.path()).expect("and it begins empty");
}

#[tokio::test]
async fn the_data_of_another_store_is_refused_by_name() {
    let [one, other] = [(); 2].map(|()| tempfile::tempdir().expect("a temporary directory"));
    used_store(one.path()).await;
    used_store(other.path()).await;
    let (mine, theirs) = (id(one.path()), id(other.path()));
    fs::remove_dir_all(one.path().join("sled")).expect("it can be removed");
    fs::rename(other.path().join("sled"), one.path().join("sled")).expect("it can be renamed");
    let sentence = refusal(one.path());
    assert!(sentence.contains(&format!("belongs to store `{mine}` and its data to store `{theirs}`")), "{sentence}");
}

#[tokio::test]
async fn data_from_an_earlier_day_under_a_newer_name_is_noticed() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    used_store(dir.path()).await;
    fs::write(dir.path().join("store-id"), format!("{} 9999\n", id(dir.path()))).expect("it can be written");
    let sentence = refusal(dir.path());
    assert!(sentence.contains("ends at change 300 and it had reached 9999"), "{sentence}");
}

#[tokio::test]
async fn a_second_process_is_told_who_has_the_directory() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = SledStore::open(dir.path()).expect("a fresh directory opens");
    let expected = format!(
        "The store directory `{}` is in use by another Slipway (process {}); stop that one, or choose another data directory.",
        dir.path().display(),
        std::process::id()
    );
    assert_eq!(refusal(dir.path()), expected);
    put(&store, "still", b"works".to_vec()).await.expect("the first one is not disturbed");
    drop(store);
    SledStore::open(dir.path()).expect("it is free when the first one closed");
}

/// As a killed process leaves it to the child it was just starting.
#[tokio::test]
async fn a_lock_that_is_let_go_in_a_moment_is_waited_for() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    used_store(dir.path()).await;
    let lingering = fs::File::open(dir.path().join("lock")).expect("every store has one");
    lingering.lock().expect("nobody has it");
    let (held, begun) = (std::time::Duration::from_millis(150), std::time::Instant::now());
    let child = std::thread::spawn(move || {
        std::thread::sleep(held);
        drop(lingering);
    });
    assert_all_there(&SledStore::open(dir.path()).expect("it opens in the end")).await;
    assert!(begun.elapsed() >= held, "not while somebody else had it");
    child.join().expect("it does not panic");
}

#[test]
fn a_path_that_is_a_file_or_runs_through_one_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("notes.txt");
    fs::write(&file, "mine").expect("it can be written");
    for path in [file.clone(), file.join("store")] {
        let expected = format!(
            "The store directory `{}` cannot be used: a part of the path is a file; move that file away, or choose another \
             data directory.",
            path.display()
        );
        assert_eq!(refusal(&path), expected);
    }
    assert_eq!(fs::read_to_string(&file).expect("it can be read"), "mine");
}

/// Permissions do not bind root, who runs many a CI; a file system that nobody can write stands in for them.
#[test]
fn a_place_nobody_can_write_is_refused() {
    let sentence = refusal(Path::new("/proc/slipway-store"));
    assert!(sentence.starts_with("The store directory `/proc/slipway-store` cannot be used: "), "{sentence}");
    assert!(sentence.ends_with('.') && sentence.contains("; "), "it says what to do: {sentence}");
}
