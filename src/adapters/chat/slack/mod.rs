//! How does a team talk to Slipway in Slack? Over Socket Mode or HTTP it hears; over the Web API it answers.

mod api;
mod backfill;
mod chat;
mod check;
mod door;
mod faults;
mod files;
mod find;
mod hear;
mod hold;
mod limits;
mod lines;
mod link;
mod options;
mod pace;
mod people;
mod plain;
mod post;
mod progress;
mod reach;
pub mod render;
mod rows;
mod sign;
mod stamp;
mod take;
mod thread;
mod troubles;
mod whisper;
mod window;

pub use limits::{Allowance, Allowances};
pub use options::SlackOptions;
pub use pace::Pace;

use crate::domain::message::Place;
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use crate::ports::clock::Clock;
use crate::ports::store::{Store, StoreError};
use api::{Api, Problem};
use hear::{Ears, PLATFORM};
use rows::{Me, Rows};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use tokio::sync::watch;

/// The client and what lies beneath it write addresses that are permissions, and whole messages, into the log: neither
/// belongs in ours. These go into its filter.
pub const QUIET: &str = "slack_morphism=off,tungstenite=off,tokio_tungstenite=off";

/// One workspace.
pub struct Slack {
    /// For tasks that outlive a call.
    own: Weak<Slack>,
    options: SlackOptions,
    clock: Arc<dyn Clock>,
    rows: Rows,
    api: Api,
    pace: Pace,
    me: RwLock<Option<Arc<Me>>>,
    intake: watch::Sender<Option<Arc<dyn Intake>>>,
    people: people::People,
    threads: thread::Threads,
    shown: post::Shown,
    unsent: post::Unsent,
    statuses: progress::Statuses,
    whispered: whisper::Whispered,
    answers: whisper::Answers,
    reach: reach::Reach,
    lines: lines::Lines,
    replays: door::Replays,
}

impl Slack {
    /// `Err` is a sentence that says what cannot work.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, options: SlackOptions) -> Result<Arc<Self>, String> {
        Self::at_pace(store, clock, options, Pace::default())
    }

    /// The same with other times and limits: tests have less patience than Slack.
    pub fn at_pace(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        options: SlackOptions,
        pace: Pace,
    ) -> Result<Arc<Self>, String> {
        options.check()?;
        crate::adapters::http::install_tls();
        let api = Api::new(&options, &pace)?;
        Ok(Arc::new_cyclic(|own| Self {
            own: own.clone(),
            api,
            rows: Rows::new(store),
            clock,
            pace,
            me: RwLock::default(),
            intake: watch::Sender::new(None),
            people: people::People::default(),
            threads: thread::Threads::default(),
            shown: post::Shown::default(),
            unsent: post::Unsent::default(),
            statuses: progress::Statuses::default(),
            whispered: whisper::Whispered::default(),
            answers: whisper::Answers::default(),
            reach: reach::Reach::default(),
            lines: lines::Lines::default(),
            replays: door::Replays::default(),
            options,
        }))
    }

    /// What HTTP mode is served under: `/slack/events`, `/slack/commands`, `/slack/interactions`.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        door::router(self.clone())
    }

    /// Who we are, asked once and then known.
    async fn me(&self) -> Result<Arc<Me>, Problem> {
        match self.known() {
            Some(me) => Ok(me),
            None => self.ask_me().await,
        }
    }

    async fn ask_me(&self) -> Result<Arc<Me>, Problem> {
        let told = self.api.post("auth.test", "", &serde_json::json!({})).await?;
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        let me = Me {
            user: text("user_id"),
            bot: told["bot_id"].as_str().map(str::to_owned),
            team: text("team_id"),
            team_name: text("team"),
            url: text("url").trim_end_matches('/').to_owned(),
        };
        if me.user.is_empty() {
            return Err(Fault::Malformed("who we are is missing".to_owned()).into());
        }
        self.rows.put(rows::ME, &me).await.map_err(stored)?;
        Ok(self.remember(me))
    }

    fn remember(&self, me: Me) -> Arc<Me> {
        let me = Arc::new(me);
        *self.me.write().unwrap_or_else(PoisonError::into_inner) = Some(me.clone());
        me
    }

    fn known(&self) -> Option<Arc<Me>> {
        self.me.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn ears<'a>(&'a self, me: &'a Me) -> Ears<'a> {
        Ears { me, command: &self.options.command, watched: &self.options.watched }
    }

    fn place(&self, channel: &str, thread: Option<String>) -> Place {
        Place { platform: PLATFORM.to_owned(), channel: channel.to_owned(), thread }
    }
}

/// A store that cannot be used is nobody's fault in Slack; it may pass.
fn stored(error: StoreError) -> Fault {
    Fault::Unreachable(format!("{:#}", anyhow::Error::new(error)))
}
