//! Does Discord work? Asked now, for `doctor` and `/release status`.

use super::{Discord, PLATFORM, words};
use crate::domain::health::Check;
use crate::domain::trouble::Fault;
use chrono::{DateTime, Utc};
use serenity::http::Route;
use std::collections::HashSet;
use std::sync::{MutexGuard, PoisonError};

/// How the connection to the gateway stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// `listen` runs in this process.
    pub listening: bool,
    pub connected_since: Option<DateTime<Utc>>,
    pub lost_at: Option<DateTime<Utc>>,
    /// Sessions begun anew, and taken up again.
    pub begun: u32,
    pub resumed: u32,
    /// Servers it was removed from while it listened.
    pub guilds_left: HashSet<u64>,
    /// It was asked for, and Discord does not allow it.
    pub content_refused: bool,
}

impl Discord {
    pub(super) fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn looked_at(&self) -> Vec<Check> {
        let (me, allowed) = match self.who().await {
            Ok(found) => found,
            Err(problem) => return vec![Check::fails(PLATFORM, refused(&problem.fault))],
        };
        let servers = self.servers().await;
        let mut checks = vec![Check::works(PLATFORM, format!("`{}` is on {servers}{}", me.name, self.standing()))];
        if self.options.message_content && !allowed.content {
            checks.push(Check::fails("discord messages", words::content_not_allowed()));
        } else if !self.options.message_content {
            let sentence =
                "hears commands, mentions and direct messages; watched channels need `message_content = true`";
            checks.push(Check::off("discord messages", sentence));
        }
        checks
    }

    async fn servers(&self) -> String {
        let Ok(listed) = self.calls.get(Route::UserMeGuilds).await else {
            return "servers it could not list".to_owned();
        };
        let names: Vec<String> = listed
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|guild| guild["name"].as_str())
            .map(|name| format!("`{}`", name.replace('`', "'")))
            .collect();
        match names.len() {
            0 => "no server yet; open the install link of its application to invite it".to_owned(),
            1..=5 => format!("the server{} {}", if names.len() == 1 { "" } else { "s" }, names.join(", ")),
            more => format!("{more} servers"),
        }
    }

    fn standing(&self) -> String {
        let line = self.line().clone();
        let at = |moment: DateTime<Utc>| moment.format("%Y-%m-%d %H:%M UTC").to_string();
        match (line.listening, line.connected_since, line.lost_at) {
            (false, _, _) => String::new(),
            (true, Some(since), _) => {
                format!("; connected since {}, {} sessions begun and {} resumed", at(since), line.begun, line.resumed)
            }
            (true, None, Some(lost)) => format!("; NOT connected since {}, trying again", at(lost)),
            (true, None, None) => "; connecting".to_owned(),
        }
    }
}

/// Why nothing could be asked.
pub fn refused(fault: &Fault) -> String {
    match fault {
        Fault::Unauthorized => words::bad_token(),
        Fault::Unreachable(why) => {
            format!("`discord.com` could not be reached ({why}). Check the network, or set a relay.")
        }
        other => format!("Discord {other}."),
    }
}
