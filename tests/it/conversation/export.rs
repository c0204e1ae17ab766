//! A note where others read it: once, however often it is put there.

use crate::support::fakes::jira::{FakeJira, TOKEN};
use crate::support::repo::Repo;
use crate::support::shop::{Shop, on_github};
use crate::support::somebody::{Somebody, is_card};
use crate::support::world::{Platform, World};
use std::time::{Duration, Instant};

/// Waits until the note's thread has told of so many exports of this kind.
async fn stands_times(kim: &Somebody, thread: &str, told: &str, times: usize) {
    let begun = Instant::now();
    loop {
        let said = kim.sees(Some(thread)).await;
        if said.iter().filter(|message| message.bot && message.text.contains(told)).count() == times {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{told} was not told {times} times");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_stands_on_releases_a_pull_request_and_a_ticket_and_is_there_as_a_file() {
    for platform in Platform::ALL {
        println!("on {platform:?}:");
        let shop = Shop::new();
        let mut config = shop.config("");
        let github = on_github(&shop, &mut config).await;
        let jira = FakeJira::data_center().await;
        let token = config.data_dir.join("jira-token");
        std::fs::write(&token, TOKEN).expect("writable");
        config.jira.url = Some(jira.url().to_owned());
        config.jira.token_file = Some(token);
        jira.state().issue("PAY-1", "Show refunds");
        github.state().repository("acme/web").merges(41, "Show refunds", &shop.web.head());

        let world = World::play(platform, Repo::named("elsewhere"), config, slipway::wiring::memory_store()).await;
        let kim = world.somebody("kim").await;
        kim.says("/release draft web@v3.1..v3.2 api@v8.0..v8.1").await;
        let card = kim.waits_for_card().await;

        for times in 1..=2 {
            kim.says("/release export 1 release").await;
            stands_times(&kim, &card.id, "where others read it", times).await;
        }
        for (repository, tag) in [("acme/web", "v3.2"), ("acme/api", "v8.1")] {
            let mut state = github.state();
            let releases = &state.repository(repository).releases;
            let ours: Vec<_> = releases.iter().filter(|one| one.tag == tag).collect();
            assert_eq!(ours.len(), 1, "one release, however often");
            assert_eq!(ours[0].body.matches("Order of deployment").count(), 1, "{}", ours[0].body);
        }

        for (to, link) in [("pull-request web#41", "/comments/"), ("ticket PAY-1", "focusedCommentId")] {
            for times in 1..=2 {
                kim.says(&format!("/release export 1 {to}")).await;
                stands_times(&kim, &card.id, link, times).await;
            }
        }
        assert_eq!(github.state().repository("acme/web").comments[&41].len(), 1);
        assert_eq!(jira.state().issues["PAY-1"].comments.len(), 1);
        kim.says("/release export 1 markdown").await;
        kim.waits_for(Some(&card.id), "the file", |message| message.text.contains("as a file for kim")).await;

        kim.says("/release export 1 ticket PAY-99").await;
        kim.waits_for(Some(&card.id), "what went wrong", |message| message.text.contains("does not stand there")).await;
        for (said, answer) in [
            ("/release export 1 pull-request 41", "Whose pull request 41?"),
            ("/release export 1 moon", "is nowhere a note can go"),
            ("/release export 1 ticket", "Which ticket?"),
            ("/release export 1 ticket what", "No tracker takes"),
            ("/release export 9 markdown", "There is no note 9"),
        ] {
            kim.says(said).await;
            kim.hears_somewhere(answer).await;
        }
        assert_eq!(github.complaints(), Vec::<String>::new());
        assert_eq!(jira.complaints(), Vec::<String>::new());
        world.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_on_no_host_says_how_that_is_changed() {
    let world = World::new().await;
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    kim.waits_for(None, "the card", is_card).await;
    kim.says("/release export 1 release").await;
    kim.hears("is on a code host that Slipway knows").await;
    world.finish().await;
}
