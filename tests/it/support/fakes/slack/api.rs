//! How does the Web API answer on the wire?

use super::args::Args;
use super::knobs::{Called, Manner};
use super::limits::{METHODS, Method, Tier};
use super::state::{Sort, Validity, World};
use super::{Shared, deliver, locked, methods, response};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{method}", any(call))
        .route("/upload/{id}", post(upload))
        .route("/actions/{team}/{number}/{secret}", post(response::answer))
        .layer(DefaultBodyLimit::max(64 << 20))
        .with_state(shared)
}

/// Why a call is refused: the code, what was wrong, and what else the answer says.
#[derive(Debug, Clone)]
pub struct Refused {
    pub code: String,
    pub what: String,
    pub extra: Box<Value>,
    pub wait: Option<Duration>,
}

impl Refused {
    pub fn new(code: &str, what: impl Into<String>) -> Self {
        Self { code: code.to_owned(), what: what.into(), extra: Box::new(json!({})), wait: None }
    }
}

impl From<(&'static str, String)> for Refused {
    fn from((code, what): (&'static str, String)) -> Self {
        Self::new(code, what)
    }
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let args = Args::read(&headers, query.as_deref(), &body);
    let token = bearer(&headers);
    let manner = locked(&shared.knobs).manner(&name);
    let called = Called {
        method: name.clone(),
        args: args.as_ref().map_or(Value::Null, |args| Value::Object(args.fields.clone())),
        refused: None,
    };
    let number = {
        let mut log = locked(&shared.log);
        log.called.push(called);
        log.called.len() - 1
    };
    if let Some(early) = still_busy(&shared, &name) {
        return early;
    }
    match manner {
        Some(Manner::Error(code)) => return told(Err(Refused::new(code, "as the test wants")), None),
        Some(Manner::Busy(seconds)) => return busy(&shared, &name, seconds),
        Some(Manner::Http(status)) => {
            let status = StatusCode::from_u16(status).expect("a test names a real status");
            return (status, [(header::CONTENT_TYPE, "text/html")], "<html>upstream</html>").into_response();
        }
        Some(Manner::Silent) => return std::future::pending().await,
        Some(Manner::Garbage) => {
            return ([(header::CONTENT_TYPE, "application/json")], "{\"ok\": tru").into_response();
        }
        Some(Manner::Slow(time)) => tokio::time::sleep(time).await,
        Some(Manner::DoneAndLost) | None => {}
    }
    let answer = args.map_err(|what| Refused::new(&what, "")).and_then(|args| judge(&shared, &name, token, &args));
    if let Err(refused) = &answer {
        let told = format!("{}: {}", refused.code, refused.what);
        locked(&shared.log).called[number].refused = Some(told);
    }
    deliver::what_happened(&shared);
    if manner == Some(Manner::DoneAndLost) {
        return torn();
    }
    let scopes = token.and_then(|token| {
        let world = locked(&shared.world);
        world.tokens.get(token).map(|token| token.scopes.iter().cloned().collect::<Vec<_>>().join(","))
    });
    told(answer, scopes)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The connection ends in the middle of the answer.
fn torn() -> Response {
    let parts: [Result<Bytes, std::io::Error>; 2] =
        [Ok(Bytes::from_static(b"{\"ok\"")), Err(std::io::Error::other("lost"))];
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, Body::from_stream(futures::stream::iter(parts))).into_response()
}

fn judge(shared: &Arc<Shared>, name: &str, token: Option<&str>, args: &Args) -> Result<Value, Refused> {
    let Some(method) = METHODS.iter().find(|method| method.name == name) else {
        return Err(Refused::new("unknown_method", name));
    };
    permitted(shared, method, token, args)?;
    args.check(method.required, method.optional).map_err(|what| Refused::new("invalid_arguments", what))?;
    let channel = args.text("channel").unwrap_or_default();
    if locked(&shared.knobs).limiting {
        let taken = locked(&shared.rates).take(name, channel, method.tier);
        if let Err(wait) = taken {
            let what = match method.tier {
                Tier::PerMinute(most) => format!("more than {most} calls in a minute"),
                Tier::PerChannel { .. } => format!("more than one a second in {channel}"),
            };
            return Err(Refused { wait: Some(wait), ..Refused::new("ratelimited", what) });
        }
    }
    methods::act(shared, name, args)
}

fn permitted(shared: &Shared, method: &Method, token: Option<&str>, args: &Args) -> Result<(), Refused> {
    let world = locked(&shared.world);
    let Some(token) = token else { return Err(Refused::new("not_authed", "no token")) };
    let Some(token) = world.tokens.get(token) else { return Err(Refused::new("invalid_auth", "unknown token")) };
    match token.validity {
        Validity::Revoked => return Err(Refused::new("token_revoked", "")),
        Validity::Expired => return Err(Refused::new("token_expired", "")),
        Validity::Inactive => return Err(Refused::new("account_inactive", "")),
        Validity::Live => {}
    }
    if token.kind != method.token {
        return Err(Refused::new("not_allowed_token_type", format!("{:?} token", token.kind)));
    }
    let needed = needed(&world, method, args.text("channel").unwrap_or_default());
    if needed.is_empty() || needed.iter().any(|scope| token.scopes.contains(*scope)) {
        return Ok(());
    }
    let provided = token.scopes.iter().cloned().collect::<Vec<_>>().join(",");
    let extra = Box::new(json!({"needed": needed[0], "provided": provided}));
    Err(Refused { extra, ..Refused::new("missing_scope", needed.join(", ")) })
}

/// Scopes of which one is enough: where a method reads conversations, the one for this kind of conversation.
fn needed(world: &World, method: &Method, channel: &str) -> Vec<&'static str> {
    let prefix = match world.channels.get(channel).map(|channel| channel.sort) {
        Some(Sort::Public) => "channels:",
        Some(Sort::Private) => "groups:",
        Some(Sort::Direct) => "im:",
        None => "",
    };
    let kinds = method.scopes.iter().any(|scope| scope.starts_with("channels:"));
    method.scopes.iter().copied().filter(|scope| !kinds || scope.starts_with(prefix)).collect()
}

