//! What a team always adds is learnt from its edits, told, heeded, and forgotten when somebody wants that.

use crate::support::seen::Seen;
use crate::support::somebody::{Somebody, is_card};
use crate::support::world::{World, everywhere, everywhere_with, payments};
use slipway::config::Config;

/// Drafts note `id`; its card.
async fn draft(kim: &Somebody, id: u64) -> Seen {
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let title = format!("note {id}");
    kim.waits_for(None, "the next card", |message| is_card(message) && message.text.to_lowercase().contains(&title))
        .await
}

async fn workspace(world: &World, id: u64) -> String {
    world.records.notes.get(id).await.expect("readable").expect("there").0.workspace
}

async fn before(world: &World, id: u64) -> Vec<String> {
    let revision = world.records.notes.latest(id).await.expect("readable").expect("there");
    let items = revision.section("before").expect("there").value.as_array().expect("a list").clone();
    items.iter().map(|item| item.as_str().expect("text").to_owned()).collect()
}

/// Adds a line to what is done before, as a form would send it.
async fn adds(world: &World, kim: &Somebody, card: &Seen, id: u64, line: &str) {
    let mut lines = before(world, id).await;
    lines.push(line.to_owned());
    kim.fills(card, "Edit", ("before", "Before"), &lines.join("\n")).await;
    kim.waits_for(Some(&card.id), "the edit", |message| message.text.contains("Revision 2: kim")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_added_three_times_is_learnt_told_heeded_and_forgotten_on_demand() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        let line = "Tell support that v1.1.0 goes out";
        let mut card = draft(&kim, 1).await;
        adds(&world, &kim, &card, 1, line).await;
        for id in 2..=3 {
            card = draft(&kim, id).await;
            assert!(!before(&world, id).await.contains(&line.to_owned()), "not learnt before it is a habit");
            adds(&world, &kim, &card, id, line).await;
        }
        let learnt =
            kim.waits_for(Some(&card.id), "what was learnt", |message| message.text.contains("Learnt, because")).await;
        assert!(learnt.text.contains("notes 1, 2 and 3"), "{}", learnt.text);
        assert!(learnt.text.contains("Tell support that {version} goes out"), "{}", learnt.text);

        draft(&kim, 4).await;
        assert_eq!(before(&world, 4).await.iter().filter(|entry| *entry == line).count(), 1, "heeded, once");
        kim.says("/release preferences").await;
        kim.hears_somewhere("Learnt from notes 1, 2 and 3").await;

        kim.presses(&learnt, "Forget it").await;
        kim.waits_for(Some(&card.id), "that it is forgotten", |message| {
            message.id == learnt.id && message.text.contains("kim wants this forgotten")
        })
        .await;
        kim.says("/release preferences restore 1").await;
        kim.waits_for(Some(&card.id), "that it is back", |message| {
            message.id == learnt.id && message.text.contains("Learnt, because") && message.buttons.len() == 1
        })
        .await;
        kim.says("/release preferences forget 1").await;
        kim.waits_for(Some(&card.id), "that it is gone", |message| {
            message.id == learnt.id && message.text.contains("wants this forgotten") && message.buttons.is_empty()
        })
        .await;
        let fifth = draft(&kim, 5).await;
        assert!(!before(&world, 5).await.contains(&line.to_owned()));
        adds(&world, &kim, &fifth, 5, line).await;
        let (wishes, _) = world.records.preferences.of(&workspace(&world, 1).await).await.expect("readable");
        assert_eq!(wishes.all.len(), 1, "it is not learnt again");
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_states_changes_and_restores_preferences_in_words() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release preferences add before “Tell support that {version} goes out”").await;
        kim.hears("Preference 1 holds from the next draft on").await;
        kim.says("/release preferences omit after \"Check that every instance of\"").await;
        kim.hears("Preference 2 holds").await;
        draft(&kim, 1).await;
        assert!(before(&world, 1).await.contains(&"Tell support that v1.1.0 goes out".to_owned()));
        let revision = world.records.notes.latest(1).await.expect("readable").expect("there");
        assert!(revision.remarks.iter().any(|remark| remark.contains("preference 1")), "{:?}", revision.remarks);

        kim.says("/release preferences change 1 \"Tell sales\"").await;
        kim.hears("\"Tell sales\"").await;
        kim.says("/release preferences forget 1").await;
        kim.hears("kim wants this forgotten").await;
        draft(&kim, 2).await;
        assert!(!before(&world, 2).await.contains(&"Tell sales".to_owned()));
        kim.says("/release preferences restore 1").await;
        kim.waits_for(None, "it again", |message| message.text.matches("Preference 1 holds").count() > 0).await;
        draft(&kim, 3).await;
        assert!(before(&world, 3).await.contains(&"Tell sales".to_owned()));

        kim.says("/release preferences omit before \"Tell sales\"").await;
        kim.hears("Preference 3 holds").await;
        draft(&kim, 4).await;
        assert!(!before(&world, 4).await.contains(&"Tell sales".to_owned()), "what was said last counts");
        kim.says("/release preferences restore 1").await;
        kim.waits_for(None, "that the opposite is gone", |message| {
            message.text.contains("wants this forgotten") && message.text.contains("never have")
        })
        .await;
        draft(&kim, 5).await;
        assert!(before(&world, 5).await.contains(&"Tell sales".to_owned()), "nor does the older one win");

        for (said, answer) in [
            ("/release preferences add title \"Never\"", "no preference can hold for it"),
            ("/release preferences add bfore \"Tell support\"", "The nearest is"),
            ("/release preferences add before \"tell sales\"", "says that already"),
            ("/release preferences add before", "Add the section and the entry"),
            ("/release preferences forget 9", "has no preference 9"),
            ("/release preferences forget one", "is no preference's number"),
            ("/release preferences restore 1", "is heeded already"),
            ("/release preferences love", "cannot be done to preferences"),
            ("/release preferences add before \"x\" --service nope", "There is no service"),
            ("/release preferences add before \"…\"", "An entry needs words"),
        ] {
            kim.says(said).await;
            kim.hears_somewhere(answer).await;
        }
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_edit_sees_preferences_and_changes_none() {
    let mut config = Config::default();
    config.permissions.edit = vec!["web:somebody-else".to_owned()];
    everywhere_with(payments, &config, async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release preferences add before \"Tell support\"").await;
        kim.hears_somewhere("You may see preferences, not change them").await;
        kim.says("/release preferences").await;
        kim.hears_somewhere("nothing was learnt yet").await;
        world.finish().await;
    })
    .await;
}
