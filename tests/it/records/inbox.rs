//! An event is stored once, waits in order, and stays known as seen.

use super::{Desk, channel, operator};
use slipway::domain::message::{Heard, What};

fn heard(id: &str, words: &str) -> Heard {
    let what = What::Command { words: words.into() };
    Heard { id: id.into(), place: channel("releases"), person: operator(), what }
}

async fn waiting(desk: &Desk) -> Vec<String> {
    let pending = desk.records.inbox.pending(99).await.expect("a read");
    pending.into_iter().map(|(_, heard)| heard.id).collect()
}

#[tokio::test]
async fn a_repeat_is_one_before_and_after_it_was_handled_and_until_it_is_swept() {
    for mut desk in [Desk::new(), Desk::on_disk()] {
        let inbox = &desk.records.inbox;
        let event = heard("a/b", "draft payments");
        assert!(inbox.accept(&event).await.expect("stored"));
        assert!(!inbox.accept(&event).await.expect("a repeat"));
        let pending = inbox.pending(99).await.expect("a read");
        assert_eq!(pending.len(), 1);
        assert_eq!(pending[0].1, event);
        let elsewhere = Heard {
            place: slipway::domain::message::Place { platform: "web/a".into(), ..channel("x") },
            ..heard("b", "x")
        };
        assert!(inbox.accept(&elsewhere).await.expect("another platform's event has its own id"));

        desk.commit(inbox.done(&pending[0].0)).await;
        desk.assert_conflicts(inbox.done(&pending[0].0)).await;
        assert!(!inbox.accept(&event).await.expect("still a repeat"));
        assert_eq!(waiting(&desk).await, ["b"]);

        desk.restart();
        let inbox = &desk.records.inbox;
        let handled_at = desk.now();
        assert!(!inbox.accept(&event).await.expect("a repeat over a restart"));
        desk.pass(7 * 86_400);
        assert_eq!(inbox.sweep(handled_at).await.expect("swept"), 0, "handled at that moment is not before it");
        assert_eq!(inbox.sweep(desk.now()).await.expect("swept"), 1);
        assert_eq!(waiting(&desk).await, ["b"], "what waits is never swept");
        assert!(inbox.accept(&event).await.expect("nothing remembers it now"));
        assert_eq!(waiting(&desk).await, ["b", "a/b"]);
    }
}

#[tokio::test]
async fn events_wait_in_the_order_they_came_over_restarts_and_a_clock_that_stands() {
    let mut desk = Desk::new();
    let mut expected = Vec::new();
    for number in 0..30 {
        if number % 10 == 9 {
            desk.restart();
        }
        // Ids in falling order: the order of waiting is not that of ids.
        let id = format!("e{:02}", 99 - number);
        assert!(desk.records.inbox.accept(&heard(&id, "status")).await.expect("stored"));
        expected.push(id);
    }
    assert_eq!(waiting(&desk).await, expected);
    let first = desk.records.inbox.pending(1).await.expect("a read");
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].1.id, expected[0]);
}

#[tokio::test]
async fn of_many_deliveries_of_one_event_at_once_one_is_new() {
    let desk = Desk::on_disk();
    let event = heard("once", "draft payments");
    let accepted = futures::future::join_all((0..20).map(|_| desk.records.inbox.accept(&event))).await;
    let new = accepted.into_iter().filter(|accepted| *accepted.as_ref().expect("a repeat is no failure")).count();
    assert_eq!(new, 1);
    assert_eq!(waiting(&desk).await, ["once"]);
}

#[tokio::test]
async fn a_long_past_is_swept_in_one_go() {
    let desk = Desk::new();
    for number in 0..1_203 {
        desk.records.inbox.accept(&heard(&number.to_string(), "status")).await.expect("stored");
    }
    for (id, _) in desk.records.inbox.pending(usize::MAX).await.expect("a read") {
        desk.commit(desk.records.inbox.done(&id)).await;
    }
    desk.pass(1);
    assert_eq!(desk.records.inbox.sweep(desk.now()).await.expect("swept"), 1_203);
    assert_eq!(desk.keys("inbox/").await, [""; 0]);
}
