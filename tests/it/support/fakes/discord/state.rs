//! What is there, and what stands where? Servers, channels, threads, messages, members, and the bot's application.

use super::log::Log;
use super::rates::Buckets;
use super::session::Session;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds from 1970 to Discord's first second.
const EPOCH: u64 = 1_420_070_400_000;

pub struct State {
    pub token: String,
    pub application: Application,
    pub users: BTreeMap<u64, User>,
    pub guilds: BTreeMap<u64, Guild>,
    pub channels: BTreeMap<u64, Channel>,
    pub messages: BTreeMap<u64, Message>,
    /// Registered commands by guild; `None`: global ones.
    pub commands: BTreeMap<Option<u64>, Vec<Value>>,
    pub interactions: BTreeMap<u64, Interaction>,
    pub sessions: Vec<Session>,
    pub knobs: Knobs,
    pub log: Log,
    pub buckets: Buckets,
    pub gateway_url: String,
    last_id: u64,
    /// How much later it is than this machine thinks.
    ahead: Duration,
}

pub struct Application {
    pub id: u64,
    /// The bot's user.
    pub bot: u64,
    pub name: String,
    /// Bits 18 and 19: may ask for message content, approved and unapproved.
    pub flags: u64,
}

#[derive(Debug, Clone)]
pub struct User {
    pub id: u64,
    pub name: String,
    pub bot: bool,
    /// Takes no direct messages from bots.
    pub closed: bool,
}

pub struct Guild {
    pub id: u64,
    pub name: String,
    pub members: BTreeSet<u64>,
    /// Commands may be registered: the bot was invited with the scope `applications.commands`.
    pub commands_allowed: bool,
}

#[derive(Debug, Clone)]
pub struct Channel {
    pub id: u64,
    /// `None`: a direct message.
    pub guild: Option<u64>,
    pub kind: u8,
    pub name: String,
    pub parent: Option<u64>,
    pub owner: Option<u64>,
    /// Of a direct message: the person.
    pub recipient: Option<u64>,
    pub archived: bool,
    pub locked: bool,
    pub auto_archive: u64,
    pub deleted: bool,
    /// From who has no role of their own for it.
    pub hidden: bool,
    /// What the bot may do here.
    pub permissions: u64,
}

pub mod kind {
    pub const TEXT: u8 = 0;
    pub const DIRECT: u8 = 1;
    pub const NEWS: u8 = 5;
    pub const PUBLIC_THREAD: u8 = 11;
    pub const FORUM: u8 = 15;
}

pub mod may {
    pub const MANAGE_MESSAGES: u64 = 1 << 13;
    pub const VIEW: u64 = 1 << 10;
    pub const SEND: u64 = 1 << 11;
    pub const EMBED: u64 = 1 << 14;
    pub const ATTACH: u64 = 1 << 15;
    pub const READ_HISTORY: u64 = 1 << 16;
    pub const MANAGE_THREADS: u64 = 1 << 34;
    pub const CREATE_THREADS: u64 = 1 << 35;
    pub const SEND_IN_THREADS: u64 = 1 << 38;
    /// What `deploy/` asks for when the bot is invited.
    pub const USUAL: u64 = VIEW | SEND | EMBED | ATTACH | READ_HISTORY | CREATE_THREADS | SEND_IN_THREADS;
}

/// Only its addressee sees it.
pub const EPHEMERAL: u64 = 1 << 6;
/// "Slipway is thinking…"
pub const LOADING: u64 = 1 << 7;
pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
pub const HAS_THREAD: u64 = 1 << 5;

#[derive(Debug, Clone)]
pub struct Message {
    pub id: u64,
    pub channel: u64,
    pub author: u64,
    pub kind: u8,
    pub content: String,
    pub embeds: Vec<Value>,
    pub components: Vec<Value>,
    pub attachments: Vec<Attachment>,
    pub flags: u64,
    pub nonce: Option<Value>,
    pub enforced: bool,
    pub edited: bool,
    pub edits: usize,
    pub deleted: bool,
    /// The one person who sees it.
    pub only: Option<u64>,
    pub interaction: Option<u64>,
    /// Whom it rang up: `@everyone`, `<@1>`.
    pub pings: Vec<String>,
    pub created: Instant,
}

#[derive(Debug, Clone)]
pub struct Attachment {
    pub id: u64,
    pub name: String,
    pub description: Option<String>,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone)]
pub struct Interaction {
    pub id: u64,
    pub token: String,
    /// 2 command, 3 component, 4 autocomplete, 5 modal submit.
    pub kind: u8,
    pub user: u64,
    pub channel: u64,
    /// The message the component stands on.
    pub message: Option<u64>,
    pub created: Instant,
    pub answer: Option<Value>,
    pub answered: Option<Instant>,
    /// The original response.
    pub original: Option<u64>,
    /// What was typed or pressed, for the log.
    pub about: String,
}

