//! Where does the first message of a conversation go? Into a channel, a thread that may have to begin first, or a forum as a
//! post of its own.

use super::Discord;
use super::fault::{Problem, code};
use super::page::Sheet;
use super::post::stands;
use super::rooms::{Room, RoomKind, id};
use super::words;
use crate::domain::message::Place;
use crate::domain::trouble::{Fault, Refusal};
use reqwest012::Method;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};
use serenity::model::id::{ChannelId, MessageId};

/// Minutes of silence after which Discord folds a thread away: a week, the longest there is.
const FOLDED_AFTER: u32 = 10_080;
const NAME: usize = 100;

/// Bits of what a bot may do, with their names in Discord's settings.
const VIEW: (u64, &str) = (1 << 10, "View Channel");
const SEND: (u64, &str) = (1 << 11, "Send Messages");
const EMBED: (u64, &str) = (1 << 14, "Embed Links");
const ATTACH: (u64, &str) = (1 << 15, "Attach Files");
const HISTORY: (u64, &str) = (1 << 16, "Read Message History");
const THREADS: (u64, &str) = (1 << 35, "Create Public Threads");
const SEND_IN_THREADS: (u64, &str) = (1 << 38, "Send Messages in Threads");

impl Discord {
    /// Says the first page in `room`, which is the place's channel, or the thread on its root ([`Discord::seat`]).
    pub(super) async fn first(&self, place: &Place, room: u64, sheet: &Sheet) -> Result<Value, Problem> {
        let channel = id(&place.channel).ok_or(Fault::NotFound)?;
        if room != channel {
            if self.rooms.get(room).is_none_or(|known| known.kind != RoomKind::Thread) {
                self.find_or_begin_thread(channel, room).await?;
            }
            return self.say(room, sheet).await;
        }
        match self.say(room, sheet).await {
            Err(problem) if problem.is(&[code::NO_TEXT_CHANNEL, code::WRONG_CHANNEL_TYPE]) => {
                self.open_post(room, sheet).await
            }
            said => said,
        }
    }

    /// A thread has the id of the message it hangs on. What hangs on no message is a thread somebody opened by itself.
    async fn find_or_begin_thread(&self, channel: u64, root: u64) -> Result<(), Problem> {
        let (channel_id, message_id) = (ChannelId::new(channel), MessageId::new(root));
        let message = match self.calls.get(Route::ChannelMessage { channel_id, message_id }).await {
            Ok(message) => message,
            Err(problem) if problem.is(&[code::UNKNOWN_MESSAGE, code::WRONG_CHANNEL_TYPE]) => return Ok(()),
            Err(problem) => return Err(self.lacking(problem, channel, &[VIEW, HISTORY])),
        };
        if message["thread"].is_null() {
            let body = json!({ "name": name(&message), "auto_archive_duration": FOLDED_AFTER });
            let route = Route::ChannelMessageThreads { channel_id, message_id };
            match self.calls.send(LightMethod::Post, route, &body).await {
                Ok(_) => {}
                // Somebody was faster.
                Err(problem) if problem.is(&[code::THREAD_EXISTS]) => {}
                Err(problem) => return Err(self.lacking(problem, channel, &[THREADS])),
            }
        }
        let guild = self.rooms.guild_of(channel).flatten();
        let name = message["thread"]["name"].as_str().map_or_else(|| name(&message), str::to_owned);
        self.rooms.learn(
            root,
            Room {
                kind: RoomKind::Thread,
                guild,
                parent: Some(channel),
                allowed: None,
                hidden: None,
                name: Some(name),
            },
        );
        Ok(())
    }

    /// A thread that began while its root was still a placeholder gets the name the root has now, once there is a heading.
    /// Discord lets a thread be renamed twice in ten minutes; a name that is late is no fault.
    pub(super) fn rename_thread(&self, root: u64, sheet: &Sheet) {
        let titled = sheet.body["embeds"][0]["title"].as_str().is_some_and(|title| !title.is_empty());
        let wanted = name(&sheet.body);
        let known = self.rooms.get(root).filter(|room| room.kind == RoomKind::Thread);
        let (Some(room), Some(myself)) = (known.filter(|room| room.name.is_some()), self.myself.upgrade()) else {
            return;
        };
        if !titled || room.name.as_deref() == Some(&wanted) {
            return;
        }
        self.rooms.learn(root, Room { name: Some(wanted.clone()), ..room });
        tokio::spawn(async move {
            let route = Route::Channel { channel_id: ChannelId::new(root) };
            if let Err(problem) = myself.calls.send(LightMethod::Patch, route, &json!({ "name": wanted })).await {
                tracing::debug!(fault = %problem.fault, thread = root, "a thread keeps its name");
            }
        });
    }

