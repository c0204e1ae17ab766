//! Which channel is what? Threads with the channel they hang in, servers, and what the bot may do there.

use super::Discord;
use super::fault::Problem;
use crate::domain::message::Place;
use crate::domain::trouble::Fault;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Anything messages can stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub kind: RoomKind,
    /// `None`: a direct conversation.
    pub guild: Option<u64>,
    /// Of a thread: the channel or forum it hangs in.
    pub parent: Option<u64>,
    /// What the bot may do there, where an interaction has told.
    pub allowed: Option<u64>,
    /// Is it kept from some of the server? Where the gateway has told.
    pub hidden: Option<bool>,
    /// Of a thread, where Discord has told.
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomKind {
    Channel,
    Thread,
    Forum,
    Direct,
}

impl RoomKind {
    pub fn of(number: u64) -> Self {
        match number {
            1 | 3 => Self::Direct,
            10..=12 => Self::Thread,
            15 | 16 => Self::Forum,
            _ => Self::Channel,
        }
    }
}

#[derive(Default)]
pub struct Rooms {
    known: Mutex<HashMap<u64, Room>>,
}

impl Rooms {
    fn known(&self) -> MutexGuard<'_, HashMap<u64, Room>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, id: u64) -> Option<Room> {
        self.known().get(&id).cloned()
    }

    /// What is known of its permissions stays.
    pub fn learn(&self, id: u64, room: Room) {
        let mut known = self.known();
        let before = known.get(&id);
        let allowed = room.allowed.or_else(|| before.and_then(|before| before.allowed));
        let name = room.name.or_else(|| before.and_then(|before| before.name.clone()));
        let hidden = room.hidden.or_else(|| before.and_then(|before| before.hidden));
        known.insert(id, Room { allowed, hidden, name, ..room });
    }

    pub fn forget(&self, id: u64) {
        self.known().remove(&id);
    }

    /// The channels of a server, without their threads.
    pub fn of_guild(&self, guild: u64) -> Vec<u64> {
        let known = self.known();
        let rooms = known.iter().filter(|(_, room)| room.guild == Some(guild) && room.kind != RoomKind::Thread);
        rooms.map(|(id, _)| *id).collect()
    }

    /// All rooms of a server, when it is gone.
    pub fn forget_guild(&self, guild: u64) {
        self.known().retain(|_, room| room.guild != Some(guild));
    }

    pub fn guild_of(&self, id: u64) -> Option<Option<u64>> {
        self.known().get(&id).map(|room| room.guild)
    }
}

/// A channel as Discord writes it, in events and answers alike.
pub fn of_json(channel: &Value) -> Option<(u64, Room)> {
    let number = |value: &Value| value.as_str().and_then(|id| id.parse::<u64>().ok());
    let kind = RoomKind::of(channel["type"].as_u64()?);
    // Other channels have a parent too: the category they are sorted under.
    let parent = number(&channel["parent_id"]).filter(|_| kind == RoomKind::Thread);
    let room = Room { kind, guild: number(&channel["guild_id"]), parent, allowed: None, hidden: None, name: None };
    Some((number(&channel["id"])?, room))
}

impl Discord {
    /// Asks Discord when it has not been told of it yet.
    pub async fn room(&self, id: u64) -> Result<Room, Problem> {
        if let Some(known) = self.rooms.get(id) {
            return Ok(known);
        }
        let answer = self.calls.get(Route::Channel { channel_id: ChannelId::new(id) }).await?;
        let malformed = || Fault::Malformed("a channel without a kind".to_owned());
        let (_, room) = of_json(&answer).ok_or_else(malformed)?;
        self.rooms.learn(id, room.clone());
        Ok(room)
    }

    /// The channel or thread itself that a place means, as far as is known without asking. In a direct conversation there
    /// are no threads: what would stand in one stands beside its root.
    pub fn room_at(&self, place: &Place) -> Option<u64> {
        let channel = id(&place.channel)?;
        let direct = self.rooms.get(channel).is_some_and(|known| known.kind == RoomKind::Direct);
        match &place.thread {
            Some(root) if !direct => head(root),
            Some(root) => head(root).map(|_| channel),
            None => Some(channel),
        }
    }

    /// The same, asked where it is not known; and in a direct conversation, the root that is replied to.
    pub async fn seat(&self, place: &Place) -> Result<(u64, Option<u64>), Problem> {
        let channel = id(&place.channel).ok_or(Fault::NotFound)?;
        let Some(root) = place.thread.as_deref() else { return Ok((channel, None)) };
        let root = head(root).ok_or(Fault::NotFound)?;
        if self.rooms.get(root).is_some_and(|known| known.kind == RoomKind::Thread) {
            return Ok((root, None));
        }
        let direct = self.room(channel).await?.kind == RoomKind::Direct;
        Ok(if direct { (channel, Some(root)) } else { (root, None) })
    }

    /// A channel or thread as a place of ours: a thread stands in its parent.
    pub fn place(&self, id: u64, parent: Option<u64>) -> Place {
        Place {
            platform: super::PLATFORM.to_owned(),
            channel: parent.unwrap_or(id).to_string(),
            thread: parent.map(|_| id.to_string()),
        }
    }
}

/// A snowflake; a place of another kind names nothing on Discord.
pub fn id(text: &str) -> Option<u64> {
    text.parse().ok().filter(|id| *id != 0)
}

/// The first of `1+2`: what a thread hangs on and a link leads to.
pub fn head(joined: &str) -> Option<u64> {
    id(joined.split('+').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_thread_has_a_parent_and_a_channel_in_a_category_has_none() {
        let thread = json!({ "id": "7", "type": 11, "guild_id": "1", "parent_id": "3" });
        let (id, room) = of_json(&thread).expect("a room");
        assert_eq!((id, room.kind, room.parent, room.guild), (7, RoomKind::Thread, Some(3), Some(1)));
        let (_, room) = of_json(&json!({ "id": "3", "type": 0, "guild_id": "1", "parent_id": "2" })).expect("a room");
        assert_eq!((room.kind, room.parent), (RoomKind::Channel, None));
        assert_eq!(of_json(&json!({ "id": "3" })), None);
    }

    #[test]
    fn ids_of_several_messages_begin_with_the_head() {
        assert_eq!(
            (head("12+13"), head("12"), head("m-1"), head(""), head("0")),
            (Some(12), Some(12), None, None, None)
        );
    }
}
