//! How is Slack's Web API called? With limits, within a time, and with each refusal turned into a fault.
//!
//! Answers are read as plain JSON: the client's models lose what Slack adds, and messages that carry metadata.

use super::faults;
use super::limits::Limits;
use super::options::SlackOptions;
use super::pace::Pace;
use super::troubles::Troubles;
use crate::adapters::http::redact;
use crate::domain::trouble::Fault;
use hyper_rustls::HttpsConnectorBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// A call that failed: Slack's code, empty when it was not Slack that refused, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: String,
    pub fault: Fault,
    /// The scope that is missing.
    pub needed: Option<String>,
}

impl Problem {
    pub fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str())
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self { code: String::new(), fault, needed: None }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        problem.fault
    }
}

pub struct Api {
    client: Arc<SlackHyperClient>,
    bot: SlackApiToken,
    limits: Limits,
    secrets: Vec<SecretString>,
    base: String,
    pub troubles: Troubles,
    /// The client itself would wait for ever.
    patience: Duration,
}

impl Api {
    pub fn new(options: &SlackOptions, pace: &Pace) -> Result<Self, String> {
        let https = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| format!("this machine's list of certificate authorities cannot be read: {error}"))?
            .https_or_http()
            .enable_http1()
            .build();
        let connector = SlackClientHyperConnector::with_connector(https).with_slack_api_url(options.base());
        Ok(Self {
            client: Arc::new(SlackClient::new(connector)),
            bot: SlackApiToken::new(options.bot_token.expose_secret().to_owned().into()),
            limits: Limits::new(&pace.allowances),
            secrets: options.secrets(),
            base: options.base().to_owned(),
            troubles: Troubles::default(),
            patience: pace.patience,
        })
    }

    pub fn client(&self) -> &Arc<SlackHyperClient> {
        &self.client
    }

    /// Sends JSON. `lane` is what the limits count by: a post's channel, an edit's channel and message.
    pub async fn post(&self, method: &str, lane: &str, body: &Value) -> Result<Value, Problem> {
        let session = self.client.open_session(&self.bot);
        self.limited(method, lane, session.http_session_api.http_post(method, body, None)).await
    }

    /// Sends parameters in the address, for the methods that take no JSON.
    pub async fn get(&self, method: &str, params: &[(&str, String)]) -> Result<Value, Problem> {
        let session = self.client.open_session(&self.bot);
        let params: Vec<(&str, Option<&String>)> = params.iter().map(|(name, value)| (*name, Some(value))).collect();
        self.limited(method, "", session.http_session_api.http_get(method, &params, None)).await
    }

    /// With the app-level token.
    pub async fn post_as_app(&self, token: &SlackApiToken, method: &str) -> Result<Value, Problem> {
        let session = self.client.open_session(token);
        let body = serde_json::json!({});
        let call = session.http_session_api.http_post(method, &body, None);
        self.timed(method, "", call).await
    }

    /// To an address of Slack's own that came with an event. It is itself the permission, so no token goes along.
    pub async fn answer(&self, url: &str, body: &Value) -> Result<(), Problem> {
        let Some(url) = self.own(url) else { return Err(Fault::Malformed("a foreign address".to_owned()).into()) };
        let span = tracing::Span::none();
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        let call = self.client.http_api.connector.http_post_uri::<_, Value>(url, body, context);
        self.timed("response_url", "", call).await.map(drop)
    }

    /// The bytes of a file, to the address Slack gave for them.
    pub async fn upload(&self, url: &str, bytes: &[u8]) -> Result<(), Problem> {
        let Some(url) = self.own(url) else { return Err(Fault::Malformed("a foreign address".to_owned()).into()) };
        let span = tracing::Span::none();
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        let mime = "application/octet-stream".to_owned();
        let call = self.client.http_api.connector.http_post_uri_binary::<Value>(url, mime, bytes, context);
        self.timed("upload", "", call).await.map(drop)
    }

    /// An address is followed only to Slack, or to where the Web API was configured to be.
    pub fn own(&self, url: &str) -> Option<reqwest::Url> {
        let url = reqwest::Url::parse(url).ok()?;
        let base = reqwest::Url::parse(&self.base).ok()?;
        let host = url.host_str()?;
        let slack = url.scheme() == "https" && (host == "slack.com" || host.ends_with(".slack.com"));
        let relay = (url.scheme(), host, url.port_or_known_default())
            == (base.scheme(), base.host_str()?, base.port_or_known_default());
        (slack || relay).then_some(url)
    }

    async fn limited<T>(
        &self,
        method: &str,
        lane: &str,
        call: impl Future<Output = ClientResult<T>>,
    ) -> Result<T, Problem> {
        if let Err(wait) = self.limits.take(method, lane) {
            return Err(Fault::Busy { retry_after: Some(wait) }.into());
        }
        let answer = self.timed(method, lane, call).await;
        match &answer {
            Ok(_) => self.troubles.succeeded(method, lane),
            Err(problem) => self.troubles.failed(method, lane, &problem.code, problem.needed.as_deref()),
        }
        answer
    }

    async fn timed<T>(
        &self,
        method: &str,
        lane: &str,
        call: impl Future<Output = ClientResult<T>>,
    ) -> Result<T, Problem> {
        let answer = tokio::time::timeout(self.patience, call).await;
        let problem = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => self.problem(method, lane, error),
            Err(_) => Fault::TimedOut(self.patience).into(),
        };
        tracing::debug!(method, code = problem.code, fault = %problem.fault, "Slack did not do what was asked");
        Err(problem)
    }

    fn problem(&self, method: &str, lane: &str, error: SlackClientError) -> Problem {
        match error {
            SlackClientError::ApiError(error) => {
                let body: Value = error.http_response_body.as_deref().and_then(read).unwrap_or_default();
                let needed = body["needed"].as_str();
                let fault = faults::of(&error.code, needed);
                if matches!(fault, Fault::Rejected { .. }) {
                    let messages = redact(&body["response_metadata"].to_string(), &self.secrets);
                    tracing::error!(method, code = error.code, messages, "Slack finds a call of ours wrong");
                }
                Problem { code: error.code, fault, needed: needed.map(str::to_owned) }
            }
            SlackClientError::RateLimitError(error) => {
                let wait = error.retry_after.unwrap_or(Duration::from_secs(1));
                self.limits.close(method, lane, wait);
                Fault::Busy { retry_after: Some(wait) }.into()
            }
            SlackClientError::HttpError(error) => {
                let code = error.http_response_body.as_deref().and_then(read);
                let code = code.and_then(|body: Value| body["error"].as_str().map(str::to_owned)).unwrap_or_default();
                let fault = match error.status_code.as_u16() {
                    401 | 403 => Fault::Unauthorized,
                    404 | 410 => Fault::NotFound,
                    status @ 500.. => Fault::Failed { status },
                    status => Fault::Rejected { status, message: code.clone() },
                };
                Problem { code, fault, needed: None }
            }
            SlackClientError::ProtocolError(error) => Fault::Malformed(error.json_error.to_string()).into(),
            other => Fault::Unreachable(redact(&causes(&other), &self.secrets)).into(),
        }
    }
}

fn read(body: &str) -> Option<Value> {
    serde_json::from_str(body).ok()
}

/// What lies beneath an error of the client: its own text tells nothing.
fn causes(error: &SlackClientError) -> String {
    let mut inner: Option<&(dyn std::error::Error + 'static)> = match error {
        SlackClientError::HttpProtocolError(error) => error.cause.as_deref().map(|cause| cause as _),
        SlackClientError::SystemError(error) => error.cause.as_deref().map(|cause| cause as _),
        _ => None,
    };
    let mut told = Vec::new();
    while let Some(cause) = inner {
        told.push(cause.to_string());
        inner = cause.source();
    }
    if told.is_empty() { "the connection failed".to_owned() } else { told.join(": ") }
}
