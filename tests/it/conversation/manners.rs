//! Manners that hold everywhere, and what differs by platform: who may, where it may, and whom trouble is told.

use crate::support::fakes::slack::state::{Sort, Validity};
use crate::support::somebody::Somebody;
use crate::support::world::{Platform, World, everywhere, everywhere_with, payments};
use slipway::config::Config;
use slipway::wiring;

async fn on(platform: Platform, config: Config) -> World {
    World::play(platform, payments(), config, wiring::memory_store()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_draft_is_told_so_and_help_leaves_it_out() {
    let mut config = Config::default();
    config.permissions.draft = vec!["web:somebody-else".to_owned()];
    everywhere_with(payments, &config, async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft").await;
        let told = kim.hears("You may not draft notes here").await;
        assert!(told.whisper, "{}", told.text);
        kim.says("/release help").await;
        let help = kim.hears("What you can do here").await;
        assert!(help.text.contains("/release notes") && !help.text.contains("/release draft ["), "{}", help.text);
        assert!(world.records.notes.list(9, None).await.expect("readable").is_empty());
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_says_who_pressed_and_its_buttons_go() {
    everywhere(async |world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
        kim.says("/release draft v1.0.0..v1.1.0").await;
        let card = kim.waits_for_card().await;
        lee.presses(&card, "Regenerate").await;
        kim.waits_for(Some(&card.id), "who asked", |message| message.text.contains("drafted again for lee")).await;
        let card = kim.waits_for(None, "revision 2", |message| message.text.contains("revision 2")).await;
        assert_eq!(card.buttons.len(), 2, "{}", card.text);
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_slack_channel_without_the_bot_the_asker_is_told_how_to_invite_it() {
    let world = on(Platform::Slack, Config::default()).await;
    let slack = world.slack.as_ref().expect("it plays in Slack");
    slack.world().add_channel("ops", Sort::Public, false);
    slack.expect_refused("not_in_channel");
    let kim = Somebody::Slack(slack.person("kim").looks_at("ops"));
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let told = kim.hears("cannot be shown here").await;
    assert!(told.whisper && told.text.contains("/invite @Slipway"), "{}", told.text);
    assert!(kim.sees_said().await.is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_to_the_bot_needs_no_mention() {
    let world = on(Platform::Slack, Config::default()).await;
    let slack = world.slack.as_ref().expect("it plays in Slack");
    let kim = Somebody::Slack(slack.person("kim").in_direct_messages());
    kim.says("draft v1.0.0..v1.1.0").await;
    kim.waits_for_card().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slack_message_is_drafted_from_and_filed() {
    let world = on(Platform::Slack, Config::default()).await;
    let slack = world.slack.as_ref().expect("it plays in Slack");
    let kim = slack.person("kim");
    let message = kim.says("Can we ship payments v1.0.0..v1.1.0 today?").await;
    kim.uses_on(&message, "note.draft").await;
    let form = kim.waits_for_form("the shortcut").await;
    let shown = kim.reads(&form);
    for part in ["Draft a note", "payments", "v1.0.0", "v1.1.0"] {
        assert!(shown.contains(part), "`{part}` in {shown}");
    }
    kim.submits(&form, &[]).await.expect("it is taken");
    let card = Somebody::Slack(kim.clone()).waits_for_card().await;
    assert!(card.text.contains("v1.0.0..v1.1.0"), "{}", card.text);

    let outage = kim.says("Checkout is down since 10:02, rolling back").await;
    kim.uses_on(&outage, "incident.file").await;
    assert!(kim.hears("Filed as incident 1").await.whisper);
    kim.uses_on(&outage, "incident.file").await;
    kim.hears("is filed already, as incident 1").await;
    kim.says("/release incidents").await;
    kim.waits_for(None, "the list", |message| message.text.contains("filed by kim")).await;
    let filed = world.records.incidents.list(9).await.expect("readable");
    assert_eq!(filed.len(), 1);
    assert_eq!(filed[0].text, "Checkout is down since 10:02, rolling back");
    assert!(
        filed[0].link.as_deref().is_some_and(|link| link.contains("/archives/C0RELEASES/p")),
        "{:?}",
        filed[0].link
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_s_home_page_shows_my_notes_and_what_waits_for_me() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let policy = folder.path().join("policy.toml");
    let freeze = "[[freezes]]\nname = \"The long freeze\"\nfrom = \"2020-01-01\"\nuntil = \"2090-01-01\"\n";
    std::fs::write(&policy, freeze).expect("writable");
    let world = on(Platform::Slack, Config { policy: Some(policy), ..Config::default() }).await;
    let slack = world.slack.as_ref().expect("it plays in Slack");
    let kim = slack.person("kim");
    let empty = kim.opens_home().await;
    for part in ["Draft a note", "Nothing waits for you.", "You have no note yet.", "No change is watched."] {
        assert!(empty.contains(part), "`{part}` in {empty}");
    }
    kim.says("/release draft v1.0.0..v1.1.0").await;
    Somebody::Slack(kim.clone()).waits_for_card().await;
    kim.says("/release draft v1.0.0..v9.9.9").await;
    kim.hears("was not drafted").await;
    let home = kim.opens_home().await;
    for part in ["Note 1 · payments", "Note 2 · payments", "It was not drafted.", "v9.9.9"] {
        assert!(home.contains(part), "`{part}` in {home}");
    }
    let lee = slack.person("lee");
    let other = lee.opens_home().await;
    assert!(other.contains("You have no note yet."), "another's notes are not theirs: {other}");
    assert!(other.contains("This week") && other.contains("freeze · The long freeze"), "{other}");

    kim.says("/release approval 1 ask").await;
    Somebody::Slack(kim.clone())
        .waits_for(None, "the card says so", |message| message.text.contains("asked for by kim"))
        .await;
    let other = lee.opens_home().await;
    for part in ["kim asks for approval", "Note 1 · payments"] {
        assert!(other.contains(part), "`{part}` in {other}");
    }
    assert!(!kim.opens_home().await.contains("asks for approval"), "nobody approves their own");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_message_is_drafted_from_and_filed() {
    let world = on(Platform::Discord, Config::default()).await;
    let discord = world.discord.as_ref().expect("it plays in Discord");
    let kim = discord.person("kim");
    let somebody = Somebody::Discord(kim.clone());
    let outage = kim.writes("Checkout is down since 10:02, rolling back");
    kim.picks(&outage, "File as incident").await;
    assert!(somebody.hears("Filed as incident 1").await.whisper);
    let filed = world.records.incidents.list(9).await.expect("readable");
    assert_eq!(filed[0].text, "Checkout is down since 10:02, rolling back");

    let message = kim.writes("Can we ship payments v1.0.0..v1.1.0 today?");
    let steps = kim.picks(&message, "Draft a note from this").await.said();
    let asked: Vec<&str> =
        steps.selects.iter().flat_map(|select| &select.options).map(|(label, _)| label.as_str()).collect();
    assert_eq!(asked, ["Service", "From", "To", "Kind of note"]);
    kim.presses(&steps, "Draft").await;
    let card = somebody.waits_for_card().await;
    assert!(card.text.contains("v1.0.0..v1.1.0"), "{}", card.text);
    world.finish().await;
}

/// A revoked token is no reason to stop: the web chat goes on, whoever runs the bot is told once, and again when it is over.
#[tokio::test(flavor = "multi_thread")]
async fn trouble_with_a_platform_is_told_in_the_admin_channel_and_its_end_too() {
    let mut config = Config { admin_channel: Some("web:on-call".to_owned()), ..Config::default() };
    config.web.channels = vec!["releases".to_owned(), "on-call".to_owned()];
    let world = on(Platform::Slack, config).await;
    let slack = world.slack.as_ref().expect("it plays in Slack");
    let captain = world.person("captain").await.in_channel("on-call");
    slack.expect_refused("token_revoked");
    slack.token_is(slack.bot_token(), Validity::Revoked);
    let kim = slack.person("kim");
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let told = captain.hears("trouble since").await;
    assert!(told.text.contains("Slack") && told.text.to_lowercase().contains("revoked"), "{}", told.text);
    captain.says("/release status").await;
    captain.waits_for(None, "what fails", |message| message.text.contains("slack FAILS")).await;

    slack.token_is(slack.bot_token(), Validity::Live);
    let card = Somebody::Slack(kim).waits_for_card().await;
    assert!(card.text.contains("v1.0.0..v1.1.0"), "what was asked meanwhile is there: {}", card.text);
    let over = captain.waits_for(None, "the end", |message| message.text.contains("over.")).await;
    assert_eq!(over.id, told.id, "one message tells both");
    world.finish().await;
}
