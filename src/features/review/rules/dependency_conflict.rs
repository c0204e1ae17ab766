//! Nothing happens at that time to what it needs, or to what needs it.

use super::service_conflict::{conflict, named};
use super::{Check, Checked, Found, Rule, options};
use crate::domain::calendar::EntryKind;
use crate::domain::review::Grade;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "dependency-conflict",
    asks: "Nothing happens to its neighbours",
    why: "An error in one shows up in the other: both are suspected, and both are rolled back.",
    grade: Grade::Caution,
    read: options::<DependencyConflict>,
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DependencyConflict {}

impl Check for DependencyConflict {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.planned().is_none() {
            return Checked::no_time(facts);
        }
        let own = facts.services();
        let neighbours = facts.neighbours();
        let mut found: Vec<Found> = Vec::new();
        for entry in facts.meanwhile(&[EntryKind::Deployment, EntryKind::Work]) {
            if entry.services.iter().any(|name| own.contains(&name.as_str())) {
                continue;
            }
            let near = neighbours.iter().find(|(name, _)| entry.services.iter().any(|own| own == name));
            if let Some((name, how)) = near {
                let what =
                    format!("{} changes `{name}` ({how}): {}, {}.", named(entry), entry.title, facts.span(entry));
                found.push(conflict(entry, what));
            }
        }
        Checked::of(found)
    }
}
