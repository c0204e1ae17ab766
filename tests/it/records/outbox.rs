//! A message is a desired state: the newest wording is delivered, once, in order, and nobody is held up.

use super::{Desk, channel, operator};
use slipway::domain::message::Message;
use slipway::records::{Delivery, Target};
use std::time::Duration;

fn to(channel_name: &str) -> Target {
    Target { place: channel(channel_name), under: None, only: None, asked_by: None }
}

fn under(channel_name: &str, root: &str) -> Target {
    Target { under: Some(root.into()), ..to(channel_name) }
}

impl Desk {
    async fn say(&self, key: &str, target: &Target, words: &str) {
        let ops = self.records.outbox.say(key, target, &Message::text(words)).await.expect("a read");
        self.commit(ops).await;
    }

    async fn pending(&self) -> Vec<Delivery> {
        self.records.outbox.due("web", 99).await.expect("a read").deliveries
    }

    async fn pending_keys(&self) -> Vec<String> {
        self.pending().await.into_iter().map(|delivery| delivery.key).collect()
    }

    /// The one message to deliver now.
    async fn only_pending(&self) -> Delivery {
        let [delivery] = <[Delivery; 1]>::try_from(self.pending().await).expect("one delivery");
        delivery
    }

    async fn delivered(&self, delivery: &Delivery, id: &str) {
        self.records.outbox.delivered(delivery, Some(id)).await.expect("it is written down");
    }
}

#[tokio::test]
async fn a_card_is_posted_once_and_edited_after_that() {
    for mut desk in [Desk::new(), Desk::on_disk()] {
        desk.say("note/7/card", &to("releases"), "drafting").await;
        let first = desk.only_pending().await;
        assert_eq!((first.wording, first.message_id.clone(), first.in_doubt_since, first.attempts), (1, None, None, 0));
        assert_eq!((first.message.plain().as_str(), &first.place), ("drafting", &channel("releases")));
        desk.records.outbox.attempting(&first).await.expect("it is written down");
        desk.delivered(&first, "m/1").await;
        assert!(desk.pending().await.is_empty());
        assert_eq!(desk.records.outbox.message_id("note/7/card").await.expect("a read").as_deref(), Some("m/1"));
        let outbox = &desk.records.outbox;
        assert_eq!(outbox.key_of("web", "releases", "m/1").await.expect("a read").as_deref(), Some("note/7/card"));
        assert_eq!(outbox.key_of("web", "releases/m", "1").await.expect("a read"), None);
        assert_eq!(outbox.key_of("web", "other", "m/1").await.expect("a read"), None);

        desk.say("note/7/card", &to("releases"), "drafting").await;
        assert!(desk.pending().await.is_empty(), "the same wording is no news");
        desk.say("note/7/card", &to("releases"), "half of it").await;
        desk.restart();
        desk.say("note/7/card", &to("releases"), "all of it").await;
        let edit = desk.only_pending().await;
        assert_eq!((edit.wording, edit.message.plain().as_str()), (3, "all of it"), "only the newest wording goes out");
        assert_eq!((edit.message_id.as_deref(), edit.in_doubt_since), (Some("m/1"), None));
        desk.records.outbox.delivered(&edit, None).await.expect("it is written down");
        assert!(desk.pending().await.is_empty());
        assert_eq!(desk.records.outbox.message_id("note/7/card").await.expect("a read").as_deref(), Some("m/1"));
    }
}

#[tokio::test]
async fn what_was_said_while_it_was_being_delivered_goes_out_next() {
    let desk = Desk::new();
    desk.say("card", &to("releases"), "first").await;
    let first = desk.only_pending().await;
    desk.records.outbox.attempting(&first).await.expect("it is written down");
    desk.say("card", &to("releases"), "second").await;
    desk.delivered(&first, "m1").await;
    let second = desk.only_pending().await;
    assert_eq!((second.message.plain().as_str(), second.message_id.as_deref()), ("second", Some("m1")));
    desk.say("card", &to("releases"), "third").await;
    desk.records.outbox.abandoned(&second, "refused").await.expect("it is written down");
    assert_eq!(desk.only_pending().await.message.plain(), "third", "giving up one wording is not giving up the next");
}

