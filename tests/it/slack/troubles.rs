//! Each refusal of Slack's has its sentence, and what concerns all of Slack is told to whoever runs the bot, once.

use super::scene::{Scene, place, unlimited};
use crate::support::fakes::slack::state::{APP_TOKEN, BOT_TOKEN, Sort, Validity};
use crate::support::fakes::slack::{FakeSlack, Manner};
use slipway::domain::message::{Attachment, Block, Message};
use slipway::domain::trouble::Fault;
use slipway::ports::chat::Chat;
use std::time::Duration;

async fn unhurried() -> Scene {
    let fake = FakeSlack::start().await;
    fake.knobs().limiting = false;
    Scene::with(fake, |_, pace| pace.allowances = unlimited()).await
}

fn sentence(fault: Fault) -> String {
    match fault {
        Fault::Refused(refusal) => refusal.0,
        other => panic!("nobody can mend {other:?}"),
    }
}

#[tokio::test]
async fn channels_that_are_closed_say_how_to_open_them() {
    let scene = unhurried().await;
    for error in ["not_in_channel", "is_archived", "channel_not_found"] {
        scene.fake.expect_refused(error);
    }
    scene.fake.world().add_channel("strangers", Sort::Public, false);
    scene.fake.world().add_channel("secret", Sort::Private, false);
    scene.fake.world().add_channel("old", Sort::Public, true);
    scene.fake.world().channel_mut("C0OLD").archived = true;
    let post = |channel: &'static str| {
        let slack = scene.slack.clone();
        async move { slack.post(&place(channel), "k", &Message::text("x")).await.expect_err("closed") }
    };
    assert_eq!(
        sentence(post("C0STRANGERS").await),
        "Slipway is not a member of this channel. Type `/invite @Slipway` there."
    );
    assert_eq!(sentence(post("C0OLD").await), "This Slack channel is archived. Unarchive it, or choose another one.");
    assert_eq!(post("C0SECRET").await, Fault::NotFound, "a private channel we are not in does not exist for us");
    assert_eq!(post("C0NOWHERE").await, Fault::NotFound);

    let told = scene.told("channel C0OLD", true).await.expect("a sentence");
    assert!(told.contains("`C0OLD` is archived") && told.contains("Unarchive it"), "{told}");
    scene.fake.world().channel_mut("C0OLD").archived = false;
    scene.slack.post(&place("C0OLD"), "k", &Message::text("x")).await.expect("posted");
    scene.told("channel C0OLD", false).await;
}

#[tokio::test]
async fn messages_that_are_gone_or_not_ours_are_named_so() {
    let scene = unhurried().await;
    for error in ["message_not_found", "thread_not_found", "cant_update_message"] {
        scene.fake.expect_refused(error);
    }
    let kim = scene.fake.person("kim");
    let theirs = kim.says("my own words").await;
    let foreign = scene.slack.edit(&scene.releases(), "k", &theirs, &Message::text("x")).await.expect_err("not ours");
    assert!(sentence(foreign).contains("was not written by Slipway"));
    let id = scene.slack.post(&scene.releases(), "k", &Message::text("x")).await.expect("posted");
    scene.fake.world().channel_mut("C0RELEASES").messages.retain(|message| message.ts != id);
    let gone = scene.slack.edit(&scene.releases(), "k", &id, &Message::text("y")).await;
    assert_eq!(gone, Err(Fault::NotFound));
    // Deleted by a person: said anew, it appears anew.
    scene.slack.post(&scene.releases(), "k", &Message::text("again")).await.expect("posted");
    assert_eq!(kim.sees(None).await.last().map(|seen| seen.text.clone()).as_deref(), Some("again"));
    let no_thread = scene.releases().in_thread("1700000000.000100");
    assert_eq!(scene.slack.post(&no_thread, "t", &Message::text("x")).await, Err(Fault::NotFound));
}

