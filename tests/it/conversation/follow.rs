//! One note, several places: its card is kept current in each, and trouble in one is told to who asked.

use crate::support::somebody::is_card;
use crate::support::world::{World, everywhere};

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_note_is_current_in_both_places() {
    everywhere(async |world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
        kim.says("/release draft v1.0.0..v1.1.0").await;
        let card = kim.waits_for_card().await;

        let elsewhere = lee.in_channel("on-call");
        elsewhere.says("/release follow 1").await;
        let copy = elsewhere.waits_for_card().await;
        elsewhere.waits_for(Some(&copy.id), "the note", |message| message.text.contains("Rollback scenario")).await;
        elsewhere.says("/release follow 1").await;
        assert!(elsewhere.hears("has its card here already").await.whisper);

        elsewhere.presses(&copy, "Regenerate").await;
        for (person, root) in [(&kim, &card), (&elsewhere, &copy)] {
            let again = person.waits_for(None, "revision 2", |message| message.text.contains("revision 2")).await;
            assert_eq!(again.id, root.id, "the same message, edited in place");
            person
                .waits_for(Some(&root.id), "who asked", |message| message.text.contains("drafted again for lee"))
                .await;
        }

        elsewhere.says("/release unfollow 1").await;
        elsewhere.hears("is no longer followed here").await;
        kim.says("/release edit 1 title \"Refunds, second part\"").await;
        kim.waits_for(None, "the new title", |message| message.id == card.id && message.text.contains("second part"))
            .await;
        world.settles().await;
        let copy = elsewhere.sees(None).await.into_iter().find(|message| message.id == copy.id).expect("it stands");
        assert!(!copy.text.contains("second part"), "it stands as it was: {}", copy.text);
        world.finish().await;
    })
    .await;
}

/// A note of one platform, followed on another: one bot, two ways to talk to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_followed_from_another_platform() {
    everywhere(async |world: World| {
        let (kim, lee) = (world.person("kim").await, world.somebody("lee").await.in_channel("on-call"));
        kim.says("/release draft v1.0.0..v1.1.0").await;
        let card = kim.waits_for_card().await;
        lee.says("/release follow 1").await;
        let copy = lee.waits_for_card().await;
        lee.waits_for(Some(&copy.id), "the note", |message| message.text.contains("Rollback scenario")).await;
        lee.says("/release edit 1 title \"Refunds, second part\"").await;
        for (who, text) in [
            (
                "kim",
                kim.waits_for(None, "the title", |message| {
                    message.id == card.id && message.text.contains("second part")
                })
                .await
                .text,
            ),
            (
                "lee",
                lee.waits_for(None, "the title", |message| {
                    message.id == copy.id && message.text.contains("second part")
                })
                .await
                .text,
            ),
        ] {
            assert!(text.contains("revision 2"), "{who} reads {text}");
        }
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_asked_for_in_a_thread_stays_in_it() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        let root = kim.begins("Shall we release?").await;
        kim.says_in(&root, "@Slipway draft v1.0.0..v1.1.0").await;
        kim.waits_for(Some(&root), "the card", is_card).await;
        kim.waits_for(Some(&root), "the note", |message| message.text.contains("Rollback scenario")).await;
        assert!(kim.sees_said().await.is_empty(), "the channel is left alone");
        world.finish().await;
    })
    .await;
}
