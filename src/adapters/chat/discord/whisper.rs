//! How is one person told something that nobody else sees?
//!
//! Within fifteen minutes of a command, a press or a form Discord shows an answer to its author alone. Later, and to who
//! spoke in a message, Slipway writes directly; and where somebody takes no direct messages, it says in the open only
//! that there is an answer, and how to get it.

use super::Discord;
use super::fault::{Problem, code};
use super::page::{self, Sheet};
use super::rooms::{RoomKind, id};
use super::rows::{self, Whispered};
use super::spoken::Live;
use super::words;
use crate::domain::message::{Message, Place};
use crate::domain::person::Person;
use crate::domain::trouble::Fault;
use reqwest012::Method;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};
use std::time::Duration;

/// Discord takes our first answer within moments; until then there is nothing to replace.
const MOMENT: Duration = Duration::from_millis(50);

impl Discord {
    pub(super) async fn whispered(
        &self,
        place: &Place,
        person: &Person,
        key: &str,
        message: &Message,
    ) -> Result<(), Fault> {
        let sheets = page::sheets(message, &self.options.public_url);
        let hash = page::short(&sha2::Digest::finalize(
            sheets.iter().fold(sha2::Sha256::default(), |hash, sheet| sha2::Digest::chain_update(hash, sheet.hash())),
        ));
        let row_key = rows::whispered(&person.id, key);
        let before = self.rows.get::<Whispered>(&row_key).await.map_err(super::store_fault)?;
        if before.is_some_and(|before| before.hash == hash) {
            return Ok(());
        }
        for sheet in &sheets {
            self.keep(&sheet.kept).await.map_err(super::store_fault)?;
        }
        let room = self.room_at(place).ok_or(Fault::NotFound)?;
        let someone = id(&person.id).ok_or(Fault::NotFound)?;
        match self.spoken.of(key, someone, room) {
            Some(live) if !live.acknowledged => return Err(Fault::Busy { retry_after: Some(MOMENT) }),
            Some(live) => match self.answer_to(&live, key, &sheets).await {
                Err(problem) if over(&problem) => {
                    self.spoken.forget(live.spoken.interaction);
                    self.tell_directly(room, someone, key, &sheets).await?;
                }
                answered => answered?,
            },
            None => self.tell_directly(room, someone, key, &sheets).await?,
        }
        self.rows.put(row_key, &Whispered { hash }).await.map_err(super::store_fault)
    }

    /// In place of "is thinking…" where that waits for this answer, else beside it.
    async fn answer_to(&self, live: &Live, key: &str, sheets: &[Sheet]) -> Result<(), Problem> {
        let application = self.me().await?.application;
        let base = format!("/webhooks/{application}/{}", live.spoken.token);
        let _turn = live.turn.lock().await;
        // What was said in a message is answered here too, but it is another question.
        let other = key.contains("message/");
        for (number, sheet) in sheets.iter().enumerate() {
            if number == 0 && !other && self.spoken.waits(live.spoken.interaction) {
                self.calls
                    .answer(Method::PATCH, &format!("{base}/messages/@original"), &sheet.body, &sheet.files)
                    .await?;
                self.placeholder_gone(live.spoken.interaction).await?;
            } else {
                self.calls.answer(Method::POST, &base, &sheet.ephemeral(), &sheet.files).await?;
            }
        }
        Ok(())
    }

    async fn tell_directly(&self, room: u64, person: u64, key: &str, sheets: &[Sheet]) -> Result<(), Problem> {
        let direct = self.rooms.get(room).is_some_and(|room| room.kind == RoomKind::Direct);
        let channel = if direct { room } else { self.direct_channel(person).await? };
        for (number, sheet) in sheets.iter().enumerate() {
            let mut sheet = sheet.clone();
            sheet.body["nonce"] = json!(page::nonce(&format!("{person}/{key}"), number, 0));
            sheet.body["enforce_nonce"] = json!(true);
            if number == 0 && !direct {
                name_the_room(&mut sheet.body, room);
            }
            match self.say(channel, &sheet).await {
                Ok(_) => {}
                Err(problem) if problem.is(&[code::CLOSED_TO_BOTS, code::NO_COMMON_SERVER]) && !direct => {
                    return self.hint(room, person, key).await;
                }
                Err(problem) => return Err(problem),
            }
        }
        Ok(())
    }

    async fn direct_channel(&self, person: u64) -> Result<u64, Problem> {
        let body = json!({ "recipient_id": person.to_string() });
        let opened = self.calls.send(LightMethod::Post, Route::UserMeDmChannels, &body).await?;
        let channel = opened["id"].as_str().and_then(id);
        channel.ok_or_else(|| Fault::Malformed("a direct channel without an id".to_owned()).into())
    }

    /// In the open: that there is an answer, and nothing of what it says.
    async fn hint(&self, room: u64, person: u64, key: &str) -> Result<(), Problem> {
        let mut sheet = Sheet::line(&words::for_your_eyes());
        if let Some(message) = key.rsplit_once("message/").and_then(|(_, message)| id(message)) {
            sheet.body["message_reference"] = json!({ "message_id": message.to_string(), "fail_if_not_exists": false });
        } else {
            sheet.body["content"] = json!(format!("<@{person}>: {}", words::for_your_eyes()));
        }
        sheet.body["nonce"] = json!(page::nonce(&format!("{person}/{key}/hint"), 0, 0));
        sheet.body["enforce_nonce"] = json!(true);
        self.say(room, &sheet).await.map(drop)
    }
}

/// Somebody dismissed it, or its fifteen minutes are over.
fn over(problem: &Problem) -> bool {
    problem.fault == Fault::NotFound || problem.is(&[code::UNKNOWN_WEBHOOK, code::TOKEN_OVER, code::UNKNOWN_MESSAGE])
}

/// Where the question was asked, in small print above the answer.
fn name_the_room(body: &mut Value, room: u64) {
    let line = format!("-# You asked in <#{room}>");
    let content = body["content"].as_str().unwrap_or_default();
    let joined = if content.is_empty() { line } else { format!("{line}\n{content}") };
    if joined.chars().count() <= 2_000 {
        body["content"] = json!(joined);
    }
}
