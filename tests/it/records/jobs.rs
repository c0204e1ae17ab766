//! Work is claimed oldest first, one per lane, and by one worker at a time.

use super::Desk;
use chrono::{DateTime, Utc};
use serde_json::json;
use slipway::records::{Claimed, NewJob};
use std::collections::HashSet;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(60);

fn job(key: &str, lane: &str, due: DateTime<Utc>) -> NewJob {
    NewJob { name: "draft".into(), key: key.into(), lane: lane.into(), payload: json!({ "note": key }), due }
}

impl Desk {
    async fn enqueue(&self, job: &NewJob) {
        self.commit(self.records.jobs.enqueue(job).await.expect("a read")).await;
    }

    async fn claim(&self, worker: &str) -> Option<Claimed> {
        self.claim_beside(worker, &[]).await
    }

    async fn claim_beside(&self, worker: &str, busy: &[&str]) -> Option<Claimed> {
        let busy: HashSet<String> = busy.iter().map(|lane| (*lane).to_owned()).collect();
        self.records.jobs.claim(worker, LEASE, &busy, self.now()).await.expect("a claim")
    }

    async fn claim_key(&self) -> Option<String> {
        self.claim("worker").await.map(|claimed| claimed.key)
    }
}

#[tokio::test]
async fn a_job_is_claimed_once_done_and_forgotten() {
    for desk in [Desk::new(), Desk::on_disk()] {
        let new = job("draft/7", "payments", desk.now());
        desk.enqueue(&new).await;
        desk.assert_conflicts(desk.records.jobs.enqueue(&new).await.expect("a read")).await;
        assert!(desk.records.jobs.enqueue_once(&new).await.expect("a read").is_empty(), "it waits already");

        let claimed = desk.claim("one").await.expect("it is due");
        assert_eq!(
            (claimed.key.as_str(), claimed.name.as_str(), claimed.lane.as_str()),
            ("draft/7", "draft", "payments")
        );
        assert_eq!(
            (claimed.payload.clone(), claimed.attempts, claimed.why.clone()),
            (json!({ "note": "draft/7" }), 1, None)
        );
        assert_eq!(desk.claim("two").await, None);
        assert!(desk.records.jobs.enqueue_once(&new).await.expect("a read").is_empty(), "it runs");

        let listed = desk.records.jobs.list(9).await.expect("a read");
        assert_eq!(listed[0].lease, Some(("one".to_owned(), desk.now() + LEASE)));
        desk.commit(desk.records.jobs.done(&claimed)).await;
        desk.assert_conflicts(desk.records.jobs.done(&claimed)).await;
        assert_eq!(desk.keys("job/").await, [""; 0], "nothing is left behind");
        desk.enqueue(&new).await;
        assert_eq!(desk.claim_key().await.as_deref(), Some("draft/7"), "the key was free again");
    }
}

#[tokio::test]
async fn the_oldest_due_comes_first_and_what_is_not_due_waits() {
    let mut desk = Desk::new();
    let now = desk.now();
    let soon = now + Duration::from_secs(5);
    desk.enqueue(&job("later", "a", soon)).await;
    desk.enqueue(&job("z-queued-first", "b", now)).await;
    desk.restart();
    desk.enqueue(&job("a-queued-second", "c", now)).await;
    desk.enqueue(&job("old", "d", now - Duration::from_secs(5))).await;
    let jobs = desk.records.jobs.clone();
    assert_eq!(jobs.next_due(now).await.expect("a read"), Some(soon));
    for expected in ["old", "z-queued-first", "a-queued-second"] {
        assert_eq!(desk.claim_key().await.as_deref(), Some(expected));
    }
    assert_eq!(desk.claim_key().await, None);
    desk.pass(5);
    assert_eq!(desk.claim_key().await.as_deref(), Some("later"));
    assert_eq!(jobs.next_due(soon).await.expect("a read"), Some(now + LEASE), "the next leases to end");
}

