//! Random transactions against the plainest thing that keeps the contract.

use proptest::prelude::*;
use slipway::adapters::store::memory::MemoryStore;
use slipway::adapters::store::sled::SledStore;
use slipway::ports::store::{Expect, Op, Store, StoreError, Stored};
use std::collections::BTreeMap;

/// One step of a random story over four keys; `Seen(n)` expects the version that the key had n writes ago.
#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize, Guess),
    Delete(usize, Guess),
    Check(usize, Guess),
}

#[derive(Debug, Clone, Copy)]
enum Guess {
    Anything,
    Absent,
    Seen(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let guess = prop_oneof![Just(Guess::Anything), Just(Guess::Absent), (0usize..3).prop_map(Guess::Seen)];
    let length = prop_oneof![8 => 0usize..40, 1 => 61_000usize..200_000];
    prop_oneof![
        5 => (0usize..4, length, guess.clone()).prop_map(|(key, length, guess)| Step::Put(key, length, guess)),
        2 => (0usize..4, guess.clone()).prop_map(|(key, guess)| Step::Delete(key, guess)),
        1 => (0usize..4, guess).prop_map(|(key, guess)| Step::Check(key, guess)),
    ]
}

/// What the story says must be there: the plainest thing that keeps the contract.
#[derive(Default)]
struct Model {
    rows: BTreeMap<String, Stored>,
    /// All versions each key ever had.
    history: BTreeMap<String, Vec<u64>>,
}

impl Model {
    fn op(&self, case: &str, step: &Step) -> Op {
        let key = |number: usize| format!("{case}/{number}");
        let expect = |number: usize, guess: Guess| match guess {
            Guess::Anything => Expect::Anything,
            Guess::Absent => Expect::Absent,
            Guess::Seen(ago) => {
                let history = self.history.get(&key(number)).map(Vec::as_slice).unwrap_or_default();
                Expect::Version(history.iter().rev().nth(ago).copied().unwrap_or(u64::MAX))
            }
        };
        match *step {
            Step::Put(number, length, guess) => {
                Op::Put { key: key(number), value: vec![length as u8; length], expect: expect(number, guess) }
            }
            Step::Delete(number, guess) => Op::Delete { key: key(number), expect: expect(number, guess) },
            Step::Check(number, guess) => Op::Check { key: key(number), expect: expect(number, guess) },
        }
    }

    fn surprise(&self, ops: &[Op]) -> Option<String> {
        let unexpected = ops.iter().find(|op| {
            let found = self.rows.get(op.key()).map(|stored| stored.version);
            match op.expect() {
                Expect::Anything => false,
                Expect::Absent => found.is_some(),
                Expect::Version(version) => found != Some(version),
            }
        });
        unexpected.map(|op| op.key().to_owned())
    }

    fn apply(&mut self, ops: &[Op], versions: &[u64]) {
        for (op, version) in ops.iter().zip(versions) {
            match op {
                Op::Put { key, value, .. } => {
                    let history = self.history.entry(key.clone()).or_default();
                    assert!(history.iter().all(|before| before < version), "`{key}` repeats version {version}");
                    history.push(*version);
                    self.rows.insert(key.clone(), Stored { value: value.clone(), version: *version });
                }
                Op::Delete { key, .. } => drop(self.rows.remove(key)),
                Op::Check { .. } => {}
            }
        }
    }
}

async fn random_story(store: &dyn Store, case: &str, transactions: Vec<Vec<Step>>) {
    let mut model = Model::default();
    for steps in transactions {
        let ops: Vec<Op> = steps.iter().map(|step| model.op(case, step)).collect();
        match (store.transact(ops.clone()).await, model.surprise(&ops)) {
            (Ok(versions), None) => {
                let writes = ops.iter().map(|op| matches!(op, Op::Put { .. }));
                assert!(versions.iter().map(|version| *version > 0).eq(writes), "{versions:?}");
                model.apply(&ops, &versions);
            }
            (Err(StoreError::Conflict { key }), Some(surprise)) => assert_eq!(key, surprise),
            (outcome, surprise) => panic!("{outcome:?}, and the model says {surprise:?}"),
        }
        let found = store.scan(&format!("{case}/"), None, 99).await.expect("a scan");
        assert!(found.iter().map(|(key, stored)| (key, stored)).eq(&model.rows), "the store and the model differ");
        for number in 0..4 {
            let key = format!("{case}/{number}");
            assert_eq!(store.get(&key).await.expect("a read").as_ref(), model.rows.get(&key));
        }
    }
}

fn random_stories(store: &dyn Store, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let number = std::sync::atomic::AtomicU32::new(0);
    let stories = proptest::collection::vec(proptest::collection::vec(step(), 1..4), 1..25);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&stories, |transactions| {
        let case = format!("case {}", number.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        runtime.block_on(random_story(store, &case, transactions));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn memory_does_what_the_model_says_whatever_happens() {
    random_stories(&MemoryStore::new(), 256);
}

#[test]
fn sled_does_what_the_model_says_whatever_happens() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    random_stories(&SledStore::open(dir.path()).expect("a fresh directory opens"), 64);
}
