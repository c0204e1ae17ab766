//! How does Discord's HTTP API answer? Every call is counted, checked and written down before anything is done.

mod commands;
pub(super) mod interactions;
mod messages;
mod plain;
mod threads;

use super::Shared;
use super::limits;
use super::log::{Call, Refused};
use super::problem::Problem;
use super::rates::Standing;
use super::state::{Manner, State};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request, State as Held};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

/// A file sent with a call.
pub struct File {
    pub number: u64,
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// A call as it came.
pub struct Asked {
    pub method: String,
    pub route: String,
    pub path: String,
    /// The values in the route's braces, in order.
    pub ids: Vec<String>,
    pub query: HashMap<String, String>,
    pub body: Value,
    pub files: Vec<File>,
}

impl Asked {
    /// A snowflake of the route. What is none names nothing there is.
    pub fn id(&self, at: usize) -> u64 {
        self.ids[at].parse().unwrap_or_default()
    }
    pub fn numbers(&self) -> Vec<u64> {
        self.files.iter().map(|file| file.number).collect()
    }
    fn call(&self) -> String {
        format!("{} {}", self.method, self.route)
    }
}

/// A status and perhaps a body.
pub type Answer = Result<(u16, Value), Problem>;

const ROUTES: &[&str] = &[
    "/gateway",
    "/gateway/bot",
    "/users/@me",
    "/users/@me/channels",
    "/users/@me/guilds",
    "/applications/@me",
    "/oauth2/applications/@me",
    "/applications/{application_id}/commands",
    "/applications/{application_id}/guilds/{guild_id}/commands",
    "/channels/{channel_id}",
    "/channels/{channel_id}/messages",
    "/channels/{channel_id}/messages/{message_id}",
    "/channels/{channel_id}/messages/{message_id}/threads",
    "/channels/{channel_id}/threads",
    "/guilds/{guild_id}/threads/active",
    "/interactions/{interaction_id}/{interaction_token}/callback",
    "/webhooks/{webhook_id}/{webhook_token}",
    "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
    "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
];

async fn handle(Held(shared): Held<Arc<Shared>>, request: Request) -> Response {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let authorization = authorization.unwrap_or_default().to_owned();
    let asked = match read(request).await {
        Ok(asked) => asked,
        Err(problem) => return refusal(&problem),
    };
    let manner = shared.state().manner(&asked);
    match &manner {
        Some(Manner::Silent) => return std::future::pending().await,
        Some(Manner::Slow(time)) => tokio::time::sleep(*time).await,
        Some(Manner::Failing(status)) => {
            let html = "<html><body>upstream connect error or disconnect/reset before headers</body></html>";
            return (StatusCode::from_u16(*status).expect("a status"), html).into_response();
        }
        _ => {}
    }
    let (mut response, standing) = act(&shared, &asked, &authorization, manner.as_ref());
    if let Some(standing) = standing {
        standing.write(response.headers_mut());
    }
    shared.changed();
    if matches!(manner, Some(Manner::Cut)) {
        let torn = stream::iter([Err::<Bytes, _>(std::io::Error::other("the cable is cut"))]);
        return Response::new(Body::from_stream(torn));
    }
    response
}

/// Counts, checks and does it, all in one moment.
fn act(shared: &Shared, asked: &Asked, authorization: &str, manner: Option<&Manner>) -> (Response, Option<Standing>) {
    let mut state = shared.state();
    let (standing, limited) = state.limited(asked, manner);
    if let Some((wait, everywhere)) = limited {
        state.log.limited += 1;
        state.record(asked, 429);
        return (too_many(wait, everywhere), standing);
    }
    let answer = match manner {
        Some(Manner::Refuse(status, code, message)) => Err(Problem::new(*status, *code, message)),
        _ => {
            state.allowed(asked, authorization).and_then(|()| checked(shared, asked)).and_then(|()| state.route(asked))
        }
    };
    let response = match answer {
        Ok((status, body)) => {
            state.record(asked, status);
            let status = StatusCode::from_u16(status).expect("a status");
            if status == StatusCode::NO_CONTENT {
                status.into_response()
            } else {
                (status, axum::Json(body)).into_response()
            }
        }
        Err(problem) => {
            state.record(asked, problem.status);
            if !matches!(manner, Some(Manner::Refuse(..))) {
                state.log.refused.push(Refused {
                    call: asked.call(),
                    status: problem.status,
                    code: problem.code,
                    message: problem.told(),
                });
            }
            refusal(&problem)
        }
    };
    (response, standing)
}

/// The body against the description and the limits it leaves out.
fn checked(shared: &Shared, asked: &Asked) -> Result<(), Problem> {
    let body = &asked.body;
    let mut wrong = shared.spec.problems(&asked.method, &asked.route, body);
    let files = asked.numbers();
    match (asked.method.as_str(), asked.route.as_str()) {
        ("POST" | "PATCH", route) if route.contains("/messages") && !route.ends_with("/threads") => {
            wrong.extend(limits::message(body, &files));
        }
        ("POST", "/webhooks/{webhook_id}/{webhook_token}") => wrong.extend(limits::message(body, &files)),
        ("POST", "/channels/{channel_id}/threads") => wrong.extend(limits::message(&body["message"], &files)),
        ("POST", "/interactions/{interaction_id}/{interaction_token}/callback") => match body["type"].as_u64() {
            Some(4 | 7) => wrong.extend(limits::message(&body["data"], &files)),
            Some(8) => wrong.extend(limits::choices(&body["data"])),
            Some(9) => wrong.extend(limits::modal(&body["data"])),
            _ => {}
        },
        ("PUT", route) if route.ends_with("/commands") => wrong.extend(limits::commands(body)),
        _ => {}
    }
    if wrong.is_empty() { Ok(()) } else { Err(Problem::form(wrong)) }
}

async fn read(request: Request) -> Result<Asked, Problem> {
    let method = request.method().to_string();
    let uri = request.uri().clone();
    let unknown = || Problem::new(404, 0, "404: Not Found");
    let path = uri.path().strip_prefix("/api/v10").ok_or_else(unknown)?.to_owned();
    let (route, ids) =
        ROUTES.iter().find_map(|route| fits(route, &path).map(|ids| (*route, ids))).ok_or_else(unknown)?;
    let query = uri.query().unwrap_or_default();
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let query = query.collect();
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let malformed = |why: String| Problem::form(vec![(String::new(), "MALFORMED".to_owned(), why)]);
    let (body, files) = if kind.starts_with("multipart/form-data") {
        parts(request).await.map_err(malformed)?
    } else {
        let bytes =
            axum::body::to_bytes(request.into_body(), 64 << 20).await.map_err(|error| malformed(error.to_string()))?;
        let body = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
        (
            body.map_err(|error| {
                Problem::new(400, 50109, &format!("The request body contains invalid JSON: {error}"))
            })?,
            Vec::new(),
        )
    };
    Ok(Asked { method, route: route.to_owned(), path, ids, query, body, files })
}

fn fits(route: &str, path: &str) -> Option<Vec<String>> {
    let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    if route.len() != path.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (wanted, given) in route.iter().zip(&path) {
        match wanted.strip_prefix('{') {
            Some(_) => ids.push((*given).to_owned()),
            None if wanted == given => {}
            None => return None,
        }
    }
    Some(ids)
}

async fn parts(request: Request) -> Result<(Value, Vec<File>), String> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|error| error.body_text())?;
    let (mut body, mut files) = (Value::Null, Vec::new());
    while let Some(field) = multipart.next_field().await.map_err(|error| error.body_text())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            let text = field.text().await.map_err(|error| error.body_text())?;
            body = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            continue;
        }
        let number = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')?.parse().ok());
        let number = number.ok_or_else(|| format!("`{name}` is no name of a file"))?;
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let media_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = field.bytes().await.map_err(|error| error.body_text())?.to_vec();
        files.push(File { number, name: file_name, media_type, bytes });
    }
    Ok((body, files))
}

