//! What does a chat-completion server do, on good days and bad ones?
//!
//! A server on loopback with models, a pace and manners. It refuses what the official description refuses, remembers
//! every request, and by default answers sensibly: the fields that were asked for, in sentences that cite given facts.

mod answer;
mod pace;
mod serve;
mod spec;

pub use pace::{Pace, Rates};

use axum::serve::ListenerExt;
use serde_json::Value;
use spec::Spec;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How a request is treated.
#[derive(Debug, Clone, PartialEq)]
pub enum Manner {
    /// Answers what was asked.
    Sensible,
    /// 429; with `Retry-After`, a call before it elapsed is counted in `Log::early` and refused again.
    Busy(Option<Duration>),
    /// This status, with an error body in the shape of vLLM (`code` is a number).
    Failing(u16),
    /// Accepts the request and never answers.
    Silent,
    /// Begins to answer and stops in the middle, keeping the connection.
    Stall,
    /// Closes the connection in the middle of the answer.
    Torn,
    /// Stops in the middle for want of tokens, and says so.
    CutOff,
    /// Prose where JSON was asked for.
    Garbage,
    /// JSON that has nothing to do with the schema.
    WrongJson,
    /// Every text longer than its schema allows.
    TooLong,
    /// Every text in Korean.
    Foreign,
    /// A sensible answer wrapped in a train of thought, a sentence and a code fence.
    Chatty,
    /// Does whatever the material says after `SAY:`, in every field, and adds fields of its own.
    Obedient,
    /// Repeats the frame around the material in every text.
    Parrot,
    /// The first field is wrong the first time it is asked, right when it is asked again.
    Sloppy,
}

/// Which forms of `response_format` the server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structured {
    Schema,
    Object,
    None,
}

/// The state of the world, changed by tests between requests.
#[derive(Debug)]
pub struct World {
    pub models: Vec<String>,
    pub key: Option<String>,
    pub structured: Structured,
    pub streams: bool,
    /// Newer models refuse `max_tokens`, and any temperature but 1.
    pub modern: bool,
    /// Treatment of the next requests, for any model, before `always` applies.
    pub next: VecDeque<Manner>,
    /// By model.
    pub always: HashMap<String, Manner>,
    pub pace: Option<Pace>,
    pub rates: Rates,
    /// What is answered next to questions of a name, word for word, before any manner applies: `question`.
    pub script: HashMap<String, VecDeque<Value>>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            models: vec!["small".to_owned(), "large".to_owned()],
            key: None,
            structured: Structured::Schema,
            streams: true,
            modern: false,
            next: VecDeque::new(),
            always: HashMap::new(),
            pace: None,
            rates: Rates::default(),
            script: HashMap::new(),
        }
    }
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub at: Instant,
    pub authorization: Option<String>,
    pub body: Value,
    /// `None` while it is under way, and for good when it was refused or went wrong.
    pub answered: Option<Answered>,
}

/// A whole answer that was sent to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answered {
    pub at: Instant,
    /// From the request to the last token, by the model's pace alone.
    pub took: Duration,
    pub tokens_in: u32,
    pub tokens_out: usize,
}

impl Asked {
    pub fn model(&self) -> &str {
        self.body["model"].as_str().unwrap_or_default()
    }
    /// What the answer is called by who asks: `body`.
    pub fn name(&self) -> &str {
        self.body["response_format"]["json_schema"]["name"].as_str().unwrap_or_default()
    }
    /// System and user text.
    pub fn text(&self) -> String {
        let messages = self.body["messages"].as_array().into_iter().flatten();
        messages.filter_map(|message| message["content"].as_str()).collect::<Vec<_>>().join("\n")
    }
    /// Keys of the answer that was asked for.
    pub fn fields(&self) -> Vec<String> {
        let schema = answer::schema_of(&self.body);
        schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    }
}

/// What happened so far.
#[derive(Debug, Default)]
pub struct Log {
    pub asked: Vec<Asked>,
    /// Why requests were refused that the description forbids; a test ends with none.
    pub refused: Vec<String>,
    /// Calls that came before `Retry-After` had elapsed.
    pub early: usize,
    busy_until: HashMap<String, Instant>,
}

struct Shared {
    world: Mutex<World>,
    log: Mutex<Log>,
    spec: &'static Spec,
    dice: Mutex<pace::Dice>,
}

/// The server; it stops when this is dropped.
pub struct FakeOpenAi {
    shared: Arc<Shared>,
    address: std::net::SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl FakeOpenAi {
    pub async fn start() -> Self {
        Self::start_with(World::default(), 7).await
    }

    /// `seed` decides every random number: latencies and which requests fail.
    pub async fn start_with(world: World, seed: u64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            log: Mutex::default(),
            spec: Spec::find(),
            dice: Mutex::new(pace::Dice::new(seed)),
        });
        let router = serve::router(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            // Small pieces of a stream must not wait for each other's acknowledgement: 40 ms are two seconds at a clock of 50.
            let listener = listener.tap_io(|connection| {
                connection.set_nodelay(true).expect("a connection on loopback takes options");
            });
            axum::serve(listener, router).await.expect("serving on loopback goes on until it is stopped");
        });
        Self { shared, address, task }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The world, to be changed: `fake.world().structured = Structured::None`.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Treats every request to `model` this way from now on.
    pub fn always(&self, model: &str, manner: Manner) {
        self.world().always.insert(model.to_owned(), manner);
    }

    /// Answers the next questions of this name with these, word for word.
    pub fn says(&self, name: &str, answers: impl IntoIterator<Item = Value>) {
        self.world().script.entry(name.to_owned()).or_default().extend(answers);
    }

    /// Treats the next request this way.
    pub fn next(&self, manner: Manner) {
        self.world().next.push_back(manner);
    }

    /// Are requests held against the official description, or against a core of it only?
    pub fn knows_the_description(&self) -> bool {
        self.shared.spec.complete()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.log().asked.clone()
    }
}

impl Drop for FakeOpenAi {
    fn drop(&mut self) {
        self.task.abort();
    }
}
