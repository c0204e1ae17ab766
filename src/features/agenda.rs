//! What else is in the calendar? Planned notes of all workspaces, freezes, holidays, absences, and other calendars.

use crate::domain::calendar::{Entry, EntryKind};
use crate::domain::window::{Window, Windows};
use crate::ports::store::StoreError;
use crate::records::Records;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

#[derive(Debug, Clone, Default)]
pub struct Agenda {
    /// In the order of their beginning.
    pub entries: Vec<Entry>,
    /// Calendars that could not be read, as sentences.
    pub gaps: Vec<String>,
}

/// What the calendar is put together from, beside the notes.
#[derive(Debug, Clone, Default)]
pub struct Calendars {
    pub windows: Windows,
    /// Other calendars that are read, by name.
    pub feeds: Vec<String>,
    /// In which zone the calendar is shown.
    pub home: Tz,
    /// The beginning of every link to a page of ours.
    pub url: String,
}

/// Everything that touches this time. `zone`: in which windows without one are meant.
pub async fn between(
    records: &Records,
    calendars: &Calendars,
    zone: Tz,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Agenda, StoreError> {
    let mut entries = records.calendar.between(from, until).await?;
    let windows = &calendars.windows;
    for (kind, windows) in [
        (EntryKind::Freeze, &windows.freezes),
        (EntryKind::Holiday, &windows.holidays),
        (EntryKind::Absence, &windows.absences),
    ] {
        entries.extend(windows.iter().flat_map(|window| of_window(kind, window, zone, from, until)));
    }
    let mut gaps = Vec::new();
    for name in &calendars.feeds {
        let feed = records.calendar.feed(name).await?;
        gaps.extend(feed.trouble.map(|why| format!("The calendar `{name}` could not be read: {why}.")));
        entries.extend(feed.entries.into_iter().filter(|entry| entry.overlaps(from, until)));
    }
    entries.sort_by(|one, other| (one.from, &one.title).cmp(&(other.from, &other.title)));
    Ok(Agenda { entries, gaps })
}

fn of_window(kind: EntryKind, window: &Window, home: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Entry> {
    let entry = |(from, until)| Entry {
        kind,
        title: window.name.clone(),
        from,
        until,
        services: window.services.clone(),
        people: window.people.clone(),
        shared: false,
        note: None,
        source: "policy".to_owned(),
    };
    window.times(home, from, until).into_iter().map(entry).collect()
}
