//! What every store promises, told once and kept by both.

mod model;

use slipway::adapters::store::memory::MemoryStore;
use slipway::adapters::store::sled::SledStore;
use slipway::ports::store::{Expect, Op, Store, StoreError, Stored};
use std::sync::Arc;

fn put(key: &str, value: &str, expect: Expect) -> Op {
    Op::Put { key: key.into(), value: value.into(), expect }
}

fn delete(key: &str, expect: Expect) -> Op {
    Op::Delete { key: key.into(), expect }
}

fn check(key: &str, expect: Expect) -> Op {
    Op::Check { key: key.into(), expect }
}

async fn keys(store: &dyn Store, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    let found = store.scan(prefix, after, limit).await.expect("a scan");
    found.into_iter().map(|(key, _)| key).collect()
}

async fn value(store: &dyn Store, key: &str) -> Option<String> {
    let stored = store.get(key).await.expect("a read")?;
    Some(String::from_utf8(stored.value).expect("the test stores text"))
}

fn conflict(result: Result<Vec<u64>, StoreError>) -> String {
    match result {
        Err(StoreError::Conflict { key }) => key,
        other => panic!("a conflict was expected, not {other:?}"),
    }
}

async fn story(store: Arc<dyn Store>) {
    writes_get_rising_versions(store.as_ref()).await;
    a_transaction_is_all_or_nothing(store.as_ref()).await;
    expectations_are_about_the_moment_before(store.as_ref()).await;
    scans_are_in_byte_order(store.as_ref()).await;
    large_values_come_back_whole(store.as_ref()).await;
    readers_see_a_value_whole_while_it_is_replaced(store.clone()).await;
    of_many_who_race_one_wins_each_time(store).await;
}

async fn writes_get_rising_versions(store: &dyn Store) {
    assert_eq!(store.get("note").await.expect("a read"), None);
    let first = store.transact(vec![put("note", "1", Expect::Absent)]).await.expect("it is absent")[0];
    assert_eq!(store.get("note").await.expect("a read"), Some(Stored { value: b"1".into(), version: first }));
    let second = store.transact(vec![put("note", "2", Expect::Version(first))]).await.expect("as read")[0];
    assert!(second > first);
    store.transact(vec![delete("note", Expect::Version(second))]).await.expect("as read");
    assert_eq!(store.get("note").await.expect("a read"), None);
    let third = store.transact(vec![put("note", "3", Expect::Absent)]).await.expect("it is absent again")[0];
    assert!(third > second, "a key that comes back does not repeat a version");
    assert_eq!(conflict(store.transact(vec![put("note", "4", Expect::Version(second))]).await), "note");
    assert_eq!(value(store, "note").await.as_deref(), Some("3"));
}

async fn a_transaction_is_all_or_nothing(store: &dyn Store) {
    let versions = store
        .transact(vec![put("a", "1", Expect::Absent), check("nothing", Expect::Absent), put("b", "1", Expect::Absent)])
        .await
        .expect("both are absent");
    assert_eq!((versions.len(), versions[1]), (3, 0));
    assert!(versions[0] > 0 && versions[2] > versions[0]);
    let a = versions[0];
    let refused = [
        vec![put("a", "2", Expect::Anything), put("b", "2", Expect::Absent)],
        vec![delete("a", Expect::Version(a)), put("c", "2", Expect::Anything), check("b", Expect::Absent)],
        vec![put("c", "2", Expect::Anything), delete("b", Expect::Version(a))],
        vec![put("a", "2", Expect::Anything), check("b", Expect::Version(a))],
    ];
    for ops in refused {
        assert_eq!(conflict(store.transact(ops).await), "b");
        let now = (value(store, "a").await, value(store, "b").await, value(store, "c").await);
        assert_eq!(now, (Some("1".into()), Some("1".into()), None));
    }
    assert_eq!(store.get("a").await.expect("a read").map(|stored| stored.version), Some(a));
    assert_eq!(conflict(store.transact(vec![delete("c", Expect::Version(a))]).await), "c");
    assert_eq!(store.transact(vec![delete("c", Expect::Anything)]).await.expect("nothing to delete is fine"), [0]);
    assert_eq!(store.transact(Vec::new()).await.expect("nothing at all is fine"), [0u64; 0]);
}

async fn expectations_are_about_the_moment_before(store: &dyn Store) {
    let twice = vec![put("twice", "first", Expect::Absent), put("twice", "second", Expect::Absent)];
    let versions = store.transact(twice).await.expect("it was absent before");
    assert_eq!(
        store.get("twice").await.expect("a read"),
        Some(Stored { value: b"second".into(), version: versions[1] })
    );
    store
        .transact(vec![delete("twice", Expect::Anything), put("twice", "back", Expect::Anything)])
        .await
        .expect("fine");
    assert_eq!(value(store, "twice").await.as_deref(), Some("back"));
    store.transact(vec![put("twice", "x", Expect::Anything), delete("twice", Expect::Anything)]).await.expect("fine");
    assert_eq!(value(store, "twice").await, None);
}