fn refusal(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).expect("a status");
    (status, axum::Json(problem.body())).into_response()
}

fn too_many(wait: Duration, everywhere: bool) -> Response {
    let seconds = wait.as_secs_f64();
    let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": everywhere });
    let mut response = (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response();
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_str(&format!("{seconds:.3}")).expect("digits"));
    let scope = if everywhere { "global" } else { "user" };
    headers.insert("x-ratelimit-scope", HeaderValue::from_static(scope));
    if everywhere {
        headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
    }
    response
}

impl State {
    fn record(&mut self, asked: &Asked, status: u16) {
        self.log.calls.push(Call {
            method: asked.method.clone(),
            route: asked.route.clone(),
            path: asked.path.clone(),
            body: asked.body.clone(),
            status,
        });
    }

    fn manner(&mut self, asked: &Asked) -> Option<Manner> {
        let call = asked.call();
        let at = self.knobs.next.iter().position(|(wanted, _)| call.ends_with(wanted.as_str()))?;
        self.knobs.next.remove(at).map(|(_, manner)| manner)
    }

    /// Where the route's bucket stands, and the wait when the call is one too many.
    fn limited(&mut self, asked: &Asked, manner: Option<&Manner>) -> (Option<Standing>, Option<(Duration, bool)>) {
        let now = self.now();
        match manner {
            Some(Manner::Busy(wait)) => return (None, Some((*wait, false))),
            Some(Manner::BusyEverywhere(wait)) => {
                self.buckets.everywhere = Some(now + *wait);
                return (None, Some((*wait, true)));
            }
            _ => {}
        }
        let callback = asked.route.ends_with("/callback");
        if let Some(until) = self.buckets.everywhere.filter(|until| *until > now && !callback) {
            return (None, Some((until - now, true)));
        }
        if !self.knobs.limits || callback {
            return (None, None);
        }
        let major = asked.ids.first().map(String::as_str).unwrap_or_default();
        let (standing, counted) = self.buckets.count(&asked.method, &asked.route, major, now);
        (Some(standing), counted.err().map(|wait| (wait, false)))
    }

