//! Does a message that was perhaps posted stand there?
//!
//! Discord has no place for a key on a message. What tells ours apart: the row that is written after each post; the nonce,
//! which the gateway repeats while it is connected, and the list of messages sometimes; and as the last resort what the
//! message says, whose print was written down before it was sent.

use super::Discord;
use super::fault::code;
use super::page;
use super::post::stands;
use super::rooms::{RoomKind, id};
use super::rows::{self, Page, Posted};
use crate::domain::message::Place;
use crate::domain::trouble::Fault;
use chrono::{DateTime, Utc};
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::{ChannelId, GuildId, MessageId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The first of Discord's milliseconds since 1970.
const EPOCH: i64 = 1_420_070_400_000;
/// Messages looked through, newest first, at most.
const PAGES: usize = 3;
const AT_ONCE: usize = 100;
/// Clocks differ.
const SLACK: chrono::Duration = chrono::Duration::minutes(2);
const NONCES: usize = 2_000;

/// The smallest id a message of that moment can have.
pub fn since(moment: DateTime<Utc>) -> u64 {
    let ms = (moment.timestamp_millis() - EPOCH).max(0);
    u64::try_from(ms).unwrap_or_default() << 22
}

/// When a message was written, by its id.
pub fn moment(id: u64) -> DateTime<Utc> {
    let ms = i64::try_from(id >> 22).unwrap_or_default() + EPOCH;
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// Our own messages as the gateway told of them, by nonce: channel and id. The oldest are forgotten.
#[derive(Default)]
pub struct Nonces(Mutex<Told>);

#[derive(Default)]
struct Told {
    by_nonce: HashMap<String, (u64, u64)>,
    in_order: VecDeque<String>,
}

impl Nonces {
    pub fn remember(&self, nonce: String, channel: u64, message: u64) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.in_order.push_back(nonce.clone());
        told.by_nonce.insert(nonce, (channel, message));
        if told.in_order.len() > NONCES
            && let Some(oldest) = told.in_order.pop_front()
        {
            told.by_nonce.remove(&oldest);
        }
    }

    fn get(&self, nonce: &str) -> Option<(u64, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_nonce.get(nonce).copied()
    }
}

impl Discord {
    pub(super) async fn found(&self, place: &Place, key: &str, begun: DateTime<Utc>) -> Result<Option<String>, Fault> {
        let Some(mut row) = self.rows.get::<Posted>(&rows::posted(key)).await.map_err(super::store_fault)? else {
            return Ok(None);
        };
        if row.is_whole() {
            return Ok(row.id());
        }
        let before = row.pages.len();
        self.by_nonce(key, &mut row);
        if !row.is_whole() {
            self.by_reading(place, key, begun, &mut row).await?;
        }
        if row.pages.len() > before {
            self.rows.put_posted(key, &row).await.map_err(super::store_fault)?;
        }
        Ok(row.id())
    }

    fn by_nonce(&self, key: &str, row: &mut Posted) {
        while row.pages.len() < row.wanted.len() {
            let nonce = page::nonce(key, row.pages.len(), row.generation);
            let Some((channel, message)) = self.nonces.get(&nonce) else { return };
            row.channel = channel;
            row.pages.push(Page { id: message, hash: String::new() });
        }
    }

    async fn by_reading(&self, place: &Place, key: &str, begun: DateTime<Utc>, row: &mut Posted) -> Result<(), Fault> {
        let room = self.room_at(place).ok_or(Fault::NotFound)?;
        let after = since(begun - SLACK);
        let forum = match (&place.thread, row.pages.is_empty()) {
            (None, true) => self.room(room).await.ok().filter(|room| room.kind == RoomKind::Forum),
            _ => None,
        };
        let ours = match forum.and_then(|forum| forum.guild) {
            Some(guild) => self.own_posts_since(guild, room, after).await?,
            None => self.ours_since(if row.channel == 0 { room } else { row.channel }, after).await?,
        };
        let mut free = VecDeque::new();
        for message in ours {
            // One that stands under a key already is not another's, whatever it says.
            let id = message["id"].as_str().and_then(id).unwrap_or_default();
            if self.rows.get::<String>(&rows::stands(id)).await.map_err(super::store_fault)?.is_none() {
                free.push_back(message);
            }
        }
        while row.pages.len() < row.wanted.len() {
            let (nonce, print) = (page::nonce(key, row.pages.len(), row.generation), &row.wanted[row.pages.len()]);
            let carries = |message: &Value| message["nonce"].as_str() == Some(&nonce);
            let says = |message: &Value| message["nonce"].is_null() && page::print(message) == *print;
            let at = free.iter().position(carries).or_else(|| free.iter().position(says));
            let Some((channel, id)) = at.and_then(|at| free.remove(at)).as_ref().and_then(stands) else {
                return Ok(());
            };
            row.channel = channel;
            row.pages.push(Page { id, hash: String::new() });
        }
        Ok(())
    }

    /// The posts we opened in a forum since then, each as its first message.
    async fn own_posts_since(&self, guild: u64, forum: u64, after: u64) -> Result<VecDeque<Value>, Fault> {
        let me = self.me().await?.user;
        let listed = self.calls.get(Route::GuildThreadsActive { guild_id: GuildId::new(guild) }).await?;
        let number = |value: &Value| value.as_str().and_then(id).unwrap_or_default();
        let mut posts = VecDeque::new();
        for thread in listed["threads"].as_array().into_iter().flatten() {
            let post = number(&thread["id"]);
            if number(&thread["parent_id"]) != forum || number(&thread["owner_id"]) != me || post < after {
                continue;
            }
            let (channel_id, message_id) = (ChannelId::new(post), MessageId::new(post));
            match self.calls.get(Route::ChannelMessage { channel_id, message_id }).await {
                Ok(message) => posts.push_back(message),
                Err(problem) if problem.fault == Fault::NotFound => {}
                Err(problem) => return Err(problem.fault),
            }
        }
        Ok(posts)
    }

    /// What we said in a room since then, in its order. A thread that has not begun holds nothing.
    async fn ours_since(&self, room: u64, after: u64) -> Result<VecDeque<Value>, Fault> {
        let me = self.me().await?.user;
        let mut ours = VecDeque::new();
        let mut before: Option<String> = None;
        for _ in 0..PAGES {
            let route = Route::ChannelMessages { channel_id: ChannelId::new(room) };
            let mut params = vec![("limit", AT_ONCE.to_string())];
            params.extend(before.take().map(|id| ("before", id)));
            let listed = match self.calls.list(route, params).await {
                Ok(listed) => listed,
                Err(problem) if problem.is(&[code::UNKNOWN_CHANNEL]) => break,
                Err(problem) => return Err(problem.fault),
            };
            let listed = listed.as_array().cloned().unwrap_or_default();
            let number = |message: &Value| message["id"].as_str().and_then(id).unwrap_or_default();
            let (full, oldest) = (listed.len() == AT_ONCE, listed.last().map(number).unwrap_or_default());
            let theirs = |message: &Value| message["author"]["id"].as_str().and_then(id) != Some(me);
            for message in listed.into_iter().filter(|message| number(message) >= after && !theirs(message)) {
                ours.push_front(message);
            }
            if !full || oldest < after {
                break;
            }
            before = Some(oldest.to_string());
        }
        Ok(ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_time() {
        let noon: DateTime<Utc> = "2026-11-25T12:00:00Z".parse().expect("a time");
        assert_eq!(moment(since(noon)), noon);
        assert_eq!(since(DateTime::UNIX_EPOCH), 0);
    }

    #[test]
    fn nonces_are_remembered_up_to_a_number() {
        let nonces = Nonces::default();
        for number in 0..=2_000_u64 {
            nonces.remember(number.to_string(), 1, number);
        }
        assert_eq!((nonces.get("0"), nonces.get("2000")), (None, Some((1, 2_000))));
    }
}
