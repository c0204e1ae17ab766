//! How does a message come to stand where it should, once, in as many of Discord's messages as it takes?
//!
//! A row under the message's key is written before the first post and after each: whoever goes on after a pause or a crash
//! sees what stands already. Each page carries a nonce made of key and page, which Discord holds us to for some minutes;
//! what was posted longer ago and not written down is looked for by `find`.

use super::Discord;
use super::fault::{Problem, code};
use super::page::{self, Sheet};
use super::rooms::{head, id};
use super::rows::{self, Page, Posted};
use crate::domain::message::{Message, Place};
use crate::domain::trouble::Fault;
use reqwest012::Method;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};
use serenity::model::id::{ChannelId, MessageId};

/// A message of ours on its way.
struct Letter<'a> {
    place: &'a Place,
    key: &'a str,
    sheets: Vec<Sheet>,
    row: Posted,
}

impl Discord {
    pub(super) async fn posted(&self, place: &Place, key: &str, message: &Message) -> Result<String, Fault> {
        let known = self.rows.get::<Posted>(&rows::posted(key)).await.map_err(super::store_fault)?;
        if let Some(id) = known.as_ref().filter(|row| row.is_whole()).and_then(Posted::id) {
            return Ok(id);
        }
        let mut letter = Letter {
            place,
            key,
            sheets: page::sheets(message, &self.options.public_url),
            row: known.unwrap_or_default(),
        };
        // Before anything is written down for a place that cannot be one.
        self.room_at(place).ok_or(Fault::NotFound)?;
        if letter.row.pages.is_empty() {
            letter.row.wanted = letter.sheets.iter().map(Sheet::print).collect();
            self.save(&letter).await?;
        }
        self.bring_about(letter).await
    }

    pub(super) async fn edited(&self, place: &Place, key: &str, id: &str, message: &Message) -> Result<String, Fault> {
        let first = head(id).ok_or(Fault::NotFound)?;
        let known = self.rows.get::<Posted>(&rows::posted(key)).await.map_err(super::store_fault)?;
        let row = match known.filter(|row| row.pages.first().is_some_and(|page| page.id == first)) {
            Some(row) => row,
            None => self.recovered(place, id)?,
        };
        self.bring_about(Letter { place, key, sheets: page::sheets(message, &self.options.public_url), row }).await
    }

    /// A row for messages somebody else wrote down.
    fn recovered(&self, place: &Place, joined: &str) -> Result<Posted, Fault> {
        let channel = self.room_at(place).ok_or(Fault::NotFound)?;
        let ids = joined.split('+').map(id).collect::<Option<Vec<u64>>>().ok_or(Fault::NotFound)?;
        let pages = ids.into_iter().map(|id| Page { id, hash: String::new() }).collect();
        Ok(Posted { channel, pages, ..Posted::default() })
    }

    /// Changes, adds and deletes pages until what stands is what was wanted.
    async fn bring_about(&self, mut letter: Letter<'_>) -> Result<String, Fault> {
        for sheet in &letter.sheets {
            self.keep(&sheet.kept).await.map_err(super::store_fault)?;
        }
        let mut at = 0;
        while at < letter.sheets.len() {
            let hash = letter.sheets[at].hash();
            match letter.row.pages.get(at).cloned() {
                Some(page) if page.hash == hash => at += 1,
                Some(page) => self.change(&mut letter, at, page.id, hash).await?,
                None => self.add(&mut letter, at, hash).await?,
            }
        }
        while letter.row.pages.len() > letter.sheets.len() {
            self.drop_last(&mut letter).await?;
        }
        let wanted: Vec<String> = letter.sheets.iter().map(Sheet::print).collect();
        if letter.row.wanted != wanted {
            letter.row.wanted = wanted;
            self.save(&letter).await?;
        }
        letter.row.id().ok_or(Fault::NotFound)
    }

    async fn save(&self, letter: &Letter<'_>) -> Result<(), Fault> {
        self.rows.put_posted(letter.key, &letter.row).await.map_err(super::store_fault)
    }

