//! How do pagers, monitors and scripts tell of an incident? One JSON object a delivery, signed, stored, then acknowledged.
//!
//! A delivery with an id that was told before brings the same incident up to date; the same delivery twice is heard once.

use crate::adapters::http::genuine;
use crate::domain::message::{Heard, Place, What};
use crate::domain::notice::{Notice, Reported};
use crate::domain::person::Person;
use crate::ports::chat::Intake;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use secrecy::SecretString;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// A report with its whole thread fits; what is larger is a file.
const LARGEST: usize = 1 << 20;

pub struct IncidentHook {
    pub secret: SecretString,
    pub intake: Arc<dyn Intake>,
}

pub fn router(hook: IncidentHook) -> Router {
    Router::new()
        .route("/hooks/incidents", post(delivered))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(hook))
}

#[derive(Deserialize)]
struct Delivery {
    id: String,
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

#[derive(Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Open,
    Resolved,
}

/// Of a name that is part of a place and of an event's id.
const LONGEST_NAME: usize = 200;

async fn delivered(State(hook): State<Arc<IncidentHook>>, headers: HeaderMap, body: Bytes) -> Response {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Err(why) = genuine(std::slice::from_ref(&hook.secret), signature, &body) {
        tracing::warn!(why, "an incident told over the webhook was refused");
        let sentence =
            "`X-Hub-Signature-256` does not fit: send `sha256=` and the HMAC-SHA256 of the body, in hexadecimal.";
        return (StatusCode::UNAUTHORIZED, sentence).into_response();
    }
    let reported = match read(&body) {
        Ok(reported) => reported,
        Err(sentence) => {
            tracing::warn!(sentence, "an incident told over the webhook could not be read");
            return (StatusCode::BAD_REQUEST, sentence).into_response();
        }
    };
    match hook.intake.accept(heard(reported, &body)).await {
        Ok(()) => (StatusCode::ACCEPTED, "Heard.").into_response(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "an incident told over the webhook was not stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn read(body: &[u8]) -> Result<(String, Reported), String> {
    let expected = "Send one JSON object with `id` and `title`, and if you have them `text`, `status` (`open` or `resolved`), `url` and `source`.";
    let delivery: Delivery =
        serde_json::from_slice(body).map_err(|error| format!("The delivery cannot be read: {error}. {expected}"))?;
    for (name, value) in [("id", &delivery.id), ("title", &delivery.title)] {
        if value.trim().is_empty() {
            return Err(format!("The delivery's `{name}` is empty. {expected}"));
        }
    }
    let source = delivery.source.unwrap_or_else(|| "webhook".to_owned());
    if delivery.id.len() > LONGEST_NAME || source.len() > LONGEST_NAME {
        return Err(format!("`id` and `source` have at most {LONGEST_NAME} bytes."));
    }
    let url = delivery.url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let resolved = delivery.status == Status::Resolved;
    Ok((source, Reported { id: delivery.id, title: delivery.title, text: delivery.text, url, resolved }))
}

fn heard((source, reported): (String, Reported), body: &[u8]) -> Heard {
    let digest: String = Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Heard {
        id: format!("incident/{source}/{digest}"),
        person: Person { platform: "webhook".to_owned(), id: source.clone(), name: source.clone() },
        place: Place { platform: "webhook".to_owned(), channel: source, thread: None },
        what: What::Noticed(Notice::Incident(reported)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_its_parts_is_told_what_to_send() {
        let refused = |body: &str| read(body.as_bytes()).expect_err("it cannot be read");
        assert!(refused("").starts_with("The delivery cannot be read: EOF"));
        assert!(refused("[1]").contains("Send one JSON object with `id` and `title`"));
        assert!(refused(r#"{"id":"1"}"#).contains("missing field `title`"));
        assert!(refused(r#"{"id":" ","title":"down"}"#).starts_with("The delivery's `id` is empty."));
        assert!(refused(r#"{"id":"1","title":"down","status":"firing"}"#).contains("unknown variant `firing`"));
        assert!(refused(&format!(r#"{{"id":"{}","title":"down"}}"#, "x".repeat(201))).contains("at most 200 bytes"));
    }

    #[test]
    fn a_repeat_has_the_id_of_the_first_and_news_has_another() {
        let id = |body: &str| heard(read(body.as_bytes()).expect("readable"), body.as_bytes()).id;
        let open = r#"{"id":"P1","title":"Checkout down","source":"pager"}"#;
        let over = r#"{"id":"P1","title":"Checkout down","source":"pager","status":"resolved"}"#;
        assert_eq!(id(open), id(open));
        assert_ne!(id(open), id(over));
    }
}
