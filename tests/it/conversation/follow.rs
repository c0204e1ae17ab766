//! One note, several places: its card is kept current in each, and trouble in one is told to who asked.

use crate::support::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_note_is_current_in_both_places() {
    let world = World::new().await;
    let (kim, lee) = (world.person("kim").await, world.person("lee").await);
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
        person.waits_for(Some(&root.id), "who asked", |message| message.text.contains("drafted again for lee")).await;
    }

    elsewhere.says("/release unfollow 1").await;
    elsewhere.hears("is no longer followed here").await;
    kim.says("/release edit 1 title \"Refunds, second part\"").await;
    kim.waits_for(None, "the new title", |message| message.id == card.id && message.text.contains("second part")).await;
    world.settles().await;
    let copy = elsewhere.sees(None).await.into_iter().find(|message| message.id == copy.id).expect("it stands");
    assert!(!copy.text.contains("second part"), "it stands as it was: {}", copy.text);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_asked_for_in_a_thread_stays_in_it() {
    let world = World::new().await;
    let kim = world.person("kim").await;
    kim.says("Shall we release?").await;
    let root = kim.sees(None).await.pop().expect("it stands there");
    kim.says_as("in-a-thread", &root.id, "/release draft v1.0.0..v1.1.0").await;
    kim.waits_for(Some(&root.id), "the card", |message| message.buttons.len() == 2).await;
    kim.waits_for(Some(&root.id), "the note", |message| message.text.contains("Rollback scenario")).await;
    assert_eq!(kim.sees(None).await.len(), 1, "the channel is left alone");
    world.finish().await;
}
