//! The world a conversation plays in: the whole bot on loopback, a real repository behind it, people in front of it.
//!
//! People use the web chat over HTTP as a browser without scripts would: they load pages and post forms.

use super::clock::Shifted;
use super::fakes::discord::{self, FakeDiscord};
use super::fakes::slack::{self, FakeSlack};
use super::repo::Repo;
pub use super::seen::{Seen, SeenButton};
use super::somebody::Somebody;
use scraper::{ElementRef, Html, Selector};
use slipway::config::Config;
use slipway::ports::clock::Clock as _;
use slipway::ports::store::Store;
use slipway::records::Records;
use slipway::wiring::{self, House};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than any step of a test takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct World {
    pub repo: Repo,
    pub records: Records,
    pub url: String,
    pub slack: Option<FakeSlack>,
    pub discord: Option<FakeDiscord>,
    /// The bot's.
    pub clock: Arc<Shifted>,
    bot: Bot,
    config: Config,
    store: Arc<dyn Store>,
    /// Files with tokens, which live as long as the world.
    _secrets: TempDir,
}

/// The running bot, with threads of its own, so that it can be killed like a process.
struct Bot {
    threads: Option<Runtime>,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Bot {
    async fn starts(config: &Config, store: &Arc<dyn Store>, clock: &Arc<Shifted>, repo: &Repo) -> (Self, String) {
        let threads =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let (config, store, clock) = (config.clone(), store.clone(), clock.clone());
        // A catalogue of its own names its repositories.
        let at = config.workspaces.is_none().then(|| repo.path().to_owned());
        let built = threads.spawn(async move { House::build(&config, store, clock, at.as_deref()).await });
        let house = built.await.expect("no panic").expect("the house stands");
        let (url, stop) = (house.url().to_owned(), CancellationToken::new());
        let running = threads.spawn(house.run(stop.clone()));
        (Self { threads: Some(threads), stop, running }, url)
    }

    fn is_killed(&mut self) {
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.is_killed();
    }
}

/// Where a conversation plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    Web,
    Slack,
    Discord,
}

impl Platform {
    pub const ALL: [Self; 3] = [Self::Web, Self::Slack, Self::Discord];
}

/// The same conversation on each platform, one after the other, each with a bot and a repository of its own.
pub async fn everywhere(conversation: impl AsyncFn(World)) {
    everywhere_with(payments, &Config::default(), conversation).await;
}

pub async fn everywhere_with(repo: impl Fn() -> Repo, config: &Config, conversation: impl AsyncFn(World)) {
    for platform in Platform::ALL {
        println!("on {platform:?}:");
        conversation(World::play(platform, repo(), config.clone(), wiring::memory_store()).await).await;
    }
}

impl World {
    /// The payments team's repository with two releases, and no model, in the web chat.
    pub async fn new() -> Self {
        Self::with(payments(), Config::default()).await
    }

    pub async fn with(repo: Repo, config: Config) -> Self {
        Self::on(repo, config, wiring::memory_store()).await
    }

    pub async fn on(repo: Repo, config: Config, store: Arc<dyn Store>) -> Self {
        Self::play(Platform::Web, repo, config, store).await
    }

    /// The bot on one platform, beside its web chat.
    pub async fn play(platform: Platform, repo: Repo, config: Config, store: Arc<dyn Store>) -> Self {
        Self::play_at(platform, repo, config, store, Arc::new(Shifted::default())).await
    }

    /// The same by another clock.
    pub async fn play_at(
        platform: Platform,
        repo: Repo,
        mut config: Config,
        store: Arc<dyn Store>,
        clock: Arc<Shifted>,
    ) -> Self {
        wiring::install_tls();
        config.web.address = "127.0.0.1:0".parse().expect("an address");
        let secrets = tempfile::tempdir().expect("a temporary directory");
        let (mut slack, mut discord) = (None, None);
        match platform {
            Platform::Web => {}
            Platform::Slack => slack = Some(join_slack(&mut config, secrets.path()).await),
            Platform::Discord => discord = Some(join_discord(&mut config, secrets.path()).await),
        }
        let place = match (&slack, &discord) {
            (Some(_), _) => "slack:C0RELEASES".to_owned(),
            (_, Some(discord)) => {
                format!("discord:{}", discord.state().named("releases").expect("the world has it"))
            }
            (None, None) => "web:releases".to_owned(),
        };
        if let Some(catalogue) = &config.workspaces {
            settle(catalogue, &place);
        }
        let forum = discord.as_ref().and_then(|discord| discord.state().named("notes"));
        for channel in &mut config.incidents.channels {
            *channel = channel.replace("HERE", &place);
            if let Some(forum) = forum {
                *channel = channel.replace("FORUM", &format!("discord:{forum}"));
            }
            config.discord.message_content = true;
        }
        let (bot, url) = Bot::starts(&config, &store, &clock, &repo).await;
        let records = Records::new(store.clone(), clock.clone());
        let world = Self { repo, records, url, slack, discord, clock, bot, config, store, _secrets: secrets };
        world.is_connected().await;
        world
    }

