//! An incident as it is remembered: what was written about it, where, and what it comes to.

use crate::domain::message::Place;
use crate::domain::note::Writer;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: u64,
    /// What it is called where it came from: `PM2020-002`, a pager's number. Empty for what was filed in a chat.
    #[serde(default)]
    pub name: String,
    /// Its title where it came from; empty: the first line of the text says it.
    #[serde(default)]
    pub headline: String,
    /// When it happened, as its source wrote it: `2019`, `2021-11-18 02:33`.
    #[serde(default)]
    pub date: String,
    /// What was written about it, whole; secrets in it are masked before it is kept.
    pub text: String,
    pub link: Option<String>,
    pub place: Place,
    pub filed_by: Person,
    pub filed_at: DateTime<Utc>,
    /// The message it began with, where it stands in a chat: edits and the thread are found by it.
    #[serde(default)]
    pub message: Option<String>,
    /// What was said in its thread, oldest first.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// Other posts of the same incident, as `platform/channel/message`.
    #[serde(default)]
    pub copies: Vec<Copy>,
    #[serde(default)]
    pub recap: Recap,
}

/// A later message of an incident's thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub message: String,
    pub who: String,
    pub text: String,
    pub at: DateTime<Utc>,
}

/// The same incident, posted elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    pub place: Place,
    pub message: String,
    pub link: Option<String>,
}

/// What an incident comes to, each part one line; empty where the text does not say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recap {
    pub happened: String,
    pub impact: String,
    pub cause: String,
    pub trigger: String,
    pub fix: String,
    pub lesson: String,
    /// Of our catalogue, by name.
    pub services: Vec<String>,
    pub components: Vec<Component>,
    pub changes: Vec<ChangeClass>,
    pub failures: Vec<Failure>,
    pub began: Option<DateTime<Utc>>,
    pub ended: Option<DateTime<Utc>>,
    /// Who condensed it; `None` in what was filed before there were recaps.
    pub writer: Option<Writer>,
}

/// Declares an enum whose variants have a name for records and one for people.
macro_rules! classes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident => $told:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// As people read it.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $told),+ }
            }
        }
    };
}

classes! {
    /// What kind of part broke.
    Component {
        Database => "database", Queue => "queue", Cache => "cache", Dns => "DNS", Certificate => "certificate",
        Network => "network", LoadBalancer => "load balancer", Storage => "storage", Cluster => "cluster", Node => "node",
        Image => "container image", Pipeline => "pipeline", Identity => "identity and access", Monitoring => "monitoring",
        Logging => "logging", ThirdParty => "third party", Secrets => "secrets", Infrastructure => "infrastructure code",
    }
}

classes! {
    /// What somebody had changed, or time had.
    ChangeClass {
        Upgrade => "upgrade", Migration => "schema migration", Configuration => "configuration change", Deletion => "deletion",
        Expiry => "expiry", Scaling => "scaling", Move => "move to another place", Rollout => "rollout",
        Permission => "permission change", Traffic => "traffic peak",
    }
}

classes! {
    /// How it showed.
    Failure {
        Unavailable => "unavailable", Slow => "slow", OutOfMemory => "out of memory", DiskFull => "disk full",
        Exhausted => "resource exhausted", Expired => "expired", ServerErrors => "server errors", DataLoss => "data lost",
        CrashLoop => "crash loop", Denied => "access denied", NotResolved => "name not resolved", Timeout => "timeout",
        RateLimited => "rate limited", Drift => "state differs from code",
    }
}

impl Incident {
    /// Its title of at most `most` characters: the headline, else the first line that says something.
    pub fn title(&self, most: usize) -> String {
        let first = || self.text.lines().map(bare).find(|line| !line.is_empty()).map(first_sentence);
        let line = Some(self.headline.trim()).filter(|line| !line.is_empty()).or_else(first).unwrap_or("no text");
        let mut letters = line.chars();
        let title: String = letters.by_ref().take(most).collect();
        if letters.next().is_some() { format!("{}…", title.trim_end()) } else { title }
    }

    /// When it happened, as far as is known.
    pub fn happened_at(&self) -> DateTime<Utc> {
        self.recap.began.unwrap_or(self.filed_at)
    }

    /// The same for people, no more exactly than its source said it.
    pub fn dated(&self) -> String {
        match self.date.get(..10).or(Some(self.date.as_str())).filter(|date| !date.is_empty()) {
            Some(date) => date.to_owned(),
            None => self.happened_at().format("%Y-%m-%d").to_string(),
        }
    }

    /// What people call it: its own name, or our number.
    pub fn called(&self) -> String {
        if self.name.is_empty() { self.id.to_string() } else { self.name.clone() }
    }

    /// Everything that was said about it, in the order in which it was said.
    pub fn whole(&self) -> String {
        let replies = self.replies.iter().map(|reply| reply.text.as_str());
        std::iter::once(self.text.as_str()).chain(replies).collect::<Vec<_>>().join("\n\n")
    }
}

/// To the end of its first sentence.
fn first_sentence(line: &str) -> &str {
    line.find(". ").map_or(line, |end| &line[..end])
}

/// A line without the marks of a heading.
fn bare(line: &str) -> &str {
    line.trim().trim_start_matches('#').trim()
}
