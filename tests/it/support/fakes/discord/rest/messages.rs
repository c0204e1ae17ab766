//! What happens to a message that is sent, changed, deleted or read?

use super::{Answer, Asked, File};
use crate::support::fakes::discord::objects::mentioned;
use crate::support::fakes::discord::problem::Problem;
use crate::support::fakes::discord::session::intent;
use crate::support::fakes::discord::state::{Attachment, Channel, LOADING, Message, SUPPRESS_EMBEDS, State, kind, may};
use serde_json::{Value, json};
use std::time::Duration;

/// How long an enforced nonce is remembered.
const NONCE_KEPT: Duration = Duration::from_secs(300);

impl State {
    /// A channel the bot can see.
    pub(super) fn visible(&self, id: u64) -> Result<&Channel, Problem> {
        let channel = self.channels.get(&id).filter(|channel| !channel.deleted).ok_or_else(Problem::unknown_channel)?;
        if self.permissions(channel) & may::VIEW == 0 {
            return Err(Problem::missing_access());
        }
        Ok(channel)
    }

    /// A message that stands in that channel and is not somebody's own.
    pub(super) fn standing(&self, channel: u64, id: u64) -> Result<&Message, Problem> {
        self.visible(channel)?;
        let found = self.messages.get(&id).filter(|message| message.channel == channel && !message.deleted);
        found.filter(|message| message.only.is_none()).ok_or_else(Problem::unknown_message)
    }

    pub(super) fn get_channel(&self, asked: &Asked) -> Answer {
        Ok((200, self.channel_json(self.visible(asked.id(0))?)))
    }

    pub(super) fn get_message(&self, asked: &Asked) -> Answer {
        let channel = self.visible(asked.id(0))?;
        if self.permissions(channel) & may::READ_HISTORY == 0 {
            return Err(Problem::missing_permissions());
        }
        Ok((200, self.read_by_bot(self.standing(asked.id(0), asked.id(1))?)))
    }

    /// Newest first, as Discord lists them; with `after`, the ones that follow it most closely.
    pub(super) fn list_messages(&self, asked: &Asked) -> Answer {
        let channel = self.visible(asked.id(0))?;
        if channel.kind == kind::FORUM {
            return Err(Problem::new(400, 50024, "Cannot execute action on this channel type"));
        }
        let number = |name: &str| asked.query.get(name).and_then(|value| value.parse::<u64>().ok());
        let limit = number("limit").unwrap_or(50);
        if !(1..=100).contains(&limit) {
            let range = "int value should be between 1 and 100";
            return Err(Problem::form(vec![("limit".to_owned(), "NUMBER_TYPE_MAX".to_owned(), range.to_owned())]));
        }
        if self.permissions(channel) & may::READ_HISTORY == 0 {
            return Ok((200, json!([])));
        }
        let (after, before) = (number("after"), number("before"));
        let found = self.messages_in(channel.id).filter(|message| {
            message.only.is_none() && after.is_none_or(|id| message.id > id) && before.is_none_or(|id| message.id < id)
        });
        let limit = usize::try_from(limit).expect("at most 100");
        let mut found: Vec<&Message> =
            if after.is_some() { found.take(limit).collect() } else { found.rev().take(limit).collect() };
        found.sort_by_key(|message| std::cmp::Reverse(message.id));
        let shown: Vec<Value> = found.into_iter().map(|message| self.read_by_bot(message)).collect();
        Ok((200, json!(shown)))
    }

    /// Content read over HTTP is held back like content heard, from an application without the privilege.
    fn read_by_bot(&self, message: &Message) -> Value {
        let mut shown = self.message_json(message);
        if !self.knobs.lists_nonces {
            shown.as_object_mut().expect("a message").remove("nonce");
        }
        let ours =
            message.author == self.application.bot || mentioned(&message.content).contains(&self.application.bot);
        let allowed = self.application.flags & (1 << 18 | 1 << 19) != 0;
        if self.channels[&message.channel].guild.is_some() && !ours && !allowed {
            shown["content"] = json!("");
        }
        shown
    }

    pub(super) fn create_message(&mut self, asked: &Asked) -> Answer {
        let channel = self.visible(asked.id(0))?.clone();
        self.may_post(&channel, asked)?;
        if let Some(first) = self.enforced_before(channel.id, &asked.body) {
            return Ok((200, self.message_json(&self.messages[&first])));
        }
        if channel.archived {
            // Posting brings a thread back.
            let thread = self.channels.get_mut(&channel.id).expect("just seen");
            thread.archived = false;
            let shown = self.channel_json(&self.channels[&channel.id]);
            self.tell("THREAD_UPDATE", intent::GUILDS, &shown);
        }
        let id = self.put_message(channel.id, &asked.body, &asked.files)?;
        self.tell_message("MESSAGE_CREATE", id);
        Ok((200, self.message_json(&self.messages[&id])))
    }