    fn allowed(&self, asked: &Asked, authorization: &str) -> Result<(), Problem> {
        // Their token in the path is all they need.
        if asked.route.starts_with("/interactions/") || asked.route.starts_with("/webhooks/") {
            return Ok(());
        }
        if asked.route == "/gateway" || authorization == format!("Bot {}", self.token) {
            return Ok(());
        }
        Err(Problem::unauthorized())
    }

    fn route(&mut self, asked: &Asked) -> Answer {
        match (asked.method.as_str(), asked.route.as_str()) {
            ("GET", "/gateway") => self.gateway(),
            ("GET", "/gateway/bot") => self.gateway_bot(),
            ("GET", "/users/@me") => Ok((200, self.user_json(self.application.bot))),
            ("GET", "/guilds/{guild_id}/threads/active") => self.active_threads(asked),
            ("GET", "/users/@me/guilds") => self.my_guilds(),
            ("POST", "/users/@me/channels") => self.open_direct(asked),
            ("GET", "/applications/@me" | "/oauth2/applications/@me") => self.my_application(),
            ("GET", route) if route.ends_with("/commands") => self.registered(asked),
            ("PUT", route) if route.ends_with("/commands") => self.register(asked),
            ("GET", "/channels/{channel_id}") => self.get_channel(asked),
            ("PATCH", "/channels/{channel_id}") => self.edit_thread(asked),
            ("GET", "/channels/{channel_id}/messages") => self.list_messages(asked),
            ("POST", "/channels/{channel_id}/messages") => self.create_message(asked),
            ("GET", "/channels/{channel_id}/messages/{message_id}") => self.get_message(asked),
            ("PATCH", "/channels/{channel_id}/messages/{message_id}") => self.edit_message(asked),
            ("DELETE", "/channels/{channel_id}/messages/{message_id}") => self.delete_message(asked),
            ("POST", "/channels/{channel_id}/messages/{message_id}/threads") => self.thread_from_message(asked),
            ("POST", "/channels/{channel_id}/threads") => self.thread_or_post(asked),
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback") => self.callback(asked),
            ("POST", "/webhooks/{webhook_id}/{webhook_token}") => self.follow_up(asked),
            (method, route) if route.starts_with("/webhooks/") => self.response(method, asked),
            _ => Err(Problem::new(405, 0, "405: Method Not Allowed")),
        }
    }
}