async fn scans_are_in_byte_order(store: &dyn Store) {
    let names = ["s/10", "s/2", "s/Z", "s/a", "s/a/1", "s/ä", "s0", "t/1", "r/z"];
    store.transact(names.iter().map(|name| put(name, name, Expect::Absent)).collect()).await.expect("all are absent");
    assert_eq!(keys(store, "s/", None, 99).await, ["s/10", "s/2", "s/Z", "s/a", "s/a/1", "s/ä"]);
    assert_eq!(keys(store, "s/", None, 2).await, ["s/10", "s/2"]);
    assert_eq!(keys(store, "s/", Some("s/2"), 2).await, ["s/Z", "s/a"]);
    assert_eq!(keys(store, "s/", Some("s/b"), 99).await, ["s/ä"], "`after` need not exist");
    assert_eq!(keys(store, "s/", Some("a"), 1).await, ["s/10"], "`after` may lie before the prefix");
    assert_eq!(keys(store, "s/", Some("z"), 1).await, [""; 0], "or beyond it");
    assert_eq!(keys(store, "s/", None, 0).await, [""; 0]);
    assert_eq!(keys(store, "u/", None, 9).await, [""; 0]);
    assert!(keys(store, "", None, usize::MAX).await.len() > names.len(), "an empty prefix is everything");
}

async fn large_values_come_back_whole(store: &dyn Store) {
    let sizes = [0, 60 << 10, (60 << 10) + 1, 200_000, 16 << 20];
    let bytes = |size: usize, salt: u8| -> Vec<u8> { (0..size).map(|n| (n / 7) as u8 ^ salt).collect() };
    for salt in [1, 2] {
        for size in sizes {
            let key = format!("large/{size}");
            let op = Op::Put { key: key.clone(), value: bytes(size, salt), expect: Expect::Anything };
            store.transact(vec![op]).await.expect("it fits");
            assert!(
                store.get(&key).await.expect("a read").is_some_and(|stored| stored.value == bytes(size, salt)),
                "{key}"
            );
        }
        let found = store.scan("large/", None, 9).await.expect("a scan");
        assert_eq!(found.len(), sizes.len());
        assert!(found.iter().all(|(key, stored)| key == &format!("large/{}", stored.value.len())));
    }
    store.transact(vec![put("large/200000", "small now", Expect::Anything)]).await.expect("it fits");
    assert_eq!(value(store, "large/200000").await.as_deref(), Some("small now"));
}

async fn readers_see_a_value_whole_while_it_is_replaced(store: Arc<dyn Store>) {
    let replace = |byte: u8| {
        let size = if byte.is_multiple_of(3) { 10 } else { 250_000 };
        store.transact(vec![Op::Put { key: "replaced/1".into(), value: vec![byte; size], expect: Expect::Anything }])
    };
    replace(0).await.expect("it fits");
    let reader = tokio::spawn({
        let store = store.clone();
        async move {
            let whole =
                |value: &[u8]| value.iter().all(|byte| *byte == value[0]) && matches!(value.len(), 10 | 250_000);
            let mut last = 0;
            // 59 is the last byte written.
            while last != 59 {
                let got = store.get("replaced/1").await.expect("a read").expect("it is always there");
                let scanned = store.scan("replaced/", None, 9).await.expect("a scan");
                assert_eq!(scanned.len(), 1);
                assert!(whole(&got.value) && whole(&scanned[0].1.value), "half of one value and half of another");
                assert!(scanned[0].1.version >= got.version, "a later read is not of an earlier moment");
                last = scanned[0].1.value[0];
                tokio::task::yield_now().await;
            }
        }
    });
    for byte in 1..60 {
        replace(byte).await.expect("it fits");
        tokio::task::yield_now().await;
    }
    reader.await.expect("the reader was content");
}

async fn of_many_who_race_one_wins_each_time(store: Arc<dyn Store>) {
    const RACERS: usize = 8;
    const WINS: usize = 20;
    store.transact(vec![put("counter", "0", Expect::Absent)]).await.expect("it is absent");
    let racers = (0..RACERS).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut won = 0;
            while won < WINS {
                let seen = store.get("counter").await.expect("a read").expect("it was put");
                let count: usize = String::from_utf8_lossy(&seen.value).parse().expect("a number");
                let next = put("counter", &(count + 1).to_string(), Expect::Version(seen.version));
                match store.transact(vec![next]).await {
                    Ok(_) => won += 1,
                    Err(StoreError::Conflict { .. }) => tokio::task::yield_now().await,
                    Err(other) => panic!("{other}"),
                }
            }
        })
    });
    futures::future::try_join_all(racers).await.expect("no racer panics");
    assert_eq!(value(store.as_ref(), "counter").await, Some((RACERS * WINS).to_string()), "no win was lost");
}

#[tokio::test]
async fn memory_keeps_the_contract() {
    story(Arc::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sled_keeps_the_contract() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    story(Arc::new(SledStore::open(dir.path()).expect("a fresh directory opens"))).await;
    let again = SledStore::open(dir.path()).expect("it opens again");
    assert_eq!(value(&again, "large/200000").await.as_deref(), Some("small now"));
    let versions: Vec<u64> =
        again.scan("", None, usize::MAX).await.expect("a scan").iter().map(|(_, stored)| stored.version).collect();
    let next = again.transact(vec![put("after", "restart", Expect::Absent)]).await.expect("it is absent")[0];
    assert!(versions.iter().all(|version| *version < next), "versions rise over restarts");
    assert!(again.describe().await.starts_with(&format!("sled in `{}`, ", dir.path().display())));
}
