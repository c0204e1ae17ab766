//! No work is done at that time on what all stand on.

use super::service_conflict::{conflict, named};
use super::{Check, Checked, Rule, options};
use crate::domain::calendar::EntryKind;
use crate::domain::review::Grade;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "shared-work",
    asks: "No work on shared infrastructure meanwhile",
    why: "When the ground moves, a healthy change looks sick and a sick one looks like the ground.",
    grade: Grade::Danger,
    read: options::<SharedWork>,
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SharedWork {}

impl Check for SharedWork {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.planned().is_none() {
            return Checked::no_time(facts);
        }
        let works = facts.meanwhile(&[EntryKind::Work]).into_iter().filter(|entry| entry.shared);
        let found = works.map(|entry| {
            let what =
                format!("{} is work on what others stand on: {}, {}.", named(entry), entry.title, facts.span(entry));
            conflict(entry, what)
        });
        Checked::of(found.collect())
    }
}
