//! How does a team talk to Slipway with nothing installed? A team chat in the browser, embedded; the reference adapter.
//!
//! A request passes `door` (host, origin, session), is read by `posted`, becomes an event in `say` or `press`, and is
//! acknowledged after `Intake::accept` returned. What stands where is `board`'s; `view` turns it into HTML; `live` tells
//! open pages what changed.

mod board;
mod chat;
mod door;
mod files;
mod live;
mod names;
mod options;
mod pages;
mod posted;
mod press;
mod problem;
mod record;
mod say;
mod serve;
mod session;
mod view;

pub use options::WebOptions;
pub use serve::serve;

use crate::domain::message::Heard;
use crate::page;
use crate::ports::chat::Intake;
use crate::ports::clock::Clock;
use crate::ports::store::{Store, StoreError};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use board::Board;
use minijinja::{Environment, Value};
use problem::Problem;
use secrecy::ExposeSecret;
use session::{Session, Signer};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{OnceCell, watch};

/// The platform's name in `Place` and `Person`.
pub const PLATFORM: &str = "web";

pub struct Web {
    board: Board,
    clock: Arc<dyn Clock>,
    options: WebOptions,
    templates: Environment<'static>,
    signer: OnceCell<Arc<Signer>>,
    /// Set while `listen` runs.
    intake: watch::Sender<Option<Arc<dyn Intake>>>,
    /// Open event streams by person.
    streams: Mutex<HashMap<String, usize>>,
}

impl Web {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, options: WebOptions) -> Arc<Self> {
        Arc::new(Self {
            board: Board::new(store, clock.clone()),
            clock,
            options,
            templates: page::environment(view::TEMPLATES),
            signer: OnceCell::new(),
            intake: watch::Sender::new(None),
            streams: Mutex::new(HashMap::new()),
        })
    }

    /// Everything there is to serve. `beside` (the note pages) stands behind the same door.
    pub fn router(self: &Arc<Self>, beside: Router) -> Router {
        let own = Router::new()
            .route("/", get(pages::front))
            .route("/c/{channel}", get(pages::channel))
            .route("/c/{channel}/t/{root}", get(pages::thread))
            .route("/c/{channel}/say", post(say::say))
            .route("/c/{channel}/press", post(press::press))
            .route("/c/{channel}/submit", post(press::submit))
            .route("/c/{channel}/dismiss", post(press::dismiss))
            .route("/c/{channel}/read", post(pages::read))
            .route("/name", get(pages::name).post(pages::rename))
            .route("/login", post(pages::login).layer(DefaultBodyLimit::max(16 * 1024)))
            .route("/complete", get(pages::complete))
            .route("/events", get(live::events))
            .route("/files/{id}/{index}/{name}", get(files::file))
            .route("/assets/chat.js", get(|| async { page::asset("text/javascript; charset=utf-8", view::SCRIPT) }))
            .fallback(|| async { Problem::not_found("That page") })
            .method_not_allowed_fallback(|| async { Problem::not_found("A page that takes this") })
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone());
        let all = own.merge(page::assets()).merge(beside);
        all.layer(axum::middleware::from_fn_with_state(self.clone(), door::guard))
    }

    /// The bot's ear, or a sentence while there is none.
    fn intake(&self) -> Result<Arc<dyn Intake>, Problem> {
        let intake = self.intake.borrow().clone();
        intake.ok_or_else(|| {
            let sentence = "Slipway is starting or stopping and heard nothing. Send it again in a moment.";
            Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, sentence)
        })
    }

    /// Returns once `listen` hears: served from then on, nobody is turned away because the bot is still starting.
    pub async fn ready(&self) {
        // It fails when the sender is gone, and the sender is ours.
        let _ = self.intake.subscribe().wait_for(Option::is_some).await;
    }

    /// Hands an event to the bot; the answer to a failure is a sentence.
    async fn hear(&self, heard: Heard) -> Result<(), Problem> {
        let event = heard.id.clone();
        self.intake()?.accept(heard).await.map_err(|error| {
            tracing::error!(event, error = format!("{error:#}"), "an event was not accepted");
            let sentence = "Slipway could not write down what you did, so nothing was done. Send it again in a moment.";
            Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, sentence)
        })
    }

    async fn signer(&self) -> Result<Arc<Signer>, StoreError> {
        let make = || async {
            let secret = session::secret(self.board.store().as_ref()).await?;
            let token = self.options.token.as_ref().map(|token| token.expose_secret());
            Ok(Arc::new(Signer::new(&secret, token)))
        };
        self.signer.get_or_try_init(make).await.cloned()
    }

    fn sealed(&self, session: &Session) -> String {
        let signer = self.signer.get().expect("a session is made after the signer that signs it");
        signer.seal(session)
    }

    /// Browsers share cookies between ports of one host; two bots on one machine must not.
    fn cookie_name(&self) -> String {
        if self.options.is_secure() {
            return "__Host-slipway".to_owned();
        }
        format!("slipway-{}", self.options.address.port())
    }

    fn has_channel(&self, name: &str) -> bool {
        self.options.channels.iter().any(|channel| channel == name)
    }

    fn render(&self, template: &str, context: Value) -> String {
        let template = self.templates.get_template(template).expect("templates are part of the program");
        template.render(context).unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "a template did not render");
            "This page could not be put together; the log has the cause.".to_owned()
        })
    }
}
