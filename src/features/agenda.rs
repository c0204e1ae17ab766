//! What else is in the calendar? Planned notes of all workspaces, freezes, holidays, absences, and other calendars.

use crate::domain::calendar::{Entry, EntryKind, SHORTEST};
use crate::domain::note::{Kind, Note, Revision};
use crate::domain::window::{Window, Windows, on_the_wall};
use crate::features::phrase::plain;
use crate::ports::store::StoreError;
use crate::records::Records;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

/// Lines of a list that somebody still reads.
const LISTED: usize = 25;

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

/// Where the note stands in the calendar, once it has a time.
pub fn entry(note: &Note, revision: &Revision) -> Option<Entry> {
    let planned = note.planned.as_ref()?;
    let people =
        revision.section("operators").and_then(|section| section.value.as_array()).cloned().unwrap_or_default();
    let shared =
        note.work.as_ref().is_some_and(|work| SHARED.contains(&work.template.as_str()) && work.services.len() != 1);
    Some(Entry {
        kind: match note.kind {
            Kind::Deployment => EntryKind::Deployment,
            Kind::Work => EntryKind::Work,
        },
        title: revision.title().to_owned(),
        from: planned.from,
        until: planned.until().unwrap_or(planned.from + SHORTEST),
        services: note.services().map(str::to_owned).collect(),
        people: people.iter().filter_map(|name| name.as_str()).map(str::to_owned).collect(),
        shared,
        note: Some(note.id),
        source: String::new(),
    })
}

/// Types of work on what several services stand on, unless they are done to one service alone.
const SHARED: [&str; 8] = [
    "kubernetes-upgrade",
    "network-change",
    "dns-change",
    "os-patching",
    "server-replacement",
    "failover-exercise",
    "database-upgrade",
    "database-minor-upgrade",
];

/// Its Monday, and its first and last moment.
pub fn week(day: NaiveDate, zone: Tz) -> (NaiveDate, DateTime<Utc>, DateTime<Utc>) {
    let monday = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
    let at = |day: NaiveDate| on_the_wall(zone, day.and_time(NaiveTime::MIN));
    (monday, at(monday), at(monday + Days::new(7)))
}

/// As a list that somebody reads in a chat.
pub fn lines(entries: &[Entry], zone: Tz) -> String {
    if entries.is_empty() {
        return "Nothing is planned, frozen or off. `/release plan NOTE --at \"…\"` puts a note into the calendar."
            .to_owned();
    }
    let mut lines: Vec<String> = entries.iter().take(LISTED).map(|entry| line(entry, zone)).collect();
    if entries.len() > LISTED {
        lines.push(format!("- and {} more; the page has them all", entries.len() - LISTED));
    }
    lines.join("\n")
}

fn line(entry: &Entry, zone: Tz) -> String {
    let (from, until) = (entry.from.with_timezone(&zone), entry.until.with_timezone(&zone));
    let end = if from.date_naive() == until.date_naive() { "%H:%M" } else { "%a %-d %b %H:%M" };
    let title = plain(&entry.title);
    let note = entry.note.map(|id| format!("note {id}: ")).unwrap_or_default();
    let people =
        if entry.people.is_empty() { String::new() } else { format!(" · {}", plain(&entry.people.join(", "))) };
    format!(
        "- {}–{} · {} · {note}{title}{people}",
        from.format("%a %-d %b %H:%M"),
        until.format(end),
        entry.kind.name()
    )
}