    async fn change(&self, letter: &mut Letter<'_>, at: usize, message: u64, hash: String) -> Result<(), Fault> {
        let channel = letter.row.channel;
        self.pace.edit(channel, message).map_err(|wait| Fault::Busy { retry_after: Some(wait) })?;
        match self.patch(channel, message, &letter.sheets[at]).await {
            Ok(()) => {
                letter.row.pages[at].hash = hash;
                if at == 0 {
                    self.rename_thread(message, &letter.sheets[at]);
                }
            }
            // Somebody deleted a page in the middle: it and what follows is said again.
            Err(problem) if at > 0 && problem.is(&[code::UNKNOWN_MESSAGE]) => {
                letter.row.pages.remove(at);
                while letter.row.pages.len() > at {
                    self.drop_last(letter).await?;
                }
                letter.row.generation += 1;
            }
            Err(problem) => return Err(self.named(problem, channel, &letter.sheets[at])),
        }
        self.save(letter).await
    }

    async fn patch(&self, channel: u64, message: u64, sheet: &Sheet) -> Result<(), Problem> {
        let changed = self.patch_once(channel, message, sheet).await;
        match changed {
            Err(problem) if problem.is(&[code::THREAD_ARCHIVED]) => {
                let route = Route::Channel { channel_id: ChannelId::new(channel) };
                let opened = self.calls.send(LightMethod::Patch, route, &json!({ "archived": false })).await;
                // Only who manages threads opens a locked one.
                opened.map_err(|why| if why.is(&[code::MISSING_PERMISSIONS]) { problem } else { why })?;
                self.patch_once(channel, message, sheet).await
            }
            other => other,
        }
    }

    async fn patch_once(&self, channel: u64, message: u64, sheet: &Sheet) -> Result<(), Problem> {
        if sheet.files.is_empty() {
            let route =
                Route::ChannelMessage { channel_id: ChannelId::new(channel), message_id: MessageId::new(message) };
            return self.calls.send(LightMethod::Patch, route, &sheet.body).await.map(drop);
        }
        let path = format!("/channels/{channel}/messages/{message}");
        self.calls.upload(Method::PATCH, &path, &sheet.body, &sheet.files).await.map(drop)
    }

    async fn add(&self, letter: &mut Letter<'_>, at: usize, hash: String) -> Result<(), Fault> {
        let mut sheet = letter.sheets[at].clone();
        sheet.body["nonce"] = json!(page::nonce(letter.key, at, letter.row.generation));
        sheet.body["enforce_nonce"] = json!(true);
        let (room, root) = match letter.row.channel {
            0 => self.seat(letter.place).await?,
            known => (known, None),
        };
        self.pace.post(room).map_err(|wait| Fault::Busy { retry_after: Some(wait) })?;
        if let Some(root) = root {
            sheet.body["message_reference"] = json!({ "message_id": root.to_string(), "fail_if_not_exists": false });
        }
        let said = match letter.row.channel {
            0 => self.first(letter.place, room, &sheet).await,
            known => self.say(known, &sheet).await,
        };
        let said = said.map_err(|problem| self.named(problem, room, &sheet))?;
        let (channel, message) = stands(&said).ok_or_else(|| Fault::Malformed("a message without an id".to_owned()))?;
        letter.row.channel = channel;
        // A nonce that was used gives the message it was used for, whatever that says.
        let same = page::print(&said) == letter.sheets[at].print();
        letter.row.pages.push(Page { id: message, hash: if same { hash } else { String::new() } });
        self.reach(channel, message);
        self.save(letter).await
    }

    pub(super) async fn say(&self, channel: u64, sheet: &Sheet) -> Result<Value, Problem> {
        if sheet.files.is_empty() {
            let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
            return self.calls.send(LightMethod::Post, route, &sheet.body).await;
        }
        let path = format!("/channels/{channel}/messages");
        self.calls.upload(Method::POST, &path, &sheet.body, &sheet.files).await
    }

    async fn drop_last(&self, letter: &mut Letter<'_>) -> Result<(), Fault> {
        let Some(page) = letter.row.pages.last() else { return Ok(()) };
        let (channel, message) = (ChannelId::new(letter.row.channel), MessageId::new(page.id));
        match self.calls.delete(Route::ChannelMessage { channel_id: channel, message_id: message }).await {
            Ok(()) => {}
            Err(problem) if problem.fault == Fault::NotFound => {}
            Err(problem) => return Err(problem.fault),
        }
        letter.row.pages.pop();
        letter.row.generation += 1;
        self.save(letter).await
    }
}

/// Where a message that was just said stands, and under which id.
pub(super) fn stands(said: &Value) -> Option<(u64, u64)> {
    Some((id(said["channel_id"].as_str()?)?, id(said["id"].as_str()?)?))
}
