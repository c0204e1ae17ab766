//! How does a thread begin, and what is a post in a forum?

use super::{Answer, Asked};
use crate::support::fakes::discord::problem::Problem;
use crate::support::fakes::discord::session::intent;
use crate::support::fakes::discord::state::{Channel, HAS_THREAD, State, kind, may};
use serde_json::{Value, json};

impl State {
    /// A thread that hangs on a message has the message's id.
    pub(super) fn thread_from_message(&mut self, asked: &Asked) -> Answer {
        let channel = self.visible(asked.id(0))?.clone();
        if !matches!(channel.kind, kind::TEXT | kind::NEWS) {
            return Err(Problem::new(400, 50024, "Cannot execute action on this channel type"));
        }
        let message = self.standing(channel.id, asked.id(1))?.id;
        if self.permissions(&channel) & may::CREATE_THREADS == 0 {
            return Err(Problem::missing_permissions());
        }
        if self.channels.contains_key(&message) {
            return Err(Problem::new(400, 160004, "A thread has already been created for this message"));
        }
        let thread = self.begin(message, &channel, &asked.body);
        let root = self.messages.get_mut(&message).expect("it stands there");
        root.flags |= HAS_THREAD;
        Ok((201, thread))
    }

    pub(super) fn thread_or_post(&mut self, asked: &Asked) -> Answer {
        let channel = self.visible(asked.id(0))?.clone();
        if channel.kind != kind::FORUM {
            return Err(Problem::new(400, 50024, "Cannot execute action on this channel type"));
        }
        if self.permissions(&channel) & may::SEND == 0 {
            return Err(Problem::missing_permissions());
        }
        let id = self.id();
        let mut thread = self.begin(id, &channel, &asked.body);
        let mut message = self.blank_message(id, id, self.application.bot);
        self.fill(&mut message, &asked.body["message"], &asked.files)?;
        self.messages.insert(id, message);
        thread["message"] = self.message_json(&self.messages[&id]);
        self.tell_message("MESSAGE_CREATE", id);
        Ok((201, thread))
    }

    /// Opens a thread under this id and tells of it.
    pub fn begin(&mut self, id: u64, parent: &Channel, body: &Value) -> Value {
        let thread = Channel {
            guild: parent.guild,
            name: body["name"].as_str().unwrap_or_default().to_owned(),
            parent: Some(parent.id),
            owner: Some(self.application.bot),
            auto_archive: body["auto_archive_duration"].as_u64().unwrap_or(4_320),
            ..self.blank(id, kind::PUBLIC_THREAD)
        };
        self.channels.insert(id, thread);
        let mut shown = self.channel_json(&self.channels[&id]);
        let answer = shown.clone();
        shown["newly_created"] = json!(true);
        self.tell("THREAD_CREATE", intent::GUILDS, &shown);
        answer
    }

    pub(super) fn active_threads(&self, asked: &Asked) -> Answer {
        let guild = self.guilds.get(&asked.id(0)).filter(|guild| guild.members.contains(&self.application.bot));
        let guild = guild.ok_or_else(Problem::missing_access)?.id;
        let threads = self.channels.values().filter(|channel| {
            channel.kind == kind::PUBLIC_THREAD && channel.guild == Some(guild) && !channel.archived && !channel.deleted
        });
        let threads: Vec<Value> = threads.map(|thread| self.channel_json(thread)).collect();
        Ok((200, json!({ "threads": threads, "members": [], "has_more": false })))
    }

    /// Archives, locks or renames a thread.
    pub(super) fn edit_thread(&mut self, asked: &Asked) -> Answer {
        let channel = self.visible(asked.id(0))?.clone();
        if channel.kind != kind::PUBLIC_THREAD {
            return Err(Problem::missing_permissions());
        }
        let managing = self.permissions(&channel) & may::MANAGE_THREADS != 0;
        if channel.locked && !managing {
            return Err(Problem::missing_permissions());
        }
        let thread = self.channels.get_mut(&channel.id).expect("just seen");
        if let Some(archived) = asked.body["archived"].as_bool() {
            thread.archived = archived;
        }
        if let Some(name) = asked.body["name"].as_str() {
            thread.name = name.to_owned();
        }
        let shown = self.channel_json(&self.channels[&channel.id]);
        self.tell("THREAD_UPDATE", intent::GUILDS, &shown);
        Ok((200, shown))
    }
}
