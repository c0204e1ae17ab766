//! What does Slack do, on good days and bad ones?
//!
//! A workspace on loopback: it holds people, channels, messages, views and files, answers the Web API from them, hands out
//! sockets and sends events over them (or signed over HTTP), and refuses what Slack refuses (`limits`). People in it are
//! driven by `person`; what they see is what the messages really say.

mod api;
mod args;
mod blocks;
pub mod deliver;
mod eyes;
mod knobs;
pub mod limits;
mod methods;
mod person;
pub mod picture;
mod rates;
mod response;
mod socket;
pub mod state;
mod told;
mod view;
pub mod visible;

pub use knobs::{Called, Knobs, Log, Manner};
pub use person::Person;
pub use state::World;

use state::{APP_TOKEN, BOT_TOKEN, Kind, Validity};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

struct Shared {
    world: Mutex<World>,
    log: Mutex<Log>,
    knobs: Mutex<Knobs>,
    rates: Mutex<rates::Rates>,
    sockets: Mutex<socket::Sockets>,
    address: std::net::SocketAddr,
    /// Events that are neither acknowledged nor given up yet.
    under_way: AtomicUsize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The workspace; it closes when this is dropped, and fails the test then if a call was refused that nobody expected.
pub struct FakeSlack {
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl FakeSlack {
    pub async fn start() -> Self {
        slipway::wiring::install_tls();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let shared = Arc::new(Shared {
            world: Mutex::new(World::new(&format!("http://{address}"))),
            log: Mutex::default(),
            knobs: Mutex::default(),
            rates: Mutex::default(),
            sockets: Mutex::default(),
            address,
            under_way: AtomicUsize::new(0),
        });
        let router = api::router(Arc::clone(&shared)).merge(socket::router(Arc::clone(&shared)));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving on loopback goes on until it is stopped");
        });
        Self { shared, task }
    }

    /// The address of the Web API, as it is configured.
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.shared.address)
    }

    pub fn bot_token(&self) -> &'static str {
        BOT_TOKEN
    }

    pub fn app_token(&self) -> &'static str {
        APP_TOKEN
    }

    /// The world, to be looked at and changed: `fake.world().channel_mut("C0RELEASES").archived = true`.
    pub fn world(&self) -> MutexGuard<'_, World> {
        locked(&self.shared.world)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.shared.log)
    }

    pub fn knobs(&self) -> MutexGuard<'_, Knobs> {
        locked(&self.shared.knobs)
    }

    /// A member of the team, in `#releases`; made when asked for the first time.
    pub fn person(&self, name: &str) -> Person {
        Person::enter(Arc::clone(&self.shared), name, Kind::Member)
    }

    pub fn person_who_is(&self, name: &str, kind: Kind) -> Person {
        Person::enter(Arc::clone(&self.shared), name, kind)
    }

    /// Treats the next call of a method this way.
    pub fn next(&self, method: &str, manner: Manner) {
        self.knobs().next.entry(method.to_owned()).or_default().push_back(manner);
    }

    /// Treats every call of a method this way from now on.
    pub fn always(&self, method: &str, manner: Manner) {
        self.knobs().always.insert(method.to_owned(), manner);
    }

    pub fn well_again(&self, method: &str) {
        self.knobs().always.remove(method);
    }

    /// A call that is refused with this error does not fail the test.
    pub fn expect_refused(&self, error: &str) {
        self.log().expected.insert(error.to_owned());
    }

    /// What becomes of the bot's token, or of the app's.
    pub fn token_is(&self, token: &str, validity: Validity) {
        self.world().tokens.get_mut(token).expect("a token of this workspace").validity = validity;
    }

    pub fn without_scope(&self, scope: &str) {
        self.world().tokens.get_mut(BOT_TOKEN).expect("the bot has a token").scopes.remove(scope);
    }

    /// Calls of a method so far, the refused ones among them.
    pub fn calls(&self, method: &str) -> Vec<Called> {
        self.log().called.iter().filter(|call| call.method == method).cloned().collect()
    }

    /// Refused calls that no test announced.
    pub fn unexpected(&self) -> Vec<String> {
        let log = self.log();
        let refused = log.called.iter().filter_map(|call| {
            let error = call.refused.as_ref()?;
            let code = error.split(&[':', ' '][..]).next().unwrap_or_default();
            (!log.expected.contains(code)).then(|| format!("{} was refused: {error}; {}", call.method, call.args))
        });
        refused.collect()
    }
}

impl Drop for FakeSlack {
    fn drop(&mut self) {
        self.task.abort();
        if !std::thread::panicking() {
            assert_eq!(self.unexpected(), Vec::<String>::new(), "Slack refused what the bot asked");
        }
    }
}
