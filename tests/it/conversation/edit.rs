//! What people edit stays theirs, by command, by form, and through a new draft, on every platform.

use crate::support::world::everywhere;

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_section_survives_a_new_draft() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft v1.0.0..v1.1.0").await;
        kim.waits_for_card().await;

        kim.says("/release edit 1 title “Refunds, and the end of legacy ids”").await;
        let card = kim
            .waits_for(None, "the new title", |message| message.bot && message.text.contains("the end of legacy ids"))
            .await;
        assert!(card.text.contains("revision 2"), "{}", card.text);
        kim.waits_for(Some(&card.id), "who edited", |message| message.text.to_lowercase().contains("revision 2: kim"))
            .await;

        kim.presses(&card, "Regenerate").await;
        let again = kim.waits_for(None, "revision 3", |message| message.text.contains("revision 3")).await;
        assert_eq!(again.id, card.id, "the same message, edited in place");
        assert!(again.text.contains("the end of legacy ids"), "{}", again.text);
        kim.waits_for(Some(&card.id), "what was kept", |message| message.text.contains("Kept as edited: Title")).await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_saves_only_what_was_changed() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft v1.0.0..v1.1.0").await;
        let card = kim.waits_for_card().await;
        let field = ("rollback_scenario", "Rollback scenario");
        kim.fills(&card, "Edit", field, "Call the database team first.").await;
        kim.waits_for(Some(&card.id), "the edit", |message| message.text.contains("Call the database team first."))
            .await;
        let revision = world.records.notes.latest(1).await.expect("readable").expect("there");
        let edited: Vec<&str> =
            revision.sections.iter().filter(|section| section.edited()).map(|section| section.key.as_str()).collect();
        assert_eq!(edited, ["rollback_scenario"]);
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_edits_at_once_the_second_is_told_and_nothing_is_lost() {
    everywhere(async |world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
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
    })
    .await;
}