#[tokio::test]
async fn one_lane_never_runs_two_jobs_and_holds_up_no_other() {
    let desk = Desk::new();
    for number in 0..150 {
        desk.enqueue(&job(&format!("payments/{number}"), "payments", desk.now())).await;
    }
    desk.enqueue(&job("search/1", "search", desk.now())).await;
    let payments = desk.claim("one").await.expect("it is due");
    assert_eq!(payments.key, "payments/0");
    assert_eq!(desk.claim_key().await.as_deref(), Some("search/1"), "149 jobs of a busy lane stand before it");
    assert_eq!(desk.claim_key().await, None);
    desk.commit(desk.records.jobs.done(&payments)).await;
    assert_eq!(desk.claim_beside("one", &["payments"]).await, None, "the runner itself says that the lane is busy");
    assert_eq!(desk.claim_key().await.as_deref(), Some("payments/1"));
}

#[tokio::test]
async fn a_retry_waits_keeps_its_count_and_says_why() {
    let desk = Desk::new();
    desk.enqueue(&job("draft/7", "payments", desk.now())).await;
    let first = desk.claim("one").await.expect("it is due");
    let again = desk.now() + Duration::from_secs(30);
    desk.commit(desk.records.jobs.retry(&first, again, "the model is busy")).await;
    assert_eq!(desk.claim("one").await, None);
    assert_eq!(desk.records.jobs.next_due(desk.now()).await.expect("a read"), Some(again));
    desk.pass(30);
    let second = desk.claim("one").await.expect("it is due again");
    assert_eq!((second.attempts, second.why.as_deref()), (2, Some("the model is busy")));
    desk.assert_conflicts(desk.records.jobs.retry(&first, again, "from the past")).await;

    desk.commit(desk.records.jobs.give_up(&second, "the model is gone")).await;
    assert_eq!(desk.claim("one").await, None);
    let dead = desk.records.jobs.dead(9).await.expect("a read");
    assert_eq!(
        (dead.len(), dead[0].attempts, dead[0].why.as_str(), dead[0].at),
        (1, 2, "the model is gone", desk.now())
    );
    assert_eq!(desk.keys("job/").await, ["job/dead/draft/7"]);
    let revived = NewJob { due: desk.now(), ..dead[0].job.clone() };
    desk.enqueue(&revived).await;
    assert_eq!(desk.claim_key().await.as_deref(), Some("draft/7"));
}

#[tokio::test]
async fn whoever_lost_the_lease_cannot_close_the_job() {
    let desk = Desk::new();
    desk.enqueue(&job("draft/7", "payments", desk.now())).await;
    let slow = desk.claim("slow").await.expect("it is due");
    desk.pass(59);
    assert_eq!(desk.claim("quick").await, None);
    desk.pass(1);
    let quick = desk.claim("quick").await.expect("the lease ended");
    assert_eq!((quick.key.as_str(), quick.attempts), ("draft/7", 2));
    let jobs = &desk.records.jobs;
    assert!(!jobs.renew(&slow, "slow", LEASE, desk.now()).await.expect("a read"));
    for late in [jobs.done(&slow), jobs.retry(&slow, desk.now(), "late"), jobs.give_up(&slow, "late")] {
        desk.assert_conflicts(late).await;
    }
    desk.commit(jobs.done(&quick)).await;
    assert_eq!(desk.keys("job/").await, [""; 0]);
}

#[tokio::test]
async fn a_lease_that_is_renewed_holds_and_does_not_move_the_fence() {
    let desk = Desk::new();
    desk.enqueue(&job("long", "payments", desk.now())).await;
    desk.enqueue(&job("next", "payments", desk.now())).await;
    let long = desk.claim("one").await.expect("it is due");
    for _ in 0..10 {
        desk.pass(40);
        assert!(desk.records.jobs.renew(&long, "one", LEASE, desk.now()).await.expect("it is ours"));
        assert_eq!(desk.claim("two").await, None);
    }
    assert!(!desk.records.jobs.renew(&long, "two", LEASE, desk.now()).await.expect("it is not theirs"));
    desk.commit(desk.records.jobs.done(&long)).await;
    assert!(!desk.records.jobs.renew(&long, "one", LEASE, desk.now()).await.expect("it is over"));
    assert_eq!(desk.claim_key().await.as_deref(), Some("next"));
}