    /// A post in a forum is a thread that begins with its message, under the same id.
    async fn open_post(&self, forum: u64, sheet: &Sheet) -> Result<Value, Problem> {
        let mut message = sheet.body.clone();
        for part in ["nonce", "enforce_nonce"] {
            // Forums take none; a post in doubt is looked for.
            message.as_object_mut().map(|fields| fields.remove(part));
        }
        let body = json!({ "name": name(&sheet.body), "auto_archive_duration": FOLDED_AFTER, "message": message });
        let path = format!("/channels/{forum}/threads");
        let opened = if sheet.files.is_empty() {
            self.calls
                .send(LightMethod::Post, Route::ChannelForumPosts { channel_id: ChannelId::new(forum) }, &body)
                .await?
        } else {
            self.calls.upload(Method::POST, &path, &body, &sheet.files).await?
        };
        let thread =
            opened["id"].as_str().and_then(id).ok_or_else(|| Fault::Malformed("a post without an id".to_owned()))?;
        let guild = self.rooms.guild_of(forum).flatten();
        self.rooms.learn(
            thread,
            Room { kind: RoomKind::Thread, guild, parent: Some(forum), allowed: None, hidden: None, name: None },
        );
        let mut first = opened["message"].clone();
        if stands(&first).is_none() {
            first = json!({ "id": thread.to_string(), "channel_id": thread.to_string(), "content": sheet.body["content"], "embeds": sheet.body["embeds"], "attachments": sheet.body["attachments"] });
        }
        Ok(first)
    }

    /// A refusal for want of a permission says which one it may be.
    pub(super) fn named(&self, problem: Problem, room: u64, sheet: &Sheet) -> Fault {
        let thread = self.rooms.get(room).is_some_and(|known| known.kind == RoomKind::Thread);
        let mut needed = vec![if thread { SEND_IN_THREADS } else { SEND }];
        if sheet.body["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty()) {
            needed.push(EMBED);
        }
        if !sheet.files.is_empty() {
            needed.push(ATTACH);
        }
        self.lacking(problem, room, &needed).fault
    }

    fn lacking(&self, problem: Problem, room: u64, needed: &[(u64, &'static str)]) -> Problem {
        if !problem.is(&[code::MISSING_PERMISSIONS]) {
            return problem;
        }
        let allowed = self.rooms.get(room).and_then(|known| known.allowed);
        let lacks = |bit: u64| allowed.is_some_and(|allowed| allowed & bit == 0);
        let mut missing: Vec<&str> = needed.iter().filter(|(bit, _)| lacks(*bit)).map(|(_, name)| *name).collect();
        if missing.is_empty() {
            missing = needed.iter().map(|(_, name)| *name).collect();
        }
        // Named for good: whoever passes it on knows less.
        Fault::Refused(Refusal(words::no_permission(&missing))).into()
    }
}

/// What a thread is called: the first thing its message says, without marks, at a word's end.
fn name(message: &Value) -> String {
    let embed = &message["embeds"][0];
    let texts = [&embed["title"], &message["content"], &embed["description"]];
    let first = texts.into_iter().filter_map(|text| text.as_str()).find(|text| !text.trim().is_empty());
    let line = first.and_then(|text| text.trim().lines().next()).unwrap_or("Details");
    let bare: String =
        line.trim_start_matches(['#', '-', '>', ' ']).chars().filter(|letter| !"*`_\\|~".contains(*letter)).collect();
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    match bare.chars().count() {
        0 => "Details".to_owned(),
        letters if letters <= NAME => bare,
        _ => {
            let cut: String = bare.chars().take(NAME - 1).collect();
            let end = cut.rfind(' ').filter(|end| *end > NAME / 2).unwrap_or(cut.len());
            format!("{}…", cut[..end].trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_called_after_what_its_message_says_first() {
        assert_eq!(name(&json!({ "embeds": [{ "title": "payments **2.4.0**" }] })), "payments 2.4.0");
        assert_eq!(name(&json!({ "content": "# Drafting `v1..v2`\nmore" })), "Drafting v1..v2");
        assert_eq!(name(&json!({ "content": "" })), "Details");
        let long = name(&json!({ "content": "word ".repeat(60) }));
        assert!(long.chars().count() <= 100 && long.ends_with("word…"), "{long}");
        let unbroken = name(&json!({ "content": "가".repeat(200) }));
        assert_eq!(unbroken.chars().count(), 100);
    }
}
