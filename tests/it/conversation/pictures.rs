//! What people see, as pages to be looked at with a designer's eye: they are left in `target/pictures`.

use crate::support::fakes::slack::picture::picture;
use crate::support::shop;
use crate::support::somebody::{Somebody, is_card};
use crate::support::world::{World, everywhere};
use std::path::{Path, PathBuf};

#[tokio::test(flavor = "multi_thread")]
async fn the_messages_of_a_draft_can_be_looked_at() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).expect("writable");
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release help").await;
        kim.hears("What you can do here").await;
        kim.says("/release status").await;
        kim.hears("What works").await;
        kim.says("/release drft").await;
        kim.hears_somewhere("did you mean").await;
        kim.says("/release draft v1.0.0..v9.9.9").await;
        kim.hears("was not drafted").await;
        kim.says("/release draft v1.0.0..main").await;
        let card = kim.waits_for_card().await;
        kim.waits_for(Some(&card.id), "the note", |message| message.text.contains("Rollback scenario")).await;
        kim.says("/release edit 2 changes \"Refunds are paid once.\"").await;
        kim.waits_for(None, "the edit", |message| message.text.contains("revision 2")).await;
        world.repo.commit("feat(export): ledger as CSV (#15)", &[("src/export.rs", "pub fn csv() {}\n")]);
        kim.presses(&card, "Regenerate").await;
        kim.waits_for(Some(&card.id), "the choice", |message| message.buttons.len() == 3).await;
        kim.waits_for(None, "revision 3", |message| message.text.contains("revision 3")).await;
        kim.says("/release notes").await;
        kim.waits_for(None, "the list", |message| message.text.contains("Newest notes")).await;

        leave(&folder, "", &world, &kim, &card.id).await;
        world.finish().await;
    })
    .await;
}

/// What a team sees of its own: a note for several services, owners, work, preferences, the catalogue.
#[tokio::test(flavor = "multi_thread")]
async fn the_messages_of_a_team_s_context_can_be_looked_at() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).expect("writable");
    shop::everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        kim.says("/release services").await;
        kim.hears("team-checkout").await;
        kim.says("/release preferences add before \"Tell support that {version} goes out\"").await;
        kim.hears("Preference 1 holds").await;
        kim.says("/release preferences").await;
        kim.hears_somewhere("kim said so").await;
        kim.says("/release draft shop web@v3.1..v3.2 api@v8.0..v8.1").await;
        let card = kim.waits_for_card().await;
        kim.waits_for(Some(&card.id), "the note", |message| message.text.contains("Rollback scenario")).await;
        let asked = kim.waits_for(None, "its owners", |message| message.buttons.len() == 3).await;
        kim.presses(&asked, "Acknowledge").await;
        kim.waits_for(None, "the answer", |message| message.text.contains("1 of 1 acknowledged")).await;
        kim.says("/release work \"upgrade postgres 14 to 15\" --service checkout --at \"tomorrow 22:00\"").await;
        kim.waits_for(None, "the work", |message| {
            is_card(message) && message.text.contains("Upgrade postgres 14 to 15")
        })
        .await;
        // Both at one time: the review says so, with the week as a picture.
        kim.says("/release plan 1 --at \"tomorrow 22:00\" --for 1h").await;
        kim.waits_for(Some(&card.id), "the review with its week", |message| {
            message.text.contains("Meanwhile") && message.text.contains("postgres 14 to 15")
        })
        .await;
        world.settles().await;
        leave(&folder, "team-", &world, &kim, &card.id).await;
        world.finish().await;
    })
    .await;
}

/// The channel, and the thread where it is a page of its own.
async fn leave(folder: &Path, what: &str, world: &World, kim: &Somebody, thread: &str) {
    let write = |name: &str, page: &str| {
        assert!(page.contains("Rollback") || page.contains("payments"), "{name} shows the note");
        std::fs::write(folder.join(format!("{what}{name}")), page).expect("writable");
    };
    match kim {
        Somebody::Web(person) => write("web.html", &person.page("/c/releases").await),
        Somebody::Slack(person) => {
            let world = world.slack.as_ref().expect("it plays in Slack").world();
            write("slack.html", &picture(&world, &world.channel(&person.channel).messages));
        }
        Somebody::Discord(person) => {
            let discord = world.discord.as_ref().expect("it plays in Discord");
            write("discord.html", &discord.page(&person.place(), Some(person)));
            write("discord-thread.html", &discord.page(thread, Some(person)));
        }
    }
}
