//! What handling an event comes to: records to write, messages to say. Committed together or not at all.

use crate::domain::message::{Message, Place};
use crate::domain::person::Person;
use crate::ports::store::Op;
use crate::records::Target;

/// The effects of one event or job, not yet committed.
#[derive(Debug, Default)]
pub struct Plan {
    pub ops: Vec<Op>,
    pub says: Vec<Saying>,
}

/// A message under its key. Saying another under the same key edits it in place.
#[derive(Debug, Clone)]
pub struct Saying {
    pub key: String,
    pub target: Target,
    pub message: Message,
}

impl Plan {
    pub fn nothing() -> Self {
        Self::default()
    }

    pub fn write(mut self, ops: Vec<Op>) -> Self {
        self.ops.extend(ops);
        self
    }

    pub fn say(mut self, key: impl Into<String>, target: Target, message: Message) -> Self {
        self.says.push(Saying { key: key.into(), target, message });
        self
    }
}

/// In the channel or thread itself.
pub fn at(place: &Place) -> Target {
    Target { place: place.clone(), under: None, only: None, asked_by: None }
}

/// In the thread of the message said under `root`.
pub fn under(place: &Place, root: &str) -> Target {
    let channel = Place { thread: None, ..place.clone() };
    Target { place: channel, under: Some(root.to_owned()), only: None, asked_by: None }
}

/// For one person's eyes.
pub fn only(place: &Place, person: &Person) -> Target {
    Target { place: place.clone(), under: None, only: Some(person.clone()), asked_by: None }
}
