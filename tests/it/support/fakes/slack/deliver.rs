//! How do events, commands and clicks reach the bot, and when are they sent again?

use super::knobs::Ack;
use super::state::{APP, BOT_USER, TEAM};
use super::{FakeSlack, Shared, args, locked, socket};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Requests go to this address, signed, instead of over sockets.
#[derive(Debug, Clone)]
pub struct Signed {
    /// `http://127.0.0.1:8787`; the paths are Slack's for us.
    pub url: String,
    pub secret: String,
}

/// Tells the app what it subscribed to, where the bot is a member.
pub(super) fn what_happened(shared: &Arc<Shared>) {
    let events = std::mem::take(&mut locked(&shared.world).happened);
    for event in events {
        let subscribed = locked(&shared.knobs).subscriptions.contains(event["type"].as_str().unwrap_or_default());
        let channel = event["channel"].as_str().unwrap_or_default().to_owned();
        let present =
            locked(&shared.world).channels.get(&channel).is_some_and(|channel| channel.members.contains(BOT_USER));
        if subscribed && present {
            tell(shared, &event);
        }
    }
}

/// Sends one event, and again until it is acknowledged.
pub(super) fn tell(shared: &Arc<Shared>, event: &Value) {
    let number = locked(&shared.world).number();
    let payload = json!({
        "token": "verification", "team_id": TEAM, "api_app_id": APP, "event": event, "type": "event_callback",
        "event_id": format!("Ev{number:09}"), "event_time": 1_700_000_000, "is_ext_shared_channel": false,
        "authorizations": [{"enterprise_id": null, "team_id": TEAM, "user_id": BOT_USER, "is_bot": true}],
    });
    shared.under_way.fetch_add(1, Ordering::SeqCst);
    // The first time at once, so that events keep their order.
    let over_http = locked(&shared.knobs).http.clone();
    let first = if over_http.is_none() { socket::send(shared, "events_api", &payload, 0) } else { Vec::new() };
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let (limit, most) = {
            let knobs = locked(&shared.knobs);
            (knobs.acknowledge, knobs.redeliveries)
        };
        let mut receivers = first;
        for attempt in 0..=most {
            if attempt > 0 && over_http.is_none() {
                receivers = socket::send(&shared, "events_api", &payload, attempt);
            }
            let taken = match &over_http {
                Some(signed) => signed.post(&shared, "events_api", &payload, attempt, limit).await.is_ok(),
                None => answered(&shared, "events_api", std::mem::take(&mut receivers), attempt, limit).await.is_some(),
            };
            if taken {
                break;
            }
        }
        shared.under_way.fetch_sub(1, Ordering::SeqCst);
    });
}

/// Sends a command or a click once and waits for its acknowledgement, as the person does. `Err`: what they are shown.
pub(super) async fn ask(shared: &Arc<Shared>, kind: &str, payload: &Value) -> Result<Value, String> {
    let limit = locked(&shared.knobs).acknowledge;
    let over_http = locked(&shared.knobs).http.clone();
    let answer = match over_http {
        Some(signed) => signed.post(shared, kind, payload, 0, limit).await.ok(),
        None => answered(shared, kind, socket::send(shared, kind, payload, 0), 0, limit).await,
    };
    what_happened(shared);
    let answer = answer.ok_or_else(|| "failed because the app did not respond".to_owned())?;
    if !answer.is_null() {
        locked(&shared.log).answers.push(answer.clone());
    }
    Ok(answer)
}

async fn answered(
    shared: &Shared,
    kind: &str,
    receivers: Vec<tokio::sync::oneshot::Receiver<Value>>,
    attempt: u32,
    limit: Duration,
) -> Option<Value> {
    if receivers.is_empty() {
        // Nobody is connected: the event is lost unless it is sent again.
        tokio::time::sleep(limit).await;
        return None;
    }
    let begun = Instant::now();
    let answers = tokio::time::timeout(limit, futures::future::try_join_all(receivers)).await;
    let answer = answers.ok().and_then(Result::ok).and_then(|answers| answers.into_iter().next());
    let took = answer.is_some().then(|| begun.elapsed());
    locked(&shared.log).acks.push(Ack { kind: kind.to_owned(), took, attempt });
    answer
}

impl Signed {
    /// `v0=…` over a timestamp and a body.
    pub fn signature(secret: &str, timestamp: i64, body: &str) -> String {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let tag = ring::hmac::sign(&key, format!("v0:{timestamp}:{body}").as_bytes());
        let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("v0={digits}")
    }

    /// `Ok` if it was answered with a success in time.
    async fn post(
        &self,
        shared: &Shared,
        kind: &str,
        payload: &Value,
        attempt: u32,
        limit: Duration,
    ) -> Result<Value, String> {
        let (path, mime, body) = match kind {
            "events_api" => ("events", "application/json", payload.to_string()),
            "slash_commands" => ("commands", "application/x-www-form-urlencoded", flat(payload)),
            _ => {
                let text = payload.to_string();
                ("interactions", "application/x-www-form-urlencoded", args::form(&[("payload", &text)]))
            }
        };
        let timestamp = unix_now(shared);
        let mut request = reqwest::Client::new()
            .post(format!("{}/slack/{path}", self.url))
            .timeout(limit)
            .header("content-type", mime)
            .header("x-slack-request-timestamp", timestamp.to_string())
            .header("x-slack-signature", Self::signature(&self.secret, timestamp, &body));
        if attempt > 0 {
            request = request.header("x-slack-retry-num", attempt).header("x-slack-retry-reason", "http_timeout");
        }
        let begun = Instant::now();
        let sent = request.body(body).send().await;
        let status = sent.as_ref().map_or(0, |response| response.status().as_u16());
        let took = (status == 200).then(|| begun.elapsed());
        {
            let mut log = locked(&shared.log);
            log.statuses.push(status);
            log.acks.push(Ack { kind: kind.to_owned(), took, attempt });
        }
        match sent {
            Ok(response) if status == 200 => {
                Ok(serde_json::from_str(&response.text().await.unwrap_or_default()).unwrap_or_default())
            }
            _ => Err(format!("status {status}")),
        }
    }
}

fn unix_now(shared: &Shared) -> i64 {
    let now = locked(&shared.world).now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).expect("it is after 1970").as_secs();
    i64::try_from(seconds).expect("not in this age of the world")
}

fn flat(payload: &Value) -> String {
    let fields: Vec<(&str, &str)> = payload
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or("false")))
        .collect();
    args::form(&fields)
}

impl FakeSlack {
    /// Tells the app of an event that did not happen in the model: of an unknown type, of another team, malformed.
    pub fn tells(&self, event: &Value) {
        tell(&self.shared, event);
    }

    /// Sends any envelope; answers with what the bot's acknowledgement said, `None` without one.
    pub async fn asks(&self, kind: &str, payload: &Value) -> Option<Value> {
        ask(&self.shared, kind, payload).await.ok()
    }

    /// Waits until every event is acknowledged or given up.
    pub async fn settled(&self) {
        while self.shared.under_way.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
