//! `/release draft`, from the first word to the note in the thread, on every platform.

use crate::support::somebody::is_card;
use crate::support::world::{World, everywhere};

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_becomes_a_card_with_the_whole_note_in_its_thread() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft v1.0.0..v1.1.0").await;

        let card = kim.waits_for_card().await;
        for part in ["payments", "v1.0.0..v1.1.0", "3 commits", "has no way back", "written by rules, no model"] {
            assert!(card.text.contains(part), "`{part}` in {}", card.text);
        }
        let labels: Vec<&str> = card.buttons.iter().map(|button| button.label.as_str()).collect();
        assert_eq!(labels, ["Edit", "Regenerate"]);
        let body =
            kim.waits_for(Some(&card.id), "the note", |message| message.text.contains("Rollback scenario")).await;
        for part in ["refund", "Round half to even", "0042_drop_legacy_id.sql", "v1.0.0"] {
            assert!(body.text.to_lowercase().contains(&part.to_lowercase()), "`{part}` in {}", body.text);
        }

        // One card and nothing else in the channel; the placeholder became the card.
        world.settles().await;
        let said = kim.sees_said().await;
        assert_eq!(said.len(), 1, "{said:#?}");
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_range_it_starts_at_the_previous_release() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft").await;
        let card = kim.waits_for_card().await;
        assert!(card.text.contains("v1.0.0..v1.1.0"), "{}", card.text);
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_is_as_good_as_a_command_and_chatter_is_left_alone() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("lunch?").await;
        kim.says("@Slipway draft payments v1.0.0..v1.1.0").await;
        kim.waits_for_card().await;
        world.settles().await;
        let said: Vec<String> =
            kim.sees(None).await.into_iter().filter(|message| message.bot).map(|message| message.text).collect();
        assert_eq!(said.len(), 1, "only the card: {said:#?}");
        world.finish().await;
    })
    .await;
}

/// How an event comes twice differs by platform: here a browser that tried again; the others are with their adapters.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_sent_twice_drafts_once() {
    let world = World::new().await;
    let kim = world.person("kim").await;
    for _ in 0..3 {
        kim.says_as("the-same-event", "", "/release draft").await;
    }
    kim.waits_for_card().await;
    assert_eq!(kim.sees(None).await.len(), 2);
    assert_eq!(world.records.notes.list(10, None).await.expect("notes").len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_drafts_for_one_service_follow_each_other_and_both_arrive() {
    everywhere(async |world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
        kim.says("/release draft v1.0.0..v1.1.0").await;
        lee.says("/release draft v1.0.0..v1.1.0 --kind work").await;
        let begun = std::time::Instant::now();
        while kim.sees(None).await.iter().filter(|message| is_card(message)).count() < 2 {
            assert!(begun.elapsed().as_secs() < 30, "two cards: {:#?}", kim.sees(None).await);
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        world.finish().await;
    })
    .await;
}
