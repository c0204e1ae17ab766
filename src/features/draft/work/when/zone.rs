//! In which zone is a time meant, if it says so?

use super::say;
use crate::domain::trouble::Refusal;
use chrono::FixedOffset;
use chrono_tz::Tz;
use regex::Regex;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    Named(Tz),
    Fixed(FixedOffset),
}

static OFFSET: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:utc|gmt)?([+\-−])(\d{1,2})(?::?(\d{2}))?$").expect("the pattern is fixed"));

/// What people write and several places mean: an abbreviation, and a name that means only one.
const ABBREVIATIONS: [(&str, &str); 18] = [
    ("KST", "Asia/Seoul"),
    ("JST", "Asia/Tokyo"),
    ("IST", "Asia/Kolkata"),
    ("SGT", "Asia/Singapore"),
    ("CET", "Europe/Berlin"),
    ("CEST", "Europe/Berlin"),
    ("MEZ", "Europe/Berlin"),
    ("BST", "Europe/London"),
    ("WET", "Europe/Lisbon"),
    ("EET", "Europe/Helsinki"),
    ("EST", "America/New_York"),
    ("EDT", "America/New_York"),
    ("CST", "America/Chicago"),
    ("CDT", "America/Chicago"),
    ("MST", "America/Denver"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("AEST", "Australia/Sydney"),
];

/// Takes the word that names a zone out of the others.
pub fn take(words: &mut Vec<String>) -> Result<Option<Zone>, Refusal> {
    let mut found = None;
    let mut rest = Vec::new();
    for word in words.drain(..) {
        let Some(zone) = read(&word)? else {
            rest.push(word);
            continue;
        };
        if found.replace(zone).is_some() {
            return Err(say::two_zones(&word));
        }
    }
    *words = rest;
    Ok(found)
}

fn read(word: &str) -> Result<Option<Zone>, Refusal> {
    let word = word.trim_matches(['(', ')']);
    if ["z", "utc", "gmt"].iter().any(|utc| word.eq_ignore_ascii_case(utc)) {
        return Ok(Some(Zone::Named(Tz::UTC)));
    }
    if let Some(found) = OFFSET.captures(word) {
        return offset(&found).map(Some).ok_or_else(|| say::no_such_offset(word));
    }
    if let Some((short, meant)) = ABBREVIATIONS.iter().find(|(short, _)| word.eq_ignore_ascii_case(short)) {
        return Err(say::abbreviation(short, meant));
    }
    let named = word.contains('/') && word.starts_with(|first: char| first.is_ascii_alphabetic());
    match chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(word)) {
        Some(zone) if named => Ok(Some(Zone::Named(*zone))),
        _ if named => Err(say::no_such_zone(word)),
        _ => Ok(None),
    }
}

fn offset(found: &regex::Captures<'_>) -> Option<Zone> {
    let hours: i32 = found[2].parse().ok()?;
    let minutes: i32 = found.get(3).map_or(Some(0), |digits| digits.as_str().parse().ok())?;
    let sign = if &found[1] == "+" { 1 } else { -1 };
    // The widest offsets in use are −12 and +14.
    let known = hours <= 14 && minutes < 60;
    FixedOffset::east_opt(sign * (hours * 3_600 + minutes * 60)).filter(|_| known).map(Zone::Fixed)
}