#[tokio::test]
async fn a_lane_whose_holder_died_is_not_taken_by_another_job_while_the_holder_could_still_close() {
    let desk = Desk::new();
    let now = desk.now();
    desk.enqueue(&job("first", "payments", now)).await;
    let first = desk.claim("slow").await.expect("it is due");
    desk.enqueue(&job("second", "payments", now + Duration::from_secs(10))).await;
    desk.pass(60);
    let taken = desk.claim("quick").await.expect("the lease ended");
    assert_eq!((taken.key.as_str(), taken.attempts), ("first", 2), "the older one runs again first");
    desk.assert_conflicts(desk.records.jobs.done(&first)).await;
    assert_eq!(desk.claim("other").await, None);
    desk.commit(desk.records.jobs.done(&taken)).await;
    assert_eq!(desk.claim_key().await.as_deref(), Some("second"));
}

#[tokio::test]
async fn after_a_restart_all_leases_are_void_and_the_work_is_due_at_once() {
    let mut desk = Desk::on_disk();
    desk.enqueue(&job("a", "one", desk.now())).await;
    desk.enqueue(&job("b", "two", desk.now())).await;
    let before = desk.claim("old process").await.expect("it is due");
    desk.restart();
    assert_eq!(desk.records.jobs.release_all().await.expect("released"), 1);
    assert_eq!(desk.records.jobs.release_all().await.expect("nothing to release"), 0);
    desk.assert_conflicts(desk.records.jobs.done(&before)).await;
    let again = desk.claim("new process").await.expect("it is due at once");
    assert_eq!((again.key.as_str(), again.attempts), ("a", 2));
    assert_eq!(desk.claim_key().await.as_deref(), Some("b"));
}

#[tokio::test]
async fn many_workers_at_once_share_the_jobs_without_doing_one_twice() {
    let desk = Desk::on_disk();
    for number in 0..40 {
        desk.enqueue(&job(&format!("job/{number:02}"), &format!("lane {}", number % 10), desk.now())).await;
    }
    let work = |worker: usize| {
        let desk = &desk;
        async move {
            let mut done = Vec::new();
            // A worker that finds nothing looks again: the lanes may only be busy for the moment.
            for _ in 0..200 {
                let Some(claimed) = desk.claim(&format!("worker {worker}")).await else { continue };
                tokio::task::yield_now().await;
                desk.commit(desk.records.jobs.done(&claimed)).await;
                done.push((claimed.key, claimed.attempts));
            }
            done
        }
    };
    let mut done: Vec<_> = futures::future::join_all((0..4).map(work)).await.into_iter().flatten().collect();
    done.sort();
    let expected: Vec<_> = (0..40).map(|number| (format!("job/{number:02}"), 1)).collect();
    assert_eq!(done, expected);
    assert_eq!(desk.keys("job/").await, [""; 0]);
}

#[tokio::test]
async fn a_job_queued_twice_in_one_transaction_runs_once() {
    let desk = Desk::new();
    let new = job("draft/7", "payments", desk.now());
    let mut ops = desk.records.jobs.enqueue_once(&new).await.expect("a read");
    ops.extend(desk.records.jobs.enqueue_once(&new).await.expect("a read"));
    desk.commit(ops).await;
    let claimed = desk.claim("one").await.expect("it is due");
    desk.commit(desk.records.jobs.retry(&claimed, desk.now() + LEASE, "the model is busy")).await;
    assert_eq!(desk.claim("one").await, None, "the second entry does not bring it back before its time");
    desk.pass(60);
    let claimed = desk.claim("one").await.expect("it is due again");
    desk.commit(desk.records.jobs.done(&claimed)).await;
    assert_eq!(desk.claim("one").await, None);
    assert_eq!(desk.keys("job/").await, [""; 0], "and it is gone");
}
