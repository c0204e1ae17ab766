//! A GitHub on loopback, held to its official description: REST is refused where the description refuses it, queries where
//! the schema does. What it answers is read from a state that tests set up; every call is written down.

mod compare;
mod graphql;
mod rest;
pub mod state;
pub mod tokens;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rest::Answer;
use serde_json::{Value, json};
use state::State;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokens::Tokens;

/// What a test may let go wrong with the next calls, in order.
#[derive(Clone)]
pub enum Trouble {
    Status(u16),
    /// A limit of its own kind, with what GitHub sends beside it.
    Secondary {
        retry_after: Option<u64>,
    },
    /// The hour's calls are used up; they come back in so many seconds.
    Primary {
        seconds: i64,
    },
    /// A token that lacks a scope.
    Scope {
        has: &'static str,
        needs: &'static str,
    },
    /// The organisation wants single sign-on.
    SingleSignOn,
}

struct Inner {
    state: Mutex<State>,
    tokens: Mutex<Tokens>,
    calls: Mutex<Vec<String>>,
    complaints: Mutex<Vec<String>>,
    troubles: Mutex<VecDeque<Trouble>>,
    delay: Mutex<Duration>,
    in_flight: Mutex<(usize, usize)>,
    not_modified: Mutex<usize>,
}

#[derive(Clone)]
pub struct FakeGithub {
    inner: Arc<Inner>,
    url: String,
}

impl FakeGithub {
    pub async fn start() -> Self {
        let inner = Arc::new(Inner {
            state: Mutex::default(),
            tokens: Mutex::default(),
            calls: Mutex::default(),
            complaints: Mutex::default(),
            troubles: Mutex::default(),
            delay: Mutex::default(),
            in_flight: Mutex::default(),
            not_modified: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.inner.state)
    }

    pub fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.inner.tokens)
    }

    /// What was asked since the last time this was, one readable line each.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.inner.calls))
    }

    /// What the official description refused, and what of our answers it would not have given.
    pub fn complaints(&self) -> Vec<String> {
        lock(&self.inner.complaints).clone()
    }

    pub fn next(&self, troubles: impl IntoIterator<Item = Trouble>) {
        lock(&self.inner.troubles).extend(troubles);
    }

    pub fn answers_after(&self, delay: Duration) {
        *lock(&self.inner.delay) = delay;
    }

    /// How often `304` was enough.
    pub fn not_modified(&self) -> usize {
        *lock(&self.inner.not_modified)
    }

    /// The most that were on their way at a time.
    pub fn most_in_flight(&self) -> usize {
        lock(&self.inner.in_flight).1
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a call as long as it is on its way.
struct Flight<'a>(&'a Inner);

impl<'a> Flight<'a> {
    fn of(inner: &'a Inner) -> Self {
        let mut in_flight = lock(&inner.in_flight);
        in_flight.0 += 1;
        in_flight.1 = in_flight.1.max(in_flight.0);
        Self(inner)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        lock(&self.0.in_flight).0 -= 1;
    }
}

async fn answer(Shared(inner): Shared<Arc<Inner>>, request: Request) -> Response {
    let flight = Flight::of(&inner);
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.expect("a body");
    let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
    let query: Vec<(String, String)> = reqwest::Url::parse(&format!("http://x{}", parts.uri))
        .expect("an address")
        .query_pairs()
        .into_owned()
        .collect();
    if path.contains(".git/") {
        // Git reads elsewhere; this is no git server.
        return StatusCode::NOT_FOUND.into_response();
    }
    let said = told(&method, &path, &body);
    lock(&inner.calls).push(said);
    let delay = *lock(&inner.delay);
    tokio::time::sleep(delay).await;
    let trouble = lock(&inner.troubles).pop_front();
    let answer = match trouble {
        Some(trouble) => trouble.answer(),
        None => inner.answer(&method, &path, &query, &parts.headers, &body),
    };
    drop(flight);
    let mut response =
        (StatusCode::from_u16(answer.status).expect("a status"), answer.body.to_string()).into_response();
    // Addresses are told whole, as the real one tells them.
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    for (name, value) in answer.headers {
        let value = match name.as_str() {
            "link" => value.replace("</", &format!("<http://{host}/")),
            "location" => format!("http://{host}{value}"),
            _ => value,
        };
        let name: axum::http::HeaderName = name.parse().expect("a header's name");
        response.headers_mut().append(name, value.parse().expect("a header's value"));
    }
    let now = chrono::Utc::now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().insert("date", now.parse().expect("a date"));
    response
}

/// `GET /repos/acme/web/releases`, `query tags of acme/web`, `query 2 pull requests of acme/web`.
fn told(method: &str, path: &str, body: &Bytes) -> String {
    if !path.ends_with("/graphql") {
        return format!("{method} {path}");
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let query = body["query"].as_str().unwrap_or_default();
    let variable = |name: &str| body["variables"][name].as_str().unwrap_or_default().to_owned();
    let of = format!("{}/{}", variable("owner"), variable("name"));
    let count = |what: &str| query.matches(what).count();
    let what = match () {
        () if query.contains("refs(") => "tags".to_owned(),
        () if query.contains("deployments(") => "deployments".to_owned(),
        () if query.contains("associatedPullRequests") => format!("pull requests of {} commits", count("object(")),
        () if query.contains("pullRequest(") => format!("{} pull requests", count("pullRequest(")),
        () if query.contains("issue(") => format!("{} issues", count("issue(")),
        () => "something".to_owned(),
    };
    format!("query {what} of {of}")
}

impl Inner {
    fn answer(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Answer {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let body: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(body).unwrap_or_default() };
        let token = header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        if header("user-agent").is_empty() || header("x-github-api-version") != "2022-11-28" {
            lock(&self.complaints).push(format!("{method} {path}: a user agent or the version of the API is missing"));
        }
        let mut state = lock(&self.state);
        if let Some(answer) = lock(&self.tokens).answer(method, path, token, &state) {
            return answer;
        }
        if path.ends_with("/graphql") {
            let answer = graphql::answer(&state, &body);
            if answer["data"].is_null() {
                lock(&self.complaints).push(format!("a query was refused: {answer}"));
            }
            return Answer::of(200, answer);
        }
        let (answer, wrong) = rest::answer(&mut state, method, path, query, &body);
        lock(&self.complaints).extend(wrong);
        let answer = answer.unless_as_before(header("if-none-match"));
        *lock(&self.not_modified) += usize::from(answer.status == 304);
        answer
    }
}

impl Trouble {
    fn answer(self) -> Answer {
        let said = |status: u16, message: &str| Answer::of(status, json!({ "message": message }));
        match self {
            Self::Status(status) => said(status, "Something went wrong"),
            Self::Secondary { retry_after } => {
                let answer = said(
                    403,
                    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                );
                match retry_after {
                    Some(seconds) => answer.with("retry-after", &seconds.to_string()),
                    None => answer,
                }
            }
            Self::Primary { seconds } => {
                let reset = chrono::Utc::now().timestamp() + seconds;
                said(403, "API rate limit exceeded for user ID 1.")
                    .with("x-ratelimit-remaining", "0")
                    .with("x-ratelimit-reset", &reset.to_string())
            }
            Self::Scope { has, needs } => said(403, "Must have admin rights to Repository.")
                .with("x-oauth-scopes", has)
                .with("x-accepted-oauth-scopes", needs),
            Self::SingleSignOn => said(
                403,
                "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
            ),
        }
    }
}
