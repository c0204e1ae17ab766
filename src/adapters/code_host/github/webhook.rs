//! What does GitHub tell us of its own accord? Signed, of a bearable size, stored, then acknowledged.
//!
//! Of what it tells tags and the ends of deployments matter. A delivery is a hint and never the truth, so one that is repeated, late or out of
//! order does no harm; one that is not signed is not read.

use crate::adapters::http::genuine;
use crate::domain::message::{Heard, Place, What};
use crate::domain::notice::{Deployed, Notice, Of, PushedTag};
use crate::domain::person::Person;
use crate::domain::service::Remote;
use crate::ports::chat::Intake;
use crate::ports::clock::Clock;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;
use std::sync::Arc;

/// GitHub sends at most this much.
const LARGEST: usize = 25 << 20;
/// The object name of nothing.
const NOTHING: &str = "0000000000000000000000000000000000000000";

pub struct Webhook {
    pub secrets: Vec<SecretString>,
    pub intake: Arc<dyn Intake>,
    pub clock: Arc<dyn Clock>,
}

pub fn router(webhook: Webhook) -> Router {
    Router::new()
        .route("/github/webhook", post(delivered))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(webhook))
}

async fn delivered(State(webhook): State<Arc<Webhook>>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Err(why) = genuine(&webhook.secrets, header("x-hub-signature-256"), &body) {
        tracing::warn!(why, "a delivery in GitHub's name was refused");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (event, delivery) = (header("x-github-event"), header("x-github-delivery"));
    let Ok(payload) = serde_json::from_slice::<Value>(&body) else {
        tracing::warn!(event, delivery, "a delivery of GitHub's is no JSON; choose `application/json` in its settings");
        return (StatusCode::BAD_REQUEST, "The payload is no JSON. Choose the content type `application/json`.")
            .into_response();
    };
    let told = tag(event, &payload, webhook.clock.now())
        .map(Notice::Tag)
        .or_else(|| deployment(event, &payload, webhook.clock.now()).map(Notice::Deployment));
    let Some(notice) = told else {
        return (StatusCode::OK, "Nothing in it that Slipway follows.").into_response();
    };
    let heard = heard(delivery, &payload, notice);
    match webhook.intake.accept(heard).await {
        Ok(()) => (StatusCode::ACCEPTED, "Heard.").into_response(),
        Err(error) => {
            tracing::error!(event, delivery, error = format!("{error:#}"), "a delivery was not stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `push` tells of a tag that was made, moved or deleted; `create` and `delete` tell where many were pushed at once and
/// `push` is silent.
fn tag(event: &str, payload: &Value, now: DateTime<Utc>) -> Option<PushedTag> {
    let name = payload["repository"]["full_name"].as_str()?;
    let remote = Remote { host: "github".to_owned(), name: name.to_owned() };
    let reference = payload["ref"].as_str()?;
    let told = |name: &str, sha: Option<String>, deleted: bool| {
        Some(PushedTag { remote: remote.clone(), name: name.to_owned(), sha, deleted, at: now })
    };
    match event {
        "push" => {
            let name = reference.strip_prefix("refs/tags/")?;
            let after = payload["after"].as_str().filter(|sha| *sha != NOTHING);
            // An annotated tag's own object is told as `after`; the commit stands beside it.
            let commit = payload["head_commit"]["id"].as_str().or(after).map(str::to_owned);
            told(name, commit, after.is_none())
        }
        "create" if payload["ref_type"] == "tag" => told(reference, None, false),
        "delete" if payload["ref_type"] == "tag" => told(reference, None, true),
        _ => None,
    }
}

/// A deployment is over, well or not; what is queued or running is no news yet.
fn deployment(event: &str, payload: &Value, now: DateTime<Utc>) -> Option<Deployed> {
    let (deployment, status) = (&payload["deployment"], &payload["deployment_status"]);
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let failed = match (event, status["state"].as_str()?) {
        ("deployment_status", "success") => false,
        ("deployment_status", "failure" | "error") => true,
        _ => return None,
    };
    let at = status["created_at"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    Some(Deployed {
        of: Of::Repository(Remote { host: "github".to_owned(), name: text(&payload["repository"]["full_name"])? }),
        revision: text(&deployment["sha"])?,
        name: text(&deployment["ref"]),
        environment: text(&status["environment"]).or(text(&deployment["environment"]))?,
        failed,
        // A clock that goes ahead of ours tells of nothing that is still to come.
        at: at.map_or(now, |at| at.min(now)),
        source: "GitHub".to_owned(),
        url: text(&status["target_url"]).or(text(&status["log_url"])).filter(|url| url.starts_with("https://")),
    })
}

fn heard(delivery: &str, payload: &Value, notice: Notice) -> Heard {
    let login = payload["sender"]["login"].as_str().or(payload["pusher"]["name"].as_str()).unwrap_or("somebody");
    let channel = payload["repository"]["full_name"].as_str().unwrap_or_default().to_lowercase();
    let host = "github".to_owned();
    Heard {
        id: delivery.to_owned(),
        place: Place { platform: host.clone(), channel, thread: None },
        person: Person { platform: host, id: login.to_owned(), name: login.to_owned() },
        what: What::Noticed(notice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tags_are_heard_of_in_three_ways_and_branches_in_none() {
        let heard = |event: &str, payload: Value| {
            let mut payload = payload;
            payload["repository"] = json!({ "full_name": "acme/web" });
            tag(event, &payload, DateTime::UNIX_EPOCH).map(|tag| (tag.name, tag.sha, tag.deleted))
        };
        let pushed = |after: &str| json!({ "ref": "refs/tags/web@v3.2", "after": after, "head_commit": null });
        let v32 = || "web@v3.2".to_owned();
        assert_eq!(heard("push", pushed("aaa")), Some((v32(), Some("aaa".to_owned()), false)));
        assert_eq!(heard("push", pushed(NOTHING)), Some((v32(), None, true)));
        let annotated = json!({ "ref": "refs/tags/web@v3.2", "after": "bbb", "head_commit": { "id": "aaa" } });
        assert_eq!(heard("push", annotated), Some((v32(), Some("aaa".to_owned()), false)));
        assert_eq!(heard("create", json!({ "ref": "web@v3.2", "ref_type": "tag" })), Some((v32(), None, false)));
        assert_eq!(heard("delete", json!({ "ref": "web@v3.2", "ref_type": "tag" })), Some((v32(), None, true)));
        assert_eq!(heard("create", json!({ "ref": "main", "ref_type": "branch" })), None);
        assert_eq!(heard("push", json!({ "ref": "refs/heads/main", "after": "aaa" })), None);
        assert_eq!(heard("ping", json!({ "zen": "Keep it logically awesome." })), None);
    }

    #[test]
    fn a_deployment_is_told_when_it_is_over() {
        let told = |state: &str| {
            let payload = json!({
                "repository": { "full_name": "acme/web" },
                "deployment": { "sha": "abc", "ref": "v3.2", "environment": "production" },
                "deployment_status": { "state": state, "created_at": "2026-11-27T10:00:00Z", "target_url": "" },
            });
            deployment("deployment_status", &payload, "2026-11-28T00:00:00Z".parse().expect("a time"))
        };
        let live = told("success").expect("it is live");
        assert_eq!((live.revision.as_str(), live.name.as_deref(), live.failed), ("abc", Some("v3.2"), false));
        assert_eq!(live.at.to_rfc3339(), "2026-11-27T10:00:00+00:00");
        assert!(told("failure").expect("it failed").failed);
        for state in ["queued", "in_progress", "pending", "inactive"] {
            assert_eq!(told(state), None, "{state}");
        }
    }
}
