//! Nothing is broken right now where it goes out, or next to it.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::review::Grade;
use crate::features::review::facts::Facts;
use chrono::TimeDelta;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "active-incident",
    asks: "Nothing is broken there now",
    why: "A change on top of a failure hides its cause, and takes people away who are mending it.",
    grade: Grade::Danger,
    read: options::<ActiveIncident>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ActiveIncident {
    /// What is planned later than this many hours from now is not held up by what is broken now.
    within_hours: i64,
}

impl Default for ActiveIncident {
    fn default() -> Self {
        Self { within_hours: 24 }
    }
}

impl Check for ActiveIncident {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.planned().is_some_and(|(from, _)| from > facts.now + TimeDelta::hours(self.within_hours)) {
            return Checked::Met;
        }
        let own = facts.services();
        let neighbours = facts.neighbours();
        let mut found = Vec::new();
        for incident in facts.active {
            let itself = incident.services.iter().find(|name| own.contains(&name.as_str()));
            let near = incident.services.iter().find_map(|name| neighbours.iter().find(|(near, _)| near == name));
            let (where_, grade) = match (itself, near) {
                (Some(name), _) => (format!("`{name}`"), None),
                (None, Some((name, how))) => (format!("`{name}` ({how})"), Some(Grade::Caution)),
                (None, None) => continue,
            };
            let what = format!(
                "Incident {} on {where_} is not over since {}: {}.",
                incident.id,
                facts.moment(incident.since),
                incident.title
            );
            let instead = format!(
                "Wait until it is resolved, unless this change mends it; whoever leads incident {} decides.",
                incident.id
            );
            let one = Found::new(incident.id.to_string(), what, instead).value("since", facts.moment(incident.since));
            found.push(Found { grade, ..one });
        }
        Checked::of(found)
    }
}
