//! The adapter in a workspace, with an ear behind it that remembers, and a pace for tests.

use crate::support::ear::Ear;
use crate::support::fakes::slack::FakeSlack;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use slipway::adapters::chat::slack::{Allowance, Allowances, Pace, Slack, SlackOptions};
use slipway::adapters::clock::system::SystemClock;
use slipway::adapters::store::memory::MemoryStore;
use slipway::domain::health::Check;
use slipway::domain::message::{Heard, Message, Place, Said};
use slipway::domain::person::Person;
use slipway::domain::trouble::Fault;
use slipway::ports::chat::{Chat, Intake};
use slipway::ports::store::Store;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Longer than any step of a test takes.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Scene {
    pub fake: FakeSlack,
    pub slack: Arc<Slack>,
    pub ear: Arc<Ear>,
    pub store: Arc<dyn Store>,
    stop: DropGuard,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Scene {
    /// In Socket Mode with two connections, both open.
    pub async fn open() -> Self {
        Self::with(FakeSlack::start().await, |_, _| {}).await
    }

    pub async fn with(fake: FakeSlack, change: impl FnOnce(&mut SlackOptions, &mut Pace)) -> Self {
        Self::on(fake, Arc::new(MemoryStore::new()), change).await
    }

    pub async fn on(fake: FakeSlack, store: Arc<dyn Store>, change: impl FnOnce(&mut SlackOptions, &mut Pace)) -> Self {
        let slack = adapter(&fake, store.clone(), change);
        let (ear, stop) = (Arc::new(Ear::default()), CancellationToken::new());
        let running = listen(&slack, ear.clone(), &stop);
        fake.waits_for_sockets(2).await;
        Self { fake, slack, ear, store, stop: stop.drop_guard(), running }
    }

    pub async fn stops(self) -> (FakeSlack, Arc<dyn Store>, Arc<Ear>) {
        drop(self.stop);
        tokio::time::timeout(PATIENCE, self.running).await.expect("it stops").expect("no panic").expect("a clean end");
        (self.fake, self.store, self.ear)
    }

    pub fn releases(&self) -> Place {
        place("C0RELEASES")
    }

    /// Waits until the bot heard something that satisfies `is`.
    pub async fn heard(&self, what: &str, is: impl Fn(&Heard) -> bool) -> Heard {
        let begun = Instant::now();
        loop {
            if let Some(found) = self.ear.heard().into_iter().find(|heard| is(heard)) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "{what} was not heard; what was: {:#?}", self.ear.heard());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until so many things were heard, and a little longer for what should not come.
    pub async fn heard_in_all(&self, count: usize) -> Vec<Heard> {
        let begun = Instant::now();
        while self.ear.heard().len() < count && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.fake.settled().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let heard = self.ear.heard();
        assert_eq!(heard.len(), count, "{heard:#?}");
        heard
    }

    /// Waits until a trouble of this name was told, or told to be over.
    pub async fn told(&self, about: &str, begun: bool) -> Option<String> {
        let since = Instant::now();
        loop {
            let notices = self.ear.notices.lock().expect("no test panics with it").clone();
            let last = notices.iter().rev().find(|(_, name, _)| name == about);
            if let Some((_, _, sentence)) = last.filter(|(_, _, sentence)| sentence.is_some() == begun) {
                return sentence.clone();
            }
            assert!(since.elapsed() < PATIENCE, "nobody was told of {about}; what was told: {notices:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

pub fn listen(slack: &Arc<Slack>, ear: Arc<dyn Intake>, stop: &CancellationToken) -> JoinHandle<anyhow::Result<()>> {
    let (slack, stop) = (slack.clone(), stop.clone());
    tokio::spawn(async move { slack.listen(ear, stop).await })
}

pub fn adapter(
    fake: &FakeSlack,
    store: Arc<dyn Store>,
    change: impl FnOnce(&mut SlackOptions, &mut Pace),
) -> Arc<Slack> {
    let mut options = SlackOptions {
        bot_token: fake.bot_token().into(),
        app_token: Some(fake.app_token().into()),
        signing_secrets: Vec::new(),
        command: "/release".to_owned(),
        watched: Vec::new(),
        api_url: Some(fake.api_url()),
        public_url: "https://releases.example.org".to_owned(),
    };
    let mut pace = quick();
    change(&mut options, &mut pace);
    Slack::at_pace(store, Arc::new(SystemClock), options, pace).expect("it can work")
}

/// Limits as they are, everything else in less time.
fn quick() -> Pace {
    let millis = Duration::from_millis;
    Pace {
        lines: 2,
        greeting: millis(2_000),
        settled: millis(250),
        ping: 1,
        pause: millis(50),
        longest_pause: millis(400),
        overlap: millis(200),
        worry: millis(400),
        ..Pace::default()
    }
}

/// For tests that are not about limits: the workspace must not count either.
pub fn unlimited() -> Allowances {
    let free = Allowance { every: Duration::from_millis(1), burst: 1_000 };
    Allowances { posts: free, edits: free, tier_2: free, tier_3: free, tier_4: free, special: free }
}

pub fn place(channel: &str) -> Place {
    Place { platform: "slack".to_owned(), channel: channel.to_owned(), thread: None }
}

/// Comes back when it is told to, as the outbox does.
pub struct Patient(pub Arc<Slack>);

async fn again<T, F: Future<Output = Result<T, Fault>>>(ask: impl Fn() -> F) -> Result<T, Fault> {
    loop {
        match ask().await {
            Err(Fault::Busy { retry_after }) => {
                tokio::time::sleep(retry_after.expect("a time to come back")).await;
            }
            other => return other,
        }
    }
}

#[async_trait]
impl Chat for Patient {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    async fn post(&self, place: &Place, key: &str, message: &Message) -> Result<String, Fault> {
        again(|| self.0.post(place, key, message)).await
    }
    async fn edit(&self, place: &Place, key: &str, id: &str, message: &Message) -> Result<String, Fault> {
        again(|| self.0.edit(place, key, id, message)).await
    }
    async fn whisper(&self, place: &Place, person: &Person, key: &str, message: &Message) -> Result<(), Fault> {
        again(|| self.0.whisper(place, person, key, message)).await
    }
    async fn find(&self, place: &Place, key: &str, since: DateTime<Utc>) -> Result<Option<String>, Fault> {
        again(|| self.0.find(place, key, since)).await
    }
    async fn thread(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Fault> {
        again(|| self.0.thread(place, limit)).await
    }
    fn link(&self, place: &Place, id: &str) -> Option<String> {
        self.0.link(place, id)
    }
    async fn check(&self) -> Vec<Check> {
        self.0.check().await
    }
    async fn listen(&self, intake: Arc<dyn Intake>, stop: CancellationToken) -> anyhow::Result<()> {
        self.0.listen(intake, stop).await
    }
}
