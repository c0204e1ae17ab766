//! Nobody who operates it is booked elsewhere, or away.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::calendar::EntryKind;
use crate::domain::review::Grade;
use crate::features::review::facts::{Facts, same_person};
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "double-booked",
    asks: "Nobody is booked twice",
    why: "Whoever operates two things at once operates neither when one of them goes wrong.",
    grade: Grade::Danger,
    read: options::<DoubleBooked>,
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DoubleBooked {}

impl Check for DoubleBooked {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.planned().is_none() {
            return Checked::no_time(facts);
        }
        let mut found = Vec::new();
        let operators = facts.operators();
        for entry in facts.meanwhile(&[EntryKind::Deployment, EntryKind::Work, EntryKind::Absence]) {
            for person in operators.iter().filter(|name| entry.people.iter().any(|other| same_person(name, other))) {
                let (what, instead) = match entry.kind {
                    EntryKind::Absence => (
                        format!("{person} is away {}.", facts.span(entry)),
                        format!("Name somebody in place of {person}, or plan it for another time."),
                    ),
                    _ => (
                        format!(
                            "{person} operates {} too, {}.",
                            super::service_conflict::named(entry).to_lowercase(),
                            facts.span(entry)
                        ),
                        format!("Name somebody else for one of them in place of {person}, or move one."),
                    ),
                };
                let about = format!(
                    "{}/{}",
                    person.to_lowercase(),
                    entry.note.map_or_else(|| entry.title.clone(), |id| id.to_string())
                );
                found.push(Found::new(about, what, instead).section("operators").value("person", person));
            }
        }
        Checked::of(found)
    }
}
