//! What is the workspace made of? People, channels, messages, views, files, tokens: the state everything answers from.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const TEAM: &str = "T0SLIPWAY";
pub const APP: &str = "A0SLIPWAY";
pub const BOT_USER: &str = "U0SLIPWAY";
pub const BOT: &str = "B0SLIPWAY";
pub const BOT_NAME: &str = "Slipway";
pub const BOT_TOKEN: &str = "xoxb-1111111111-2222222222-plantedBotTokenPlantedBo";
pub const APP_TOKEN: &str = "xapp-1-A0SLIPWAY-3333333333-plantedAppToken";

/// What the manifest asks for, read from it.
pub fn scopes() -> BTreeSet<String> {
    let manifest = include_str!("../../../../../deploy/slack/manifest.yaml");
    let bot = manifest.split("\n    bot:\n").nth(1).and_then(|rest| rest.split("settings:").next());
    let lines = bot.expect("the manifest lists the bot's scopes").lines();
    let scopes = lines.filter_map(|line| line.trim().strip_prefix("- "));
    scopes.map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned()).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Member,
    Guest,
    Bot,
    /// From another organisation, in a shared channel.
    Stranger,
}

#[derive(Debug, Clone)]
pub struct User {
    pub id: String,
    /// `kim`, as in `@kim`.
    pub handle: String,
    /// `Kim Lee`.
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Public,
    Private,
    Direct,
}

