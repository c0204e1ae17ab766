//! What people edit stays theirs, by command, by form, and through a new draft.

use crate::support::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_section_survives_a_new_draft() {
    let world = World::new().await;
    let kim = world.person("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    kim.waits_for_card().await;

    kim.says("/release edit 1 title “Refunds, and the end of legacy ids”").await;
    let card = kim
        .waits_for(None, "the new title", |message| message.bot && message.text.contains("the end of legacy ids"))
        .await;
    assert!(card.text.contains("revision 2"), "{}", card.text);
    kim.waits_for(Some(&card.id), "who edited", |message| message.text.contains("Revision 2: kim")).await;

    kim.presses(&card, "Regenerate").await;
    let again = kim.waits_for(None, "revision 3", |message| message.text.contains("revision 3")).await;
    assert_eq!(again.id, card.id, "the same message, edited in place");
    assert!(again.text.contains("the end of legacy ids"), "{}", again.text);
    kim.waits_for(Some(&card.id), "what was kept", |message| message.text.contains("Kept as edited: Title")).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_saves_only_what_was_changed() {
    let world = World::new().await;
    let kim = world.person("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    let saved = kim.fills(&card, "Edit", &[("rollback_scenario", "Call the database team first.")]).await;
    assert!(saved.status().is_success());
    let body = kim
        .waits_for(Some(&card.id), "the edit", |message| message.text.contains("Call the database team first."))
        .await;
    assert!(body.text.contains("Title") || !body.text.is_empty());
    let revision = world.records.notes.latest(1).await.expect("readable").expect("there");
    let edited: Vec<&str> =
        revision.sections.iter().filter(|section| section.edited()).map(|section| section.key.as_str()).collect();
    assert_eq!(edited, ["rollback_scenario"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_edits_at_once_the_second_is_told_and_nothing_is_lost() {
    let world = World::new().await;
    let (kim, lee) = (world.person("kim").await, world.person("lee").await);
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    kim.says("/release edit 1 summary \"Kim's words.\"").await;
    lee.says("/release edit 1 title \"Lee's title\"").await;
    let both = kim
        .waits_for(None, "both edits", |message| {
            message.text.contains("Kim's words.") && message.text.contains("Lee's title")
        })
        .await;
    assert_eq!(both.id, card.id);
    assert_eq!(world.records.notes.latest(1).await.expect("readable").expect("there").number, 3);
    world.finish().await;
}
