//! How do CD tools and scripts tell that something went live? One JSON object a delivery, with the shared secret, stored, then acknowledged.
//!
//! Argo CD's notifications can send a header and not sign, so the secret itself is taken as a bearer token beside GitHub's way of signing.

use crate::adapters::http::genuine;
use crate::domain::message::{Heard, Place, What};
use crate::domain::notice::{Deployed, Notice, Of};
use crate::domain::person::Person;
use crate::ports::chat::Intake;
use crate::ports::clock::Clock;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

const LARGEST: usize = 64 << 10;
/// Of a name that is part of a key.
const LONGEST_NAME: usize = 200;

pub struct DeploymentHook {
    pub secret: SecretString,
    pub intake: Arc<dyn Intake>,
    pub clock: Arc<dyn Clock>,
}

pub fn router(hook: DeploymentHook) -> Router {
    Router::new()
        .route("/hooks/deployments", post(delivered))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(hook))
}

#[derive(Deserialize)]
struct Delivery {
    service: String,
    revision: String,
    #[serde(default)]
    version: Option<String>,
    #[serde(default = "production")]
    environment: String,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    at: Option<DateTime<Utc>>,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

#[derive(Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Live,
    Failed,
}

fn production() -> String {
    "production".to_owned()
}

async fn delivered(State(hook): State<Arc<DeploymentHook>>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = header("authorization").strip_prefix("Bearer ").unwrap_or_default();
    let known = !bearer.is_empty() && same(bearer, hook.secret.expose_secret());
    if !known && genuine(std::slice::from_ref(&hook.secret), header("x-hub-signature-256"), &body).is_err() {
        tracing::warn!("a deployment told over the webhook was refused: neither its token nor its signature fits");
        let sentence = "Who are you? Send `Authorization: Bearer` and the secret, or `X-Hub-Signature-256` with `sha256=` and the HMAC-SHA256 of the body in hexadecimal.";
        return (StatusCode::UNAUTHORIZED, sentence).into_response();
    }
    let (person, deployed) = match read(&body, hook.clock.now()) {
        Ok(read) => read,
        Err(sentence) => {
            tracing::warn!(sentence, "a deployment told over the webhook could not be read");
            return (StatusCode::BAD_REQUEST, sentence).into_response();
        }
    };
    match hook.intake.accept(heard(person, deployed, &body)).await {
        Ok(()) => (StatusCode::ACCEPTED, "Heard.").into_response(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a deployment told over the webhook was not stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// By their hashes, so that how long it takes tells nothing of the secret.
fn same(one: &str, other: &str) -> bool {
    Sha256::digest(one.as_bytes()) == Sha256::digest(other.as_bytes())
}

fn read(body: &[u8], now: DateTime<Utc>) -> Result<(Option<String>, Deployed), String> {
    let expected = "Send one JSON object with `service` and `revision`, and if you have them `version`, `environment`, `status` (`live` or `failed`), `at` (RFC 3339), `by`, `url` and `source`.";
    let delivery: Delivery =
        serde_json::from_slice(body).map_err(|error| format!("The delivery cannot be read: {error}. {expected}"))?;
    for (name, value) in
        [("service", &delivery.service), ("revision", &delivery.revision), ("environment", &delivery.environment)]
    {
        if value.trim().is_empty() || value.len() > LONGEST_NAME {
            return Err(format!("The delivery's `{name}` is empty or longer than {LONGEST_NAME} bytes. {expected}"));
        }
    }
    let at = delivery.at.map_or(now, |at| at.min(now));
    let deployed = Deployed {
        of: Of::Service(delivery.service.trim().to_owned()),
        revision: delivery.revision.trim().to_owned(),
        name: delivery.version.filter(|version| !version.trim().is_empty()),
        environment: delivery.environment,
        failed: delivery.status == Status::Failed,
        at,
        source: delivery.source.unwrap_or_else(|| "a webhook".to_owned()),
        url: delivery.url.filter(|url| url.starts_with("https://") || url.starts_with("http://")),
    };
    Ok((delivery.by.filter(|by| !by.trim().is_empty()), deployed))
}

fn heard(by: Option<String>, deployed: Deployed, body: &[u8]) -> Heard {
    let digest: String = Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let name = by.unwrap_or_else(|| deployed.source.clone());
    let service = match &deployed.of {
        Of::Service(name) => name.clone(),
        Of::Repository(remote) => remote.name.clone(),
    };
    Heard {
        id: format!("deployment/{service}/{digest}"),
        person: Person { platform: "webhook".to_owned(), id: name.clone(), name },
        place: Place { platform: "webhook".to_owned(), channel: service, thread: None },
        what: What::Noticed(Notice::Deployment(deployed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-28T10:00:00Z".parse().expect("a time")
    }

    #[test]
    fn a_name_and_a_revision_are_enough_and_what_is_to_come_is_now() {
        let (by, told) = read(br#"{"service":"pay","revision":"v2"}"#, now()).expect("readable");
        assert_eq!((by, told.at, told.environment.as_str(), told.failed), (None, now(), "production", false));
        let later = br#"{"service":"pay","revision":"v2","at":"2026-11-28T11:00:00Z","by":"argo","status":"failed"}"#;
        let (by, told) = read(later, now()).expect("readable");
        assert_eq!((by.as_deref(), told.at, told.failed), (Some("argo"), now(), true));
    }

    #[test]
    fn what_lacks_its_parts_is_told_what_to_send() {
        let refused = |body: &str| read(body.as_bytes(), now()).expect_err("it cannot be read");
        assert!(refused("").starts_with("The delivery cannot be read: EOF"));
        assert!(refused(r#"{"service":"pay"}"#).contains("missing field `revision`"));
        assert!(refused(r#"{"service":" ","revision":"v2"}"#).starts_with("The delivery's `service` is empty"));
        assert!(refused(r#"{"service":"pay","revision":"v2","at":"noon"}"#).contains("Send one JSON object"));
    }
}
