//! At which moment: `2026-12-03 10:00`, `3 Dec 10:00`, `tomorrow 10:00`, `friday 22:00`, with or without a zone?

mod day;
mod hour;
mod words;
mod zone;

#[cfg(test)]
mod tests;

use super::span;
use crate::domain::trouble::Refusal;
use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use words as say;
use zone::Zone;

/// Years ahead in which a plan is no slip of the keyboard.
const AHEAD: i64 = 3;

/// The moment meant and the zone it is shown in: the one that was said, else `home`, the team's own. `home` is `None` when
/// nobody can know which team's zone is meant.
///
/// An offset (`+09:00`) says the moment exactly; it is still shown in the team's zone.
pub fn when(text: &str, now: DateTime<Utc>, home: Option<Tz>) -> Result<(DateTime<Utc>, Tz), Refusal> {
    let shown = home.unwrap_or(Tz::UTC);
    let text = text.trim();
    if let Some(span) = text.strip_prefix("in ") {
        return Ok((now + TimeDelta::minutes(span::minutes(span)?.into()), shown));
    }
    let mut words = tokens(text);
    let zone = zone::take(&mut words)?;
    let hour = hour::take(&mut words, text)?;
    let home = match (&zone, home) {
        (Some(Zone::Named(named)), _) => *named,
        (Some(Zone::Fixed(_)), _) => shown,
        (None, Some(home)) => home,
        (None, None) => return Err(say::which_zone(text)),
    };
    let local_now = match zone {
        Some(Zone::Fixed(offset)) => now.with_timezone(&offset).naive_local(),
        _ => now.with_timezone(&home).naive_local(),
    };
    let Some(hour) = hour else {
        return Err(match day::read(&words, local_now, None, text) {
            Ok(_) => say::no_hour(text),
            Err(_) => say::unreadable(text, home),
        });
    };
    let day = day::read(&words, local_now, Some(hour), text).map_err(|problem| problem.told(text, home))?;
    let at = match zone {
        Some(Zone::Fixed(offset)) => fixed(day.and_time(hour), offset),
        _ => named(day.and_time(hour), home)?,
    };
    checked(at, now, home)
}

fn checked(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> Result<(DateTime<Utc>, Tz), Refusal> {
    if at <= now {
        return Err(say::past(&at.with_timezone(&zone), &now.with_timezone(&zone)));
    }
    if at > now + TimeDelta::days(365 * AHEAD) {
        return Err(say::far(&at.with_timezone(&zone)));
    }
    Ok((at, zone))
}

fn fixed(local: NaiveDateTime, offset: FixedOffset) -> DateTime<Utc> {
    (local - offset).and_utc()
}

/// Clocks that are put forward leave an hour out; put back, they show one twice.
fn named(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, Refusal> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(first, second) => Err(say::twice(&first, &second)),
        LocalResult::None => Err(say::left_out(local, zone)),
    }
}

/// Words without the commas, with a date's `T`, a glued zone and a lone `am` put where they belong.
fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|letter: char| letter.is_whitespace() || letter == ',') {
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "" | "at" | "on" => {}
            "am" | "pm" if !found.is_empty() => found.last_mut().expect("just looked").push_str(&lower),
            _ => found.extend(hour::unglue(word)),
        }
    }
    found
}
