//! Is the file synced before anybody is told that a change is saved? The system calls say so.
//!
//! `adapters/store/sled/committer.rs` proves the order with a sync it holds up; here it is the real one.

use super::writer::{Role, acked};
use std::fs;
use std::process::Command;

const TEST: &str = "durability::sync::every_acknowledgement_follows_an_fsync_of_what_was_written";
const CHANGES: u64 = 25;

#[test]
fn every_acknowledgement_follows_an_fsync_of_what_was_written() {
    if let Some(role) = Role::of_this_process() {
        return role.play();
    }
    let can_trace = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !can_trace.is_ok_and(|output| output.status.success()) {
        return super::skipped(TEST, "`strace` is not installed or may not trace here");
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let trace_file = dir.path().join("trace");
    let trace_arg = trace_file.to_str().expect("temporary directories have plain names");
    let strace = ["strace", "-f", "-y", "-e", "trace=write,pwrite64,fsync,rename", "-o", trace_arg];
    let status = Role::command(&strace, TEST, dir.path(), 1, 1, CHANGES).status().expect("strace starts");
    assert!(status.success(), "{status}");
    assert_eq!(acked(dir.path()).values().max(), Some(&(1_000_000 + CHANGES - 1)), "the writer wrote to the end");

    let trace = fs::read_to_string(&trace_file).expect("strace wrote its trace");
    let (mut written, mut synced, mut acks) = (false, false, 0);
    // sled has threads that sync when they please; what counts is that whoever notes the identity did.
    let (mut synced_by, mut identities) = (Vec::new(), 0);
    let mut syncing = Vec::new();
    for line in trace.lines() {
        let (process, call) = line.split_once(' ').expect("each line begins with its process");
        let call = call.trim_start();
        if call.starts_with("pwrite64(") && call.contains("/store/sled/db>") {
            (written, synced) = (true, false);
        } else if call.starts_with("fsync(") && call.contains("/store/sled/db>") {
            synced_by.push(process);
            if call.ends_with("= 0") {
                synced = written;
            } else {
                syncing.push((process, written));
            }
        } else if call.starts_with("<... fsync resumed>") {
            let Some(begun) = syncing.iter().position(|(other, _)| *other == process) else { continue };
            synced = synced || (syncing.swap_remove(begun).1 && call.ends_with("= 0"));
        } else if call.starts_with("rename(") && call.contains("store/store-id\")") {
            assert!(
                identities > 0 || synced_by.contains(&process),
                "how far the data came was noted before the data was on the disk"
            );
            identities += 1;
        } else if call.starts_with("write(") && call.contains("\"ack ") {
            assert!(written, "acknowledgement {acks} came without anything written");
            assert!(synced, "acknowledgement {acks} came before the fsync");
            acks += 1;
            (written, synced) = (false, false);
        }
    }
    assert_eq!(acks, CHANGES, "the trace shows every acknowledgement");
    assert_eq!(identities, 2, "the trace shows the identity written at the opening and at the end");
}
