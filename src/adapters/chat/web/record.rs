//! What does the web chat remember? The shapes it stores, and the keys it stores them under.
//!
//! Everything stands under `web/1/`. One counter numbers messages, whispers and changes alike, so that ids sort by time.

use crate::domain::message::{Attachment, Block, Message};
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A message as it stands now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub number: u64,
    pub channel: String,
    /// The number of the message whose thread it stands in.
    pub root: Option<u64>,
    pub body: Body,
    pub at: DateTime<Utc>,
    pub edited: Option<DateTime<Utc>>,
    /// False while a person's message has not reached the bot's inbox; nobody is shown it until it has.
    pub heard: bool,
    /// The event id it was heard under; empty for the bot's own.
    pub event: String,
    pub replies: u32,
    pub last_reply: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Body {
    /// The bot's; the bytes of its attachments are kept apart.
    Told { message: Message },
    /// A person's, as typed.
    Typed { person: Person, text: String, files: Vec<Attachment> },
}

/// Shown to one person until they dismiss it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whisper {
    pub number: u64,
    pub channel: String,
    pub root: Option<u64>,
    pub message: Message,
    pub at: DateTime<Utc>,
}

/// What one change touched; replayed to browsers that were away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "touched", rename_all = "snake_case")]
pub enum Touched {
    Message { number: u64 },
    Whisper { person: String, number: u64 },
    Gone { person: String, number: u64 },
}

/// `m-000000012`: sorts by time and needs no escaping in an address.
pub fn id(number: u64) -> String {
    format!("m-{number:09}")
}

pub fn number(id: &str) -> Option<u64> {
    id.strip_prefix("m-").filter(|digits| digits.len() >= 9)?.parse().ok()
}

/// Takes the attachments' bytes out of a message: they are stored beside it and served on their own.
pub fn detach(message: &Message) -> (Message, Vec<Vec<u8>>) {
    let mut kept = message.clone();
    let mut bytes = Vec::new();
    for block in &mut kept.blocks {
        if let Block::Image { attachment } | Block::File { attachment } = block {
            bytes.push(std::mem::take(&mut attachment.bytes));
        }
    }
    (kept, bytes)
}

impl Record {
    /// Its attachments in order, without their bytes.
    pub fn attachments(&self) -> Vec<&Attachment> {
        match &self.body {
            Body::Told { message } => attachments(message),
            Body::Typed { files, .. } => files.iter().collect(),
        }
    }
}

pub fn attachments(message: &Message) -> Vec<&Attachment> {
    let attached = message.blocks.iter().filter_map(|block| match block {
        Block::Image { attachment } | Block::File { attachment } => Some(attachment),
        _ => None,
    });
    attached.collect()
}

pub mod key {
    //! Where each thing stands.

    pub const COUNTER: &str = "web/1/counter";
    pub const SECRET: &str = "web/1/secret";
    pub const UNHEARD: &str = "web/1/unheard/";

    pub fn message(number: u64) -> String {
        format!("web/1/message/{number:020}")
    }
    /// Messages of a channel, or of a thread in it. Newest first, because stores scan forward.
    pub fn seats(channel: &str, root: Option<u64>) -> String {
        match root {
            None => format!("web/1/in/{channel}/-/"),
            Some(root) => format!("web/1/in/{channel}/{root}/"),
        }
    }
    pub fn seat(channel: &str, root: Option<u64>, number: u64) -> String {
        format!("{}{:020}", seats(channel, root), u64::MAX - number)
    }
    pub fn posted(channel: &str, key: &str) -> String {
        format!("web/1/posted/{channel}/{key}")
    }
    pub fn said(event: &str) -> String {
        format!("web/1/said/{event}")
    }
    /// A person's message that may not have reached the inbox yet.
    pub fn unheard(number: u64) -> String {
        format!("{UNHEARD}{number:020}")
    }
    pub fn whispers(person: &str) -> String {
        format!("web/1/whisper/{}/", segment(person))
    }
    pub fn whisper(person: &str, number: u64) -> String {
        format!("{}{number:020}", whispers(person))
    }
    pub fn whispered(person: &str, key: &str) -> String {
        format!("web/1/whispered/{}/{key}", segment(person))
    }
    pub fn file(number: u64, index: usize) -> String {
        format!("web/1/file/{number:020}/{index}")
    }
    pub fn read(person: &str, channel: &str) -> String {
        format!("web/1/read/{}/{channel}", segment(person))
    }
    pub const CHANGES: &str = "web/1/change/";
    pub fn change(number: u64) -> String {
        format!("{CHANGES}{number:020}")
    }

    /// A person's id as one part of a key, whatever a proxy calls them.
    fn segment(id: &str) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
        id.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_come_back() {
        assert_eq!(id(12), "m-000000012");
        assert!(id(9) < id(10));
        assert_eq!(number("m-000000012"), Some(12));
        assert_eq!(number("12"), None);
        assert_eq!(number("m-12"), None);
        assert_eq!(number("m-00000001x"), None);
    }

    #[test]
    fn one_persons_keys_are_never_anothers() {
        assert_ne!(key::whispers("a/b"), key::whispers("a"));
        assert!(!key::whispers("a/b").starts_with(&key::whispers("a")));
        assert!(!key::seats("a", None).starts_with(&key::seats("a-b", None)));
    }
}
