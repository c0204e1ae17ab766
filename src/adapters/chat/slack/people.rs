//! What is somebody called? As the event says, else as Slack says, else by their id.

use super::Slack;
use super::hear::{PLATFORM, Who};
use crate::domain::person::Person;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Nobody waits longer for a name: an event has 3 seconds in all.
const PATIENCE: Duration = Duration::from_millis(800);
/// Names change now and then.
const FRESH: Duration = Duration::from_secs(3_600);
const MOST: usize = 20_000;

#[derive(Default)]
pub struct People {
    names: Mutex<HashMap<String, (String, Instant)>>,
}

impl People {
    fn name(&self, id: &str) -> Option<String> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(id).filter(|(_, at)| at.elapsed() < FRESH).map(|(name, _)| name.clone())
    }

    fn remember(&self, id: &str, name: &str) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MOST {
            names.clear();
        }
        names.insert(id.to_owned(), (name.to_owned(), Instant::now()));
    }
}

impl Slack {
    pub(super) async fn person(&self, who: &Who) -> Person {
        let name = match self.people.name(&who.id) {
            Some(name) => name,
            None => self.asked_name(who).await,
        };
        Person { platform: PLATFORM.to_owned(), id: who.id.clone(), name }
    }

    /// People who are mentioned, by their names: `@U0123456` tells nobody anything.
    pub(super) async fn with_names(&self, words: &str) -> String {
        let mut named = String::new();
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('@') {
            let id: &str = &after[..after.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(after.len())];
            named.push_str(before);
            named.push('@');
            rest = &after[id.len()..];
            if id.len() >= 6 && id.starts_with(['U', 'W']) && !id.bytes().any(|byte| byte.is_ascii_lowercase()) {
                named.push_str(&self.person(&Who { id: id.to_owned(), name: None }).await.name);
            } else {
                named.push_str(id);
            }
        }
        named + rest
    }

    /// The name people show beats the handle that commands and clicks carry.
    async fn asked_name(&self, who: &Who) -> String {
        let fallback = || who.name.clone().unwrap_or_else(|| who.id.clone());
        // Apps are no people: Slack knows them by another method, and their messages carry their name. What nobody did has no name.
        if who.id.starts_with('B') || who.id.is_empty() {
            return fallback();
        }
        let params = [("user", who.id.clone())];
        let asked = self.api.get("users.info", &params);
        let Ok(Ok(told)) = tokio::time::timeout(PATIENCE, asked).await else {
            // Not asked again at each of their events while Slack is slow or the scope is missing.
            self.people.remember(&who.id, &fallback());
            return fallback();
        };
        let user = &told["user"];
        let candidates =
            [&user["profile"]["display_name"], &user["profile"]["real_name"], &user["real_name"], &user["name"]];
        let name = candidates.iter().find_map(|name| name.as_str().map(str::trim).filter(|name| !name.is_empty()));
        let name = name.map_or_else(fallback, str::to_owned);
        self.people.remember(&who.id, &name);
        name
    }
}
