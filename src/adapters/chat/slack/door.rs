//! How does Slack's HTTP reach us? Signed, fresh, of a bearable size, and answered with 200 once it is stored.

use super::{Slack, sign};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Form, FromRequest, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

const LARGEST: usize = 1 << 20;

/// Signatures that were accepted within the window: nobody signs the same twice, Slack's own repeats are signed anew.
#[derive(Default)]
pub struct Replays {
    seen: Mutex<(HashMap<String, i64>, VecDeque<String>)>,
}

impl Replays {
    fn has(&self, signature: &str) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).0.contains_key(signature)
    }

    fn remember(&self, signature: &str, now: i64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(oldest) = seen.1.front().cloned()
            && seen.0.get(&oldest).is_none_or(|at| now - at > 2 * sign::WINDOW)
        {
            seen.1.pop_front();
            seen.0.remove(&oldest);
        }
        if seen.0.insert(signature.to_owned(), now).is_none() {
            seen.1.push_back(signature.to_owned());
        }
    }
}

pub fn router(slack: Arc<Slack>) -> Router {
    Router::new()
        .route("/slack/events", post(events))
        .route("/slack/commands", post(commands))
        .route("/slack/interactions", post(interactions))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(slack)
}

/// A refusal: its status, and the one line the log gets.
type Refused = (StatusCode, &'static str);

async fn events(State(slack): State<Arc<Slack>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&slack, &headers, &body, "events_api", async {
        let payload = serde_json::from_slice::<Value>(&body).map_err(|_| unreadable())?;
        if payload["type"] == "url_verification" {
            let challenge = payload["challenge"].as_str().unwrap_or_default().to_owned();
            return Ok(Told::Challenge(challenge));
        }
        Ok(Told::Payload(payload))
    })
    .await
}

async fn commands(State(slack): State<Arc<Slack>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&slack, &headers, &body, "slash_commands", async {
        let fields = fields(&body).await?;
        let object = fields.into_iter().map(|(name, value)| (name, Value::String(value)));
        Ok(Told::Payload(Value::Object(object.collect())))
    })
    .await
}

async fn interactions(State(slack): State<Arc<Slack>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&slack, &headers, &body, "interactive", async {
        let fields = fields(&body).await?;
        let (_, payload) = fields.iter().find(|(name, _)| name == "payload").ok_or_else(unreadable)?;
        serde_json::from_str(payload).map(Told::Payload).map_err(|_| unreadable())
    })
    .await
}

enum Told {
    Payload(Value),
    /// Slack asks whether the address is ours.
    Challenge(String),
}

/// `read` is polled only after the signature was found good.
async fn answer(
    slack: &Arc<Slack>,
    headers: &HeaderMap,
    body: &Bytes,
    kind: &str,
    read: impl Future<Output = Result<Told, Refused>> + Send,
) -> Response {
    let answered = async {
        let signature = genuine(slack, headers, body)?;
        let answer = match read.await? {
            Told::Challenge(challenge) => challenge,
            Told::Payload(payload) => {
                slack.take(kind, &payload).await.map_err(|error| {
                    tracing::error!(kind, error = format!("{error:#}"), "an event was not stored");
                    (StatusCode::SERVICE_UNAVAILABLE, "it could not be stored")
                })?;
                String::new()
            }
        };
        slack.replays.remember(signature, slack.clock.now().timestamp());
        Ok::<String, Refused>(answer)
    };
    match answered.await {
        Ok(text) => text.into_response(),
        Err((status, why)) => {
            tracing::warn!(kind, why, status = status.as_u16(), "a request in Slack's name was refused");
            status.into_response()
        }
    }
}

/// The signature, if it is good and new.
fn genuine<'a>(slack: &Slack, headers: &'a HeaderMap, body: &[u8]) -> Result<&'a str, Refused> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if slack.options.signing_secrets.is_empty() {
        return Err((StatusCode::NOT_FOUND, "events come over Socket Mode here"));
    }
    let signature = headers.get("x-slack-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = slack.clock.now().timestamp();
    sign::check(&slack.options.signing_secrets, now, header("x-slack-request-timestamp"), signature, body)
        .map_err(|why| (StatusCode::UNAUTHORIZED, why))?;
    if slack.replays.has(signature) {
        return Err((StatusCode::UNAUTHORIZED, "it was answered before"));
    }
    Ok(signature)
}

async fn fields(body: &Bytes) -> Result<Vec<(String, String)>, Refused> {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.clone()))
        .map_err(|_| unreadable())?;
    let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    form.map(|Form(fields)| fields).map_err(|_| unreadable())
}

fn unreadable() -> Refused {
    (StatusCode::BAD_REQUEST, "it could not be read")
}