/// The bytes of an upload, to the address that `files.getUploadURLExternal` gave.
async fn upload(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> Response {
    let mut world = locked(&shared.world);
    let Some(file) = world.files.get_mut(&id) else { return (StatusCode::NOT_FOUND, "no such upload").into_response() };
    if file.length != body.len() {
        return (StatusCode::BAD_REQUEST, "another length was announced").into_response();
    }
    file.bytes = Some(body.to_vec());
    format!("OK - {}", body.len()).into_response()
}

fn still_busy(shared: &Shared, method: &str) -> Option<Response> {
    let mut log = locked(&shared.log);
    let until = log.busy_until.get(method).copied().filter(|until| *until > Instant::now())?;
    log.early += 1;
    Some(limited(until - Instant::now()))
}

fn busy(shared: &Shared, method: &str, seconds: u64) -> Response {
    let wait = Duration::from_secs(seconds);
    locked(&shared.log).busy_until.insert(method.to_owned(), Instant::now() + wait);
    limited(wait)
}

fn limited(wait: Duration) -> Response {
    let seconds = wait.as_millis().div_ceil(1_000).to_string();
    let body = axum::Json(json!({"ok": false, "error": "ratelimited"}));
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds)], body).into_response()
}

fn told(answer: Result<Value, Refused>, scopes: Option<String>) -> Response {
    let mut body = match answer {
        Ok(body) => body,
        Err(Refused { wait: Some(wait), .. }) => return limited(wait),
        Err(refused) => {
            let mut body = *refused.extra;
            body["ok"] = json!(false);
            body["error"] = json!(refused.code);
            if !refused.what.is_empty() {
                body["response_metadata"] = json!({"messages": [format!("[ERROR] {}", refused.what)]});
            }
            body
        }
    };
    if body["ok"].is_null() {
        body["ok"] = json!(true);
    }
    let mut response = axum::Json(body).into_response();
    if let Some(scopes) = scopes {
        response.headers_mut().insert("x-oauth-scopes", scopes.parse().expect("scopes are a header"));
    }
    response
}
