//! What was said while nobody listened? Read back, and heard once.
//!
//! The gateway repeats what a resumed session missed. A session that begins anew has a gap: after it, and after anything
//! that could not be written down, messages are read back in every room we were spoken to or wrote in.

use super::Discord;
use super::fault::code;
use super::find::{moment, since};
use super::message::{after_mention, person};
use super::rooms::id;
use super::rows;
use crate::domain::message::{Place, Said};
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::channel::Message;
use serenity::model::id::{ChannelId, MessageId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Rooms looked at after a gap, most recently used first.
const ROOMS: usize = 100;
/// Messages read in one room: so many times a hundred.
const PAGES: usize = 5;
const AT_ONCE: usize = 100;
/// Older than this, an answer comes too late to be one.
const OLDEST: chrono::Duration = chrono::Duration::hours(24);
/// What is written down of how far we were is some seconds behind, and events overtake each other.
const OVERLAP: chrono::Duration = chrono::Duration::minutes(2);

/// Rooms in which something could not be written down, with the first message that could not.
#[derive(Default)]
pub struct Behind(Mutex<HashMap<u64, u64>>);

impl Behind {
    pub fn note(&self, room: u64, message: u64) {
        let mut behind = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = behind.entry(room).or_insert(message);
        *first = message.min(*first);
    }

    fn take(&self) -> HashMap<u64, u64> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Discord {
    /// After a session that began anew.
    pub(super) async fn catch_up(&self, intake: &dyn Intake) {
        let oldest = since(self.clock.now() - OLDEST);
        let rooms = self.reached.rooms();
        for channel in self.options.watched.iter().filter(|id| !self.reached.knows(**id)) {
            // Never heard, so nothing was missed. From now on there is a mark.
            self.reach(*channel, since(self.clock.now()));
        }
        for (room, row) in rooms.into_iter().take(ROOMS) {
            let from = since(moment(row.last) - OVERLAP).max(oldest);
            self.read_back(intake, room, from).await;
        }
    }

    /// What an inbox that was full for a while missed.
    pub(super) async fn catch_up_behind(&self, intake: &dyn Intake) {
        for (room, first) in self.behind.take() {
            self.read_back(intake, room, first - 1).await;
        }
    }

    async fn read_back(&self, intake: &dyn Intake, room: u64, from: u64) {
        let mut after = from;
        for _ in 0..PAGES {
            let listed = match self.after(room, after).await {
                Ok(listed) => listed,
                Err(fault) => {
                    tracing::warn!(room, fault = %fault, "what was said on Discord meanwhile could not be read");
                    return;
                }
            };
            let full = listed.len() == AT_ONCE;
            for message in &listed {
                after = after.max(message.id.get());
                if let Err(error) = self.message(intake, message, false).await {
                    tracing::error!(
                        room,
                        error = format!("{error:#}"),
                        "a message was not written down; it is read again"
                    );
                    self.behind.note(room, message.id.get());
                    return;
                }
            }
            if !full {
                return;
            }
        }
        tracing::warn!(room, "more was said on Discord meanwhile than is read back");
    }

    /// The next hundred, oldest first. A limit is waited for: nobody else's message hangs on this.
    async fn after(&self, room: u64, after: u64) -> Result<Vec<Message>, Fault> {
        let params = || vec![("limit", AT_ONCE.to_string()), ("after", after.to_string())];
        loop {
            let route = Route::ChannelMessages { channel_id: ChannelId::new(room) };
            match self.calls.list(route, params()).await {
                Ok(listed) => {
                    let mut messages: Vec<Message> =
                        listed.as_array().into_iter().flatten().filter_map(readable).collect();
                    messages.sort_by_key(|message| message.id);
                    return Ok(messages);
                }
                Err(problem) if problem.is(&[code::UNKNOWN_CHANNEL, code::MISSING_ACCESS]) => {
                    self.room_gone(room).await;
                    return Ok(Vec::new());
                }
                Err(problem) => match problem.fault {
                    Fault::Busy { retry_after } => self.clock.sleep(retry_after.unwrap_or_default()).await,
                    fault => return Err(fault),
                },
            }
        }
    }

    /// What others said in a thread. The message it began with stands in its channel; in a forum, in the thread itself.
    pub(super) async fn said_in(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Fault> {
        let (Some(thread), Some(channel)) = (place.thread.as_ref().and(self.room_at(place)), id(&place.channel)) else {
            return Ok(Vec::new());
        };
        let me = self.me().await.map_err(|problem| problem.fault)?.user;
        let (channel_id, message_id) = (ChannelId::new(channel), MessageId::new(thread));
        let mut found: Vec<Message> = match self.calls.get(Route::ChannelMessage { channel_id, message_id }).await {
            Ok(root) => readable(&root).into_iter().collect(),
            Err(problem) if problem.fault == Fault::NotFound => Vec::new(),
            Err(problem) => return Err(problem.fault),
        };
        let mut after = 0;
        while found.len() < limit {
            let listed = self.after(thread, after).await?;
            let (full, newest) = (listed.len() == AT_ONCE, listed.last().map_or(after, |message| message.id.get()));
            found.extend(listed);
            after = newest;
            if !full {
                break;
            }
        }
        let said = |message: &Message| Said {
            message: message.id.to_string(),
            person: person(message),
            text: message.content.clone(),
            at: chrono::DateTime::from_timestamp(message.timestamp.unix_timestamp(), 0).unwrap_or_default(),
        };
        let to_us = |message: &Message| {
            message.id.get() != thread && !message.author.bot && after_mention(&message.content, me).is_some()
        };
        let others = found
            .iter()
            .filter(|message| message.author.id.get() != me && !message.content.is_empty() && !to_us(message));
        Ok(others.map(said).take(limit).collect())
    }

    /// Nothing is read there any more.
    pub(super) async fn room_gone(&self, room: u64) {
        self.rooms.forget(room);
        if self.reached.forget(room)
            && let Err(error) = self.rows.delete(rows::reached(room)).await
        {
            tracing::debug!(error = %error, room, "a room that is gone was not forgotten");
        }
    }
}

/// One message that cannot be read does not hide the others.
fn readable(message: &Value) -> Option<Message> {
    serde_json::from_value(message.clone()).ok().or_else(|| super::mend::message(message))
}
