//! Does a message that was perhaps posted stand there?
//!
//! Discord has no place for a key on a message. What tells ours apart: the row that is written after each post; the nonce,
//! which the gateway repeats while it is connected, and the list of messages sometimes; and as the last resort what the
//! message says, whose print was written down before it was sent.

use super::Discord;
use super::fault::code;
use super::page;
use super::rooms::{RoomKind, id};
use super::rows::{self, Page, Posted};
use crate::domain::message::Place;
use crate::domain::trouble::Fault;
use chrono::{DateTime, Utc};
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;
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

/// Our own messages as the gateway told of them: nonce, channel, id.
#[derive(Default)]
pub struct Nonces(Mutex<Held>);

#[derive(Default)]
struct Held {
    by_nonce: HashMap<String, (u64, u64)>,
    /// Oldest first.
    order: VecDeque<String>,
}

impl Nonces {
    pub fn remember(&self, nonce: String, channel: u64, message: u64) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.order.push_back(nonce.clone());
        held.by_nonce.insert(nonce, (channel, message));
        if held.order.len() > NONCES
            && let Some(oldest) = held.order.pop_front()
        {
            held.by_nonce.remove(&oldest);
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
            self.rows.put(rows::posted(key), &row).await.map_err(super::store_fault)?;
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
        let forum = place.thread.is_none() && self.room(room).await.is_ok_and(|room| room.kind == RoomKind::Forum);
        if forum {
            // A post in a forum is told of by the gateway; it is the only trace, and a second post the lesser evil.
            return Ok(());
        }
        let mut ours = self.ours_since(room, since(begun - SLACK)).await?;
        while row.pages.len() < row.wanted.len() {
            let (nonce, print) = (page::nonce(key, row.pages.len(), row.generation), &row.wanted[row.pages.len()]);
            let known: Vec<u64> = row.pages.iter().map(|page| page.id).collect();
            let carries = |message: &Value| message["nonce"].as_str() == Some(&nonce);
            let says = |message: &Value| message["nonce"].is_null() && page::print(message) == *print;
            let at = ours.iter().position(carries).or_else(|| ours.iter().position(says));
            let Some(message) = at.and_then(|at| ours.remove(at)) else { return Ok(()) };
            let Some(found) = message["id"].as_str().and_then(id).filter(|id| !known.contains(id)) else {
                return Ok(());
            };
            row.channel = room;
            row.pages.push(Page { id: found, hash: String::new() });
        }
        Ok(())
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