    async fn is_connected(&self) {
        if let Some(slack) = &self.slack {
            slack.waits_for_sockets(4).await;
        }
        if let Some(discord) = &self.discord {
            discord.connected().await;
            discord.until("registered commands", |state| !state.commands.is_empty()).await;
        }
    }

    /// The bot's process ends in the middle of whatever it does.
    pub async fn is_killed(&mut self) {
        self.bot.is_killed();
        if let Some(slack) = &self.slack {
            // Whoever comes back three times in a minute is told to wait with its connections.
            slack.expect_refused("ratelimited");
            slack.waits_for_sockets(0).await;
        }
        if let Some(discord) = &self.discord {
            discord
                .until("nobody at the gateway", |state| state.sessions.iter().all(|session| session.line.is_none()))
                .await;
        }
    }

    /// Another process on the same store, with the same chats before it.
    pub async fn comes_back(&mut self) {
        (self.bot, self.url) = Bot::starts(&self.config, &self.store, &self.clock, &self.repo).await;
        self.is_connected().await;
    }

    /// Somebody in the web chat, whatever else there is.
    pub async fn person(&self, name: &str) -> Person {
        Person::enter(&self.url, name).await
    }

    /// Somebody on the platform the conversation plays on.
    pub async fn somebody(&self, name: &str) -> Somebody {
        match (&self.slack, &self.discord) {
            (Some(slack), _) => Somebody::Slack(slack.person(name)),
            (_, Some(discord)) => Somebody::Discord(discord.person(name)),
            (None, None) => Somebody::Web(self.person(name).await),
        }
    }

