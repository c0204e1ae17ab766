//! What can a test turn, and what does the workspace remember of what happened?

use super::limits;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How a call is treated.
#[derive(Debug, Clone, PartialEq)]
pub enum Manner {
    /// Refused with this code.
    Error(&'static str),
    /// 429 with `Retry-After` in seconds; a call before it elapsed is counted in `Log::early` and refused again.
    Busy(u64),
    /// This status and a page of HTML.
    Http(u16),
    /// Accepts the call and never answers; nothing is done.
    Silent,
    /// Does what was asked, and the answer is lost.
    DoneAndLost,
    /// Status 200 and something that is not JSON.
    Garbage,
    /// Answers after this time.
    Slow(Duration),
}

#[derive(Debug)]
pub struct Knobs {
    /// Rate limits; tests that are not about them may switch them off.
    pub limiting: bool,
    /// How long an acknowledgement may take.
    pub acknowledge: Duration,
    /// What the bot acknowledges does not arrive.
    pub acks_get_lost: bool,
    /// How often an event is sent again after the first time.
    pub redeliveries: u32,
    /// Every event goes to every socket, as after a reconnect at an unlucky moment.
    pub on_every_socket: bool,
    /// Events the app subscribed to: `app_mention`, `message`, `app_home_opened`.
    pub subscriptions: BTreeSet<String>,
    /// Where requests are sent instead of over a socket.
    pub http: Option<super::deliver::Signed>,
    /// Socket Mode is on in the app's settings.
    pub socket_mode: bool,
    /// Messages in one page of a history, whatever was asked for.
    pub page: usize,
    pub(super) next: HashMap<String, VecDeque<Manner>>,
    pub(super) always: HashMap<String, Manner>,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            limiting: true,
            acknowledge: limits::ACKNOWLEDGE,
            acks_get_lost: false,
            redeliveries: 3,
            on_every_socket: false,
            subscriptions: ["app_mention", "message", "app_home_opened", "channel_left"].map(str::to_owned).into(),
            http: None,
            socket_mode: true,
            page: usize::MAX,
            next: HashMap::new(),
            always: HashMap::new(),
        }
    }
}

impl Knobs {
    pub(super) fn manner(&mut self, method: &str) -> Option<Manner> {
        let next = self.next.get_mut(method).and_then(VecDeque::pop_front);
        next.or_else(|| self.always.get(method).cloned())
    }
}

/// One call of the Web API.
#[derive(Debug, Clone)]
pub struct Called {
    pub method: String,
    pub args: Value,
    /// Why it was refused: the code, and after a colon what was wrong.
    pub refused: Option<String>,
}

/// One envelope or request, and how it was taken.
#[derive(Debug, Clone)]
pub struct Ack {
    /// `events_api`, `slash_commands`, `interactive`.
    pub kind: String,
    /// `None`: not answered in time.
    pub took: Option<Duration>,
    /// 0 for the first time.
    pub attempt: u32,
}

#[derive(Debug, Default)]
pub struct Log {
    pub called: Vec<Called>,
    pub acks: Vec<Ack>,
    /// Calls that came before `Retry-After` had elapsed.
    pub early: usize,
    /// Sockets opened so far.
    pub opened: usize,
    /// What the bot answered with, beside the acknowledgement.
    pub answers: Vec<Value>,
    /// Signed requests and the status they were answered with.
    pub statuses: Vec<u16>,
    pub(super) expected: BTreeSet<String>,
    pub(super) busy_until: HashMap<String, Instant>,
}
