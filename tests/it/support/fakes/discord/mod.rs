//! What does Discord do: its HTTP API, its gateway, its people?
//!
//! One modelled world behind a TLS server that answers for `discord.com` and a WebSocket beside it. It refuses what the
//! official description and the documented limits refuse, and writes down whatever it refused.

mod gateway;
mod html;
mod limits;
mod log;
mod markdown;
mod objects;
mod person;
mod problem;
mod rates;
mod rest;
mod seen;
mod session;
mod spec;
mod state;
mod tls;
mod typed;

pub use log::Refused;
pub use person::{Outcome, Person};
pub use seen::Seen;
pub use session::intent;
pub use state::{Manner, State, kind, may};

use serde_json::{Value, json};
use session::Frame;
use spec::Spec;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tls::Authority;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What every connection and every person shares.
pub struct Shared {
    state: Mutex<State>,
    spec: &'static Spec,
    changes: watch::Sender<u64>,
}

impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

/// The server; it stops when this is dropped.
pub struct FakeDiscord {
    shared: Arc<Shared>,
    address: SocketAddr,
    authority: Vec<u8>,
    tasks: Vec<JoinHandle<()>>,
}

impl FakeDiscord {
    pub async fn start() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let shared =
            Arc::new(Shared { state: Mutex::new(State::new()), spec: Spec::find(), changes: watch::Sender::new(0) });
        let authority = Authority::new("discord.com");
        let tcp = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = tcp.local_addr().expect("a bound listener has an address");
        let sockets = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let gateway = sockets.local_addr().expect("a bound listener has an address");
        shared.state().gateway_url = format!("ws://{gateway}");
        let (rest, ears) = (rest::router(shared.clone()), gateway::router(shared.clone()));
        let listening = authority.listen(tcp);
        let tasks = vec![
            tokio::spawn(
                async move { axum::serve(listening, rest).await.expect("serving goes on until it is stopped") },
            ),
            tokio::spawn(async move { axum::serve(sockets, ears).await.expect("serving goes on until it is stopped") }),
        ];
        Self { shared, address, authority: authority.pem, tasks }
    }

    /// Where `discord.com` is, and the authority that says so.
    pub fn relay(&self) -> (SocketAddr, Vec<u8>) {
        (self.address, self.authority.clone())
    }

    pub fn token(&self) -> String {
        self.state().token.clone()
    }

    /// Everything there is, to be looked at and changed.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    /// Somebody in the channel `releases`; known by that name from then on.
    pub fn person(&self, name: &str) -> Person {
        Person::join(self.shared.clone(), name)
    }

    pub fn channel(&self, name: &str) -> String {
        self.state().named(name).unwrap_or_else(|| panic!("no channel `{name}`")).to_string()
    }

    pub fn guild(&self) -> u64 {
        *self.state().guilds.keys().next().expect("there is a server")
    }

    /// Treats the next call that ends like this in this manner: `POST /channels/{channel_id}/messages`.
    pub fn next(&self, call: &str, manner: Manner) {
        self.state().knobs.next.push_back((call.to_owned(), manner));
    }

    /// Is the world held against the official description, or against a core of it only?
    pub fn knows_the_description(&self) -> bool {
        self.shared.spec.complete()
    }

    /// So much time goes by for tokens, nonces and limits.
    pub fn passes(&self, time: Duration) {
        self.state().passes(time);
    }

    /// Cuts every connection of the gateway without a word.
    pub fn cut(&self) {
        self.state().send_all(&Frame::Cut);
    }

    pub fn close(&self, code: u16) {
        self.state().send_all(&Frame::Close(code));
    }

    pub fn ask_to_reconnect(&self) {
        self.state().send_all(&Frame::Say(json!({ "op": 7, "d": null, "s": null, "t": null })));
    }

    pub fn invalidate(&self, resumable: bool) {
        let mut state = self.state();
        for session in state.sessions.iter_mut().filter(|session| session.line.is_some()) {
            session.over |= !resumable;
            session.send(Frame::Say(json!({ "op": 9, "d": resumable, "s": null, "t": null })));
        }
    }

    /// Ends every session: whoever comes back begins anew and has missed what happened.
    pub fn forget_sessions(&self) {
        let mut state = self.state();
        for session in &mut state.sessions {
            session.over = true;
            session.send(Frame::Cut);
        }
    }

    /// An event as it is, to everybody.
    pub fn tell(&self, event: &str, data: &Value) {
        self.state().tell(event, 0, data);
    }

    /// Tells the last events of a kind once more, as after a resume that went wrong.
    pub fn tell_again(&self, event: &str) {
        let mut state = self.state();
        for session in state.sessions.iter_mut().filter(|session| session.line.is_some()) {
            let told: Vec<Value> = session
                .told
                .iter()
                .filter(|(_, frame)| frame["t"] == event)
                .map(|(_, frame)| frame["d"].clone())
                .collect();
            for data in told {
                session.tell(event, data);
            }
        }
    }

    /// Throws the bot out.
    pub fn kick(&self, guild: u64) {
        let mut state = self.state();
        let bot = state.application.bot;
        state.guilds.get_mut(&guild).expect("it is there").members.remove(&bot);
        state.tell("GUILD_DELETE", intent::GUILDS, &json!({ "id": guild.to_string() }));
    }

    /// Invites it again.
    pub fn invite(&self, guild: u64) {
        let mut state = self.state();
        let bot = state.application.bot;
        state.guilds.get_mut(&guild).expect("it is there").members.insert(bot);
        let whole = state.guild_json(&state.guilds[&guild]);
        state.tell("GUILD_CREATE", intent::GUILDS, &whole);
    }

    /// Deletes a channel or thread with all that stands in it.
    pub fn delete(&self, channel: u64) {
        self.state().delete(channel);
    }

    pub fn archive(&self, thread: u64, locked: bool) {
        let mut state = self.state();
        let channel = state.channels.get_mut(&thread).expect("it is there");
        channel.archived = true;
        channel.locked = locked;
        let shown = state.channel_json(&state.channels[&thread]);
        state.tell("THREAD_UPDATE", intent::GUILDS, &shown);
    }

    /// Waits until what is so.
    pub async fn until(&self, what: &str, is: impl Fn(&State) -> bool) {
        self.shared.until(what, |state| is(state).then_some(())).await;
    }

    /// A live session of the gateway is there.
    pub async fn connected(&self) {
        self.until("a bot at the gateway", |state| {
            state.sessions.iter().any(|session| session.line.is_some() && !session.told.is_empty())
        })
        .await;
    }

    /// What the fake refused or shook its head at; a test that expected none of it ends with this.
    pub fn complaints(&self) -> Vec<String> {
        let state = self.state();
        // A post in doubt is looked for in its thread, which may not have begun.
        let looked =
            |refused: &&Refused| refused.call == "GET /channels/{channel_id}/messages" && refused.code == 10_003;
        let refused = state
            .log
            .refused
            .iter()
            .filter(|refused| !looked(refused))
            .map(|refused| format!("{}: {} {} {}", refused.call, refused.status, refused.code, refused.message));
        refused.chain(state.log.oddities.iter().cloned()).collect()
    }

    /// The refusals so far, taken out: a test that provokes some names them.
    pub fn take_refused(&self) -> Vec<Refused> {
        std::mem::take(&mut self.state().log.refused)
    }

    /// A page that shows a channel as Discord would, to be looked at.
    pub fn page(&self, channel: &str, person: Option<&Person>) -> String {
        html::page(&self.state(), channel.parse().expect("an id"), person.map(Person::id))
    }
}

impl Shared {
    /// Longer than any step of a test takes; a test that waits this long has failed.
    const PATIENCE: Duration = Duration::from_secs(30);

    pub async fn until<T>(&self, what: &str, find: impl Fn(&State) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        let begun = std::time::Instant::now();
        loop {
            changes.borrow_and_update();
            if let Some(found) = find(&self.state()) {
                return found;
            }
            assert!(begun.elapsed() < Self::PATIENCE, "waited in vain for {what}");
            drop(tokio::time::timeout(Duration::from_millis(50), changes.changed()).await);
        }
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
