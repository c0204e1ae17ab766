//! How many durable changes a second? One writer waits for the disk each time; many share its answers.

use slipway::adapters::store::sled::SledStore;
use slipway::ports::store::{Expect, Op, Store};
use std::time::{Duration, Instant};

async fn changes_per_second(store: &SledStore, writers: usize) -> f64 {
    let begun = Instant::now();
    let write = |writer: usize| async move {
        let mut changes = 0;
        while begun.elapsed() < Duration::from_millis(400) {
            let key = format!("k/{writer}/{}", changes % 500);
            store
                .transact(vec![Op::Put { key, value: vec![7; 1_000], expect: Expect::Anything }])
                .await
                .expect("it works");
            changes += 1;
        }
        changes
    };
    let changes: u32 = futures::future::join_all((0..writers).map(write)).await.into_iter().sum();
    f64::from(changes) / begun.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_who_come_together_share_the_wait_for_the_disk() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = SledStore::open(dir.path()).expect("a fresh directory opens");
    // The best of three rounds each, in turn: what else runs on the machine slows both.
    let (mut alone, mut together) = (0.0_f64, 0.0_f64);
    for _ in 0..3 {
        alone = alone.max(changes_per_second(&store, 1).await);
        together = together.max(changes_per_second(&store, 16).await);
    }
    println!("durable changes of 1 KB a second: {alone:.0} by one writer, {together:.0} by sixteen");
    assert!(together > 1.1 * alone, "{alone:.0} by one writer, {together:.0} by sixteen: nothing is shared");
}
