//! How does a bot hear? A WebSocket that begins with HELLO, lets in who identifies, and can take up where it broke off.

use super::Shared;
use super::log::Identified;
use super::session::{Frame, Session, intent};
use super::state::State;
use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as Held};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/", get(enter)).with_state(shared)
}

async fn enter(
    Held(shared): Held<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if shared.state().knobs.gateway_closed {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if query.get("v").map(String::as_str) != Some("10") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    upgrade.on_upgrade(move |socket| talk(shared, socket))
}

async fn talk(shared: Arc<Shared>, mut socket: WebSocket) {
    let heartbeat = u64::try_from(shared.state().knobs.heartbeat.as_millis()).expect("some seconds");
    let hello = json!({ "op": 10, "d": { "heartbeat_interval": heartbeat }, "s": null, "t": null });
    if say(&mut socket, &hello).await.is_err() {
        return;
    }
    let (line, mut frames) = mpsc::unbounded_channel();
    let mut session = None;
    let ended = converse(&shared, &mut socket, &line, &mut frames, &mut session).await;
    let mut state = shared.state();
    if let Some(code) = ended {
        state.log.closed.push(code);
    }
    if let Some(id) = session {
        let clean = matches!(ended, Some(Some(1000 | 1001)));
        for session in state.sessions.iter_mut().filter(|session| session.id == id) {
            // A newer connection may have taken the session over.
            if session.line.as_ref().is_some_and(|held| held.same_channel(&line)) {
                session.line = None;
            }
            session.over |= clean;
        }
    }
    drop(state);
    shared.changed();
}

/// Until one side ends it; `Some(code)`: the bot did.
async fn converse(
    shared: &Arc<Shared>,
    socket: &mut WebSocket,
    line: &UnboundedSender<Frame>,
    frames: &mut UnboundedReceiver<Frame>,
    session: &mut Option<String>,
) -> Option<Option<u16>> {
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Say(value)) => if say(socket, &value).await.is_err() { return Some(None) },
                Some(Frame::Close(code)) => {
                    let close = CloseFrame { code, reason: reason(code).into() };
                    drop(socket.send(Message::Close(Some(close))).await);
                    return None;
                }
                Some(Frame::Cut) | None => return None,
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap_or_default();
                    let answers = shared.state().answer(&frame, line, session);
                    for answer in answers {
                        drop(line.send(answer));
                    }
                    shared.changed();
                }
                Some(Ok(Message::Close(close))) => return Some(close.map(|close| close.code)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Some(None),
            },
        }
    }
}

async fn say(socket: &mut WebSocket, value: &Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(value.to_string().into())).await
}

fn reason(code: u16) -> &'static str {
    match code {
        4003 => "Not authenticated.",
        4004 => "Authentication failed.",
        4009 => "Session timed out.",
        4013 => "Invalid intent(s).",
        4014 => "Disallowed intent(s).",
        _ => "",
    }
}

impl State {
    fn answer(&mut self, frame: &Value, line: &UnboundedSender<Frame>, session: &mut Option<String>) -> Vec<Frame> {
        match frame["op"].as_u64() {
            Some(1) if self.knobs.deaf => vec![],
            Some(1) => vec![Frame::Say(json!({ "op": 11, "d": null, "s": null, "t": null }))],
            Some(2) => self.identify(&frame["d"], line, session),
            Some(6) => self.resume(&frame["d"], line, session),
            // Presence, members, voice: nothing a bot of ours asks for changes anything here.
            Some(3 | 4 | 8) => vec![],
            _ => vec![Frame::Close(4001)],
        }
    }

    fn identify(&mut self, data: &Value, line: &UnboundedSender<Frame>, session: &mut Option<String>) -> Vec<Frame> {
        let intents = data["intents"].as_u64().unwrap_or_default();
        let closed = self.turned_away(data, intents);
        self.log.identifies.push(Identified { intents, closed });
        self.knobs.identifies_left = self.knobs.identifies_left.saturating_sub(1);
        if let Some(code) = closed {
            return vec![Frame::Close(code)];
        }
        if self.knobs.invalid_identifies > 0 {
            self.knobs.invalid_identifies -= 1;
            return vec![Frame::Say(json!({ "op": 9, "d": false, "s": null, "t": null }))];
        }
        let id = format!("session-{}", self.sessions.len() + 1);
        *session = Some(id.clone());
        self.sessions.push(Session { id, intents, told: Vec::new(), line: Some(line.clone()), over: false });
        self.welcome();
        vec![]
    }

    fn turned_away(&self, data: &Value, intents: u64) -> Option<u16> {
        let token = data["token"].as_str().unwrap_or_default();
        if token.trim_start_matches("Bot ") != self.token {
            return Some(4004);
        }
        if intents & !intent::ALL != 0 {
            return Some(4013);
        }
        let content = self.application.flags & (1 << 18 | 1 << 19) != 0 && !self.knobs.refuses_content;
        let allowed = if content { intent::MESSAGE_CONTENT } else { 0 };
        (intents & intent::PRIVILEGED & !allowed != 0).then_some(4014)
    }

    fn welcome(&mut self) {
        let guilds: Vec<u64> = self
            .guilds
            .values()
            .filter(|guild| guild.members.contains(&self.application.bot))
            .map(|guild| guild.id)
            .collect();
        let unavailable: Vec<Value> =
            guilds.iter().map(|id| json!({ "id": id.to_string(), "unavailable": true })).collect();
        let whole: Vec<Value> = guilds.iter().map(|id| self.guild_json(&self.guilds[id])).collect();
        let ready = json!({
            "v": 10, "user": self.user_json(self.application.bot), "guilds": unavailable, "shard": [0, 1],
            "session_id": self.sessions.last().expect("just pushed").id, "resume_gateway_url": self.gateway_url,
            "application": { "id": self.application.id.to_string(), "flags": self.application.flags },
        });
        let session = self.sessions.last_mut().expect("just pushed");
        session.tell("READY", ready);
        if session.intents & intent::GUILDS != 0 {
            for guild in whole {
                session.tell("GUILD_CREATE", guild);
            }
        }
    }

    fn resume(&mut self, data: &Value, line: &UnboundedSender<Frame>, held: &mut Option<String>) -> Vec<Frame> {
        self.log.resumes += 1;
        let token = data["token"].as_str().unwrap_or_default();
        if token.trim_start_matches("Bot ") != self.token {
            return vec![Frame::Close(4004)];
        }
        let id = data["session_id"].as_str().unwrap_or_default().to_owned();
        let forgets = self.knobs.forgets_sessions;
        let Some(session) = self.sessions.iter_mut().find(|session| session.id == id && !session.over && !forgets)
        else {
            return vec![Frame::Say(json!({ "op": 9, "d": false, "s": null, "t": null }))];
        };
        let since = data["seq"].as_u64().unwrap_or_default();
        session.line = Some(line.clone());
        *held = Some(id);
        let missed: Vec<Frame> = session
            .told
            .iter()
            .filter(|(number, _)| *number > since)
            .map(|(_, frame)| Frame::Say(frame.clone()))
            .collect();
        for frame in missed {
            session.send(frame);
        }
        session.tell("RESUMED", json!({}));
        vec![]
    }
}
