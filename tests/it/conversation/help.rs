//! Finding one's way: help, status, lists.

use crate::support::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn help_is_for_the_asker_and_lists_every_command() {
    let world = World::new().await;
    let (kim, lee) = (world.person("kim").await, world.person("lee").await);
    kim.says("/release").await;
    let help = kim.hears("What you can do here").await;
    assert!(help.whisper);
    for command in slipway::features::COMMANDS {
        assert!(help.text.contains(&format!("/release {}", command.name)), "{} in {}", command.name, help.text);
    }
    assert!(lee.sees(None).await.iter().all(|message| !message.bot), "nobody else sees it");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_what_works() {
    let world = World::new().await;
    let kim = world.person("kim").await;
    kim.says("/release status").await;
    let status = kim.hears("What works").await;
    for part in ["store works", "git works", "service payments works", "model off", "embedder off"] {
        assert!(status.text.contains(part), "`{part}` in {}", status.text);
    }
    world.finish().await;
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
    let world = World::new().await;
    let kim = world.person("kim").await;
    kim.says("/release notes").await;
    kim.hears("There is no note yet").await;
    kim.says("/release draft").await;
    kim.waits_for_card().await;
    kim.says("/release notes").await;
    kim.hears("Note 1").await;
    let page = kim.page("/n/1").await;
    assert!(page.contains("Rollback scenario") && page.contains("has no way back"), "the note's own page");
    world.finish().await;
}
