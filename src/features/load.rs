//! How busy are the days around it? Counts for each half of each day, by kind.

use crate::domain::calendar::{Entry, EntryKind};
use crate::domain::review::{Load, LoadRow};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

/// The working week of a day: from Monday, with the weekend where the day is in it.
pub fn week(agenda: &[Entry], zone: Tz, day: NaiveDate) -> Load {
    let monday = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
    let days = if day.weekday().num_days_from_monday() > 4 { 7 } else { 5 };
    of(agenda, zone, monday, days)
}

/// Rows are the kinds that there are; freezes and holidays too, because they explain an empty day.
pub fn of(agenda: &[Entry], zone: Tz, first: NaiveDate, days: u64) -> Load {
    let all: Vec<NaiveDate> = (0..days).map(|n| first + Days::new(n)).collect();
    let halves: Vec<(DateTime<Utc>, DateTime<Utc>)> = all
        .iter()
        .flat_map(|day| {
            let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
            let at = |day: NaiveDate, time| crate::domain::window::on_the_wall(zone, day.and_time(time));
            let (begin, middle, end) =
                (at(*day, NaiveTime::MIN), at(*day, noon), at(*day + Days::new(1), NaiveTime::MIN));
            [(begin, middle), (middle, end)]
        })
        .collect();
    let row = |kind: EntryKind| LoadRow {
        name: kind.name().to_owned(),
        counts: halves
            .iter()
            .map(|(from, until)| {
                agenda.iter().filter(|entry| entry.kind == kind && entry.overlaps(*from, *until)).count()
            })
            .map(|n| u32::try_from(n).unwrap_or(u32::MAX))
            .collect(),
    };
    let always = [EntryKind::Deployment, EntryKind::Work];
    let rows = EntryKind::ALL.into_iter().map(|kind| (kind, row(kind)));
    let rows =
        rows.filter(|(kind, row)| always.contains(kind) || row.counts.iter().any(|n| *n > 0)).map(|(_, row)| row);
    Load {
        days: all.iter().map(|day| day.format("%a %-d %b").to_string()).collect(),
        rows: rows.collect(),
        zone: zone.name().to_owned(),
    }
}
