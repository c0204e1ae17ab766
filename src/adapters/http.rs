//! How does Slipway speak HTTP to the outside: limits, retries, faults, and no secret in a log?

mod retry;

pub use retry::{Gate, Retry, retry_after};

use crate::domain::trouble::Fault;
use bytes::{Bytes, BytesMut};
use chrono::Utc;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
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
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, status: None, message: String::new() }
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

    /// The client beneath, for building requests.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// One exchange, without a second try. Reads the body to its end, within the limits and until `deadline`.
    pub async fn exchange(&self, request: reqwest::Request, deadline: Instant) -> Result<Answer, Failure> {
        let first_byte = deadline.min(Instant::now() + self.limits.first_byte);
        let response = match timeout_at(first_byte, self.client.execute(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.fault_of(error).into()),
            Err(_) => return Err(Fault::TimedOut(self.limits.first_byte).into()),
        };
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_success() {
            let body = self.body(response, first_byte, deadline).await?;
            return Ok(Answer { status, headers, body });
        }
        let body = self.refusal(response, first_byte).await;
        let message = redact(&sentence_in(&body), &self.secrets);
        let fault = classify(status.as_u16(), &headers, &message);
        Err(Failure { fault, status: Some(status.as_u16()), message })
    }

    async fn body(
        &self,
        mut response: reqwest::Response,
        first_byte: Instant,
        deadline: Instant,
    ) -> Result<Bytes, Failure> {
        let mut body = BytesMut::new();
        let mut patience = first_byte;
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
            patience = Instant::now() + self.limits.stall;
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
        let unreadable = error.is_decode() || error.is_builder();
        let told = redact(&causes(&error.without_url()), &self.secrets);
        match () {
            () if timed_out => Fault::TimedOut(self.limits.connect),
            () if unreadable => Fault::Malformed(told),
            () => Fault::Unreachable(told),
        }
    }
}

/// Whose failure a status is.
pub fn classify(status: u16, headers: &HeaderMap, message: &str) -> Fault {
    let wait = retry_after(headers, Utc::now());
    match status {
        401 | 403 => Fault::Unauthorized,
        404 | 410 => Fault::NotFound,
        // Out of money is told as 429 too, and no waiting helps.
        429 if message.contains("insufficient_quota") => Fault::Rejected { status, message: message.to_owned() },
        429 => Fault::Busy { retry_after: wait },
        503 if wait.is_some() => Fault::Busy { retry_after: wait },
        408 | 425 | 500.. => Fault::Failed { status },
        300..=399 => Fault::Rejected { status, message: "it sent us elsewhere, which is not followed".to_owned() },
        _ => Fault::Rejected { status, message: message.to_owned() },
    }
}

/// The text with every one of `secrets` struck out.
pub fn redact(text: &str, secrets: &[SecretString]) -> String {
    let known = secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty());
    known.fold(text.to_owned(), |text, secret| text.replace(secret, "[REDACTED]"))
}

/// What an error body says, from whichever of the shapes in use: `{"error": {"message", "code"}}`, `{"error": "…"}`,
/// `{"detail": …}`, `{"message"}`; else its beginning.
fn sentence_in(body: &str) -> String {
    let told = serde_json::from_str::<serde_json::Value>(body).ok().and_then(|value| {
        let error = value.get("error").or_else(|| value.get("detail")).unwrap_or(&value).clone();
        let message = error.get("message").and_then(|message| message.as_str()).map(str::to_owned);
        let message = message.or_else(|| error.as_str().map(str::to_owned)).unwrap_or_else(|| error.to_string());
        let code = error.get("code").and_then(|code| code.as_str()).filter(|code| !message.contains(code));
        Some(code.map_or_else(|| message.clone(), |code| format!("{message} ({code})")))
    });
    let told = told.unwrap_or_else(|| body.to_owned());
    told.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect()
}

/// An error with its causes, which is where the reason stands.
fn causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !told.contains(&text) {
            told.push_str(": ");
            told.push_str(&text);
        }
        cause = inner.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whose_failure_it_is() {
        let none = HeaderMap::new();
        assert_eq!(classify(401, &none, ""), Fault::Unauthorized);
        assert_eq!(classify(404, &none, ""), Fault::NotFound);
        assert_eq!(classify(429, &none, ""), Fault::Busy { retry_after: None });
        assert!(!classify(429, &none, "You are out of credit (insufficient_quota)").is_passing());
        assert_eq!(classify(503, &none, ""), Fault::Failed { status: 503 });
        assert_eq!(classify(422, &none, "no"), Fault::Rejected { status: 422, message: "no".to_owned() });
    }

    #[test]
    fn the_sentence_is_found_in_every_shape_of_error() {
        assert_eq!(sentence_in(r#"{"error":{"message":"too long","code":400}}"#), "too long");
        assert_eq!(
            sentence_in(r#"{"error":{"message":"no credit","code":"insufficient_quota"}}"#),
            "no credit (insufficient_quota)"
        );
        assert_eq!(sentence_in(r#"{"error":"model not found"}"#), "model not found");
        assert_eq!(
            sentence_in(r#"{"detail":[{"loc":["body","response_format"]}]}"#),
            r#"[{"loc":["body","response_format"]}]"#
        );
        assert_eq!(sentence_in("<html>\n Bad gateway"), "<html> Bad gateway");
    }

    #[test]
    fn secrets_are_struck_out() {
        let secrets = [SecretString::from("sk-very-secret"), SecretString::from("")];
        assert_eq!(redact("key sk-very-secret refused", &secrets), "key [REDACTED] refused");
    }
}
