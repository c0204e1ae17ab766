//! How is a chat-completion server asked (OpenAI, vLLM, Ollama, LM Studio, most gateways)?
//!
//! `async-openai` builds the request; the exchange is ours: it reads answers leniently, retries within the question's
//! time, notices stalls, and learns per model which form of a request a server understands.
//!
//! `async-openai` logs whole answers it cannot read at ERROR under its own target; the subscriber has to switch the
//! target `async_openai` off.

mod dialect;
mod models;
mod stream;
mod transport;
mod wire;

use crate::adapters::http::{Failure, Gate, Http, Limits, Retry, redact};
use crate::domain::trouble::Fault;
use crate::ports::model::{Model, Question, Reply};
use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_trait::async_trait;
use dialect::Dialects;
use models::ModelList;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use transport::Transport;
use wire::{Completion, Request};

/// How long `doctor` waits for the list of models.
const DESCRIBE: Duration = Duration::from_secs(10);

/// Where the server is and how patient we are with it.
#[derive(Debug, Clone)]
pub struct OpenAiOptions {
    /// With its version: `https://api.openai.com/v1`, `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    pub key: Option<SecretString>,
    /// The models that roles name: `describe` says which of them the server has.
    pub models: Vec<String>,
    pub limits: Limits,
    pub retry: Retry,
}

impl OpenAiOptions {
    /// The usual limits: 5 s to connect, 30 s to the first byte, 15 s between two, three retries.
    pub fn new(base_url: impl Into<String>, key: Option<SecretString>, models: Vec<String>) -> Self {
        Self { base_url: base_url.into(), key, models, limits: Limits::default(), retry: Retry::default() }
    }
}

/// A chat-completion server.
pub struct OpenAi {
    options: OpenAiOptions,
    http: Http,
    gate: Arc<Gate>,
    dialects: Dialects,
}

impl OpenAi {
    /// Fails for an address that is none, or a key that no header can carry.
    pub fn new(mut options: OpenAiOptions) -> anyhow::Result<Self> {
        options.base_url = options.base_url.trim_end_matches('/').to_owned();
        let url = reqwest::Url::parse(&options.base_url)
            .map_err(|error| anyhow::anyhow!("`{}` is no address of a model server: {error}", options.base_url))?;
        anyhow::ensure!(matches!(url.scheme(), "http" | "https"), "`{}` is neither http nor https", options.base_url);
        if let Some(key) = &options.key {
            bearer(key).map_err(|_| {
                anyhow::anyhow!("the key for `{}` has characters that no header may have", options.base_url)
            })?;
        }
        let http = Http::new(options.limits.clone(), options.key.clone().into_iter().collect())?;
        Ok(Self { options, http, gate: Arc::default(), dialects: Dialects::default() })
    }

    /// Asks in the form the model is known to understand; a refusal that is about the form teaches another one.
    async fn converse(&self, question: &Question, deadline: Instant) -> Result<Reply, Failure> {
        let mut dialect = self.dialects.of(&question.model);
        loop {
            let request = Request::new(question, &dialect);
            match self.complete(&request, question, deadline).await {
                Ok(completion) => {
                    self.dialects.remember(&question.model, dialect);
                    return completion.reply(question, &request).map_err(Failure::from);
                }
                // Each lesson takes one thing away, so there are only as many as a request has optional parts.
                Err(failure) if dialect.learn(&failure) => {
                    tracing::info!(
                        model = question.model,
                        told = failure.message,
                        ?dialect,
                        "the server wants another form"
                    );
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn complete(&self, request: &Request, question: &Question, deadline: Instant) -> Result<Completion, Failure> {
        let transport = Transport {
            http: if request.streams() { self.http.clone() } else { self.http.patient() },
            retry: self.options.retry.clone(),
            gate: Arc::clone(&self.gate),
            lane: question.model.clone(),
            deadline,
        };
        let endpoint =
            Endpoint { base_url: self.options.base_url.clone(), key: self.options.key.clone().unwrap_or_default() };
        let client = Client::build(self.http.client().clone(), endpoint).with_http_service(transport);
        client.chat().create_byot::<_, Completion>(request).await.map_err(failure_in)
    }

    /// No key of ours leaves inside a text, whatever the text came from.
    fn without_own_key(&self, question: &Question) -> Question {
        let secrets: Vec<SecretString> = self.options.key.clone().into_iter().collect();
        Question {
            system: redact(&question.system, &secrets),
            user: redact(&question.user, &secrets),
            ..question.clone()
        }
    }
}

#[async_trait]
impl Model for OpenAi {
    async fn ask(&self, question: &Question) -> Result<Reply, Fault> {
        let question = self.without_own_key(question);
        let deadline = Instant::now() + question.time_limit;
        let asked = timeout(question.time_limit, self.converse(&question, deadline)).await;
        let Ok(asked) = asked else { return Err(Fault::TimedOut(question.time_limit)) };
        asked.map_err(|failure| match failure.fault {
            Fault::TimedOut(_) if Instant::now() >= deadline => Fault::TimedOut(question.time_limit),
            fault => {
                tracing::debug!(model = question.model, %fault, told = failure.message, "the model server failed");
                fault
            }
        })
    }

    async fn describe(&self) -> Result<String, Fault> {
        let url = format!("{}/models", self.options.base_url);
        let mut request = self.http.client().get(&url);
        if let Some(key) = &self.options.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let request = request.build().map_err(|error| Fault::Unreachable(error.without_url().to_string()))?;
        let answer = self.http.exchange(request, Instant::now() + DESCRIBE).await.map_err(|failure| failure.fault)?;
        let list: ModelList = serde_json::from_slice(&answer.body)
            .map_err(|error| Fault::Malformed(format!("its list of models: {error}")))?;
        Ok(list.sentence(&self.options.base_url, &self.options.models))
    }
}

/// Where requests go. Ours, because the crate's own reads keys and addresses from the environment unasked.
struct Endpoint {
    base_url: String,
    key: SecretString,
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        // A key no header can carry was refused when the adapter was made.
        if let Ok(value) = bearer(&self.key)
            && !self.key.expose_secret().is_empty()
        {
            headers.insert(AUTHORIZATION, value);
        }
        headers
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

fn bearer(key: &SecretString) -> Result<HeaderValue, reqwest::header::InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Our own failure comes back in the crate's box; anything else is an answer it could not read.
fn failure_in(error: OpenAIError) -> Failure {
    match error {
        OpenAIError::Boxed(error) => match error.downcast::<Failure>() {
            Ok(failure) => *failure,
            Err(error) => Fault::Malformed(error.to_string()).into(),
        },
        OpenAIError::JSONDeserialize(error, _) => Fault::Malformed(format!("its answer: {error}")).into(),
        OpenAIError::Reqwest(error) => Fault::Unreachable(error.without_url().to_string()).into(),
        error => Fault::Malformed(error.to_string()).into(),
    }
}