    /// Waits until nothing is left lying: every event is handled, every message said.
    pub async fn settles(&self) {
        let begun = std::time::Instant::now();
        loop {
            let inbox = self.records.inbox.pending(10).await.expect("readable").len();
            let mut outbox = 0;
            for platform in ["web", "slack", "discord"] {
                let due = self.records.outbox.due(platform, 10).await.expect("readable");
                outbox += due.deliveries.len() + usize::from(due.next.is_some());
            }
            let now = self.clock.now();
            let jobs = self.records.jobs.list(usize::MAX).await.expect("readable");
            let jobs = jobs.iter().filter(|job| job.due <= now).count();
            if (inbox, jobs, outbox) == (0, 0, 0) {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{inbox} events unhandled, {jobs} jobs undone, {outbox} messages unsaid"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Stops the bot and proves that nothing was left lying.
    pub async fn finish(self) -> Repo {
        self.settles().await;
        let Self { mut bot, discord, repo, .. } = self;
        bot.stop.cancel();
        (&mut bot.running).await.expect("no panic").expect("a clean end");
        if let Some(discord) = &discord {
            assert_eq!(discord.complaints(), Vec::<String>::new(), "Discord refused what the bot asked");
        }
        repo
    }
}

/// `HERE` in a catalogue is the channel in which people talk.
fn settle(catalogue: &Path, place: &str) {
    for file in std::fs::read_dir(catalogue).expect("a folder") {
        let path = file.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::write(&path, text.replace("HERE", place)).expect("writable");
    }
}

/// A Slack that the configuration leads to; it fails the test when it had to refuse something.
async fn join_slack(config: &mut Config, secrets: &Path) -> FakeSlack {
    let fake = FakeSlack::start().await;
    fake.world().add_channel("on-call", slack::state::Sort::Public, true);
    let file = |name: &str, token: &str| {
        let path = secrets.join(name);
        std::fs::write(&path, token).expect("writable");
        Some(path)
    };
    config.slack.bot_token_file = file("slack-bot-token", fake.bot_token());
    config.slack.app_token_file = file("slack-app-token", fake.app_token());
    config.slack.api_url = Some(fake.api_url());
    fake
}

async fn join_discord(config: &mut Config, secrets: &Path) -> FakeDiscord {
    let fake = FakeDiscord::start().await;
    let guild = fake.guild();
    fake.state().channel(guild, "on-call", discord::kind::TEXT);
    let file = |name: &str, bytes: &[u8]| {
        let path = secrets.join(name);
        std::fs::write(&path, bytes).expect("writable");
        Some(path)
    };
    let (address, authority) = fake.relay();
    config.discord.token_file = file("discord-token", fake.token().as_bytes());
    config.discord.relay_ca = file("relay.pem", &authority);
    config.discord.relay_address = Some(address);
    config.discord.guilds = vec![guild.to_string()];
    fake
}

/// Two releases and what came after: a feature, a fix, a migration without a way back.
pub fn payments() -> Repo {
    let repo = Repo::named("payments");
    repo.commit("Initial ledger", &[("src/ledger.rs", "pub fn post() {}\n"), ("README.md", "# Payments\n")])
        .tag("v1.0.0");
    repo.commit(
        "feat(refunds): pay a refund twice at most (#12)\n\nPAY-311",
        &[("src/refund.rs", "pub fn refund() {\n    once();\n}\n")],
    )
    .commit(
        "fix(ledger): round half to even (#13)",
        &[("src/ledger.rs", "pub fn post() {\n    round_half_even();\n}\n")],
    )
    .commit(
        "feat(db): drop the legacy id (#14)\n\nPAY-320",
        &[("migrations/0042_drop_legacy_id.sql", "ALTER TABLE invoices DROP COLUMN legacy_id;\n")],
    )
    .tag("v1.1.0");
    repo
}

/// Somebody with a browser.
#[derive(Clone)]
pub struct Person {
    http: reqwest::Client,
    url: String,
    cookie: String,
    csrf: String,
    /// Where they talk.
    channel: String,
    events: Arc<AtomicU64>,
}

impl Person {
    pub async fn enter(url: &str, name: &str) -> Self {
        wiring::install_tls();
        let no_redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().redirect(no_redirect).timeout(PATIENCE).build().expect("a client");
        let mut person = Self {
            http,
            url: url.to_owned(),
            cookie: String::new(),
            csrf: String::new(),
            channel: "releases".to_owned(),
            events: Arc::new(AtomicU64::new(1)),
        };
        person.load_session().await;
        let answer = person.post("/name", &[("name", name)]).await;
        person.keep_cookie(&answer);
        person.load_session().await;
        person
    }

    /// The same person in another channel.
    pub fn in_channel(&self, channel: &str) -> Self {
        Self { channel: channel.to_owned(), ..self.clone() }
    }

    async fn load_session(&mut self) {
        let answer = self.get("/c/releases").await;
        assert_eq!(answer.status(), 200, "the channel's page");
        self.keep_cookie(&answer);
        let page = Html::parse_document(&answer.text().await.expect("a page"));
        let token = Selector::parse("input[name=csrf]").expect("a selector");
        self.csrf =
            page.select(&token).next().and_then(|input| input.attr("value")).expect("the page's token").to_owned();
    }

    fn keep_cookie(&mut self, answer: &reqwest::Response) {
        if let Some(cookie) = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()) {
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.http
            .get(format!("{}{path}", self.url))
            .header("cookie", &self.cookie)
            .send()
            .await
            .expect("the page answers")
    }

    pub async fn page(&self, path: &str) -> String {
        self.get(path).await.text().await.expect("text")
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        self.try_post(path, fields).await.expect("the form is answered")
    }

    async fn try_post(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Result<reqwest::Response> {
        let mut form: Vec<(&str, &str)> = vec![("csrf", &self.csrf)];
        form.extend(fields);
        let body = url_encoded(&form);
        let request = self.http.post(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").header("accept", "application/json");
        request.body(body).send().await
    }

    pub fn event(&self) -> String {
        format!("event-{:08}", self.events.fetch_add(1, Ordering::Relaxed))
    }

    /// Types a text and sends it.
    pub async fn says(&self, text: &str) {
        self.says_as(&self.event(), "", text).await;
    }

    /// The same event id is the same event: a browser that tried twice.
    pub async fn says_as(&self, event: &str, thread: &str, text: &str) {
        let answer =
            self.post(&format!("/c/{}/say", self.channel), &[("text", text), ("id", event), ("thread", thread)]).await;
        assert!(
            answer.status().is_success(),
            "{} for {text}: {}",
            answer.status(),
            answer.text().await.unwrap_or_default()
        );
    }

    /// The same, to a bot that may die meanwhile: `None` when no answer came.
    pub async fn tries_to_say(&self, event: &str, text: &str) -> Option<u16> {
        let answer =
            self.try_post(&format!("/c/{}/say", self.channel), &[("text", text), ("id", event), ("thread", "")]).await;
        answer.ok().map(|answer| answer.status().as_u16())
    }

    /// The same browser, after the bot came back at another address. Cookies are named after the port.
    pub fn follows(&mut self, url: &str) {
        let port = url.rsplit(':').next().unwrap_or_default();
        let value = self.cookie.split_once('=').map(|(_, value)| value.to_owned()).unwrap_or_default();
        self.cookie = format!("slipway-{port}={value}");
        self.url = url.to_owned();
    }

    pub async fn presses(&self, message: &Seen, label: &str) -> reqwest::Response {
        let button = message
            .buttons
            .iter()
            .find(|button| button.label == label)
            .unwrap_or_else(|| panic!("no button {label} in {message:?}"));
        let event = self.event();
        let fields =
            [("message", message.id.as_str()), ("action", &button.action), ("value", &button.value), ("id", &event)];
        self.post(&format!("/c/{}/press", self.channel), &fields).await
    }

    /// Opens the form behind a button and sends it with some fields changed.
    pub async fn fills(&self, message: &Seen, label: &str, changes: &[(&str, &str)]) -> reqwest::Response {
        let opened = self.presses(message, label).await;
        let text = opened.text().await.expect("a form");
        let form = serde_json::from_str::<serde_json::Value>(&text)
            .ok()
            .and_then(|json| json["form"].as_str().map(str::to_owned))
            .unwrap_or(text);
        let form = Html::parse_document(&form);
        let mut fields: Vec<(String, String)> = form
            .select(&Selector::parse("input[name], textarea[name], select[name]").expect("a selector"))
            .filter(|input| input.attr("name") != Some("csrf"))
            .map(|input| (input.attr("name").unwrap_or_default().to_owned(), value_of(&input)))
            .collect();
        for (name, value) in changes {
            let field = fields
                .iter_mut()
                .find(|(known, _)| known == &format!("f.{name}"))
                .unwrap_or_else(|| panic!("no field {name}"));
            field.1 = (*value).to_owned();
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(&format!("/c/{}/submit", self.channel), &fields).await
    }

    /// What stands in the channel, or in a thread under its root.
    pub async fn sees(&self, thread: Option<&str>) -> Vec<Seen> {
        let (path, list) = match thread {
            Some(root) => (format!("/c/{}/t/{root}", self.channel), ".pane li.message"),
            None => (format!("/c/{}", self.channel), "main li.message"),
        };
        let page = Html::parse_document(&self.page(&path).await);
        let found: Vec<Seen> =
            page.select(&Selector::parse(list).expect("a selector")).map(|message| seen(&message)).collect();
        found
    }

    /// Waits until a message of the channel or thread satisfies `is`, and answers it.
    pub async fn waits_for(&self, thread: Option<&str>, what: &str, is: impl Fn(&Seen) -> bool) -> Seen {
        let begun = std::time::Instant::now();
        loop {
            let messages = self.sees(thread).await;
            if let Some(found) = messages.iter().rev().find(|message| is(message)) {
                return found.clone();
            }
            assert!(begun.elapsed() < PATIENCE, "{what} never came; what stands there: {messages:#?}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// The card of a finished note.
    pub async fn waits_for_card(&self) -> Seen {
        self.waits_for(None, "the note's card", |message| {
            message.buttons.iter().any(|button| button.action == "note.edit")
        })
        .await
    }

    /// A whisper or message of the bot that contains this text.
    pub async fn hears(&self, text: &str) -> Seen {
        self.waits_for(None, text, |message| message.bot && message.text.contains(text)).await
    }
}

fn seen(message: &ElementRef<'_>) -> Seen {
    let select = |css: &str| Selector::parse(css).expect("a selector");
    let text = |element: ElementRef<'_>| {
        element.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let class = message.attr("class").unwrap_or_default();
    Seen {
        id: message.attr("data-id").unwrap_or_default().to_owned(),
        who: message.attr("data-who").unwrap_or_default().to_owned(),
        text: message.select(&select(".body")).next().map(text).unwrap_or_default(),
        whisper: class.split(' ').any(|name| name == "whisper"),
        bot: class.split(' ').any(|name| name == "bot"),
        buttons: message
            .select(&select("form[data-press]"))
            .filter_map(|form| {
                let value = |name: &str| {
                    let input = form.select(&select(&format!("input[name={name}]"))).next()?;
                    input.attr("value").map(str::to_owned)
                };
                Some(SeenButton {
                    action: value("action")?,
                    value: value("value")?,
                    label: text(form).trim().to_owned(),
                })
            })
            .collect(),
    }
}

fn value_of(input: &ElementRef<'_>) -> String {
    match input.value().name() {
        "textarea" => input.text().collect::<String>().trim_start_matches('\n').to_owned(),
        "select" => {
            let chosen = Selector::parse("option[selected]").expect("a selector");
            input.select(&chosen).next().and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
        }
        _ => input.attr("value").unwrap_or_default().to_owned(),
    }
}

fn url_encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(
                |byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") },
            )
            .collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}
