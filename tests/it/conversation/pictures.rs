//! What people see, as pages to be looked at with a designer's eye: they are left in `target/pictures`.

use crate::support::fakes::slack::picture::picture;
use crate::support::somebody::Somebody;
use crate::support::world::everywhere;
use std::path::PathBuf;

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

        let write = |name: &str, page: &str| {
            assert!(page.contains("Rollback") || page.contains("payments"), "{name} shows the note");
            std::fs::write(folder.join(name), page).expect("writable");
        };
        match &kim {
            Somebody::Web(person) => write("web.html", &person.page("/c/releases").await),
            Somebody::Slack(person) => {
                let world = world.slack.as_ref().expect("it plays in Slack").world();
                write("slack.html", &picture(&world, &world.channel(&person.channel).messages));
            }
            Somebody::Discord(person) => {
                let discord = world.discord.as_ref().expect("it plays in Discord");
                write("discord.html", &discord.page(&person.place(), Some(person)));
                write("discord-thread.html", &discord.page(&card.id, Some(person)));
            }
        }
        world.finish().await;
    })
    .await;
}