    fn may_post(&self, channel: &Channel, asked: &Asked) -> Result<(), Problem> {
        match channel.kind {
            kind::TEXT | kind::NEWS | kind::DIRECT | kind::PUBLIC_THREAD => {}
            kind::FORUM => return Err(Problem::new(400, 50008, "Cannot send messages in a non-text channel")),
            _ => return Err(Problem::new(400, 50024, "Cannot execute action on this channel type")),
        }
        if let Some(person) = channel.recipient.and_then(|id| self.users.get(&id)).filter(|user| user.closed) {
            let _ = person;
            return Err(Problem::new(403, 50007, "Cannot send messages to this user"));
        }
        let permissions = self.permissions(channel);
        let needed = if channel.kind == kind::PUBLIC_THREAD { may::SEND_IN_THREADS } else { may::SEND };
        if permissions & needed == 0 {
            return Err(Problem::missing_permissions());
        }
        if channel.locked && permissions & may::MANAGE_THREADS == 0 {
            return Err(if channel.archived {
                Problem::new(400, 50083, "Thread is archived")
            } else {
                Problem::new(403, 160005, "Thread is locked")
            });
        }
        self.may_carry(permissions, &asked.body, &asked.files)
    }

    fn may_carry(&self, permissions: u64, body: &Value, files: &[File]) -> Result<(), Problem> {
        let embeds = body["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty());
        if (embeds && permissions & may::EMBED == 0) || (!files.is_empty() && permissions & may::ATTACH == 0) {
            return Err(Problem::missing_permissions());
        }
        Ok(())
    }

    fn enforced_before(&self, channel: u64, body: &Value) -> Option<u64> {
        if body["enforce_nonce"] != true {
            return None;
        }
        let now = self.now();
        let same = self.messages.values().find(|message| {
            message.channel == channel
                && message.author == self.application.bot
                && message.nonce.as_ref() == Some(&body["nonce"])
                && now.duration_since(message.created) < NONCE_KEPT
        });
        same.map(|message| message.id)
    }

    /// Writes a message of the bot down.
    pub(super) fn put_message(&mut self, channel: u64, body: &Value, files: &[File]) -> Result<u64, Problem> {
        let id = self.id();
        let mut message = self.blank_message(id, channel, self.application.bot);
        message.nonce = body.get("nonce").filter(|nonce| !nonce.is_null()).cloned();
        message.enforced = body["enforce_nonce"] == true;
        self.fill(&mut message, body, files)?;
        self.messages.insert(id, message);
        Ok(id)
    }

    pub fn blank_message(&self, id: u64, channel: u64, author: u64) -> Message {
        Message {
            id,
            channel,
            author,
            kind: 0,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            flags: 0,
            nonce: None,
            enforced: false,
            edited: false,
            edits: 0,
            deleted: false,
            only: None,
            interaction: None,
            pings: Vec::new(),
            created: self.now(),
        }
    }

    /// Takes over from a body what it names; what it leaves out stays.
    pub(super) fn fill(&mut self, message: &mut Message, body: &Value, files: &[File]) -> Result<(), Problem> {
        if let Some(content) = body.get("content") {
            message.content = content.as_str().unwrap_or_default().trim().to_owned();
        }
        if let Some(flags) = body["flags"].as_u64() {
            message.flags = message.flags & !SUPPRESS_EMBEDS | flags;
        }
        message.flags &= !LOADING;
        self.attach(message, body, files);
        if let Some(embeds) = body.get("embeds") {
            message.embeds = embeds.as_array().cloned().unwrap_or_default();
            self.hang_pictures(message);
        }
        if let Some(components) = body.get("components") {
            message.components = components.as_array().cloned().unwrap_or_default();
        }
        message.pings = self.pings(message, &body["allowed_mentions"]);
        let nothing = message.content.is_empty()
            && message.embeds.is_empty()
            && message.attachments.is_empty()
            && message.components.is_empty();
        if nothing { Err(Problem::new(400, 50006, "Cannot send an empty message")) } else { Ok(()) }
    }

    fn attach(&mut self, message: &mut Message, body: &Value, files: &[File]) {
        let described = body["attachments"].as_array().cloned();
        if let Some(listed) = &described {
            let kept: Vec<u64> = listed.iter().filter_map(|item| item["id"].as_str()?.parse().ok()).collect();
            message.attachments.retain(|file| kept.contains(&file.id));
        }
        for file in files {
            let told = described.iter().flatten().find(|item| item["id"].as_str() == Some(&file.number.to_string()));
            let description = told.and_then(|item| item["description"].as_str()).map(str::to_owned);
            let picture = file.media_type.starts_with("image/");
            if picture && description.as_deref().unwrap_or_default().trim().is_empty() {
                self.log.oddities.push(format!("the picture `{}` has no description", file.name));
            }
            let (id, name, media_type) = (self.id(), file.name.clone(), file.media_type.clone());
            message.attachments.push(Attachment { id, name, description, media_type, bytes: file.bytes.clone() });
        }
    }

    /// `attachment://chart.png` becomes the address the file has.
    fn hang_pictures(&mut self, message: &mut Message) {
        for embed in &mut message.embeds {
            embed["type"] = json!("rich");
            for part in ["image", "thumbnail"] {
                let Some(url) = embed[part]["url"].as_str() else { continue };
                let Some(name) = url.strip_prefix("attachment://") else { continue };
                match message.attachments.iter().find(|file| file.name == name) {
                    Some(file) => {
                        let channel = message.channel;
                        let url = format!("https://cdn.discordapp.com/attachments/{channel}/{}/{name}", file.id);
                        embed[part] = json!({ "url": url, "proxy_url": url, "width": 400, "height": 300 });
                    }
                    None => self.log.oddities.push(format!("an embed shows `{url}`, which is not attached")),
                }
            }
        }
    }

    /// Whom a message of the bot rings up: what stands in its content and is not kept from it.
    fn pings(&mut self, message: &Message, allowed: &Value) -> Vec<String> {
        let everything = allowed.is_null();
        let parses = |kind: &str| {
            everything || allowed["parse"].as_array().is_some_and(|kinds| kinds.iter().any(|is| is == kind))
        };
        let listed = |id: u64| {
            allowed["users"].as_array().is_some_and(|users| users.iter().any(|is| is.as_str() == Some(&id.to_string())))
        };
        let mut pings: Vec<String> = ["@everyone", "@here"]
            .iter()
            .filter(|name| message.content.contains(**name) && parses("everyone"))
            .map(|name| (*name).to_owned())
            .collect();
        let users = mentioned(&message.content).into_iter().filter(|id| parses("users") || listed(*id));
        pings.extend(users.map(|id| format!("<@{id}>")));
        if message.content.contains("<@&") && parses("roles") {
            pings.push("a role".to_owned());
        }
        if message.author == self.application.bot && !pings.is_empty() {
            self.log.oddities.push(format!("a message rings up {}: {}", pings.join(", "), message.content));
        }
        pings
    }

    pub(super) fn edit_message(&mut self, asked: &Asked) -> Answer {
        let mut message = self.standing(asked.id(0), asked.id(1))?.clone();
        if message.author != self.application.bot {
            return Err(Problem::new(403, 50005, "Cannot edit a message authored by another user"));
        }
        let channel = self.channels[&message.channel].clone();
        if channel.archived {
            return Err(Problem::new(400, 50083, "Thread is archived"));
        }
        self.may_carry(self.permissions(&channel), &asked.body, &asked.files)?;
        self.fill(&mut message, &asked.body, &asked.files)?;
        message.edited = true;
        message.edits += 1;
        let id = message.id;
        self.messages.insert(id, message);
        self.tell_message("MESSAGE_UPDATE", id);
        Ok((200, self.message_json(&self.messages[&id])))
    }

    pub(super) fn delete_message(&mut self, asked: &Asked) -> Answer {
        let (id, author, channel) = {
            let message = self.standing(asked.id(0), asked.id(1))?;
            (message.id, message.author, message.channel)
        };
        if author != self.application.bot && self.permissions(&self.channels[&channel]) & may::MANAGE_MESSAGES == 0 {
            return Err(Problem::missing_permissions());
        }
        self.remove_message(id);
        Ok((204, Value::Null))
    }

    pub fn remove_message(&mut self, id: u64) {
        let message = self.messages.get_mut(&id).expect("it stands somewhere");
        message.deleted = true;
        let channel = message.channel;
        let gone = json!({ "id": id.to_string(), "channel_id": channel.to_string() });
        self.tell("MESSAGE_DELETE", intent::GUILD_MESSAGES, &gone);
    }
}
