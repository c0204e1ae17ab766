//! What do we say when the disk is full or read-only? On a small disk of our own, where we may have one.

use slipway::adapters::store::sled::SledStore;
use slipway::ports::store::{Expect, Op, Store, StoreError};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A file system in memory; gone when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mounted(megabytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mounted = mount(&["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"], dir.path());
        // Not `then_some`: it would make a disk, and unmount it, where there is none.
        mounted.then(|| Self(dir))
    }

    fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], self.0.path()), "what was mounted can be mounted again");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.0.path()).status();
        assert!(std::thread::panicking() || unmounted.is_ok_and(|status| status.success()), "it can be unmounted");
    }
}

fn mount(words: &[&str], at: &Path) -> bool {
    Command::new("mount").args(words).arg(at).output().is_ok_and(|output| output.status.success())
}

fn skipped(what: &str) {
    super::skipped(what, "this user may not mount a small file system");
}

async fn fill(store: &SledStore) -> (u32, StoreError) {
    for number in 0.. {
        // Bytes that do not repeat, so that nothing on the way can make them small.
        let value: Vec<u8> =
            (0..50_000u32).map(|n| (n.wrapping_mul(2_654_435_761).wrapping_add(number) >> 11) as u8).collect();
        let put = Op::Put { key: format!("k/{number:04}"), value, expect: Expect::Absent };
        if let Err(error) = store.transact(vec![put]).await {
            return (number, error);
        }
    }
    unreachable!("a disk of 40 MB is full before the numbers end")
}

#[tokio::test]
async fn a_full_disk_is_said_and_what_was_saved_is_there_when_there_is_room_again() {
    let Some(disk) = SmallDisk::mounted(40) else {
        return skipped("a full disk");
    };
    let dir = disk.0.path().join("store");
    let ballast = disk.0.path().join("ballast");
    fs::write(&ballast, vec![1; 12 << 20]).expect("there is room");
    let store = SledStore::open(&dir).expect("there is room");
    let (saved, error) = fill(&store).await;
    let expected = format!(
        "The store in `{}` could not save a change: the disk is full; free some space, then start Slipway again.",
        dir.display()
    );
    assert_eq!(error.to_string(), expected);
    assert!(matches!(error, StoreError::Unusable(_)));
    assert!(saved > 20, "{saved} were saved before");
    let read = store.get("k/0000").await.expect_err("what is read could be what is not saved");
    assert_eq!(read.to_string(), expected);
    drop(store);

    fs::remove_file(&ballast).expect("room can be made");
    let store = SledStore::open(&dir).unwrap_or_else(|error| panic!("with room again it opens: {error}"));
    let found = store.scan("k/", None, usize::MAX).await.expect("a scan");
    assert!(found.len() >= saved as usize, "{saved} were acknowledged, {} are there", found.len());
    assert!(found.iter().all(|(_, stored)| stored.value.len() == 50_000));
    drop(store);

    disk.make_read_only();
    let refusal = SledStore::open(&dir).err().expect("it cannot be written").to_string();
    let expected = format!(
        "The store directory `{}` cannot be used: the file system is read-only; mount it for writing, or choose another \
         data directory.",
        dir.display()
    );
    assert_eq!(refusal, expected);
}

#[test]
fn a_disk_that_is_full_from_the_start_is_said() {
    let Some(disk) = SmallDisk::mounted(1) else {
        return skipped("a disk that is full from the start");
    };
    let dir = disk.0.path().join("store");
    let refusal = SledStore::open(&dir).err().expect("there is no room").to_string();
    let expected = format!(
        "The store directory `{}` cannot be used: the disk is full; free some space, then start Slipway again.",
        dir.display()
    );
    assert_eq!(refusal, expected);
    assert!(!dir.join("store-id").exists(), "nothing began");
}
