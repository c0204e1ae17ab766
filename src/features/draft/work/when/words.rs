//! What is said about a time that cannot be taken.

use crate::domain::planned::{moment, offset, zone};
use crate::domain::trouble::Refusal;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;

/// What was typed, fit to stand in backticks.
fn typed(text: &str) -> String {
    let text: String = text.chars().filter(|letter| *letter != '`' && !letter.is_control()).take(60).collect();
    format!("`{text}`")
}

fn date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

pub fn unreadable(text: &str, home: Tz) -> Refusal {
    Refusal(format!(
        "{} is not a time Slipway can read. Write it in quotes, like `2026-12-03 10:00`, `3 Dec 10:00`, `tomorrow 10:00` or `friday 22:00`; without a zone it is meant in `{}`.",
        typed(text),
        home.name()
    ))
}

pub fn no_hour(text: &str) -> Refusal {
    let text = typed(text);
    Refusal(format!("{text} names a day and no hour; write `{} 10:00`.", text.trim_matches('`')))
}

pub fn bare_hour(text: &str, hour: u32) -> Refusal {
    let (first, second) = if hour < 12 { (hour, hour + 12) } else { (hour - 12, hour) };
    Refusal(format!(
        "`{hour}` in {} could be {first:02}:00 or {second:02}:00; write the hour with its minutes.",
        typed(text)
    ))
}

pub fn two_hours(text: &str) -> Refusal {
    Refusal(format!("{} names two hours; write when it begins, and how long it takes with `--for 30m`.", typed(text)))
}

pub fn midnight(text: &str) -> Refusal {
    Refusal(format!(
        "Midnight in {} could begin the day or end it; write `00:00` with the date of the day that begins.",
        typed(text)
    ))
}

pub fn twelve(word: &str) -> Refusal {
    Refusal(format!("{} is read as noon by some and as midnight by others; write `12:00` or `00:00`.", typed(word)))
}

pub fn no_such_hour(word: &str) -> Refusal {
    Refusal(format!("{} is no hour of a day; hours go from `00:00` to `23:59`.", typed(word)))
}

pub fn no_such_day(text: &str) -> Refusal {
    Refusal(format!("{} names a day that is in no calendar; check day and month.", typed(text)))
}

pub fn slashes(word: &str, year: i32, first: Option<u32>, second: Option<u32>) -> Refusal {
    let read = |month: Option<u32>, day: Option<u32>| NaiveDate::from_ymd_opt(year, month?, day?);
    let readings: Vec<NaiveDate> = [read(second, first), read(first, second)].into_iter().flatten().collect();
    Refusal(match readings.as_slice() {
        [one, other] if one != other => {
            format!("{} could be {} or {}; write `{one}` or `{other}`.", typed(word), date(*one), date(*other))
        }
        [one, ..] => format!("{} is read differently in different countries; write `{one}`.", typed(word)),
        [] => format!("{} names a day that is in no calendar; check day and month.", typed(word)),
    })
}

pub fn which_week(words: &str, first: NaiveDate) -> Refusal {
    let second = first + Days::new(7);
    Refusal(format!("{} could be {} or {}; write `{first}` or `{second}`.", typed(words), date(first), date(second)))
}

pub fn today_or_in_a_week(today: NaiveDate) -> Refusal {
    let next = today + Days::new(7);
    Refusal(format!("Today is a {}; write `today` or `{next}` instead of the day's name.", today.format("%A")))
}

pub fn other_weekday(day: NaiveDate, named: Weekday) -> Refusal {
    Refusal(format!("{} is a {}, not a {}; check the date.", date(day), day.format("%A"), long(named)))
}

fn long(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

pub fn which_year(day: NaiveDate, today: NaiveDate) -> Refusal {
    let ago = (today - day).num_days();
    let days = if ago == 1 { "1 day".to_owned() } else { format!("{ago} days") };
    Refusal(format!("{} was {days} ago; if another year is meant, write it.", date(day)))
}

pub fn past(at: &DateTime<Tz>, now: &DateTime<Tz>) -> Refusal {
    Refusal(format!(
        "{} ({}) is over: it is {} now. Name a time to come.",
        moment(at),
        zone(at),
        now.format("%-d %B %Y, %H:%M")
    ))
}

pub fn far(at: &DateTime<Tz>) -> Refusal {
    Refusal(format!("{} is years ahead; check the year.", moment(at)))
}

pub fn twice(first: &DateTime<Tz>, second: &DateTime<Tz>) -> Refusal {
    let exact = |at: &DateTime<Tz>| at.format("%Y-%m-%d %H:%M %:z").to_string();
    Refusal(format!(
        "{} comes twice in `{}`, because the clocks are put back: write `{}` ({}) or `{}` ({}).",
        moment(first),
        first.timezone().name(),
        exact(first),
        offset(first),
        exact(second),
        offset(second)
    ))
}

pub fn left_out(local: NaiveDateTime, zone: Tz) -> Refusal {
    // The first moment after the gap; no zone leaves out more than a day.
    let after = (1..=96).find_map(|quarters| {
        let later = local + TimeDelta::minutes(15 * quarters);
        zone.from_local_datetime(&later).earliest()
    });
    let after = after.map(|at| format!(" The next hour there is {}.", at.format("%H:%M"))).unwrap_or_default();
    Refusal(format!(
        "{} does not exist in `{}`, because the clocks are put forward over it.{after} Name another time.",
        local.format("%-d %B %Y, %H:%M"),
        zone.name()
    ))
}

pub fn which_zone(text: &str) -> Refusal {
    let text = typed(text);
    Refusal(format!(
        "In which zone is {text} meant? The workspaces here have different ones: name a service with `--service`, or write the zone, for example `{} Europe/Berlin`.",
        text.trim_matches('`')
    ))
}

pub fn two_zones(word: &str) -> Refusal {
    Refusal(format!("A time is meant in one zone, and {} is a second one; keep one.", typed(word)))
}

pub fn no_such_offset(word: &str) -> Refusal {
    Refusal(format!("{} is no offset that is in use; write it like `+09:00`.", typed(word)))
}

pub fn no_such_zone(word: &str) -> Refusal {
    Refusal(format!(
        "There is no time zone {}; name one like `Europe/Berlin`, or write an offset like `+09:00`.",
        typed(word)
    ))
}

pub fn abbreviation(short: &str, meant: &str) -> Refusal {
    Refusal(format!(
        "`{short}` is used for several zones and says nothing about summer time; write `{meant}` if that is meant, or an offset like `+09:00`."
    ))
}
