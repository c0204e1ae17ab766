//! The release calendar as iCalendar (RFC 5545), for the calendars that people have open anyway.

use crate::domain::calendar::{Entry, EntryKind};
use icalendar::{Calendar, Component as _, Event, EventLike as _};

/// `url`: where the pages are.
pub fn written(entries: &[Entry], url: &str) -> String {
    let mut calendar = Calendar::new();
    calendar.name("Releases");
    for entry in entries {
        let kind = entry.kind.name();
        let about = entry.note.map_or_else(|| kind.to_owned(), |id| format!("{kind}, note {id}"));
        let mut event = Event::new();
        event
            .uid(&uid(entry))
            .summary(&format!("{}: {}", capital(kind), entry.title))
            .description(&describe(entry, &about))
            .starts(entry.from)
            .ends(entry.until);
        if let Some(id) = entry.note {
            event.url(&format!("{url}/n/{id}"));
        }
        if !matches!(entry.kind, EntryKind::Deployment | EntryKind::Work) {
            event.append_property(("TRANSP", "TRANSPARENT"));
        }
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

/// The same entry has the same one in each reading, so that calendars move it instead of showing it twice.
fn uid(entry: &Entry) -> String {
    match entry.note {
        Some(id) => format!("note-{id}@slipway"),
        None => {
            let title: String = entry.title.chars().filter(|letter| letter.is_alphanumeric()).collect();
            format!("{}-{}-{title}@slipway", entry.kind.name().replace(' ', "-"), entry.from.timestamp())
        }
    }
}

fn describe(entry: &Entry, about: &str) -> String {
    let mut lines = vec![about.to_owned()];
    if !entry.services.is_empty() {
        lines.push(format!("Services: {}", entry.services.join(", ")));
    }
    if !entry.people.is_empty() {
        lines.push(format!("Operators: {}", entry.people.join(", ")));
    }
    lines.join("\n")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
