//! Edits by talking: shown as a difference, written on Apply, undone on request; on every platform and without a model.

use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, everywhere, everywhere_with, payments};
use slipway::config::Config;

async fn drafted(world: &World) -> (Somebody, Seen) {
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    (kim, card)
}

/// Says it under the card and waits for what comes of it.
async fn asks(person: &Somebody, card: &Seen, words: &str, answer: &str) -> Seen {
    person.says_in(&card.id, &format!("@Slipway {words}")).await;
    in_thread(person, card, answer).await
}

async fn in_thread(person: &Somebody, card: &Seen, text: &str) -> Seen {
    person.waits_for(Some(&card.id), text, |message| message.bot && message.text.contains(text)).await
}

async fn text(world: &World, section: &str) -> String {
    let latest = world.records.notes.latest(1).await.expect("readable").expect("a revision");
    latest.section(section).expect("the section").value.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_shown_applied_reviewed_and_undone() {
    everywhere(async |world| {
        let (kim, card) = drafted(&world).await;
        let before = text(&world, "operators").await;
        let shown = asks(&kim, &card, "add @lee as second operator", "Nothing is changed yet.").await;
        for part in ["asked by kim", "Operators", "+lee", "Made by rules, no model."] {
            assert!(shown.text.contains(part), "`{part}` in {}", shown.text);
        }
        assert_eq!(text(&world, "operators").await, before, "nothing is written before Apply");

        kim.presses(&shown, "Apply").await;
        let applied = in_thread(&kim, &card, "Applied by kim.").await;
        assert!(!applied.buttons.iter().any(|button| button.label == "Apply"), "{applied:?}");
        in_thread(&kim, &card, "Revision 2: kim edited").await;
        // The review looked at the difference.
        in_thread(&kim, &card, "Review 2 of note 1").await;
        assert!(text(&world, "operators").await.contains("lee"));

        kim.presses(&applied, "Undo").await;
        in_thread(&kim, &card, "Undone by kim.").await;
        assert_eq!(text(&world, "operators").await, before);
        asks(&kim, &card, "undo that", "No edit by words of note 1 is left to undo").await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_common_forms_work_by_grammar() {
    everywhere(async |world| {
        let (kim, card) = drafted(&world).await;
        let shown = asks(&kim, &card, "make the rollback canary", "An edit of note 1").await;
        assert!(shown.text.contains("+CANARY") && shown.text.contains("Go back by canary"), "{}", shown.text);
        kim.presses(&shown, "Discard").await;
        in_thread(&kim, &card, "Discarded by kim.").await;
        assert!(!text(&world, "rollback_strategy").await.contains("CANARY"), "discarded");

        let long = text(&world, "impact").await.len();
        let shown = open(&kim, &card, "shorten the impact").await;
        kim.presses(&shown, "Apply").await;
        in_thread(&kim, &card, "Revision 2: kim edited").await;
        let short = text(&world, "impact").await;
        assert!(short.len() < long && short.contains("no way back"), "the risk stays: {short}");

        let shown = open(&kim, &card, "drop the part about rounding").await;
        assert!(shown.text.contains("Round half to even"), "{}", shown.text);
        kim.presses(&shown, "Apply").await;
        in_thread(&kim, &card, "Revision 3:").await;
        assert!(!text(&world, "changes").await.contains("Round half"));

        let shown = open(&kim, &card, "move it to tomorrow 10:00").await;
        assert!(shown.text.contains(", 10:00 (UTC)") && shown.text.contains("no time yet"), "{}", shown.text);
        kim.presses(&shown, "Apply").await;
        in_thread(&kim, &card, "kim planned it.").await;
        let (note, _) = world.records.notes.get(1).await.expect("readable").expect("a note");
        assert!(note.planned.expect("a time").from.to_rfc3339().ends_with("T10:00:00+00:00"));

        let shown = open(&kim, &card, "제목을 \"환불 2차\"로 바꿔줘").await;
        assert!(shown.text.contains("아직 아무것도 바뀌지 않았습니다"), "{}", shown.text);
        kim.presses(&shown, "적용").await;
        in_thread(&kim, &card, "kim 님이 적용했습니다").await;
        assert!(text(&world, "title").await.contains("환불 2차"));
        world.finish().await;
    })
    .await;
}

/// The newest proposal that waits, after these words.
async fn open(person: &Somebody, card: &Seen, words: &str) -> Seen {
    let is_open = |message: &Seen| message.buttons.iter().any(|button| button.action == "edit.apply");
    let known: Vec<String> = person.sees(Some(&card.id)).await.into_iter().map(|message| message.id).collect();
    person.says_in(&card.id, &format!("@Slipway {words}")).await;
    person.waits_for(Some(&card.id), words, |message| is_open(message) && !known.contains(&message.id)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_says_why_and_changes_nothing() {
    everywhere(async |world| {
        let (kim, card) = drafted(&world).await;
        let long = "x".repeat(300);
        asks(
            &kim,
            &card,
            &format!("set the title to {long}"),
            "It was not changed; send it again within these limits.",
        )
        .await;
        asks(&kim, &card, "shorten the moon", "There is no section").await;
        asks(&kim, &card, "drop the part about submarines", "No section says anything about submarines").await;
        asks(&kim, &card, "move it to 25:00", "25").await;
        asks(&kim, &card, "remove lee from the operators", "is none of the operators").await;
        assert_eq!(world.records.notes.latest(1).await.expect("readable").expect("a revision").number, 1);
        kim.says("@Slipway shorten the impact").await;
        kim.hears("There is no note here to answer from.").await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_edit_the_second_sees_what_the_first_did() {
    everywhere(async |world| {
        let (kim, card) = drafted(&world).await;
        let lee = world.somebody("lee").await;
        let first = open(&kim, &card, "set the title to Refunds, at most twice").await;
        lee.says_in(&card.id, "@Slipway replace \"at most\" with \"never more than\" in the title").await;
        let second = kim
            .waits_for(Some(&card.id), "lee's edit", |message| {
                message.text.contains("asked by lee") && message.text.contains("never more than")
            })
            .await;
        kim.presses(&first, "Apply").await;
        in_thread(&kim, &card, "Revision 2: kim edited").await;
        // What somebody else wrote last is not what stands in lee's way.
        let park = world.somebody("park").await;
        let third = open(&park, &card, "set the impact to Refunds only.").await;
        park.presses(&third, "Apply").await;
        in_thread(&park, &card, "Revision 3: park edited").await;
        lee.presses(&second, "Apply").await;
        let again = in_thread(&lee, &card, "kim changed it meanwhile").await;
        assert!(
            again.text.contains("-Refunds, at most twice") && again.text.contains("+Refunds, never more than twice"),
            "{}",
            again.text
        );
        assert!(text(&world, "title").await.contains("Refunds, at most twice"), "nothing was written over");
        lee.presses(&again, "Apply").await;
        in_thread(&lee, &card, "Revision 4: lee edited").await;
        assert!(text(&world, "title").await.contains("Refunds, never more than twice"));
        // The first edit cannot be undone any more without losing the second.
        asks(&kim, &card, "undo", "Undone by kim.").await;
        assert!(text(&world, "title").await.contains("Refunds, at most twice"), "the newest goes first");
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_edit_may_not_do_it_by_talking_either() {
    let mut config = Config::default();
    config.permissions.edit = vec!["web:nobody".to_owned()];
    everywhere_with(payments, &config, async |world| {
        let (kim, card) = drafted(&world).await;
        asks(&kim, &card, "shorten the impact", "You may not edit notes here.").await;
        assert_eq!(world.records.proposals.of(1, 5).await.expect("readable"), []);
        world.finish().await;
    })
    .await;
}
