//! How do pages come to stand in a conversation, once, and follow what is to be said?

use super::api::Problem;
use super::render::{self, Page};
use super::rows::{self, Posted};
use super::stamp::is_stamp;
use super::{Slack, stored};
use crate::domain::message::{Message, Place};
use crate::domain::trouble::Fault;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};

/// The kind of metadata on everything we post.
pub const MARK: &str = "slipway";

/// What our messages say now, by channel and message: a page that did not change is not sent again.
#[derive(Default)]
pub struct Shown {
    digests: Mutex<HashMap<(String, String), u64>>,
}

const MOST: usize = 20_000;

impl Shown {
    fn says(&self, channel: &str, stamp: &str, page: &Page) -> bool {
        let digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        digests.get(&(channel.to_owned(), stamp.to_owned())) == Some(&digest(page))
    }

    fn remember(&self, channel: &str, stamp: &str, page: &Page) {
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        if digests.len() >= MOST {
            digests.clear();
        }
        digests.insert((channel.to_owned(), stamp.to_owned()), digest(page));
    }

    pub fn forget(&self, channel: &str, stamp: &str) {
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        digests.remove(&(channel.to_owned(), stamp.to_owned()));
    }
}

/// Messages that wait for their turn and of which nothing was sent: whoever asks whether they are there need not ask Slack.
/// It is asked before a message in doubt is tried again, so what may have been sent before was looked for before.
#[derive(Default)]
pub struct Unsent {
    keys: Mutex<HashSet<(String, String)>>,
}

impl Unsent {
    pub fn has(&self, channel: &str, key: &str) -> bool {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.contains(&(channel.to_owned(), key.to_owned()))
    }

    pub fn is(&self, channel: &str, key: &str, unsent: bool) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (channel.to_owned(), key.to_owned());
        match unsent {
            true => keys.insert(key),
            false => keys.remove(&key),
        };
    }
}

fn digest(page: &Page) -> u64 {
    let blocks: Vec<String> = page.blocks.iter().map(Value::to_string).collect();
    foldhash::fast::FixedState::default().hash_one((&page.text, blocks))
}

/// One message of ours, and where it goes.
pub struct Target<'a> {
    pub place: &'a Place,
    pub key: &'a str,
    /// The root to write under.
    pub root: Option<String>,
}

impl Slack {
    pub(super) fn pages(&self, message: &Message) -> Vec<Page> {
        render::pages(message, &self.options.public_url)
    }

    /// Makes the conversation say `message` under the target's key, beginning with what stands there. What was done is
    /// written down page by page, so that whoever comes back goes on where this stopped.
    pub(super) async fn bring(
        &self,
        target: &Target<'_>,
        mut posted: Posted,
        message: &Message,
    ) -> Result<Posted, Problem> {
        let pages = self.pages(message);
        let channel = &target.place.channel;
        for (index, page) in pages.iter().enumerate() {
            match posted.pages.get(index) {
                Some(stamp) => self.update(target, stamp, index, page).await?,
                None => {
                    let stamp = self.add(target, index, page).await?;
                    posted.pages.push(stamp);
                    posted.whole = false;
                    self.write_down(target, &posted).await?;
                }
            }
        }
        while posted.pages.len() > pages.len() {
            let stamp = posted.pages.last().expect("there are more than enough").clone();
            self.remove(channel, &stamp).await?;
            posted.pages.pop();
            self.write_down(target, &posted).await?;
        }
        self.show_status(target, message).await;
        self.send_files(target, &mut posted, &pages).await?;
        if !posted.whole {
            posted.whole = true;
            self.write_down(target, &posted).await?;
        }
        Ok(posted)
    }

    pub(super) async fn write_down(&self, target: &Target<'_>, posted: &Posted) -> Result<(), Problem> {
        let key = rows::posted(&target.place.channel, target.key);
        Ok(self.rows.put(&key, posted).await.map_err(stored)?)
    }

    async fn add(&self, target: &Target<'_>, index: usize, page: &Page) -> Result<String, Problem> {
        let channel = &target.place.channel;
        let mut body = json!({
            "channel": channel, "text": page.text, "blocks": page.blocks, "metadata": metadata(target.key, index),
            "mrkdwn": false, "link_names": false, "unfurl_links": false, "unfurl_media": false,
        });
        if let Some(root) = &target.root {
            body["thread_ts"] = json!(root);
        }
        let told = self.api.post("chat.postMessage", channel, &body).await?;
        let stamp = told["ts"].as_str().filter(|stamp| is_stamp(stamp));
        let stamp = stamp.ok_or_else(|| Fault::Malformed("a message without its time".to_owned()))?.to_owned();
        self.shown.remember(channel, &stamp, page);
        self.stands(channel, target.root.as_deref().unwrap_or(&stamp), &stamp).await;
        Ok(stamp)
    }

    async fn update(&self, target: &Target<'_>, stamp: &str, index: usize, page: &Page) -> Result<(), Problem> {
        let channel = &target.place.channel;
        if self.shown.says(channel, stamp, page) {
            return Ok(());
        }
        let body = json!({
            "channel": channel, "ts": stamp, "text": page.text, "blocks": page.blocks,
            "metadata": metadata(target.key, index),
        });
        self.api.post("chat.update", &format!("{channel}/{stamp}"), &body).await?;
        self.shown.remember(channel, stamp, page);
        Ok(())
    }

    /// Gone already is as good as deleted.
    async fn remove(&self, channel: &str, stamp: &str) -> Result<(), Problem> {
        self.shown.forget(channel, stamp);
        match self.api.post("chat.delete", channel, &json!({"channel": channel, "ts": stamp})).await {
            Err(problem) if !problem.is(&["message_not_found"]) => Err(problem),
            _ => Ok(()),
        }
    }
}

/// Only texts: the client loses every event about a message whose metadata holds anything else.
fn metadata(key: &str, index: usize) -> Value {
    json!({"event_type": MARK, "event_payload": {"key": key, "page": (index + 1).to_string()}})
}