#[derive(Debug, Clone)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub sort: Sort,
    pub members: BTreeSet<String>,
    pub archived: bool,
    /// In the order they were said, ephemeral ones among them.
    pub messages: Vec<Message>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    pub ts: String,
    pub user: String,
    pub bot: bool,
    pub text: String,
    pub blocks: Vec<Value>,
    pub metadata: Option<Value>,
    pub thread: Option<String>,
    pub broadcast: bool,
    pub edited: Option<String>,
    /// Ephemeral: only this person sees it.
    pub only: Option<String>,
    pub files: Vec<String>,
    pub subtype: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub id: String,
    pub user: String,
    pub view: Value,
    pub open: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct File {
    pub id: String,
    pub name: String,
    pub title: String,
    pub alt: Option<String>,
    pub length: usize,
    pub bytes: Option<Vec<u8>>,
    /// Channel and thread it was shared into.
    pub shared: Option<(String, Option<String>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Live,
    Revoked,
    Expired,
    /// The account or the app was switched off.
    Inactive,
}

#[derive(Debug, Clone)]
pub struct Token {
    pub kind: super::limits::TokenKind,
    pub scopes: BTreeSet<String>,
    pub validity: Validity,
}

#[derive(Debug, Clone)]
pub struct Trigger {
    pub user: String,
    pub at: SystemTime,
    pub used: bool,
}

#[derive(Debug, Clone)]
pub struct ResponseUrl {
    pub channel: String,
    pub user: String,
    pub thread: Option<String>,
    pub at: SystemTime,
    pub uses: u32,
}

/// The workspace. Tests change it between calls.
#[derive(Debug)]
pub struct World {
    pub url: String,
    pub users: BTreeMap<String, User>,
    pub channels: BTreeMap<String, Channel>,
    pub views: BTreeMap<String, View>,
    /// By person.
    pub homes: BTreeMap<String, Value>,
    pub files: BTreeMap<String, File>,
    pub tokens: HashMap<String, Token>,
    pub triggers: HashMap<String, Trigger>,
    pub response_urls: HashMap<String, ResponseUrl>,
    /// Channel, thread and status, in the order they were set.
    pub statuses: Vec<(String, String, String)>,
    /// `(channel, ts, whom)` of everything in a bot's message that would have pinged somebody.
    pub pings: Vec<(String, String, String)>,
    /// Added to the machine's clock.
    pub ahead: Duration,
    /// Events nobody was told of yet.
    pub(super) happened: Vec<Value>,
    counter: u64,
    last: u128,
}

impl World {
    /// A team with one public channel the bot is in.
    pub fn new(url: &str) -> Self {
        let mut world = Self {
            url: url.to_owned(),
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            views: BTreeMap::new(),
            homes: BTreeMap::new(),
            files: BTreeMap::new(),
            tokens: HashMap::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            statuses: Vec::new(),
            pings: Vec::new(),
            ahead: Duration::ZERO,
            happened: Vec::new(),
            counter: 0,
            last: 0,
        };
        world.add_user(BOT_USER, "slipway", BOT_NAME, Kind::Bot);
        let bot = Token { kind: super::limits::TokenKind::Bot, scopes: scopes(), validity: Validity::Live };
        let app_scopes = BTreeSet::from(["connections:write".to_owned()]);
        let app = Token { kind: super::limits::TokenKind::App, scopes: app_scopes, validity: Validity::Live };
        world.tokens.insert(BOT_TOKEN.to_owned(), bot);
        world.tokens.insert(APP_TOKEN.to_owned(), app);
        world.add_channel("releases", Sort::Public, true);
        world
    }

    pub fn add_user(&mut self, id: &str, handle: &str, name: &str, kind: Kind) {
        let user = User { id: id.to_owned(), handle: handle.to_owned(), name: name.to_owned(), kind };
        self.users.insert(id.to_owned(), user);
    }

    /// Answers the channel's id: `C0RELEASES`.
    pub fn add_channel(&mut self, name: &str, sort: Sort, with_bot: bool) -> String {
        let id = channel_id(name);
        let members = if with_bot { BTreeSet::from([BOT_USER.to_owned()]) } else { BTreeSet::new() };
        let channel =
            Channel { id: id.clone(), name: name.to_owned(), sort, members, archived: false, messages: Vec::new() };
        self.channels.insert(id.clone(), channel);
        id
    }

    /// The direct messages of a person with the bot.
    pub fn direct(&mut self, user: &str) -> String {
        let id = direct_id(user);
        let members = BTreeSet::from([user.to_owned(), BOT_USER.to_owned()]);
        self.channels.entry(id.clone()).or_insert_with(|| Channel {
            id: id.clone(),
            name: String::new(),
            sort: Sort::Direct,
            members,
            archived: false,
            messages: Vec::new(),
        });
        id
    }

    pub fn now(&self) -> SystemTime {
        SystemTime::now() + self.ahead
    }

    /// A timestamp nobody else has.
    pub fn ts(&mut self) -> String {
        let now = self.now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_micros();
        self.last = now.max(self.last + 1);
        format!("{}.{:06}", self.last / 1_000_000, self.last % 1_000_000)
    }

    pub fn number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub fn trigger(&mut self, user: &str) -> String {
        let id = format!("{}.{}.{:032x}", 7_000_000 + self.number(), 42, self.counter);
        self.triggers.insert(id.clone(), Trigger { user: user.to_owned(), at: self.now(), used: false });
        id
    }

    pub fn response_url(&mut self, channel: &str, user: &str, thread: Option<&str>) -> String {
        let secret = format!("plantedAnswer{:012}", self.number());
        let url = format!("{}/actions/{TEAM}/{}/{secret}", self.url, self.counter);
        let address = ResponseUrl {
            channel: channel.to_owned(),
            user: user.to_owned(),
            thread: thread.map(str::to_owned),
            at: self.now(),
            uses: 0,
        };
        self.response_urls.insert(secret, address);
        url
    }

    pub fn channel(&self, id: &str) -> &Channel {
        self.channels.get(id).unwrap_or_else(|| panic!("no channel {id}"))
    }

    pub fn channel_mut(&mut self, id: &str) -> &mut Channel {
        self.channels.get_mut(id).unwrap_or_else(|| panic!("no channel {id}"))
    }

    pub fn message(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.channels.get(channel)?.messages.iter().find(|message| message.ts == ts)
    }
}

/// `C0RELEASES` for `releases`.
pub fn channel_id(name: &str) -> String {
    format!("C0{}", code(name))
}

pub fn user_id(handle: &str) -> String {
    format!("U1{}", code(handle))
}

fn direct_id(user: &str) -> String {
    format!("D{}", &user[1..])
}

fn code(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}