#[tokio::test]
async fn whoever_says_it_never_conflicts_with_whoever_delivers_it() {
    let desk = Desk::new();
    desk.say("card", &to("releases"), "first").await;
    let said_before = desk.records.outbox.say("card", &to("releases"), &Message::text("second")).await.expect("a read");
    let delivery = desk.only_pending().await;
    desk.records.outbox.attempting(&delivery).await.expect("it is written down");
    desk.delivered(&delivery, "m1").await;
    assert!(desk.pending().await.is_empty());
    desk.commit(said_before).await;
    assert_eq!(desk.only_pending().await.message.plain(), "second", "it is on the list again");
}

#[tokio::test]
async fn a_first_post_that_nobody_accounted_for_is_in_doubt_until_it_is_settled() {
    let mut desk = Desk::new();
    desk.say("card", &to("releases"), "drafting").await;
    let delivery = desk.only_pending().await;
    let begun = desk.now();
    desk.records.outbox.attempting(&delivery).await.expect("it is written down");
    desk.pass(3);
    desk.restart();
    desk.records.outbox.attempting(&delivery).await.expect("a later try does not forget the first");
    assert_eq!(desk.only_pending().await.in_doubt_since, Some(begun));
    desk.say("card", &to("releases"), "drafted").await;
    let delivery = desk.only_pending().await;
    assert_eq!(delivery.in_doubt_since, Some(begun), "a newer wording does not settle it");
    let retry_at = desk.now() + Duration::from_secs(10);
    desk.records.outbox.failed(&delivery, "timed out", retry_at).await.expect("it is written down");
    desk.pass(10);
    let delivery = desk.only_pending().await;
    assert_eq!(delivery.in_doubt_since, Some(begun), "nor does a failure");
    desk.delivered(&delivery, "found").await;
    desk.say("card", &to("releases"), "edited").await;
    assert_eq!(desk.only_pending().await.in_doubt_since, None);
}

#[tokio::test]
async fn a_failure_waits_its_time_even_for_a_newer_wording_and_counts_until_success() {
    let desk = Desk::new();
    desk.say("card", &to("releases"), "1").await;
    for attempt in 1..=2 {
        let delivery = desk.only_pending().await;
        assert_eq!(delivery.attempts, attempt - 1);
        let retry_at = desk.now() + Duration::from_secs(30);
        desk.records.outbox.failed(&delivery, "busy", retry_at).await.expect("it is written down");
        assert!(desk.pending().await.is_empty());
        desk.say("card", &to("releases"), &format!("newer {attempt}")).await;
        assert!(desk.pending().await.is_empty(), "the platform asked to wait, not for other words");
        assert_eq!(desk.records.outbox.due("web", 9).await.expect("a read").next, Some(retry_at));
        desk.pass(30);
        assert_eq!(desk.records.outbox.due("web", 9).await.expect("a read").next, None);
    }
    let delivery = desk.only_pending().await;
    desk.records.outbox.postponed(&delivery, desk.now() + Duration::from_secs(5)).await.expect("it is written down");
    assert!(desk.pending().await.is_empty(), "its turn is later");
    desk.pass(5);
    let delivery = desk.only_pending().await;
    assert_eq!((delivery.attempts, delivery.message.plain().as_str()), (2, "newer 2"), "waiting is no failure");
    desk.delivered(&delivery, "m1").await;
    desk.say("card", &to("releases"), "after").await;
    assert_eq!(desk.only_pending().await.attempts, 0);
}

#[tokio::test]
async fn details_wait_for_the_first_message_of_their_thread() {
    let desk = Desk::new();
    desk.say("note/7/thread/risks", &under("releases", "note/7/card"), "three risks").await;
    desk.say("note/7/card", &to("releases"), "card").await;
    assert_eq!(desk.pending_keys().await, ["note/7/card"]);
    let card = desk.only_pending().await;
    desk.delivered(&card, "m1").await;
    let details = desk.only_pending().await;
    assert_eq!(details.key, "note/7/thread/risks");
    assert_eq!(details.place, channel("releases").in_thread("m1"));
}

