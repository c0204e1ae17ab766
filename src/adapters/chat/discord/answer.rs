//! How does Discord get its answer? What a person did is written down first; then, within three seconds, it is acknowledged.

use super::Discord;
use super::asker::Asker;
use super::fault::code;
use super::page::{EPHEMERAL, Sheet};
use super::rows::{self, Spoken};
use super::words;
use crate::domain::message::{Heard, What};
use crate::ports::chat::Intake;
use reqwest012::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// Discord's kinds of answers.
pub mod kind {
    pub const MESSAGE: u8 = 4;
    pub const THINKING: u8 = 5;
    pub const NOTHING: u8 = 6;
    pub const CHANGE: u8 = 7;
    pub const CHOICES: u8 = 8;
    pub const MODAL: u8 = 9;
}

impl Discord {
    /// Written down, then acknowledged; in this order.
    pub(super) async fn taken(&self, intake: &Arc<dyn Intake>, asker: &Asker, what: What, spoken: Spoken, own: u8) {
        let heard = Heard {
            id: format!("interaction/{}", asker.id),
            place: asker.place.clone(),
            person: asker.person.clone(),
            what,
        };
        let fresh = self.spoken.begin(spoken.clone());
        if fresh && let Err(error) = self.rows.put(rows::spoken(asker.id), &spoken).await {
            tracing::warn!(error = %error, "an interaction's answer would not outlive a restart");
        }
        if let Err(error) = intake.accept(heard).await {
            tracing::error!(error = format!("{error:#}"), "an interaction was not written down");
            self.spoken.forget(asker.id);
            return self.say_to(asker, &words::not_written_down()).await;
        }
        if !fresh {
            return;
        }
        self.reach(asker.room, asker.id);
        let body = match own {
            kind::THINKING => json!({ "type": kind::THINKING, "data": { "flags": EPHEMERAL } }),
            kind::CHANGE => json!({ "type": kind::CHANGE, "data": Sheet::line(&words::sent()).ephemeral() }),
            _ => json!({ "type": kind::NOTHING }),
        };
        if self.call_back(asker.id, &asker.token, &body).await {
            self.spoken.acknowledged(asker.id);
        } else {
            // Whatever is to be said about it goes another way.
            self.spoken.forget(asker.id);
        }
    }

    pub(super) fn spoken_by(&self, asker: &Asker, words: Option<String>) -> Spoken {
        Spoken {
            interaction: asker.id,
            token: asker.token.clone(),
            person: asker.user,
            room: asker.room,
            at: self.clock.now(),
            waiting: words.is_some(),
            words: words.filter(|words| !words.is_empty()),
        }
    }

    /// One sentence, to them alone.
    pub(super) async fn say_to(&self, asker: &Asker, sentence: &str) {
        self.show(asker, &Sheet::line(sentence), kind::MESSAGE).await;
    }

    /// A page to them alone: a new one, or in place of the one they pressed on.
    pub(super) async fn show(&self, asker: &Asker, sheet: &Sheet, own: u8) {
        if let Err(error) = self.keep(&sheet.kept).await {
            tracing::error!(error = %error, "what a form stands for could not be written down");
        }
        let mut data = sheet.ephemeral();
        if own == kind::CHANGE {
            // What it shows is theirs alone already.
            data["flags"] = json!(data["flags"].as_u64().unwrap_or_default() & !EPHEMERAL);
        }
        self.call_back(asker.id, &asker.token, &json!({ "type": own, "data": data })).await;
    }

    /// True when Discord has an answer to this interaction, this one or an earlier one.
    pub(super) async fn call_back(&self, interaction: u64, token: &str, body: &Value) -> bool {
        let path = format!("/interactions/{interaction}/{token}/callback");
        match self.calls.answer(Method::POST, &path, body, &[]).await {
            Ok(_) => true,
            Err(problem) if problem.is(&[code::ALREADY_ANSWERED]) => true,
            Err(problem) => {
                tracing::warn!(interaction, fault = %problem.fault, code = problem.code, "an interaction could not be answered");
                false
            }
        }
    }

    /// Something only a later Slipway can read: its author hears that, and not Discord's "did not respond".
    pub(super) async fn unreadable(&self, event: &Value) {
        let id = event["id"].as_str().and_then(super::rooms::id);
        if let (Some(id), Some(token)) = (id, event["token"].as_str()) {
            let data = Sheet::line(&words::unreadable()).ephemeral();
            self.call_back(id, token, &json!({ "type": kind::MESSAGE, "data": data })).await;
        }
    }
}
