//! What does a `response_url` take, and how long?

use super::args::Args;
use super::knobs::Called;
use super::state::{BOT_USER, Message};
use super::{Shared, deliver, limits, locked, methods};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn answer(
    State(shared): State<Arc<Shared>>,
    Path((_, _, secret)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answered = take(&shared, &secret, &headers, &body);
    deliver::what_happened(&shared);
    let args = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let refused = answered.as_ref().err().map(|(_, what)| what.clone());
    locked(&shared.log).called.push(Called { method: "response_url".to_owned(), args, refused });
    match answered {
        Ok(()) => "ok".into_response(),
        Err((status, what)) => {
            let code = what.split(':').next().unwrap_or_default().to_owned();
            (status, axum::Json(json!({"ok": false, "error": code}))).into_response()
        }
    }
}

fn take(shared: &Shared, secret: &str, headers: &HeaderMap, body: &Bytes) -> Result<(), (StatusCode, String)> {
    let wrong = |what: String| (StatusCode::BAD_REQUEST, what);
    if headers.contains_key("authorization") {
        return Err(wrong("invalid_arguments: a token has no business here".to_owned()));
    }
    let args = Args::read(headers, None, body).map_err(wrong)?;
    args.check(&[], limits::RESPONSE).map_err(|what| wrong(format!("invalid_arguments: {what}")))?;
    let world = &mut *locked(&shared.world);
    let now = world.now();
    let gone = |what: &str| (StatusCode::NOT_FOUND, what.to_owned());
    let Some(found) = world.response_urls.get_mut(secret) else { return Err(gone("no_such_url")) };
    if now.duration_since(found.at).unwrap_or_default() > limits::RESPONSE_URL {
        return Err(gone("expired_url"));
    }
    if found.uses >= limits::RESPONSE_URL_USES {
        return Err(gone("used_url"));
    }
    let found = {
        found.uses += 1;
        found.clone()
    };
    let (text, blocks) = methods::content(&args, limits::UPDATED_TEXT)
        .map_err(|refused| wrong(format!("{}: {}", refused.code, refused.what)))?;
    let everybody = args.text("response_type") == Some("in_channel");
    let thread = args.given("thread_ts").map(str::to_owned).or(found.thread);
    let only = (!everybody).then_some(found.user);
    let message = Message { user: BOT_USER.to_owned(), bot: true, text, blocks, thread, only, ..Message::default() };
    methods::say(world, &found.channel, message);
    Ok(())
}
