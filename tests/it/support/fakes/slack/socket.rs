//! How do sockets open, carry envelopes and close?

use super::api::Refused;
use super::{FakeSlack, Manner, Shared, limits, locked, state};
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

#[derive(Default)]
pub struct Sockets {
    open: Vec<Socket>,
    tickets: HashSet<String>,
    /// Who waits for the acknowledgement of an envelope.
    waiting: HashMap<String, oneshot::Sender<Value>>,
    turn: usize,
    counter: u64,
}

struct Socket {
    number: u64,
    out: mpsc::UnboundedSender<Out>,
}

enum Out {
    Text(String),
    /// Nothing is read or written any more, and nobody says so.
    Freeze,
    Close,
    /// The connection is gone without a word.
    Cut,
}

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/link", get(link)).with_state(shared)
}

/// `apps.connections.open`.
pub fn connect(shared: &Shared) -> Result<Value, Refused> {
    if !locked(&shared.knobs).socket_mode {
        return Err(Refused::new("socket_mode_disabled", "Socket Mode is off in the app's settings"));
    }
    let mut sockets = locked(&shared.sockets);
    sockets.counter += 1;
    let ticket = format!("plantedTicket{:08}", sockets.counter);
    sockets.tickets.insert(ticket.clone());
    Ok(json!({"url": format!("ws://{}/link?ticket={ticket}&app_id={}", shared.address, state::APP)}))
}

async fn link(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let ticket = query.get("ticket").cloned().unwrap_or_default();
    if !locked(&shared.sockets).tickets.remove(&ticket) {
        return (StatusCode::UNAUTHORIZED, "ticket").into_response();
    }
    upgrade.on_upgrade(move |socket| serve(shared, socket))
}

async fn serve(shared: Arc<Shared>, mut socket: WebSocket) {
    let (out, mut orders) = mpsc::unbounded_channel();
    let (number, many) = {
        let mut sockets = locked(&shared.sockets);
        sockets.counter += 1;
        let number = sockets.counter;
        if sockets.open.len() >= limits::SOCKETS {
            drop(out.send(Out::Text(disconnect("too_many_websockets"))));
            drop(out.send(Out::Close));
        } else {
            sockets.open.push(Socket { number, out });
        }
        (number, sockets.open.len())
    };
    locked(&shared.log).opened += 1;
    let hello = json!({
        "type": "hello", "num_connections": many, "connection_info": {"app_id": state::APP},
        "debug_info": {"host": "applink-1", "build_number": 7, "approximate_connection_time": 18_060},
    });
    let mut going = socket.send(Message::text(hello.to_string())).await.is_ok();
    while going {
        going = tokio::select! {
            order = orders.recv() => obey(&shared, number, &mut socket, order).await,
            frame = socket.recv() => match frame {
                Some(Ok(Message::Text(text))) => { heard(&shared, &text); true }
                Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                Some(Ok(_)) => true,
            },
        };
    }
    locked(&shared.sockets).open.retain(|socket| socket.number != number);
}

async fn obey(shared: &Shared, number: u64, socket: &mut WebSocket, order: Option<Out>) -> bool {
    match order {
        Some(Out::Text(text)) => socket.send(Message::text(text)).await.is_ok(),
        Some(Out::Freeze) => {
            // Slack still counts it as open for a while; here it gets no more envelopes, and never answers a ping.
            locked(&shared.sockets).open.retain(|socket| socket.number != number);
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            false
        }
        Some(Out::Close) => {
            drop(socket.send(Message::Close(None)).await);
            false
        }
        Some(Out::Cut) | None => false,
    }
}

/// An acknowledgement.
fn heard(shared: &Shared, text: &str) {
    let ack: Value = serde_json::from_str(text).unwrap_or_default();
    let envelope = ack["envelope_id"].as_str().unwrap_or_default();
    if locked(&shared.knobs).acks_get_lost {
        return;
    }
    if let Some(waiting) = locked(&shared.sockets).waiting.remove(envelope) {
        drop(waiting.send(ack["payload"].clone()));
    }
}

fn disconnect(reason: &str) -> String {
    json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}).to_string()
}

/// Sends an envelope over the next socket, or over all of them; answers with what brings the acknowledgements.
pub fn send(shared: &Shared, kind: &str, payload: &Value, attempt: u32) -> Vec<oneshot::Receiver<Value>> {
    let everywhere = locked(&shared.knobs).on_every_socket;
    let mut sockets = locked(&shared.sockets);
    let count = sockets.open.len();
    if count == 0 {
        return Vec::new();
    }
    sockets.turn += 1;
    let chosen: Vec<usize> = if everywhere { (0..count).collect() } else { vec![sockets.turn % count] };
    let mut receivers = Vec::new();
    for at in chosen {
        sockets.counter += 1;
        let envelope = format!("envelope-{:08}", sockets.counter);
        let mut told = json!({
            "envelope_id": envelope, "type": kind, "payload": payload,
            "accepts_response_payload": kind != "events_api",
        });
        if kind == "events_api" {
            told["retry_attempt"] = json!(attempt);
            told["retry_reason"] = json!(if attempt > 0 { "timeout" } else { "" });
        }
        let (sender, receiver) = oneshot::channel();
        if sockets.open[at].out.send(Out::Text(told.to_string())).is_ok() {
            sockets.waiting.insert(envelope, sender);
            receivers.push(receiver);
        }
    }
    receivers
}

impl FakeSlack {
    /// Sockets that are open now.
    pub fn sockets(&self) -> usize {
        locked(&self.shared.sockets).open.len()
    }

    /// Waits until so many sockets are open; a bot that was killed twice in a minute has to wait for its turn.
    pub async fn waits_for_sockets(&self, count: usize) {
        let begun = Instant::now();
        while self.sockets() != count {
            let open = self.sockets();
            assert!(begun.elapsed() < Duration::from_secs(90), "{open} sockets are open, {count} were expected");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asks every client to leave, as Slack does before it closes a connection, and closes it after `grace`.
    pub async fn disconnects(&self, reason: &str, grace: Duration) {
        let leaving = self.order(|| Out::Text(disconnect(reason)));
        tokio::time::sleep(grace).await;
        leaving.into_iter().for_each(|out| drop(out.send(Out::Close)));
    }

    /// Every connection ends without a word.
    pub fn cuts(&self) {
        self.order(|| Out::Cut);
    }

    /// Every connection ends, and no new one comes about until `comes_back`.
    pub async fn goes_away(&self) {
        self.always("apps.connections.open", Manner::Http(503));
        self.cuts();
        self.waits_for_sockets(0).await;
    }

    pub async fn comes_back(&self, sockets: usize) {
        self.well_again("apps.connections.open");
        self.waits_for_sockets(sockets).await;
    }

    /// Every connection stands still: nothing is read, written or answered.
    pub fn freezes(&self) {
        self.order(|| Out::Freeze);
    }

    /// Sends this text over every socket, whatever it is.
    pub fn sends_raw(&self, text: &str) {
        self.order(|| Out::Text(text.to_owned()));
    }

    fn order(&self, order: impl Fn() -> Out) -> Vec<mpsc::UnboundedSender<Out>> {
        let sockets = locked(&self.shared.sockets);
        let outs: Vec<_> = sockets.open.iter().map(|socket| socket.out.clone()).collect();
        outs.iter().for_each(|out| drop(out.send(order())));
        outs
    }
}
