//! A Discord adapter alone with the fake and an ear: hears, posts, and is looked at through people's eyes.

use super::patient::Patient;
use crate::support::ear::Ear;
use crate::support::fakes::discord::FakeDiscord;
use slipway::adapters::chat::discord::{Discord, DiscordOptions, Relay};
use slipway::domain::message::Place;
use slipway::ports::store::Store;
use slipway::wiring;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct House {
    pub fake: FakeDiscord,
    pub discord: Arc<Discord>,
    pub ear: Arc<Ear>,
    pub store: Arc<dyn Store>,
    pub options: DiscordOptions,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

pub fn options(fake: &FakeDiscord) -> DiscordOptions {
    let (address, ca_pem) = fake.relay();
    DiscordOptions {
        token: fake.token().into(),
        guilds: vec![fake.guild()],
        watched: vec![],
        message_content: false,
        relay: Some(Relay { address, ca_pem }),
        public_url: "https://releases.example".to_owned(),
    }
}

impl House {
    pub async fn open() -> Self {
        Self::with(FakeDiscord::start().await, |_| {}).await
    }

    pub async fn with(fake: FakeDiscord, change: impl FnOnce(&mut DiscordOptions)) -> Self {
        let house = Self::before_it_connects(fake, change).await;
        house.fake.connected().await;
        house
    }

    pub async fn before_it_connects(fake: FakeDiscord, change: impl FnOnce(&mut DiscordOptions)) -> Self {
        let mut options = options(&fake);
        change(&mut options);
        Self::on(fake, options, wiring::memory_store()).await
    }

    async fn on(fake: FakeDiscord, options: DiscordOptions, store: Arc<dyn Store>) -> Self {
        let discord = Discord::new(store.clone(), wiring::system_clock(), options.clone()).expect("an adapter");
        let (ear, stop) = (Arc::new(Ear::default()), CancellationToken::new());
        let (chat, hears, end) = (discord.clone(), ear.clone(), stop.clone());
        let running = tokio::spawn(async move { slipway::ports::chat::Chat::listen(&*chat, hears, end).await });
        Self { fake, discord, ear, store, options, stop, running }
    }

    /// The process ends and another one begins on the same store.
    pub async fn restarts(self) -> Self {
        let Self { fake, store, options, stop, running, .. } = self;
        stop.cancel();
        running.await.expect("no panic").expect("a clean end");
        let sessions = fake.state().sessions.len();
        let house = Self::on(fake, options, store).await;
        house.fake.until("a new session", |state| state.sessions.len() > sessions).await;
        house
    }

    /// The adapter, tried until it is not busy.
    pub fn patient(&self) -> Patient<'_> {
        Patient(&*self.discord)
    }

    /// A channel as a place.
    pub fn place(&self, name: &str) -> Place {
        Place { platform: "discord".to_owned(), channel: self.fake.channel(name), thread: None }
    }

    /// Waits until this many events were heard.
    pub async fn hears(&self, count: usize) -> Vec<slipway::domain::message::Heard> {
        let begun = std::time::Instant::now();
        loop {
            let heard = self.ear.heard();
            if heard.len() >= count {
                return heard;
            }
            assert!(begun.elapsed().as_secs() < 30, "heard only {heard:#?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Waits until a trouble of that name was told, or its end.
    pub async fn notices(&self, about: &str, over: bool) -> Option<String> {
        let begun = std::time::Instant::now();
        loop {
            let told = self.ear.notices.lock().expect("no test panics with it").clone();
            let last = told.iter().rev().find(|(_, name, _)| name == about);
            if let Some((_, _, sentence)) = last.filter(|(_, _, sentence)| sentence.is_none() == over) {
                return sentence.clone();
            }
            assert!(begun.elapsed().as_secs() < 60, "`{about}` was not told; told was {told:#?}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Ends it, and shows that Discord had nothing to refuse.
    pub async fn closes(self) {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("a clean end");
        assert_eq!(self.fake.complaints(), Vec::<String>::new());
    }
}