#[tokio::test]
async fn every_other_refusal_comes_with_a_sentence_or_as_what_it_is() {
    let scene = unhurried().await;
    for (code, told) in [
        ("restricted_action", "has limited who may post here"),
        ("restricted_action_thread_locked", "has locked this thread"),
        ("msg_too_long", "too long for Slack"),
        ("msg_blocks_too_long", "too long for Slack"),
        ("ekm_access_denied", "has suspended posting"),
        ("messages_tab_disabled", "**Messages Tab**"),
        ("team_access_not_granted", "may not work in this Slack workspace"),
    ] {
        scene.fake.next("chat.postMessage", Manner::Error(code));
        let fault = scene.slack.post(&scene.releases(), code, &Message::text("x")).await.expect_err("refused");
        let told_as = sentence(fault);
        assert!(told_as.contains(told), "{code}: {told_as}");
    }
    for (code, passing) in [("internal_error", true), ("fatal_error", true), ("invalid_blocks", false), ("news", false)]
    {
        scene.fake.next("chat.postMessage", Manner::Error(code));
        let fault = scene.slack.post(&scene.releases(), code, &Message::text("x")).await.expect_err("refused");
        assert_eq!(fault.is_passing(), passing, "{code}: {fault}");
    }
    assert_eq!(scene.fake.person("kim").sees(None).await.len(), 0, "nothing of it was shown");
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_once_and_again_when_it_is_good() {
    let scene = unhurried().await;
    for (validity, error, why) in [
        (Validity::Revoked, "token_revoked", "was revoked"),
        (Validity::Expired, "token_expired", "has expired"),
        (Validity::Inactive, "account_inactive", "removed or switched off"),
    ] {
        scene.fake.expect_refused(error);
        scene.fake.token_is(BOT_TOKEN, validity);
        for _ in 0..3 {
            let answer = scene.slack.post(&scene.releases(), error, &Message::text("x")).await;
            assert_eq!(answer, Err(Fault::Unauthorized));
        }
        let told = scene.told("token", true).await.expect("a sentence");
        assert!(told.contains(why) && told.contains("copy the new token"), "{told}");
        scene.fake.token_is(BOT_TOKEN, Validity::Live);
        scene.slack.post(&scene.releases(), error, &Message::text("x")).await.expect("posted");
        scene.told("token", false).await;
    }
    let notices = scene.ear.notices.lock().expect("no panic").clone();
    assert_eq!(notices.iter().filter(|(_, about, _)| about == "token").count(), 6, "{notices:#?}");
}

#[tokio::test]
async fn an_app_token_that_is_refused_is_told_while_it_goes_on_trying() {
    let scene = unhurried().await;
    scene.fake.expect_refused("token_revoked");
    scene.fake.token_is(APP_TOKEN, Validity::Revoked);
    scene.fake.cuts();
    let told = scene.told("app token", true).await.expect("a sentence");
    assert!(told.contains("app-level token was revoked"), "{told}");
    scene.fake.token_is(APP_TOKEN, Validity::Live);
    scene.fake.waits_for_sockets(2).await;
    scene.told("app token", false).await;
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named() {
    let scene = unhurried().await;
    scene.fake.expect_refused("missing_scope");
    scene.fake.without_scope("files:write");
    let file = Attachment {
        name: "note.md".to_owned(),
        media_type: "text/markdown".to_owned(),
        alt: "The note".to_owned(),
        bytes: b"# The note".to_vec(),
    };
    let message = Message::text("The note").with(Block::File { attachment: file });
    let fault = scene.slack.post(&scene.releases(), "k", &message).await.expect_err("the file could not go");
    let told = sentence(fault);
    assert!(told.contains("lacks the scope `files:write`") && told.contains("install the app again"), "{told}");
    assert_eq!(scene.fake.person("kim").sees(None).await.len(), 1, "the words stand there");
    assert_eq!(scene.told("scope files:write", true).await, Some(told));
    scene.fake.world().tokens.get_mut(BOT_TOKEN).expect("a token").scopes.insert("files:write".to_owned());
    scene.slack.post(&scene.releases(), "k", &message).await.expect("now it went");
    assert_eq!(scene.fake.person("kim").sees(None).await.len(), 1, "and the words still stand there once");
    scene.told("scope files:write", false).await;
}

#[tokio::test]
async fn what_an_earlier_process_told_is_told_to_be_over_by_the_next() {
    let scene = unhurried().await;
    scene.fake.expect_refused("token_revoked");
    scene.fake.token_is(BOT_TOKEN, Validity::Revoked);
    scene.slack.post(&scene.releases(), "k", &Message::text("x")).await.expect_err("refused");
    scene.told("token", true).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (fake, store, _) = scene.stops().await;
    fake.token_is(BOT_TOKEN, Validity::Live);
    let scene = Scene::on(fake, store, |_, _| {}).await;
    scene.slack.post(&scene.releases(), "k", &Message::text("x")).await.expect("posted");
    scene.told("token", false).await;
    let begun = scene.ear.notices.lock().expect("no panic").iter().filter(|(.., sentence)| sentence.is_some()).count();
    assert_eq!(begun, 0, "it was not told a second time");
}
