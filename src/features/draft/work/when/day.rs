//! On which day?

use super::say;
use crate::domain::trouble::Refusal;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use regex::Regex;
use std::sync::LazyLock;

/// A date without a year that comes only after this many days was probably meant as one that is over.
const SOON: i64 = 300;

static ISO: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$"));
static DOTTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})?$"));
static SLASHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{2}|\d{4}))?$"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns are fixed")
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

pub enum Problem {
    Told(Refusal),
    /// Nothing that looks like a day.
    Unreadable,
}

impl Problem {
    pub fn told(self, text: &str, zone: Tz) -> Refusal {
        match self {
            Self::Told(refusal) => refusal,
            Self::Unreadable => say::unreadable(text, zone),
        }
    }
}

/// The day these words name, seen from `now`, which is in the same zone. No words: today.
pub fn read(words: &[String], now: NaiveDateTime, hour: Option<NaiveTime>, text: &str) -> Result<NaiveDate, Problem> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let today = now.date();
    match words.as_slice() {
        [] if hour.is_some() => Ok(today),
        [word] if is(word, &["today", "tonight", "오늘"]) => Ok(today),
        [word] if is(word, &["tomorrow", "내일"]) => Ok(today + Days::new(1)),
        [next, word] if is(next, &["next", "this"]) && weekday(word).is_some() => Err(Problem::Told(say::which_week(
            &format!("{next} {word}"),
            upcoming(today, weekday(word).expect("just looked")),
        ))),
        [word] if weekday(word).is_some() => by_weekday(weekday(word).expect("just looked"), today),
        [word, rest @ ..] if weekday(word).is_some() => {
            let day = dated(rest, today, text)?;
            let named = weekday(word).expect("just looked");
            if day.weekday() == named { Ok(day) } else { Err(Problem::Told(say::other_weekday(day, named))) }
        }
        words => dated(words, today, text),
    }
}

fn is(word: &str, known: &[&str]) -> bool {
    known.iter().any(|known| word.to_lowercase() == *known)
}

fn by_weekday(day: Weekday, today: NaiveDate) -> Result<NaiveDate, Problem> {
    if today.weekday() == day {
        return Err(Problem::Told(say::today_or_in_a_week(today)));
    }
    Ok(upcoming(today, day))
}

/// The next day of that name after today.
fn upcoming(today: NaiveDate, day: Weekday) -> NaiveDate {
    let ahead = (7 + day.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    today + Days::new(if ahead == 0 { 7 } else { ahead.into() })
}

fn weekday(word: &str) -> Option<Weekday> {
    let named = |word: &str| word.len() >= 3 && word.is_ascii();
    word.parse().ok().filter(|_| named(word))
}

/// A date in digits, or with its month in letters.
fn dated(words: &[&str], today: NaiveDate, text: &str) -> Result<NaiveDate, Problem> {
    match words {
        [word] => digits(word, today, text),
        [day, name] | [name, day] if month(name).is_some() && number(day).is_some() => {
            without_year(number(day), month(name), today, text)
        }
        [day, name, year] | [name, day, year] if month(name).is_some() && number(day).is_some() => {
            let year = year.parse().ok().filter(|_| year.len() == 4).ok_or(Problem::Unreadable)?;
            date(year, month(name), number(day), text)
        }
        _ => Err(Problem::Unreadable),
    }
}

fn digits(word: &str, today: NaiveDate, text: &str) -> Result<NaiveDate, Problem> {
    let part = |found: &regex::Captures<'_>, at: usize| found.get(at).and_then(|digits| digits.as_str().parse().ok());
    if let Some(found) = ISO.captures(word) {
        let year = found[1].parse().map_err(|_| Problem::Unreadable)?;
        return date(year, part(&found, 2), part(&found, 3), text);
    }
    if let Some(found) = DOTTED.captures(word) {
        return match found.get(3).and_then(|year| year.as_str().parse().ok()) {
            Some(year) => date(year, part(&found, 2), part(&found, 1), text),
            None => without_year(part(&found, 1), part(&found, 2), today, text),
        };
    }
    if let Some(found) = SLASHED.captures(word) {
        let year = found
            .get(3)
            .and_then(|year| year.as_str().parse::<i32>().ok())
            .map_or(today.year(), |year| if year < 100 { year + 2_000 } else { year });
        return Err(Problem::Told(say::slashes(word, year, part(&found, 1), part(&found, 2))));
    }
    Err(Problem::Unreadable)
}

/// This year's, or next year's when that has passed.
fn without_year(day: Option<u32>, month: Option<u32>, today: NaiveDate, text: &str) -> Result<NaiveDate, Problem> {
    let this_year = date(today.year(), month, day, text);
    match this_year {
        Ok(found) if found >= today => Ok(found),
        Ok(found) => match date(today.year() + 1, month, day, text) {
            Ok(next) if (next - today).num_days() <= SOON => Ok(next),
            _ => Err(Problem::Told(say::which_year(found, today))),
        },
        // 29 February of a year without one.
        Err(problem) => Err(problem),
    }
}

fn date(year: i32, month: Option<u32>, day: Option<u32>, text: &str) -> Result<NaiveDate, Problem> {
    let (Some(month), Some(day)) = (month, day) else { return Err(Problem::Unreadable) };
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| Problem::Told(say::no_such_day(text)))
}

/// `3`, `3rd`, `3.`
fn number(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '.');
    let tail = word[digits.len()..].to_ascii_lowercase();
    digits.parse().ok().filter(|_| ["", ".", "st", "nd", "rd", "th"].contains(&tail.as_str()))
}

/// `Dec`, `december`, `Dec.`, `sept`
pub fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let at = MONTHS.iter().position(|name| word.len() >= 3 && name.starts_with(&word))?;
    u32::try_from(at + 1).ok()
}
