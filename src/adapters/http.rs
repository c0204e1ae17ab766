//! How does Slipway speak HTTP to the outside: limits, retries, faults, and no secret in a log?

mod fault;
mod retry;
mod signature;

pub use fault::{classify, redact};
pub use retry::{Gate, Retry, retry_after};
pub use signature::genuine;

use fault::{causes, sentence_in};

use crate::domain::trouble::Fault;
use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Bytes of a refusal that are kept: enough for its sentence.
const REFUSAL: usize = 4_096;

/// Makes `ring` the process's provider of TLS. Called first in `main` and in every test that builds a client; only the
/// first call does something.
pub fn install_tls() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // Somebody was faster only if they installed a provider of their own, and then that one serves.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}

/// How long and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub connect: Duration,
    /// Until the first byte of the body.
    pub first_byte: Duration,
    /// Between two pieces of a body that has begun.
    pub stall: Duration,
    /// Bytes of a body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), first_byte: seconds(30), stall: seconds(15), body: 8 << 20 }
    }
}

/// A fault with what the other side said, which decides about a second try in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub fault: Fault,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// The refusal's own words, redacted and cut; empty when there were none.
    pub message: String,
    /// Its headers, where limits and places are told.
    pub headers: Box<HeaderMap>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, status: None, message: String::new(), headers: Box::default() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Failure {}

/// A whole answer with a status of success.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Has the answer proper begun in what has arrived so far?
pub type Begun = fn(&[u8]) -> bool;

/// A client with limits. Following redirects is off: a key is meant for the address it was configured for.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    limits: Limits,
    secrets: Vec<SecretString>,
}

impl Http {
    /// `secrets` are struck out of every error this client returns or logs.
    pub fn new(limits: Limits, secrets: Vec<SecretString>) -> anyhow::Result<Self> {
        install_tls();
        let client = reqwest::Client::builder()
            .user_agent(concat!("slipway/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client, limits, secrets })
    }

    /// The same client with no limit of its own on the first byte: for answers that come in one piece when they are done.
    pub fn patient(&self) -> Self {
        let limits = Limits { first_byte: Duration::from_secs(24 * 3_600), ..self.limits.clone() };
        Self { limits, ..self.clone() }
    }

    /// The client beneath, for building requests.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// One exchange, without a second try. Reads the body to its end, within the limits and until `deadline`.
    ///
    /// `begun` says of what has arrived whether the answer proper has begun; until it has, silence is measured by the
    /// limit on the first byte, because a greeting is often followed by a long thought.
    pub async fn exchange(
        &self,
        request: reqwest::Request,
        deadline: Instant,
        begun: Begun,
    ) -> Result<Answer, Failure> {
        let first_byte = deadline.min(Instant::now() + self.limits.first_byte);
        let response = match timeout_at(first_byte, self.client.execute(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.fault_of(error).into()),
            Err(_) => return Err(Fault::TimedOut(self.limits.first_byte).into()),
        };
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_success() {
            let body = self.body(response, first_byte, deadline, begun).await?;
            return Ok(Answer { status, headers, body });
        }
        let body = self.refusal(response, first_byte).await;
        let message = redact(&sentence_in(&body), &self.secrets);
        let fault = classify(status.as_u16(), &headers, &message);
        Err(Failure { fault, status: Some(status.as_u16()), message, headers: Box::new(headers) })
    }

    async fn body(
        &self,
        mut response: reqwest::Response,
        first_byte: Instant,
        deadline: Instant,
        begun: Begun,
    ) -> Result<Bytes, Failure> {
        let mut body = BytesMut::new();
        let mut patience = first_byte;
        let mut speaking = false;
        loop {
            let piece = match timeout_at(patience.min(deadline), response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => return Ok(body.freeze()),
                Ok(Err(error)) => return Err(self.fault_of(error).into()),
                Err(_) if body.is_empty() => return Err(Fault::TimedOut(self.limits.first_byte).into()),
                Err(_) => return Err(Fault::TimedOut(self.limits.stall).into()),
            };
            if body.len() + piece.len() > self.limits.body {
                return Err(Fault::Malformed(format!("an answer of more than {} bytes", self.limits.body)).into());
            }
            body.extend_from_slice(&piece);
            speaking = speaking || begun(&body);
            let stall = Instant::now() + self.limits.stall;
            patience = if speaking { stall } else { stall.max(first_byte) };
        }
    }

    /// The beginning of a refusal; whatever goes wrong while reading it, the status says enough.
    async fn refusal(&self, mut response: reqwest::Response, until: Instant) -> String {
        let mut body = Vec::new();
        while let Ok(Ok(Some(piece))) = timeout_at(until, response.chunk()).await {
            body.extend_from_slice(&piece);
            if body.len() >= REFUSAL {
                body.truncate(REFUSAL);
                break;
            }
        }
        String::from_utf8_lossy(&body).into_owned()
    }

    fn fault_of(&self, error: reqwest::Error) -> Fault {
        let timed_out = error.is_timeout();
        let unreadable = error.is_builder();
        let told = redact(&causes(&error.without_url()), &self.secrets);
        match () {
            () if timed_out => Fault::TimedOut(self.limits.connect),
            () if unreadable => Fault::Malformed(told),
            () => Fault::Unreachable(told),
        }
    }
}
