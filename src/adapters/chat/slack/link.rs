//! How does one connection of Socket Mode come about, and what is heard on it?
//!
//! The client opens the socket, pings, and reads; every frame comes here as text. Who waits for what is ours: the client
//! alone would acknowledge late, reconnect at a fixed pace, and keep why it failed to its log.

use super::Slack;
use async_trait::async_trait;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use slack_morphism::prelude::*;
use slack_morphism::socket_mode::clients_manager::{
    SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// What a connection says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// Slack greets: events may come.
    Hello,
    /// Slack wants it closed: `warning`, `refresh_requested`, `too_many_websockets`, `link_disabled`.
    Disconnect(String),
    /// It is gone, or dead.
    Gone,
}

/// It is left when this is dropped: what comes after that is not heard, and Slack sends it again on another one.
pub struct Link {
    manager: Arc<dyn SlackSocketModeClientsManager + Send + Sync>,
    signals: mpsc::UnboundedReceiver<Signal>,
    ear: Arc<Ear>,
}

struct Ear {
    slack: Arc<Slack>,
    signals: mpsc::UnboundedSender<Signal>,
    left: AtomicBool,
}

/// The client's own second try comes long after ours.
const NEVER: u64 = 3_600;

impl Link {
    /// Begins to connect. Whether it works is told by the first signal, or by none coming.
    pub async fn begin(slack: &Arc<Slack>) -> anyhow::Result<Self> {
        let token = slack.options.app_token.as_ref().ok_or_else(|| anyhow::anyhow!("no app-level token"))?;
        let client = slack.api.client();
        let environment = Arc::new(SlackClientEventsListenerEnvironment::new(client.clone()));
        let manager = client.http_api.connector.new_clients_manager(environment);
        let (sender, signals) = mpsc::unbounded_channel();
        let ear = Arc::new(Ear { slack: slack.clone(), signals: sender, left: AtomicBool::new(false) });
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(1)
            .with_initial_backoff_in_seconds(0)
            .with_reconnect_timeout_in_seconds(NEVER)
            .with_ping_interval_in_seconds(slack.pace.ping)
            .with_ping_failure_threshold_times(3);
        let token = SlackApiToken::new(token.expose_secret().to_owned().into());
        manager
            .register_new_token(&config, token, ear.clone())
            .await
            .map_err(|_| anyhow::anyhow!("the connection could not be prepared"))?;
        manager.start().await;
        Ok(Self { manager, signals, ear })
    }

    /// `Gone` when nothing more can come.
    pub async fn signal(&mut self) -> Signal {
        self.signals.recv().await.unwrap_or(Signal::Gone)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.ear.left.store(true, Ordering::SeqCst);
        let manager = self.manager.clone();
        // Outside of a runtime the client's tasks are gone already.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { manager.shutdown().await });
        }
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Ear {
    /// What is returned goes back over the socket: the acknowledgement, once the event is stored.
    async fn on_message(&self, _: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        if self.left.load(Ordering::SeqCst) {
            return None;
        }
        let Ok(frame) = serde_json::from_str::<Value>(&body) else {
            tracing::debug!(bytes = body.len(), "a frame that is no JSON was passed over");
            return None;
        };
        match frame["type"].as_str().unwrap_or_default() {
            "hello" => self.tell(Signal::Hello),
            "disconnect" => {
                self.tell(Signal::Disconnect(frame["reason"].as_str().unwrap_or_default().to_owned()));
            }
            kind => return self.envelope(kind, &frame).await,
        }
        None
    }

    async fn on_error(&self, _: Box<dyn std::error::Error + Send + Sync>) {
        tracing::debug!("a connection to Slack has an error");
    }

    async fn on_disconnect(&self, _: &SlackSocketModeWssClientId) {
        self.tell(Signal::Gone);
    }
}

impl Ear {
    fn tell(&self, signal: Signal) {
        // Nobody listens any more: then it does not matter.
        drop(self.signals.send(signal));
    }

    async fn envelope(&self, kind: &str, frame: &Value) -> Option<String> {
        let envelope = frame["envelope_id"].as_str()?;
        match self.slack.take(kind, &frame["payload"]).await {
            Ok(()) => Some(json!({"envelope_id": envelope}).to_string()),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(kind, error, "an event was not stored and is not acknowledged; Slack sends it again");
                None
            }
        }
    }
}
