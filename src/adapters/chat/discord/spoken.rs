//! Who spoke to us by a command, a press or a form in the last fifteen minutes, and what stands there in place of an answer?
//!
//! A command is answered at once with "is thinking…", seen by its author alone. It goes as soon as something visible
//! appears in that place: the answer itself replaces it, a card in the channel removes it. When what was asked for
//! appears elsewhere, or takes its time, a short line takes its place.

use super::Discord;
use super::page::Sheet;
use super::rows::{self, Spoken};
use super::words;
use crate::domain::trouble::Fault;
use crate::ports::store::StoreError;
use chrono::{DateTime, Utc};
use reqwest012::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Mutex as Turn;

/// Discord's fifteen minutes, with half a minute to spare.
const ANSWERABLE: chrono::Duration = chrono::Duration::seconds(870);
/// How long somebody looks at "is thinking…" before they are told that it was taken.
const THINKING: chrono::Duration = chrono::Duration::seconds(4);

#[derive(Debug, Clone)]
pub struct Live {
    pub spoken: Spoken,
    /// Discord has our first answer.
    pub acknowledged: bool,
    /// Something of ours became visible in that place since.
    appeared: bool,
    /// The short line stands there.
    told: bool,
    /// Held while the placeholder is replaced or removed: an answer must not be removed in its place.
    pub turn: Arc<Turn<()>>,
}

/// By interaction, oldest first.
#[derive(Default)]
pub struct SpokenTo(Mutex<BTreeMap<u64, Live>>);

impl SpokenTo {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Live>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False: it was begun before, and Discord tells of it again.
    pub fn begin(&self, spoken: Spoken) -> bool {
        let mut all = self.all();
        let fresh = !all.contains_key(&spoken.interaction);
        let live = Live { acknowledged: false, appeared: false, told: false, turn: Arc::default(), spoken };
        all.entry(live.spoken.interaction).or_insert(live);
        fresh
    }

    pub fn acknowledged(&self, interaction: u64) {
        if let Some(live) = self.all().get_mut(&interaction) {
            live.acknowledged = true;
        }
    }

    pub fn forget(&self, interaction: u64) {
        self.all().remove(&interaction);
    }

    /// The interaction a whisper is the answer to: named in its key, or that person's last one in that place.
    pub fn of(&self, key: &str, person: u64, room: u64) -> Option<Live> {
        let all = self.all();
        let named = key.rsplit_once("interaction/").and_then(|(_, id)| id.parse::<u64>().ok());
        let named = named.and_then(|id| all.get(&id)).filter(|live| live.spoken.person == person);
        let last = || all.values().rev().find(|live| live.spoken.person == person && live.spoken.room == room);
        named.or_else(last).cloned()
    }

    /// Does its placeholder still wait to be replaced?
    pub fn waits(&self, interaction: u64) -> bool {
        self.all().get(&interaction).is_some_and(|live| live.spoken.waiting)
    }

    /// Something of ours is to be seen in a room.
    pub fn appeared(&self, room: u64) {
        for live in self.all().values_mut().filter(|live| live.spoken.room == room && live.spoken.waiting) {
            live.appeared = true;
        }
    }

    fn take_old(&self, before: DateTime<Utc>) -> Vec<u64> {
        let mut all = self.all();
        let old: Vec<u64> =
            all.values().filter(|live| live.spoken.at < before).map(|live| live.spoken.interaction).collect();
        for interaction in &old {
            all.remove(interaction);
        }
        old
    }

    fn waiting(&self) -> Vec<Live> {
        self.all().values().filter(|live| live.acknowledged && live.spoken.waiting).cloned().collect()
    }

    fn change(&self, interaction: u64, change: impl FnOnce(&mut Live)) -> Option<Spoken> {
        let mut all = self.all();
        let live = all.get_mut(&interaction)?;
        change(live);
        Some(live.spoken.clone())
    }
}

impl Discord {
    /// Takes up what was spoken before a restart.
    pub(super) async fn remember_spoken(&self) -> Result<(), StoreError> {
        let oldest = self.clock.now() - ANSWERABLE;
        for (key, spoken) in self.rows.all::<Spoken>(rows::SPOKEN).await? {
            if spoken.at < oldest {
                self.rows.delete(key).await?;
                continue;
            }
            let interaction = spoken.interaction;
            self.spoken.begin(spoken);
            self.spoken.acknowledged(interaction);
        }
        Ok(())
    }

    /// The placeholder was replaced or removed.
    pub(super) async fn placeholder_gone(&self, interaction: u64) -> Result<(), Fault> {
        let Some(spoken) = self.spoken.change(interaction, |live| live.spoken.waiting = false) else { return Ok(()) };
        self.rows.put(rows::spoken(interaction), &spoken).await.map_err(super::store_fault)
    }

    /// Looks after every "is thinking…", and forgets who spoke long ago. Called every moment.
    pub(super) async fn tend_placeholders(&self) {
        let now = self.clock.now();
        for interaction in self.spoken.take_old(now - ANSWERABLE) {
            if let Err(error) = self.rows.delete(rows::spoken(interaction)).await {
                tracing::debug!(error = %error, "an old interaction was not forgotten");
            }
        }
        for live in self.spoken.waiting() {
            if let Err(fault) = self.tend(&live, now).await {
                tracing::debug!(fault = %fault, "a placeholder on Discord was not looked after");
            }
        }
    }

    async fn tend(&self, live: &Live, now: DateTime<Utc>) -> Result<(), Fault> {
        let spoken = &live.spoken;
        let path = format!("/webhooks/{}/{}/messages/@original", self.me().await?.application, spoken.token);
        if !live.appeared && (live.told || now - spoken.at <= THINKING) {
            return Ok(());
        }
        let _turn = live.turn.lock().await;
        if !self.spoken.waits(spoken.interaction) {
            return Ok(());
        }
        if live.appeared {
            self.placeholder_gone(spoken.interaction).await?;
            let gone = self.calls.answer(Method::DELETE, &path, &Value::Null, &[]).await;
            return gone.map(drop).map_err(Fault::from);
        }
        self.spoken.change(spoken.interaction, |live| live.told = true);
        let sheet = Sheet::line(&words::taken(spoken.words.as_deref().unwrap_or_default()));
        self.calls.answer(Method::PATCH, &path, &sheet.body, &[]).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(interaction: u64, person: u64, room: u64) -> Spoken {
        let at = DateTime::UNIX_EPOCH;
        Spoken { interaction, token: "t".to_owned(), person, room, at, words: None, waiting: true }
    }

    #[test]
    fn a_whisper_answers_the_interaction_its_key_names_or_the_persons_last_one() {
        let all = SpokenTo::default();
        for one in [spoken(1, 7, 100), spoken(2, 7, 100), spoken(3, 8, 100)] {
            all.begin(one);
        }
        let of = |key: &str, person, room| all.of(key, person, room).map(|live| live.spoken.interaction);
        assert_eq!(of("reply/discord/interaction/1", 7, 100), Some(1));
        assert_eq!(of("reply/discord/interaction/1", 8, 100), Some(3), "never somebody else's");
        assert_eq!(of("incident/4/filed", 7, 100), Some(2));
        assert_eq!(of("incident/4/filed", 7, 200), None);
    }
}
