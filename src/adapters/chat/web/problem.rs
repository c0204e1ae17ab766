//! What is a person told when a request did not work? One sentence: as a page, or as JSON where a script asked.

use super::Web;
use crate::page;
use crate::ports::store::StoreError;
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use serde_json::json;

/// Travels in a response's extensions until `tell` knows how it is to be shown.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    pub sentence: String,
}

impl Problem {
    pub fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} is not here. The chat has its channels and notes."))
    }
    pub fn unfit(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let id = super::session::random(4);
        tracing::error!(%id, error = format!("{:#}", anyhow::Error::new(error)), "the web chat's store failed");
        let sentence = format!(
            "What was asked could not be read or written: the store failed. The log has the cause under `{id}`; try again \
             in a moment."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
    }
}

/// Did a script ask, which wants JSON?
pub fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|a| a.contains("application/json"))
}

/// Shows a problem, if the response carries one.
pub fn tell(web: &Web, json_wanted: bool, mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    if json_wanted {
        return (problem.status, Json(json!({ "problem": problem.sentence }))).into_response();
    }
    let title = match problem.status {
        StatusCode::NOT_FOUND => "Nothing here",
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => "Not allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "Too large",
        StatusCode::UNPROCESSABLE_ENTITY => "That cannot be sent",
        StatusCode::SERVICE_UNAVAILABLE => "Not now",
        _ => "That did not work",
    };
    let body = web.render("problem.html", context! { title, sentence => problem.sentence });
    (problem.status, page::html(body)).into_response()
}
