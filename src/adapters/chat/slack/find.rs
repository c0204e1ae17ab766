//! Does a message stand there already? Looked for by the metadata we post with, before a post in doubt is repeated.

use super::Slack;
use super::api::Problem;
use super::post::MARK;
use super::rows::{self, Posted};
use super::stamp;
use super::stored;
use crate::domain::message::Place;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// Slack's clock and ours differ; what was posted a little before we began to post counts too.
const SKEW: TimeDelta = TimeDelta::minutes(2);
const AT_ONCE: &str = "200";

impl Slack {
    /// The pages under a key, head first. Our own book is believed when it says that all of it was posted.
    pub(super) async fn found(
        &self,
        place: &Place,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Option<Vec<String>>, Problem> {
        let row: Option<Posted> = self.rows.get(&rows::posted(&place.channel, key)).await.map_err(stored)?;
        if let Some(posted) = row.filter(|posted| posted.whole) {
            return Ok(Some(posted.pages));
        }
        if self.unsent.has(&place.channel, key) {
            return Ok(None);
        }
        let root = self.root(place).await?;
        let pages = self.seen(place, root.as_deref(), key, since).await?;
        Ok(Some(pages).filter(|pages| !pages.is_empty()))
    }

    /// The pages that Slack shows.
    pub(super) async fn seen(
        &self,
        place: &Place,
        root: Option<&str>,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<String>, Problem> {
        let me = self.me().await?;
        let since = stamp::at(since.checked_sub_signed(SKEW).unwrap_or(DateTime::UNIX_EPOCH));
        let ours = |message: &&Value| message["user"] == me.user.as_str();
        let mut pages: Vec<(u32, String)> = Vec::new();
        let messages = self.said_since(&place.channel, root, &since).await?;
        for message in messages.iter().filter(ours) {
            if let (Some(page), Some(stamp)) = (page_of(message, key), message["ts"].as_str()) {
                pages.push((page, stamp.to_owned()));
            }
        }
        pages.sort_by_key(|(page, stamp)| (*page, super::stamp::order(stamp)));
        // The first page of a number is the message's; a second one can only be a repeat.
        pages.dedup_by_key(|(page, _)| *page);
        Ok(pages.into_iter().map(|(_, stamp)| stamp).collect())
    }

    /// Everything said in a conversation, or in a thread of it, since then. The root of a thread may be among it.
    pub(super) async fn said_since(
        &self,
        channel: &str,
        root: Option<&str>,
        since: &str,
    ) -> Result<Vec<Value>, Problem> {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut params = vec![
                ("channel", channel.to_owned()),
                ("oldest", since.to_owned()),
                ("limit", AT_ONCE.to_owned()),
                ("include_all_metadata", "true".to_owned()),
            ];
            if !cursor.is_empty() {
                params.push(("cursor", cursor));
            }
            let method = match root {
                Some(root) => {
                    params.push(("ts", root.to_owned()));
                    "conversations.replies"
                }
                None => "conversations.history",
            };
            let mut told = self.api.get(method, &params).await?;
            if let Value::Array(messages) = told["messages"].take() {
                found.extend(messages);
            }
            cursor = told["response_metadata"]["next_cursor"].as_str().unwrap_or_default().to_owned();
            if cursor.is_empty() {
                return Ok(found);
            }
        }
    }
}

/// Which page of the message under `key` it is.
fn page_of(message: &Value, key: &str) -> Option<u32> {
    let metadata = &message["metadata"];
    let payload = &metadata["event_payload"];
    let ours = metadata["event_type"] == MARK && payload["key"] == key;
    ours.then(|| payload["page"].as_str()?.parse().ok()).flatten()
}
