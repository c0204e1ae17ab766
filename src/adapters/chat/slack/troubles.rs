//! What is wrong with Slack as a whole? Told once to whoever runs the bot, and again when it is over.

use super::hear::PLATFORM;
use super::{Slack, faults, rows};
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often somebody looks whether the connection is gone for too long.
const LOOK: Duration = Duration::from_secs(1);

/// Open troubles by name.
#[derive(Default)]
pub struct Troubles {
    open: Mutex<BTreeMap<String, Trouble>>,
    changed: Notify,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    sentence: String,
    over: Over,
}

/// What shows that a trouble is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Over {
    /// Any call that Slack does.
    AnyCall,
    /// A call of this method, on this lane if there is one.
    Call { method: String, lane: Option<String> },
    /// Whoever noticed it says so.
    Said,
}

impl Troubles {
    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Trouble>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call failed with this code. Only what concerns more than this one message is kept.
    pub fn failed(&self, method: &str, lane: &str, code: &str, needed: Option<&str>) {
        if code.is_empty() {
            return;
        }
        let method = method.to_owned();
        let (about, sentence, over) = match (code, faults::of(code, needed)) {
            (_, Fault::Unauthorized) => ("token".to_owned(), faults::token(code, "bot token"), Over::AnyCall),
            ("missing_scope", Fault::Refused(refusal)) => {
                (format!("scope {}", needed.unwrap_or(&method)), refusal.0, Over::Call { method, lane: None })
            }
            ("is_archived", _) => {
                let over = Over::Call { method, lane: Some(lane.to_owned()) };
                (format!("channel {lane}"), faults::archived(lane), over)
            }
            _ => return,
        };
        self.begins(&about, Trouble { sentence, over });
    }

    pub fn succeeded(&self, method: &str, lane: &str) {
        let mut open = self.open();
        let before = open.len();
        open.retain(|_, trouble| match &trouble.over {
            Over::AnyCall => false,
            Over::Call { method: by, lane: on } => by != method || on.as_deref().is_some_and(|on| on != lane),
            Over::Said => true,
        });
        if open.len() != before {
            self.changed.notify_one();
        }
    }

    /// It is so, or no more.
    pub fn say(&self, about: &str, sentence: Option<String>) {
        match sentence {
            Some(sentence) => self.begins(about, Trouble { sentence, over: Over::Said }),
            None if self.open().remove(about).is_some() => self.changed.notify_one(),
            None => {}
        }
    }

    fn begins(&self, about: &str, trouble: Trouble) {
        let mut open = self.open();
        if !open.contains_key(about) {
            open.insert(about.to_owned(), trouble);
            self.changed.notify_one();
        }
    }
}

impl Slack {
    /// Tells what begins and what is over until `stop`. What an earlier run told is still open until it is over.
    pub(super) async fn keep_told(&self, intake: Arc<dyn Intake>, stop: CancellationToken) {
        let before: BTreeMap<String, Trouble> = self.rows.get(rows::TROUBLES).await.ok().flatten().unwrap_or_default();
        let mut told: BTreeSet<String> = before.keys().cloned().collect();
        for (about, trouble) in before {
            self.api.troubles.begins(&about, trouble);
        }
        loop {
            self.worry();
            let open = self.api.troubles.open().clone();
            let begun = open.iter().filter(|(about, _)| !told.contains(*about));
            for (about, trouble) in begun {
                intake.notice(PLATFORM, about, Some(trouble.sentence.clone())).await;
            }
            for about in told.iter().filter(|about| !open.contains_key(*about)) {
                intake.notice(PLATFORM, about, None).await;
            }
            let now: BTreeSet<String> = open.keys().cloned().collect();
            if now != told {
                told = now;
                if let Err(error) = self.rows.put(rows::TROUBLES, &open).await {
                    tracing::warn!(error = %error, "what is wrong with Slack was not written down");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.api.troubles.changed.notified() => {}
                () = tokio::time::sleep(LOOK.min(self.pace.worry)) => {}
            }
        }
    }

    /// Is the connection gone for so long that somebody should know?
    fn worry(&self) {
        let silent = self
            .lines
            .silent()
            .filter(|(since, _)| (self.clock.now() - *since).to_std().is_ok_and(|gone| gone >= self.pace.worry));
        let sentence = silent.map(|(since, why)| {
            let why = why.unwrap_or_else(|| "no connection came about".to_owned());
            format!(
                "Slipway has no connection to Slack since {} UTC: {why}. It goes on trying; see whether this machine \
                 reaches `slack.com`.",
                since.format("%H:%M:%S")
            )
        });
        self.api.troubles.say("connection", sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(troubles: &Troubles) -> Vec<String> {
        troubles.open().keys().cloned().collect()
    }

    #[test]
    fn a_trouble_is_over_when_what_failed_succeeds() {
        let troubles = Troubles::default();
        troubles.failed("chat.postMessage", "C1", "is_archived", None);
        troubles.failed("files.getUploadURLExternal", "", "missing_scope", Some("files:write"));
        troubles.failed("users.info", "", "token_revoked", None);
        troubles.failed("chat.postMessage", "C1", "not_in_channel", None);
        assert_eq!(names(&troubles), ["channel C1", "scope files:write", "token"]);
        troubles.succeeded("chat.postMessage", "C2");
        assert_eq!(names(&troubles), ["channel C1", "scope files:write"], "the token is good again");
        troubles.succeeded("files.getUploadURLExternal", "");
        troubles.succeeded("chat.postMessage", "C1");
        assert_eq!(names(&troubles), Vec::<String>::new());
    }

    #[test]
    fn what_somebody_said_only_they_take_back() {
        let troubles = Troubles::default();
        troubles.say("connection", Some("gone".to_owned()));
        troubles.succeeded("auth.test", "");
        assert_eq!(names(&troubles), ["connection"]);
        troubles.say("connection", None);
        assert_eq!(names(&troubles), Vec::<String>::new());
    }
}
