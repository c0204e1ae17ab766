//! When is a digest told? `weekdays 09:00`, `mon,thu 17:30`, or five fields of cron.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use cron::Schedule;
use std::str::FromStr as _;

const DAYS: [(&str, &str); 7] = [
    ("sunday", "SUN"),
    ("monday", "MON"),
    ("tuesday", "TUE"),
    ("wednesday", "WED"),
    ("thursday", "THU"),
    ("friday", "FRI"),
    ("saturday", "SAT"),
];
/// Oftener than that a channel would be filled with it.
const SHORTEST: TimeDelta = TimeDelta::minutes(30);

/// As the `cron` crate reads it: with seconds, and days of the week by name, because it counts them from one.
pub fn cron(text: &str) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = match words.as_slice() {
        [_, _, _, _, _] => five(&words)?,
        [one] => clock(one).map(|time| at(time, "*")).ok_or_else(|| unreadable(text))?,
        [one, other] => {
            let (days, time) = match (clock(one), clock(other)) {
                (None, Some(time)) => (one, time),
                (Some(time), None) => (other, time),
                _ => return Err(unreadable(text)),
            };
            at(time, &named(days).ok_or_else(|| unreadable(text))?)
        }
        _ => return Err(unreadable(text)),
    };
    let schedule = Schedule::from_str(&found).map_err(|_| unreadable(text))?;
    let start = DateTime::<Utc>::UNIX_EPOCH;
    let mut times = schedule.after(&start);
    let (Some(first), Some(second)) = (times.next(), times.next()) else {
        return Err(format!("`{text}` never comes again."));
    };
    let often = std::iter::once(second - first).chain(times.take(50).scan(second, |last, time| {
        let gap = time - *last;
        *last = time;
        Some(gap)
    }));
    if often.min().is_some_and(|gap| gap < SHORTEST) {
        return Err(format!("`{text}` is oftener than every half hour; nobody would read it."));
    }
    Ok(found)
}

fn unreadable(text: &str) -> String {
    format!(
        "`{text}` is no schedule. Write `09:00`, `weekdays 09:00`, `mon,thu 17:30`, or five fields of cron like `0 9 * * 1-5`."
    )
}

fn clock(word: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(word, "%H:%M").ok()
}

fn at(time: NaiveTime, days: &str) -> String {
    time.format(&format!("0 %M %H * * {days}")).to_string()
}

/// `weekdays`, `mon,thursday`
fn named(words: &str) -> Option<String> {
    match words.to_lowercase().as_str() {
        "daily" | "day" | "everyday" => return Some("*".to_owned()),
        "weekdays" | "weekday" | "workdays" => return Some("MON-FRI".to_owned()),
        _ => {}
    }
    let day = |word: &str| {
        let word = word.trim().to_lowercase();
        let is = |(long, _): &&(&str, &str)| {
            word.len() >= 3 && long.starts_with(word.trim_end_matches('s')) || word == *long
        };
        DAYS.iter().find(is).map(|(_, short)| *short)
    };
    let days: Option<Vec<&str>> = words.split(',').map(day).collect();
    days.filter(|days| !days.is_empty()).map(|days| days.join(","))
}

/// Cron counts the days of the week from Sunday as 0, and 7 is Sunday too.
fn five(words: &[&str]) -> Result<String, String> {
    let (month_days, week_days) = (words[2], words[4]);
    if month_days != "*" && week_days != "*" && month_days != "?" && week_days != "?" {
        return Err(
            "It names days of the month and days of the week; write one of them and `*` for the other.".to_owned()
        );
    }
    let mut named = String::new();
    let mut digits = String::new();
    let mut step = false;
    for letter in week_days.chars().chain(std::iter::once(',')) {
        if letter.is_ascii_digit() && !step {
            digits.push(letter);
            continue;
        }
        if !digits.is_empty() {
            let day: usize = digits.parse().map_err(|_| "There is no such day of the week.".to_owned())?;
            let (_, short) = DAYS.get(day % 7).filter(|_| day <= 7).ok_or("Days of the week are 0 to 7.".to_owned())?;
            named.push_str(short);
            digits.clear();
        }
        step = letter == '/' || (step && letter.is_ascii_digit());
        named.push(letter);
    }
    named.pop();
    Ok(format!("0 {} {} {} {} {named}", words[0], words[1], words[2], words[3]))
}

