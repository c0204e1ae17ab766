//! The whole bot on Discord: from `/release draft` to the note in the thread, and back by buttons and forms.

use super::house::options;
use crate::support::fakes::discord::{FakeDiscord, Outcome, Seen};
use crate::support::repo::Repo;
use crate::support::world::payments;
use slipway::adapters::chat::discord::Discord;
use slipway::bot::Bot;
use slipway::config::Config;
use slipway::wiring::{self, House};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct Whole {
    pub fake: FakeDiscord,
    _repo: Repo,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Whole {
    pub async fn new() -> Self {
        let (fake, repo, store) = (FakeDiscord::start().await, payments(), wiring::memory_store());
        let mut context =
            House::looked_at(&Config::default(), store.clone(), Some(repo.path())).await.expect("a context");
        let discord = Discord::new(store, wiring::system_clock(), options(&fake)).expect("an adapter");
        context.chats = vec![discord];
        let (bot, stop) = (Bot::new(Arc::new(context)), CancellationToken::new());
        let running = tokio::spawn(bot.run(stop.clone()));
        fake.connected().await;
        Self { fake, _repo: repo, stop, running }
    }

    pub async fn closes(self) {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("a clean end");
        assert_eq!(self.fake.complaints(), Vec::<String>::new());
    }
}

pub fn is_card(seen: &Seen) -> bool {
    seen.button("Edit").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_becomes_a_card_with_the_whole_note_in_its_thread() {
    let whole = Whole::new().await;
    let kim = whole.fake.person("kim");
    kim.says("/release draft range:v1.0.0..v1.1.0").await;
    let card = kim.waits_for(None, "the card", is_card).await;
    for part in ["payments", "v1.0.0..v1.1.0", "3 commits", "has no way back", "written by rules, no model"] {
        assert!(card.text.contains(part), "`{part}` in {}", card.text);
    }
    let has = |part: &'static str| move |seen: &Seen| seen.text.contains(part);
    kim.waits_for(Some(&card.id), "the note", has("Rollback scenario")).await;
    // The placeholder became the card; "is thinking…" is gone; nothing else is in the channel.
    let begun = std::time::Instant::now();
    while kim.sees(None).len() > 1 {
        assert!(begun.elapsed() < Duration::from_secs(10), "{:#?}", kim.sees(None));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    whole.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_is_edited_from_the_card_s_button() {
    let whole = Whole::new().await;
    let kim = whole.fake.person("kim");
    kim.says("/release draft").await;
    let card = kim.waits_for(None, "the card", is_card).await;
    let list = match kim.presses(&card, "Edit").await {
        Outcome::Said(list) => list,
        other => panic!("a list of fields: {other:?}"),
    };
    assert!(!list.selects.is_empty(), "{list:#?}");
    whole.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_has_one_answer_and_words_are_completed_from_git() {
    let whole = Whole::new().await;
    let kim = whole.fake.person("kim");
    let offered: Vec<String> =
        kim.completes("/release draft range:v1").await.into_iter().map(|(_, value)| value).collect();
    assert!(offered.contains(&"v1.1.0".to_owned()), "{offered:?}");
    let offered: Vec<String> =
        kim.completes("/release draft service:").await.into_iter().map(|(_, value)| value).collect();
    assert!(offered.contains(&"payments".to_owned()), "{offered:?}");
    let offered: Vec<String> = kim
        .completes("/release draft service:payments range:v1.0.0..v")
        .await
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    assert!(offered.contains(&"v1.0.0..v1.1.0".to_owned()), "{offered:?}");

    kim.says("/release help").await;
    let help = kim.hears("/release draft").await;
    assert!(help.whisper);
    kim.says("/release show note:99").await;
    kim.hears("99").await;
    kim.says("/release edit note:99 section:rollback text:\"go back\"").await;
    let whispers = kim.waits_for(None, "three answers", |_| kim.sees(None).len() == 3).await;
    assert!(whispers.whisper, "{:#?}", kim.sees(None));
    whole.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_and_a_direct_message_are_as_good_as_a_command() {
    let whole = Whole::new().await;
    let kim = whole.fake.person("kim");
    kim.writes("lunch?");
    kim.writes("@Slipway draft payments v1.0.0..v1.1.0");
    kim.waits_for(None, "the card", is_card).await;
    let direct = kim.in_direct();
    direct.writes("draft payments v1.0.0..v1.1.0 --kind work");
    direct.waits_for(None, "the card", is_card).await;
    whole.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_where_slipway_may_not_write_is_told_so_and_how_to_mend_it() {
    let whole = Whole::new().await;
    let kim = whole.fake.person("kim");
    {
        let mut state = whole.fake.state();
        let channel = state.named("incidents").expect("a channel");
        state.channels.get_mut(&channel).expect("a channel").permissions = 0;
    }
    let there = kim.in_channel("incidents");
    there.says("/release draft").await;
    let told = there.hears("cannot be shown here").await;
    assert!(told.whisper && told.text.contains("View Channel"), "{told:?}");
    assert!(whole.fake.take_refused().iter().all(|refused| refused.code == 50_001));
    whole.closes().await;
}
