//! At which hour of the day?

use super::say;
use crate::domain::trouble::Refusal;
use chrono::NaiveTime;
use regex::Regex;
use std::sync::LazyLock;

static HOUR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?(am|pm)?h?$").expect("the pattern is fixed"));
static GLUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(\d{4}-\d{1,2}-\d{1,2})T)?(\d{1,2}:\d{2}(?::\d{2})?)(Z|[+\-−]\d{1,2}(?::?\d{2})?)?$")
        .expect("the pattern is fixed")
});

/// `2026-12-03T10:00Z` as the three words it is. `10:00-11:00` is two hours: an offset to the west needs its date.
pub fn unglue(word: &str) -> Vec<String> {
    match GLUED.captures(word) {
        Some(found) if found.get(1).is_none() && word.contains(['-', '−']) => {
            word.split(['-', '−']).map(str::to_owned).collect()
        }
        Some(found) => found.iter().skip(1).flatten().map(|part| part.as_str().to_owned()).collect(),
        None => vec![word.to_owned()],
    }
}

/// Takes the word that names an hour out of the others; `None` when there is none.
pub fn take(words: &mut Vec<String>, text: &str) -> Result<Option<NaiveTime>, Refusal> {
    if words.iter().any(|word| word.eq_ignore_ascii_case("midnight")) {
        return Err(say::midnight(text));
    }
    if let Some(at) = words.iter().position(|word| word.eq_ignore_ascii_case("noon")) {
        words.remove(at);
        return Ok(NaiveTime::from_hms_opt(12, 0, 0));
    }
    let marked = |word: &String| HOUR.is_match(word) && word.contains([':', 'm', 'M', 'h', 'H']);
    let Some(at) = words.iter().position(marked) else { return bare(words, text) };
    let word = words.remove(at);
    if words.iter().any(marked) {
        return Err(say::two_hours(text));
    }
    read(&word).map(Some)
}

/// `3 Dec 10`, `tomorrow 10`: morning or evening?
fn bare(words: &[String], text: &str) -> Result<Option<NaiveTime>, Refusal> {
    let Some(last) = words.last().filter(|_| words.len() >= 2) else { return Ok(None) };
    let is_date = words.len() == 2 && words.iter().any(|word| super::day::month(word).is_some());
    match last.parse::<u32>() {
        Ok(hour) if hour < 24 && last.len() <= 2 && !is_date => Err(say::bare_hour(text, hour)),
        _ => Ok(None),
    }
}

fn read(word: &str) -> Result<NaiveTime, Refusal> {
    let found = HOUR.captures(word).expect("it was found by this pattern");
    let number = |at: usize| found.get(at).map_or(0, |digits| digits.as_str().parse::<u32>().unwrap_or(99));
    let (hour, minute, second) = (number(1), number(2), number(3));
    let half = found.get(4).map(|half| half.as_str().to_ascii_lowercase());
    let hour = match half.as_deref() {
        Some(_) if hour == 12 && minute == 0 => return Err(say::twelve(word)),
        Some(_) if hour == 0 || hour > 12 => return Err(say::no_such_hour(word)),
        Some("pm") => hour % 12 + 12,
        Some(_) => hour % 12,
        None => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second).ok_or_else(|| say::no_such_hour(word))
}