#[tokio::test]
async fn details_of_a_thread_that_never_came_are_given_up_with_it_unless_it_is_said_anew() {
    let desk = Desk::new();
    desk.say("card", &to("releases"), "card").await;
    let card = desk.only_pending().await;
    desk.records.outbox.abandoned(&card, "no such channel").await.expect("it is written down");
    desk.say("lost", &under("releases", "card"), "details").await;
    assert!(desk.pending().await.is_empty());
    assert_eq!(desk.keys("outbox/pending/").await, [""; 0], "nothing keeps trying");

    desk.say("card", &to("releases"), "card, new words").await;
    desk.say("kept", &under("releases", "card"), "more details").await;
    let card = desk.only_pending().await;
    assert_eq!((card.key.as_str(), card.attempts), ("card", 0));
    desk.delivered(&card, "m1").await;
    assert_eq!(desk.pending_keys().await, ["kept"]);
}

#[tokio::test]
async fn a_whisper_is_shown_once_per_wording_and_has_no_id() {
    let desk = Desk::new();
    let target = Target { only: Some(operator()), ..to("releases") };
    desk.say("reply/1", &target, "only you see this").await;
    let whisper = desk.only_pending().await;
    assert_eq!(whisper.target.only, Some(operator()));
    desk.records.outbox.attempting(&whisper).await.expect("it is written down");
    desk.records.outbox.delivered(&whisper, None).await.expect("it is written down");
    assert!(desk.pending().await.is_empty());
    assert_eq!(desk.records.outbox.message_id("reply/1").await.expect("a read"), None);
    desk.say("reply/1", &target, "something new").await;
    let again = desk.only_pending().await;
    assert!(again.in_doubt_since.is_none() && again.message_id.is_none());
}

#[tokio::test]
async fn messages_go_out_in_the_order_of_first_saying_and_a_stuck_place_holds_up_no_other() {
    let mut desk = Desk::new();
    for number in 0..200 {
        desk.say(&format!("stuck/{number}"), &to("stuck"), "hello").await;
    }
    desk.restart();
    desk.say("b", &to("releases"), "b").await;
    desk.say("a", &to("releases"), "a").await;
    desk.say("b", &to("releases"), "b again").await;
    assert_eq!(desk.records.outbox.due("web", 3).await.expect("a read").deliveries.len(), 3);
    let retry_at = desk.now() + Duration::from_secs(60);
    for delivery in desk.records.outbox.due("web", 200).await.expect("a read").deliveries {
        desk.records.outbox.failed(&delivery, "busy", retry_at).await.expect("it is written down");
    }
    let next = desk.records.outbox.due("web", 2).await.expect("a read").deliveries;
    assert_eq!(next.iter().map(|delivery| delivery.key.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(next[0].message.plain(), "b again");
}

#[tokio::test]
async fn a_message_said_twice_in_one_transaction_goes_out_once_with_the_later_words() {
    let desk = Desk::new();
    let mut ops = desk.records.outbox.say("card", &to("releases"), &Message::text("first")).await.expect("a read");
    ops.extend(desk.records.outbox.say("card", &to("releases"), &Message::text("second")).await.expect("a read"));
    desk.commit(ops).await;
    let delivery = desk.only_pending().await;
    assert_eq!(delivery.message.plain(), "second");
    desk.delivered(&delivery, "m1").await;
    assert!(desk.pending().await.is_empty());
    assert_eq!(desk.keys("outbox/pending/").await, [""; 0]);
}

#[tokio::test]
async fn two_who_word_the_same_message_at_once_do_not_overwrite_each_other() {
    let desk = Desk::new();
    desk.say("card", &to("releases"), "base").await;
    let outbox = &desk.records.outbox;
    let one = outbox.say("card", &to("releases"), &Message::text("one")).await.expect("a read");
    let two = outbox.say("card", &to("releases"), &Message::text("two")).await.expect("a read");
    desk.commit(one).await;
    desk.assert_conflicts(two).await;
    assert_eq!(desk.only_pending().await.message.plain(), "one");
}
