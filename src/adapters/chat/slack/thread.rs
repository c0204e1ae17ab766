//! Under which root does a message stand? Slack knows no threads within threads.

use super::Slack;
use super::api::Problem;
use super::hear::{is_reply, spoken};
use super::stamp::{is_stamp, time};
use crate::domain::message::{Place, Said};
use crate::domain::trouble::Fault;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Roots of messages, by channel and message.
#[derive(Default)]
pub struct Threads {
    roots: Mutex<HashMap<(String, String), String>>,
}

const MOST: usize = 20_000;

impl Threads {
    fn root(&self, channel: &str, stamp: &str) -> Option<String> {
        let roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        roots.get(&(channel.to_owned(), stamp.to_owned())).cloned()
    }

    pub fn remember(&self, channel: &str, stamp: &str, root: &str) {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if roots.len() >= MOST {
            roots.clear();
        }
        roots.insert((channel.to_owned(), stamp.to_owned()), root.to_owned());
    }
}

/// The head of a message on several pages.
pub fn head(id: &str) -> &str {
    id.split('+').next().unwrap_or(id)
}

impl Slack {
    /// The root to write under; `None` for the conversation itself. The message may stand in a thread already: then its
    /// root counts.
    pub(super) async fn root(&self, place: &Place) -> Result<Option<String>, Problem> {
        let Some(thread) = &place.thread else { return Ok(None) };
        let stamp = head(thread);
        if !is_stamp(stamp) {
            return Err(Fault::NotFound.into());
        }
        if let Some(root) = self.threads.root(&place.channel, stamp) {
            return Ok(Some(root));
        }
        let params = [("channel", place.channel.clone()), ("ts", stamp.to_owned()), ("limit", "1".to_owned())];
        let told = self.api.get("conversations.replies", &params).await?;
        let first = &told["messages"][0];
        let own = first["ts"].as_str().ok_or(Fault::NotFound)?;
        let root = first["thread_ts"].as_str().unwrap_or(own).to_owned();
        self.threads.remember(&place.channel, stamp, &root);
        Ok(Some(root))
    }

    /// What others said in a thread, its root first.
    pub(super) async fn said_in(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Problem> {
        let Some(root) = self.root(place).await? else { return Ok(Vec::new()) };
        let me = self.me().await?;
        let ears = self.ears(&me);
        let mut said = Vec::new();
        for message in self.said_since(&place.channel, Some(&root), "0").await? {
            if said.len() < limit
                && !ears.is_ours(&message)
                && !(is_reply(&message) && ears.is_to_us(&message))
                && let Some((message, who, text)) = spoken(&message)
            {
                let at = time(&message);
                said.push(Said { message, person: self.person(&who).await, text, at });
            }
        }
        Ok(said)
    }
}
