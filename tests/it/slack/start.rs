//! Before anything is heard: tokens that cannot work, and what the check says.

use super::scene::{Scene, adapter};
use crate::support::fakes::slack::state::{APP_TOKEN, BOT_TOKEN, Validity};
use crate::support::fakes::slack::{FakeSlack, Manner};
use slipway::adapters::chat::slack::{Slack, SlackOptions};
use slipway::adapters::clock::system::SystemClock;
use slipway::adapters::store::memory::MemoryStore;
use slipway::domain::health::{Check, Health};
use slipway::ports::chat::Chat;
use std::sync::Arc;

async fn checked(fake: &FakeSlack) -> Vec<Check> {
    adapter(fake, Arc::new(MemoryStore::new()), |_, _| {}).check().await
}

#[tokio::test]
async fn tokens_of_the_wrong_kind_are_refused_before_slack_is_asked() {
    let options = SlackOptions {
        bot_token: APP_TOKEN.into(),
        app_token: Some(BOT_TOKEN.into()),
        signing_secrets: Vec::new(),
        command: "/release".to_owned(),
        watched: Vec::new(),
        api_url: Some("http://127.0.0.1:1/api".to_owned()),
        public_url: String::new(),
    };
    let refused = Slack::new(Arc::new(MemoryStore::new()), Arc::new(SystemClock), options).err().expect("refused");
    assert!(refused.contains("`xapp-…` is an app-level token; a bot token begins with `xoxb-`"), "{refused}");
    assert!(!refused.contains("planted"), "{refused}");
}

#[tokio::test]
async fn a_workspace_that_works_says_who_we_are_and_that_connections_are_open() {
    let scene = Scene::open().await;
    let checks = scene.slack.check().await;
    let told: Vec<&str> = checks.iter().map(|check| check.sentence.as_str()).collect();
    assert!(checks.iter().all(|check| check.health == Health::Works), "{checks:?}");
    assert_eq!(told[0], "`@slipway` in `Slipway's makers`, with every scope it needs.");
    assert!(told[1].starts_with("2 of 2 connections open, the oldest since "), "{}", told[1]);
    scene.fake.goes_away().await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let gone = scene.slack.check().await.remove(1);
    assert_eq!(gone.health, Health::Fails);
    assert!(gone.sentence.starts_with("No connection: ") && gone.sentence.ends_with("goes on trying."), "{gone}");
}

#[tokio::test]
async fn before_the_start_the_app_token_is_tried() {
    let fake = FakeSlack::start().await;
    let checks = checked(&fake).await;
    assert_eq!(checks[1], Check::works("slack events", "Slack gives connections for the app-level token."));
    fake.expect_refused("invalid_auth");
    let other =
        adapter(&fake, Arc::new(MemoryStore::new()), |options, _| options.app_token = Some("xapp-1-wrong".into()));
    let told = other.check().await.remove(1);
    assert!(told.health == Health::Fails && told.sentence.contains("app-level token is not known to Slack"), "{told}");
}

#[tokio::test]
async fn scopes_that_are_missing_are_named_with_what_they_are_for() {
    let fake = FakeSlack::start().await;
    fake.without_scope("files:write");
    fake.without_scope("im:history");
    let told = checked(&fake).await.remove(0);
    assert_eq!(told.health, Health::Fails);
    assert!(
        told.sentence.contains("`files:write` (to attach files), `im:history` (to hear direct messages)"),
        "{told}"
    );
}

#[tokio::test]
async fn a_token_that_is_no_good_says_why_and_what_to_do() {
    let fake = FakeSlack::start().await;
    for (validity, error, why) in [
        (Validity::Revoked, "token_revoked", "was revoked"),
        (Validity::Expired, "token_expired", "has expired"),
        (Validity::Inactive, "account_inactive", "switched off"),
    ] {
        fake.expect_refused(error);
        fake.token_is(BOT_TOKEN, validity);
        let told = checked(&fake).await.remove(0);
        assert!(told.health == Health::Fails && told.sentence.contains(why), "{told}");
    }
}

#[tokio::test]
async fn slack_that_is_not_there_is_told_so_in_time() {
    let fake = FakeSlack::start().await;
    fake.always("auth.test", Manner::Http(502));
    assert_eq!(checked(&fake).await[0].health, Health::Fails);
    let nowhere = adapter(&fake, Arc::new(MemoryStore::new()), |options, _| {
        options.api_url = Some("http://127.0.0.1:1/api".to_owned());
    });
    for told in nowhere.check().await {
        assert!(
            told.health == Health::Fails && told.sentence.contains("See whether this machine reaches it"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn over_http_it_says_where_slack_should_send() {
    let fake = FakeSlack::start().await;
    let slack = adapter(&fake, Arc::new(MemoryStore::new()), |options, _| {
        options.app_token = None;
        options.signing_secrets = vec!["8f74".into()];
    });
    let told = slack.check().await.remove(1);
    assert_eq!(
        told,
        Check::works("slack events", "Expected over HTTP at `https://releases.example.org/slack/events`.")
    );
}
