//! Finding one's way: help, status, lists.

use crate::support::world::{World, everywhere};

#[tokio::test(flavor = "multi_thread")]
async fn help_is_for_the_asker_and_lists_every_command() {
    everywhere(async |world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
        kim.says("/release help").await;
        let help = kim.hears("What you can do here").await;
        assert!(help.whisper);
        for command in slipway::features::COMMANDS {
            assert!(help.text.contains(&format!("/release {}", command.name)), "{} in {}", command.name, help.text);
        }
        assert!(lee.sees(None).await.iter().all(|message| !message.bot), "nobody else sees it");
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_what_works() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release status").await;
        let status = kim.hears("What works").await;
        for part in
            ["store works", "git works", "service payments works", "web chat works", "model off", "embedder off"]
        {
            assert!(status.text.contains(part), "`{part}` in {}", status.text);
        }
        assert!(!status.text.contains("FAILS"), "{}", status.text);
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completion_offers_commands_then_services_then_tags() {
    let world = World::new().await;
    let kim = world.person("kim").await;
    let labels = async |typed: &str| kim.page(&format!("/complete?words={}", typed.replace(' ', "%20"))).await;
    assert!(labels("dr").await.contains("draft [SERVICE]"));
    assert!(labels("draft pay").await.contains("payments"));
    assert!(labels("draft payments v1").await.contains("v1.1.0"));
    assert!(labels("draft payments v1.0.0..v").await.contains("v1.0.0..v1.1.0"));
    assert!(labels("draft --k").await.contains("--kind work"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_found_again() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release notes").await;
        assert!(kim.hears("There is no note yet").await.whisper);
        kim.says("/release draft").await;
        kim.waits_for_card().await;
        kim.says("/release notes").await;
        kim.waits_for(None, "the list", |message| {
            message.text.contains("Newest notes") && message.text.contains("Note 1")
        })
        .await;
        let page = world.person("lee").await.page("/n/1").await;
        assert!(page.contains("Rollback scenario") && page.contains("has no way back"), "the note's own page");
        world.finish().await;
    })
    .await;
}
