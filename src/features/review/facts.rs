//! Everything that rules judge by. Gathered once; rules are pure over it.

use super::policy::Reviewers;
use crate::domain::calendar::{Entry, EntryKind, SHORTEST};
use crate::domain::note::{Note, Revision};
use crate::domain::review::Decision;
use crate::domain::service::{Service, Workspace};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

pub struct Facts<'a> {
    pub note: &'a Note,
    pub revision: &'a Revision,
    pub now: DateTime<Utc>,
    /// Of the workspace: in which hours are meant.
    pub zone: Tz,
    pub workspaces: &'a [Workspace],
    /// Everything else in the calendar around the planned time, freezes and holidays too.
    pub agenda: &'a [Entry],
    /// Incidents that are not over.
    pub active: &'a [Active],
    pub decisions: &'a [Decision],
    /// Hosts that the note names, with the end of what they serve.
    pub certificates: &'a [Ends],
    /// Checklist lines that the type of work asks for.
    pub asked_lines: &'a [String],
    pub reviewers: &'a Reviewers,
}

/// An incident that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    pub id: u64,
    pub title: String,
    pub services: Vec<String>,
    pub since: DateTime<Utc>,
}

/// A certificate that is served now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    pub host: String,
    pub at: DateTime<Utc>,
}

impl<'a> Facts<'a> {
    pub fn planned(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let planned = self.note.planned.as_ref()?;
        Some((planned.from, planned.until().unwrap_or(planned.from + SHORTEST)))
    }

    /// The text of a section, or its entries one a line.
    pub fn text(&self, key: &str) -> String {
        match self.revision.section(key).map(|section| &section.value) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            _ => String::new(),
        }
    }

    pub fn list(&self, key: &str) -> Vec<&'a str> {
        let items = self.revision.section(key).and_then(|section| section.value.as_array());
        items.into_iter().flatten().filter_map(Value::as_str).map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    pub fn operators(&self) -> Vec<&'a str> {
        let mut people: Vec<&str> = Vec::new();
        for name in self.list("operators") {
            if !people.iter().any(|known| same_person(known, name)) {
                people.push(name);
            }
        }
        people
    }

    pub fn services(&self) -> Vec<&'a str> {
        self.note.services().collect()
    }

    pub fn catalogue(&self) -> impl Iterator<Item = &'a Service> + use<'a> {
        self.workspaces.iter().flat_map(|space| &space.services)
    }

    /// What these services need, and who needs them, one step away.
    pub fn neighbours(&self) -> Vec<(&'a str, String)> {
        let own = self.services();
        let mut found = Vec::new();
        for service in self.catalogue() {
            if own.contains(&service.name.as_str()) {
                let needs = service.depends_on.iter().filter(|needs| !own.contains(&needs.service.as_str()));
                found.extend(needs.map(|needs| (needs.service.as_str(), format!("`{}` needs it", service.name))));
            } else if let Some(needs) = service.depends_on.iter().find(|needs| own.contains(&needs.service.as_str())) {
                found.push((service.name.as_str(), format!("it needs `{}`", needs.service)));
            }
        }
        found
    }

    /// Of this kind, while it is planned.
    pub fn meanwhile(&self, kinds: &'a [EntryKind]) -> Vec<&'a Entry> {
        let Some((from, until)) = self.planned() else { return Vec::new() };
        self.agenda.iter().filter(|entry| kinds.contains(&entry.kind) && entry.overlaps(from, until)).collect()
    }

    /// `Thu 3 Dec 10:00`, in the workspace's zone.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%a %-d %b %H:%M").to_string()
    }

    pub fn span(&self, entry: &Entry) -> String {
        span(self.zone, entry.from, entry.until)
    }
}

/// `Thu 3 Dec 10:00–10:30`
pub fn span(zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> String {
    let (from, until) = (from.with_timezone(&zone), until.with_timezone(&zone));
    let end = if from.date_naive() == until.date_naive() { "%H:%M" } else { "%a %-d %b %H:%M" };
    format!("{}–{}", from.format("%a %-d %b %H:%M"), until.format(end))
}

/// `@kim`, `Kim` and `kim ` are one person.
pub fn same_person(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.trim().trim_start_matches('@').to_lowercase();
    bare(one) == bare(other)
}