/// How the next calls of a kind are treated.
#[derive(Debug, Clone)]
pub enum Manner {
    /// 429 with `Retry-After`.
    Busy(Duration),
    /// 429 for every route.
    BusyEverywhere(Duration),
    /// This status, with a page of HTML as proxies send it.
    Failing(u16),
    /// Never answers; nothing is done.
    Silent,
    /// Does what was asked; the answer is cut off.
    Cut,
    /// Answers late.
    Slow(Duration),
    /// This refusal.
    Refuse(u16, u32, &'static str),
}

pub struct Knobs {
    /// Rate limits per route, as Discord's.
    pub limits: bool,
    /// Heartbeats get no answer.
    pub deaf: bool,
    pub heartbeat: Duration,
    /// No session can be resumed.
    pub forgets_sessions: bool,
    /// IDENTIFY gets INVALID_SESSION this many times.
    pub invalid_identifies: usize,
    /// The gateway refuses message content, whatever the application's page says.
    pub refuses_content: bool,
    /// Messages that are read tell the nonce they were sent with; the documentation leaves it open.
    pub lists_nonces: bool,
    /// Nobody gets through to the gateway.
    pub gateway_closed: bool,
    /// By `POST /channels/{channel_id}/messages`.
    pub next: VecDeque<(String, Manner)>,
    pub identifies_left: u64,
}

impl State {
    pub fn new() -> Self {
        let mut state = Self {
            token: String::new(),
            application: Application { id: 0, bot: 0, name: "Slipway".to_owned(), flags: 1 << 19 },
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            commands: BTreeMap::new(),
            interactions: BTreeMap::new(),
            sessions: Vec::new(),
            knobs: Knobs {
                limits: true,
                deaf: false,
                heartbeat: Duration::from_millis(41_250),
                forgets_sessions: false,
                invalid_identifies: 0,
                refuses_content: false,
                lists_nonces: false,
                gateway_closed: false,
                next: VecDeque::new(),
                identifies_left: 1_000,
            },
            log: Log::default(),
            buckets: Buckets::default(),
            gateway_url: String::new(),
            last_id: 0,
            ahead: Duration::ZERO,
        };
        state.furnish();
        state
    }

    /// One server with three channels, and the bot in it.
    fn furnish(&mut self) {
        self.application.id = self.id();
        self.application.bot = self.user("Slipway", true);
        let id = self.application.bot;
        self.token = format!("{}.GfakeX.{}", base64_digits(id), "not-a-secret-but-shaped-like-one-0");
        self.guild("Example");
        let guild = *self.guilds.keys().next().expect("just made");
        for name in ["releases", "incidents"] {
            self.channel(guild, name, kind::TEXT);
        }
        self.channel(guild, "notes", kind::FORUM);
    }

    /// A new snowflake, larger than any before.
    pub fn id(&mut self) -> u64 {
        let now = self.unix_ms().saturating_sub(EPOCH) << 22;
        self.last_id = now.max(self.last_id + 1);
        self.last_id
    }

    pub fn unix_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + self.ahead;
        u64::try_from(now.as_millis()).expect("before the year 500 million")
    }

    pub fn now(&self) -> Instant {
        Instant::now() + self.ahead
    }

    pub fn passes(&mut self, time: Duration) {
        self.ahead += time;
    }

    pub fn user(&mut self, name: &str, bot: bool) -> u64 {
        let id = self.id();
        self.users.insert(id, User { id, name: name.to_owned(), bot, closed: false });
        id
    }

    pub fn guild(&mut self, name: &str) -> u64 {
        let id = self.id();
        let members = BTreeSet::from([self.application.bot]);
        self.guilds.insert(id, Guild { id, name: name.to_owned(), members, commands_allowed: true });
        id
    }

    pub fn channel(&mut self, guild: u64, name: &str, kind: u8) -> u64 {
        let id = self.id();
        let channel = Channel { guild: Some(guild), name: name.to_owned(), ..self.blank(id, kind) };
        self.channels.insert(id, channel);
        id
    }

    pub fn blank(&self, id: u64, kind: u8) -> Channel {
        Channel {
            id,
            guild: None,
            kind,
            name: String::new(),
            parent: None,
            owner: None,
            recipient: None,
            archived: false,
            locked: false,
            auto_archive: 4_320,
            deleted: false,
            hidden: false,
            permissions: may::USUAL,
        }
    }

    /// The direct channel between the bot and a person.
    pub fn direct(&mut self, user: u64) -> u64 {
        let known = self.channels.values().find(|channel| channel.recipient == Some(user)).map(|channel| channel.id);
        known.unwrap_or_else(|| {
            let id = self.id();
            let channel = Channel { recipient: Some(user), ..self.blank(id, kind::DIRECT) };
            self.channels.insert(id, channel);
            id
        })
    }

    pub fn named(&self, name: &str) -> Option<u64> {
        let found = self.channels.values().find(|channel| channel.name == name && channel.parent.is_none());
        found.map(|channel| channel.id)
    }

    /// What the bot may do there: a thread has its parent's permissions; outside of a server it may do nothing.
    pub fn permissions(&self, channel: &Channel) -> u64 {
        let member = channel
            .guild
            .is_none_or(|id| self.guilds.get(&id).is_some_and(|guild| guild.members.contains(&self.application.bot)));
        if !member {
            return 0;
        }
        channel.parent.and_then(|parent| self.channels.get(&parent)).unwrap_or(channel).permissions
    }

    pub fn messages_in(&self, channel: u64) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values().filter(move |message| message.channel == channel && !message.deleted)
    }

    pub fn is_thread(&self, id: u64) -> bool {
        self.channels.get(&id).is_some_and(|channel| channel.kind == kind::PUBLIC_THREAD)
    }
}

/// The first part of a bot's token is its id in base64.
fn base64_digits(id: u64) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(id.to_string())
}

/// When a snowflake was made, as Discord writes times.
pub fn timestamp(id: u64) -> String {
    let ms = i64::try_from((id >> 22) + EPOCH).expect("a snowflake's time fits");
    let at = chrono::DateTime::from_timestamp_millis(ms).expect("a time");
    at.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
