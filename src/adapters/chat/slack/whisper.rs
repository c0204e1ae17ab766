//! How is something shown to one person only? By the address that came with what they did, else in the conversation, else
//! in their direct messages: nobody stays without an answer.

use super::Slack;
use super::api::Problem;
use super::render::Page;
use super::rows::{self, Answer};
use super::stored;
use crate::domain::message::{Message, Place};
use crate::domain::person::Person;
use crate::domain::trouble::Fault;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Slack's own figures are 30 minutes and 5 times; ours leave a little for clocks that differ.
const FRESH: TimeDelta = TimeDelta::minutes(29);
const USES: u32 = 5;

/// Why a conversation is closed to us or to them, so that the direct messages are left.
const CLOSED: &[&str] = &[
    "not_in_channel",
    "channel_not_found",
    "user_not_in_channel",
    "is_archived",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_thread_locked",
    "thread_not_found",
    "cannot_reply_to_message",
];

/// Keys that were whispered since the start, oldest first, with how many of their pages.
#[derive(Default)]
pub struct Whispered {
    known: Mutex<(HashSet<String>, VecDeque<String>)>,
}

const MOST: usize = 10_000;

impl Whispered {
    fn has(&self, key: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).0.contains(key)
    }

    fn remember(&self, key: String) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.1.len() >= MOST
            && let Some(oldest) = known.1.pop_front()
        {
            known.0.remove(&oldest);
        }
        if known.0.insert(key.clone()) {
            known.1.push_back(key);
        }
    }
}

/// The newest address for each person in each conversation.
#[derive(Default)]
pub struct Answers {
    newest: Mutex<HashMap<String, Answer>>,
}

impl Answers {
    fn known(&self, key: &str) -> Option<Answer> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn remember(&self, key: &str, answer: &Answer) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.len() >= MOST {
            newest.retain(|_, old| answer.at - old.at <= FRESH);
        }
        newest.insert(key.to_owned(), answer.clone());
    }
}

impl Slack {
    pub(super) async fn whisper_to(
        &self,
        place: &Place,
        person: &Person,
        key: &str,
        message: &Message,
    ) -> Result<(), Problem> {
        for (index, page) in self.pages(message).iter().enumerate() {
            let once = format!("{}/{key}/{index}", person.id);
            if !self.whispered.has(&once) {
                self.whisper_page(place, person, page).await?;
                self.whispered.remember(once);
            }
        }
        Ok(())
    }

    async fn whisper_page(&self, place: &Place, person: &Person, page: &Page) -> Result<(), Problem> {
        if self.answered(place, person, page).await? {
            return Ok(());
        }
        let shown = self.show_there(place, person, page).await;
        match shown {
            Err(problem) if problem.is(CLOSED) || problem.fault == Fault::NotFound => {
                tracing::debug!(channel = place.channel, code = problem.code, "answered in direct messages instead");
                self.show_in_person(&person.id, page).await
            }
            other => other,
        }
    }

    /// By the address that came with a command or a press of theirs in this conversation, while it is good.
    async fn answered(&self, place: &Place, person: &Person, page: &Page) -> Result<bool, Problem> {
        let key = rows::answer(&place.channel, &person.id);
        let stored_one = match self.answers.known(&key) {
            Some(answer) => Some(answer),
            None => self.rows.get::<Answer>(&key).await.map_err(stored)?,
        };
        let Some(mut answer) = stored_one else { return Ok(false) };
        if answer.uses >= USES || self.clock.now() - answer.at > FRESH {
            return Ok(false);
        }
        // Counted before it is used: an address used once too often answers nothing.
        answer.uses += 1;
        self.answers.remember(&key, &answer);
        self.rows.put(&key, &answer).await.map_err(stored)?;
        let mut body = json!({
            "response_type": "ephemeral", "replace_original": false, "text": page.text, "blocks": page.blocks,
        });
        if let Some(thread) = &place.thread {
            body["thread_ts"] = json!(super::thread::head(thread));
        }
        match self.api.answer(&answer.url, &body).await {
            Ok(()) => Ok(true),
            Err(problem) if problem.fault.is_passing() => Err(problem),
            Err(problem) => {
                tracing::debug!(code = problem.code, "an address to answer at was good no more");
                Ok(false)
            }
        }
    }

    async fn show_there(&self, place: &Place, person: &Person, page: &Page) -> Result<(), Problem> {
        let channel = &place.channel;
        let mut body = json!({
            "channel": channel, "user": person.id, "text": page.text, "blocks": page.blocks, "link_names": false,
        });
        if let Some(root) = self.root(place).await? {
            body["thread_ts"] = json!(root);
        }
        self.api.post("chat.postEphemeral", channel, &body).await.map(drop)
    }

    pub(super) async fn show_in_person(&self, person: &str, page: &Page) -> Result<(), Problem> {
        let channel = self.direct(person).await?;
        let body = json!({
            "channel": channel, "text": page.text, "blocks": page.blocks, "mrkdwn": false, "link_names": false,
            "unfurl_links": false, "unfurl_media": false,
        });
        self.api.post("chat.postMessage", &channel, &body).await.map(drop)
    }

    /// The direct messages with somebody.
    pub(super) async fn direct(&self, person: &str) -> Result<String, Problem> {
        let told: Value = self.api.post("conversations.open", person, &json!({"users": person})).await?;
        let id = told["channel"]["id"].as_str();
        Ok(id.ok_or_else(|| Fault::Malformed("direct messages without an id".to_owned()))?.to_owned())
    }

    /// Remembers where this person may be answered in this conversation: at once, because the answer may be quick, and in
    /// the store, because it may be due after a restart.
    pub(super) fn may_answer(self: &Arc<Self>, channel: &str, person: &str, url: &str) {
        if self.api.own(url).is_none() {
            tracing::warn!("an address to answer at is not Slack's and is not used");
            return;
        }
        let key = rows::answer(channel, person);
        let answer = Answer { url: url.to_owned(), at: self.clock.now(), uses: 0 };
        self.answers.remember(&key, &answer);
        let slack = self.clone();
        tokio::spawn(async move {
            if let Err(error) = slack.rows.put(&key, &answer).await {
                tracing::warn!(error = %error, "an address to answer at was not stored");
            }
        });
    }
}
