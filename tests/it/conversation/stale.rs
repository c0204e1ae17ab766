//! A section somebody edited, and the change under it moved on: both texts stand in the thread, and a person decides.

use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, everywhere};

/// A note whose `changes` kim wrote before another commit came, drafted again.
async fn moved_on(world: &World, kim: &Somebody) -> (Seen, Seen) {
    kim.says("/release draft v1.0.0..main").await;
    let card = kim.waits_for_card().await;
    kim.says("/release edit 1 changes \"Refunds are paid once.\"").await;
    let card =
        kim.waits_for(None, "the edit", |message| message.id == card.id && message.text.contains("revision 2")).await;
    world.repo.commit("feat(export): ledger as CSV (#15)", &[("src/export.rs", "pub fn csv() {}\n")]);
    kim.presses(&card, "Regenerate").await;
    let card = kim.waits_for(None, "revision 3", |message| message.text.contains("revision 3")).await;
    let choice = kim
        .waits_for(Some(&card.id), "the choice", |message| {
            message.buttons.iter().any(|button| button.label == "Take the new text")
        })
        .await;
    (card, choice)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_texts_stand_in_the_thread_and_the_new_one_can_be_taken() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        let (card, choice) = moved_on(&world, &kim).await;
        assert!(card.text.contains("Changes was edited by hand and the change under it moved on"), "{}", card.text);
        for part in [
            "Changes may be out of date. main moved on from",
            "after this text was edited.",
            "As edited Refunds are paid once.",
            "As drafted now",
            "edger as CSV",
        ] {
            assert!(choice.text.contains(part), "`{part}` in {}", choice.text);
        }
        let facts = world.records.notes.latest(1).await.expect("readable").expect("there").facts;
        let named: std::collections::BTreeSet<_> = facts.iter().map(|fact| fact.id.clone()).collect();
        assert_eq!(named.len(), facts.len(), "each id names one fact: {facts:?}");
        let labels: Vec<&str> = choice.buttons.iter().map(|button| button.label.as_str()).collect();
        assert_eq!(labels, ["Keep the edited text", "Take the new text", "Write another"]);

        kim.presses(&choice, "Take the new text").await;
        let settled = kim
            .waits_for(Some(&card.id), "how it was settled", |message| {
                message.id == choice.id && message.text.contains("took the new text of Changes")
            })
            .await;
        assert_eq!(settled.buttons, [], "nothing is left to decide");
        let card = kim.waits_for(None, "revision 4", |message| message.text.contains("revision 4")).await;
        assert!(!card.text.contains("moved on"), "{}", card.text);
        let revision = world.records.notes.latest(1).await.expect("readable").expect("there");
        assert!(revision.text("changes").contains("edger as CSV"), "{}", revision.text("changes"));
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edited_text_can_be_kept_and_a_second_press_is_told() {
    everywhere(async |world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
        let (card, choice) = moved_on(&world, &kim).await;
        // Lee opened the thread before Kim decided.
        let seen_by_lee = lee.waits_for(Some(&card.id), "the choice", |message| message.id == choice.id).await;
        kim.presses(&choice, "Keep the edited text").await;
        kim.waits_for(None, "revision 4", |message| message.text.contains("revision 4")).await;
        kim.waits_for(Some(&card.id), "how it was settled", |message| {
            message.id == choice.id && message.text.contains("kept the edited text of Changes")
        })
        .await;
        let told = "Changes was decided meanwhile: in revision 4 kim kept the edited text";
        lee.presses_late(Some(&card.id), &seen_by_lee, "Take the new text", told).await;

        // A third draft of the same change asks nothing again.
        kim.presses(&card, "Regenerate").await;
        let card = kim.waits_for(None, "revision 5", |message| message.text.contains("revision 5")).await;
        assert!(!card.text.contains("moved on"), "{}", card.text);
        let revision = world.records.notes.latest(1).await.expect("readable").expect("there");
        assert_eq!(revision.text("changes"), "Refunds are paid once.");
        world.finish().await;
    })
    .await;
}
