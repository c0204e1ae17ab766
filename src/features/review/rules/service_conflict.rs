//! Nothing else happens to the same service at that time.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::calendar::{Entry, EntryKind};
use crate::domain::review::Grade;
use crate::features::phrase::list;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "service-conflict",
    asks: "Nothing else happens to the same service",
    why: "Of two changes at once nobody can tell which one hurts, and one may undo the other.",
    grade: Grade::Danger,
    read: options::<ServiceConflict>,
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ServiceConflict {}

impl Check for ServiceConflict {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.planned().is_none() {
            return Checked::no_time(facts);
        }
        let own = facts.services();
        let mut found = Vec::new();
        for entry in facts.meanwhile(&[EntryKind::Deployment, EntryKind::Work]) {
            let same: Vec<String> = entry
                .services
                .iter()
                .filter(|name| own.contains(&name.as_str()))
                .map(|name| format!("`{name}`"))
                .collect();
            if same.is_empty() {
                continue;
            }
            let what = format!(
                "{} changes {} at the same time: {}, {}.",
                named(entry),
                list(&same),
                entry.title,
                facts.span(entry)
            );
            found.push(conflict(entry, what));
        }
        Checked::of(found)
    }
}

/// `Note 12`, or the calendar it is from.
pub fn named(entry: &Entry) -> String {
    match entry.note {
        Some(id) => format!("Note {id}"),
        None => format!("\"{}\"", entry.title),
    }
}

pub fn conflict(entry: &Entry, what: String) -> Found {
    let about = entry.note.map_or_else(|| format!("{}@{}", entry.title, entry.from.timestamp()), |id| id.to_string());
    let instead = "Plan one after the other, with time to watch in between, or make them one release.";
    Found::new(about, what, instead)
}
