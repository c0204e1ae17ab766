//! How does the Web API tell a message?

use super::state::{APP, BOT, Message, TEAM, World};
use serde_json::{Value, json};

impl World {
    /// The message as the Web API tells it.
    pub fn told(&self, channel: &str, message: &Message, with_metadata: bool) -> Value {
        let mut told =
            json!({"type": "message", "user": message.user, "ts": message.ts, "text": message.text, "team": TEAM});
        let object = told.as_object_mut().expect("it was made an object");
        if message.bot {
            object.insert("bot_id".to_owned(), json!(BOT));
            object.insert("app_id".to_owned(), json!(APP));
        }
        if let Some(subtype) = message.subtype {
            object.insert("subtype".to_owned(), json!(subtype));
        }
        if !message.blocks.is_empty() {
            object.insert("blocks".to_owned(), json!(message.blocks));
        }
        if let Some(edited) = &message.edited {
            object.insert("edited".to_owned(), json!({"user": message.user, "ts": edited}));
        }
        if let (Some(metadata), true) = (&message.metadata, with_metadata) {
            object.insert("metadata".to_owned(), metadata.clone());
        }
        if !message.files.is_empty() {
            let files: Vec<Value> = message.files.iter().map(|id| json!({"id": id})).collect();
            object.insert("files".to_owned(), json!(files));
        }
        self.tell_thread(channel, message, object);
        told
    }

    fn tell_thread(&self, channel: &str, message: &Message, object: &mut serde_json::Map<String, Value>) {
        if let Some(root) = &message.thread {
            object.insert("thread_ts".to_owned(), json!(root));
            if let Some(parent) = self.message(channel, root) {
                object.insert("parent_user_id".to_owned(), json!(parent.user));
            }
            return;
        }
        let replies = self
            .channel(channel)
            .messages
            .iter()
            .filter(|reply| reply.thread.as_deref() == Some(message.ts.as_str()) && reply.only.is_none());
        let times: Vec<&String> = replies.map(|reply| &reply.ts).collect();
        if let Some(latest) = times.last() {
            object.insert("thread_ts".to_owned(), json!(message.ts));
            object.insert("reply_count".to_owned(), json!(times.len()));
            object.insert("latest_reply".to_owned(), json!(latest));
        }
    }
}
