//! What has a bot's connection to the gateway been told, and what of it would be told again?

use super::state::State;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

pub mod intent {
    pub const GUILDS: u64 = 1 << 0;
    pub const GUILD_MESSAGES: u64 = 1 << 9;
    pub const DIRECT_MESSAGES: u64 = 1 << 12;
    pub const MESSAGE_CONTENT: u64 = 1 << 15;
    pub const GUILD_MEMBERS: u64 = 1 << 1;
    pub const PRESENCES: u64 = 1 << 8;
    /// Every bit there is.
    pub const ALL: u64 = (1 << 26) - 1;
    pub const PRIVILEGED: u64 = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT;
}

/// What goes down a connection.
#[derive(Debug, Clone)]
pub enum Frame {
    Say(Value),
    Close(u16),
    /// The cable is cut.
    Cut,
}

pub struct Session {
    pub id: String,
    pub intents: u64,
    /// Every event of the session with its number.
    pub told: Vec<(u64, Value)>,
    /// `None` while nobody is connected.
    pub line: Option<UnboundedSender<Frame>>,
    /// Ended for good: cannot be resumed.
    pub over: bool,
}

impl Session {
    /// Tells every session that asked for it.
    pub fn tell(&mut self, event: &str, data: Value) {
        let number = self.told.last().map_or(1, |(number, _)| number + 1);
        let frame = json!({ "op": 0, "t": event, "s": number, "d": data });
        self.told.push((number, frame.clone()));
        self.send(Frame::Say(frame));
    }

    pub fn send(&mut self, frame: Frame) {
        // A line nobody holds any more is a connection that has gone; the event stays in `told` for a resume.
        if self.line.as_ref().is_some_and(|line| line.send(frame).is_err()) {
            self.line = None;
        }
    }
}

impl State {
    /// Keeps a channel from everybody who has no role of their own for it.
    pub fn hide(&mut self, channel: u64) {
        self.channels.get_mut(&channel).expect("it is there").hidden = true;
        let shown = self.channel_json(&self.channels[&channel]);
        self.tell("CHANNEL_UPDATE", intent::GUILDS, &shown);
    }

    /// Deletes a channel or thread with all that stands in it.
    pub fn delete(&mut self, channel: u64) {
        let thread = self.is_thread(channel);
        let shown = self.channel_json(&self.channels[&channel]);
        self.channels.get_mut(&channel).expect("it is there").deleted = true;
        for message in self.messages.values_mut().filter(|message| message.channel == channel) {
            message.deleted = true;
        }
        let event = if thread { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
        self.tell(event, intent::GUILDS, &shown);
    }

    pub fn tell(&mut self, event: &str, needs: u64, data: &Value) {
        for session in self.sessions.iter_mut().filter(|session| !session.over && session.intents & needs == needs) {
            session.tell(event, data.clone());
        }
    }

    pub fn tell_message(&mut self, event: &str, id: u64) {
        let message = self.messages[&id].clone();
        let guild = self.channels[&message.channel].guild;
        let needs = if guild.is_some() { intent::GUILD_MESSAGES } else { intent::DIRECT_MESSAGES };
        let full = self.message_event(&message, true);
        let bare = self.message_event(&message, false);
        for session in self.sessions.iter_mut().filter(|session| !session.over && session.intents & needs == needs) {
            let content = session.intents & intent::MESSAGE_CONTENT != 0;
            session.tell(event, if content { full.clone() } else { bare.clone() });
        }
    }

    /// Everybody's connection, one after another.
    pub fn send_all(&mut self, frame: &Frame) {
        for session in &mut self.sessions {
            session.send(frame.clone());
        }
    }
}
