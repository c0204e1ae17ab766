//! A calendar at an address, as iCalendar (RFC 5545): events with their repetitions, in their own time zones.

use crate::adapters::http::{Http, Limits};
use crate::domain::calendar::{Entry, EntryKind};
use crate::domain::trouble::Fault;
use crate::domain::window::{Window, on_the_wall};
use crate::ports::feeds::Feeds;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use icalendar::parser::{Component, read_calendar, unfold};
use icalendar::{CalendarDateTime, DatePerhapsTime};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;
use tokio::time::Instant;

/// One calendar; its address often is its only secret.
pub struct Address {
    pub name: String,
    pub url: SecretString,
}

pub struct Ical {
    http: Http,
    addresses: Vec<Address>,
}

const PATIENCE: Duration = Duration::from_secs(30);
/// Beyond it, it is no calendar of a team.
const BODY: usize = 8 << 20;

impl Ical {
    pub fn new(addresses: Vec<Address>) -> anyhow::Result<Self> {
        let secrets = addresses.iter().map(|address| address.url.clone()).collect();
        Ok(Self { http: Http::new(Limits { body: BODY, ..Limits::default() }, secrets)?, addresses })
    }
}

#[async_trait]
impl Feeds for Ical {
    fn names(&self) -> Vec<String> {
        self.addresses.iter().map(|address| address.name.clone()).collect()
    }

    async fn read(&self, name: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Entry>, Fault> {
        let address = self.addresses.iter().find(|address| address.name == name).ok_or(Fault::NotFound)?;
        let request = self.http.client().get(address.url.expose_secret()).build();
        let request = request.map_err(|_| Fault::Malformed("its address is none".to_owned()))?;
        let answer =
            self.http.exchange(request, Instant::now() + PATIENCE, |_| true).await.map_err(|failure| failure.fault)?;
        let text = String::from_utf8_lossy(&answer.body);
        entries(name, &text, from, until)
    }
}

/// Everything in it that touches this time.
pub fn entries(source: &str, text: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Entry>, Fault> {
    if !text.trim_start().starts_with("BEGIN:VCALENDAR") {
        return Err(Fault::Malformed("it is no calendar: it does not begin with `BEGIN:VCALENDAR`".to_owned()));
    }
    let unfolded = unfold(text);
    let calendar = read_calendar(&unfolded).map_err(|_| Fault::Malformed("its lines are no calendar's".to_owned()))?;
    let mut found = Vec::new();
    for event in calendar.components.iter().filter(|one| one.name == "VEVENT") {
        found.extend(event_entries(source, event, from, until));
    }
    found.sort_by_key(|entry| entry.from);
    Ok(found)
}

fn event_entries(source: &str, event: &Component<'_>, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Entry> {
    if text(event, "STATUS").is_some_and(|status| status == "CANCELLED") {
        return Vec::new();
    }
    let Some((start, zone)) = moment(event, "DTSTART") else { return Vec::new() };
    let end = moment(event, "DTEND").map(|(end, _)| end);
    // What has no end lasts a day if it is one, else an hour.
    let whole_day = event.find_prop("DTSTART").is_some_and(|property| property.val.as_str().len() == 8);
    let length = end.map_or(if whole_day { TimeDelta::days(1) } else { TimeDelta::hours(1) }, |end| end - start);
    let title = text(event, "SUMMARY").unwrap_or_else(|| "busy".to_owned());
    let window = Window {
        name: title.clone(),
        from: start,
        minutes: length.num_minutes().max(1),
        zone: Some(zone),
        repeat: text(event, "RRULE"),
        services: Vec::new(),
        people: Vec::new(),
    };
    let left_out: Vec<DateTime<Utc>> = exceptions(event, zone);
    let times = window.times(zone, from, until).into_iter().filter(|(from, _)| !left_out.contains(from));
    let entry = |(from, until)| Entry {
        kind: EntryKind::Outside,
        title: title.clone(),
        from,
        until,
        services: Vec::new(),
        people: Vec::new(),
        shared: false,
        note: None,
        source: source.to_owned(),
    };
    times.map(entry).collect()
}

fn text(event: &Component<'_>, name: &str) -> Option<String> {
    let value = event.find_prop(name)?.val.as_str().replace("\\n", " ").replace("\\,", ",").replace("\\;", ";");
    let value: String = value.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    (!value.is_empty()).then_some(value)
}

/// On the clock of its zone.
fn moment(event: &Component<'_>, name: &str) -> Option<(NaiveDateTime, Tz)> {
    let property = event.find_prop(name)?;
    match DatePerhapsTime::try_from(property).ok()? {
        DatePerhapsTime::Date(day) => Some((day.and_time(NaiveTime::MIN), Tz::UTC)),
        DatePerhapsTime::DateTime(CalendarDateTime::Utc(at)) => Some((at.naive_utc(), Tz::UTC)),
        DatePerhapsTime::DateTime(CalendarDateTime::Floating(at)) => Some((at, Tz::UTC)),
        DatePerhapsTime::DateTime(CalendarDateTime::WithTimezone { date_time, tzid }) => {
            Some((date_time, tzid.parse().unwrap_or(Tz::UTC)))
        }
    }
}

fn exceptions(event: &Component<'_>, zone: Tz) -> Vec<DateTime<Utc>> {
    let lines = event.properties.iter().filter(|property| property.name == "EXDATE");
    let dates = lines.flat_map(|property| property.val.as_str().split(',').map(str::to_owned).collect::<Vec<_>>());
    let read = |date: String| {
        if let Ok(at) = NaiveDateTime::parse_from_str(&date, "%Y%m%dT%H%M%SZ") {
            return Some(at.and_utc());
        }
        NaiveDateTime::parse_from_str(&date, "%Y%m%dT%H%M%S").ok().map(|at| on_the_wall(zone, at))
    };
    dates.filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Berlin:20261023T180000\r\nDTEND;TZID=Europe/Berlin:20261023T200000\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Europe/Berlin:20261106T180000\r\nSUMMARY:Network work\\, east\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261026\r\nSUMMARY:Company\r\n  day\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:3\r\nDTSTART:nonsense\r\nSUMMARY:Broken\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:4\r\nDTSTART:20261027T090000Z\r\nSTATUS:CANCELLED\r\nSUMMARY:Called off\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn repetitions_zones_whole_days_and_what_was_called_off() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
        let found =
            entries("team", CALENDAR, at("2026-10-20T00:00:00Z"), at("2026-12-01T00:00:00Z")).expect("a calendar");
        let told: Vec<String> =
            found.iter().map(|entry| format!("{} {}", entry.from.format("%m-%d %H:%M"), entry.title)).collect();
        // Summer time ends on the 25th of October; the event of 6 November was taken out.
        assert_eq!(
            told,
            [
                "10-23 16:00 Network work, east",
                "10-26 00:00 Company day",
                "10-30 17:00 Network work, east",
                "11-13 17:00 Network work, east"
            ]
        );
    }

    #[test]
    fn a_page_instead_of_a_calendar_is_said() {
        let now = DateTime::UNIX_EPOCH;
        let fault = entries("team", "<html>Sign in</html>", now, now).expect_err("no calendar");
        assert!(matches!(fault, Fault::Malformed(why) if why.contains("BEGIN:VCALENDAR")));
    }
}