/// The first time after this one.
pub fn next(cron: &str, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let schedule = Schedule::from_str(cron).ok()?;
    schedule.after(&after.with_timezone(&zone)).next().map(|at| at.with_timezone(&Utc))
}

/// `22:00-07:00`
pub fn quiet(text: &str) -> Result<(NaiveTime, NaiveTime), String> {
    let ends = text.split_once('-').and_then(|(from, until)| Some((clock(from.trim())?, clock(until.trim())?)));
    ends.filter(|(from, until)| from != until)
        .ok_or_else(|| format!("`{text}` are no quiet hours. Write `22:00-07:00`."))
}

/// When the quiet hours end that this time is in; `None`: it is in none.
pub fn quiet_until(quiet: (NaiveTime, NaiveTime), zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (from, until) = quiet;
    let local = now.with_timezone(&zone);
    let time = local.time();
    let inside = if from < until { from <= time && time < until } else { from <= time || time < until };
    let day = if inside && time >= until { local.date_naive().succ_opt()? } else { local.date_naive() };
    inside.then(|| crate::domain::window::on_the_wall(zone, day.and_time(until)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_written_as_people_say_them_or_as_cron() {
        for (text, found) in [
            ("09:00", "0 00 09 * * *"),
            ("weekdays 09:00", "0 00 09 * * MON-FRI"),
            ("17:30 mon,thursday", "0 30 17 * * MON,THU"),
            ("mondays 08:15", "0 15 08 * * MON"),
            ("0 9 * * 1-5", "0 0 9 * * MON-FRI"),
            ("30 17 * * 0,7", "0 30 17 * * SUN,SUN"),
            ("0 9 1 * *", "0 0 9 1 * *"),
        ] {
            assert_eq!(cron(text).as_deref(), Ok(found), "{text}");
        }
    }

    #[test]
    fn what_is_no_schedule_or_too_often_is_said() {
        let refused = |text: &str| cron(text).expect_err("it is none");
        for text in ["soon", "25:00", "someday 09:00", "09:00 10:00", "* * * *", "x 9 * * 1"] {
            assert!(refused(text).starts_with(&format!("`{text}` is no schedule.")), "{text}: {}", refused(text));
        }
        assert_eq!(refused("* * * * *"), "`* * * * *` is oftener than every half hour; nobody would read it.");
        assert_eq!(refused("*/10 9 * * 1"), "`*/10 9 * * 1` is oftener than every half hour; nobody would read it.");
        assert!(refused("0 9 1 * 1").starts_with("It names days of the month and days of the week"));
        assert_eq!(refused("0 9 * * 9"), "Days of the week are 0 to 7.");
    }

    #[test]
    fn nine_in_the_morning_is_nine_on_the_wall_before_and_after_the_clocks_change() {
        let zone = chrono_tz::Tz::Europe__Berlin;
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let daily = cron("09:00").expect("a schedule");
        assert_eq!(next(&daily, zone, at("2026-10-24T08:00:00Z")), Some(at("2026-10-25T08:00:00Z")));
        assert_eq!(next(&daily, zone, at("2026-10-24T06:00:00Z")), Some(at("2026-10-24T07:00:00Z")));
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let zone = chrono_tz::Tz::Asia__Seoul;
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let hours = quiet("22:00-07:00").expect("quiet hours");
        assert_eq!(quiet_until(hours, zone, at("2026-11-28T14:00:00Z")), Some(at("2026-11-28T22:00:00Z")));
        assert_eq!(quiet_until(hours, zone, at("2026-11-28T21:59:00Z")), Some(at("2026-11-28T22:00:00Z")));
        assert_eq!(quiet_until(hours, zone, at("2026-11-28T22:00:00Z")), None);
        assert!(quiet("22-7").is_err() && quiet("07:00-07:00").is_err());
    }
}
