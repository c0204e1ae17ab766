//! The page of the release calendar: one week at a glance, and what is in it; and the whole of it for other calendars.

use super::{Missing, render, review};
use crate::domain::calendar::Entry;
use crate::features::agenda::week;
use crate::features::agenda::{self, Calendars};
use crate::features::calendar::ical;
use crate::features::load;
use crate::page;
use crate::ports::clock::Clock;
use crate::records::Records;
use axum::extract::{Query, State as Shared};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike as _, Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use minijinja::{Value, context};
use serde::Deserialize;
use std::sync::Arc;

pub struct Shelf {
    pub records: Records,
    pub calendars: Calendars,
    pub clock: Arc<dyn Clock>,
}

/// How far back and ahead other calendars are told.
const BACK: TimeDelta = TimeDelta::days(30);
const AHEAD: TimeDelta = TimeDelta::days(180);

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// A day of the week that is meant; anything else is this week.
    week: Option<String>,
}

pub async fn page(Shared(shelf): Shared<Arc<Shelf>>, Query(asked): Query<Asked>) -> Result<Response, Missing> {
    let zone = shelf.calendars.home;
    let today = shelf.clock.now().with_timezone(&zone).date_naive();
    let asked = asked.week.and_then(|day| NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok());
    let (monday, from, until) = week(asked.unwrap_or(today), zone);
    let agenda = agenda::between(&shelf.records, &shelf.calendars, zone, from, until).await?;
    let days = (0..7).map(|n| monday + Days::new(n)).map(|day| {
        let own: Vec<Value> =
            agenda.entries.iter().filter(|entry| touches(entry, day, zone)).map(|entry| line(entry, zone)).collect();
        context! { name => day.format("%A, %-d %B").to_string(), today => day == today, entries => own }
    });
    let context = context! {
        title => format!("Week {} · {} to {}", monday.iso_week().week(), monday.format("%-d %b"), (monday + Days::new(6)).format("%-d %b %Y")),
        before => (monday - Days::new(7)).to_string(), after => (monday + Days::new(7)).to_string(),
        load => review::load(&load::of(&agenda.entries, zone, monday, 7)), zone => zone.name(), days => days.collect::<Vec<_>>(),
        gaps => agenda.gaps,
    };
    Ok(page::html(render("calendar.html", context)))
}

fn touches(entry: &Entry, day: NaiveDate, zone: Tz) -> bool {
    let at = |day: NaiveDate| crate::domain::window::on_the_wall(zone, day.and_time(chrono::NaiveTime::MIN));
    entry.overlaps(at(day), at(day + Days::new(1)))
}

fn line(entry: &Entry, zone: Tz) -> Value {
    let (from, until) = (entry.from.with_timezone(&zone), entry.until.with_timezone(&zone));
    let when = match from.date_naive() == until.date_naive() {
        true => format!("{}–{}", from.format("%H:%M"), until.format("%H:%M")),
        false => format!("{}–{}", from.format("%-d %b %H:%M"), until.format("%-d %b %H:%M")),
    };
    context! {
        when, kind => entry.kind.name(), title => entry.title.as_str(), note => entry.note, services => entry.services.join(", "),
        people => entry.people.join(", "), source => entry.source.as_str(),
    }
}

pub async fn ics(Shared(shelf): Shared<Arc<Shelf>>) -> Result<Response, Missing> {
    let now = shelf.clock.now();
    let calendars = &shelf.calendars;
    let agenda = agenda::between(&shelf.records, calendars, calendars.home, now - BACK, now + AHEAD).await?;
    // What other calendars told us is theirs to tell.
    let own: Vec<Entry> =
        agenda.entries.into_iter().filter(|entry| entry.source.is_empty() || entry.source == "policy").collect();
    Ok(([(CONTENT_TYPE, "text/calendar; charset=utf-8")], ical::written(&own, &calendars.url)).into_response())
}
