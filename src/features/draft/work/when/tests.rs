//! Times as people type them, with the clock given.

use super::*;
use chrono::{Datelike, Timelike};
use proptest::prelude::*;

/// A Thursday, 15:30 in Berlin.
fn now() -> DateTime<Utc> {
    "2026-11-26T14:30:00Z".parse().expect("a moment")
}

fn at(text: &str) -> String {
    match when(text, now(), Some(Tz::Europe__Berlin)) {
        Ok((at, zone)) => format!("{} {}", at.format("%Y-%m-%dT%H:%MZ"), zone.name()),
        Err(Refusal(sentence)) => sentence,
    }
}

#[test]
fn the_usual_forms_are_read_in_the_teams_zone() {
    for text in [
        "2026-12-03 10:00",
        "2026-12-03T10:00",
        "2026/12/03 10:00",
        "3 Dec 10:00",
        "3 Dec 2026 10:00",
        "Dec 3, 2026, 10:00",
        "December 3rd at 10am",
        "3. December 10:00h",
        "03.12.2026 10:00",
        "3.12. 10:00",
        "10:00 3 dec",
        "thursday 3 dec 10:00",
        "10:00 am on 3 December",
    ] {
        assert_eq!(at(text), "2026-12-03T09:00Z Europe/Berlin", "{text}");
    }
    assert_eq!(at("tomorrow 10:00"), "2026-11-27T09:00Z Europe/Berlin");
    assert_eq!(at("내일 10:00"), "2026-11-27T09:00Z Europe/Berlin");
    assert_eq!(at("today 22:00"), "2026-11-26T21:00Z Europe/Berlin");
    assert_eq!(at("22:00"), "2026-11-26T21:00Z Europe/Berlin");
    assert_eq!(at("friday 22:00"), "2026-11-27T21:00Z Europe/Berlin");
    assert_eq!(at("Wed 10:30 pm"), "2026-12-02T21:30Z Europe/Berlin");
    assert_eq!(at("tomorrow noon"), "2026-11-27T11:00Z Europe/Berlin");
    assert_eq!(at("3 Jan 10:00"), "2027-01-03T09:00Z Europe/Berlin");
    assert_eq!(at("in 2 hours"), "2026-11-26T16:30Z Europe/Berlin");
}

#[test]
fn a_zone_or_offset_wins_over_the_teams() {
    assert_eq!(at("2026-12-03 10:00 Asia/Seoul"), "2026-12-03T01:00Z Asia/Seoul");
    assert_eq!(at("2026-12-03 10:00 asia/seoul"), "2026-12-03T01:00Z Asia/Seoul");
    assert_eq!(at("2026-12-03 10:00 UTC"), "2026-12-03T10:00Z UTC");
    assert_eq!(at("2026-12-03T10:00:00Z"), "2026-12-03T10:00Z UTC");
    for text in ["2026-12-03 10:00 +09:00", "2026-12-03T10:00+09:00", "3 Dec 10:00 UTC+9", "3 Dec 10:00 +0900"] {
        assert_eq!(at(text), "2026-12-03T01:00Z Europe/Berlin", "{text}");
    }
    // Tomorrow begins earlier in the east.
    assert_eq!(at("tomorrow 01:00 Asia/Seoul"), "2026-11-27T16:00Z Asia/Seoul".replace("27T16", "26T16"));
}

#[test]
fn what_is_over_or_years_ahead_is_refused() {
    assert_eq!(
        at("2026-11-26 10:00"),
        "26 November 2026, 10:00 (Europe/Berlin, UTC+1) is over: it is 26 November 2026, 15:30 now. Name a time to come."
    );
    assert_eq!(at("20 Nov 10:00"), "20 November 2026 was 6 days ago; if another year is meant, write it.");
    assert_eq!(at("2062-12-03 10:00"), "3 December 2062, 10:00 is years ahead; check the year.");
}

#[test]
fn hours_that_do_not_exist_or_exist_twice_are_refused() {
    assert_eq!(
        at("2027-03-28 02:30"),
        "28 March 2027, 02:30 does not exist in `Europe/Berlin`, because the clocks are put forward over it. The next hour there is 03:00. Name another time."
    );
    assert_eq!(
        at("2027-10-31 02:30"),
        "31 October 2027, 02:30 comes twice in `Europe/Berlin`, because the clocks are put back: write `2027-10-31 02:30 +02:00` (UTC+2) or `2027-10-31 02:30 +01:00` (UTC+1)."
    );
    assert_eq!(at("2027-10-31 02:30 +02:00"), "2027-10-31T00:30Z Europe/Berlin");
    assert_eq!(at("2027-10-31 02:30 +01:00"), "2027-10-31T01:30Z Europe/Berlin");
}

#[test]
fn what_could_mean_two_things_is_asked_for() {
    assert_eq!(
        at("03/12/2026 10:00"),
        "`03/12/2026` could be 3 December 2026 or 12 March 2026; write `2026-12-03` or `2026-03-12`."
    );
    assert_eq!(at("13/12/2026 10:00"), "`13/12/2026` is read differently in different countries; write `2026-12-13`.");
    assert_eq!(at("3 Dec 10"), "`10` in `3 Dec 10` could be 10:00 or 22:00; write the hour with its minutes.");
    assert_eq!(
        at("next friday 10:00"),
        "`next friday` could be 27 November 2026 or 4 December 2026; write `2026-11-27` or `2026-12-04`."
    );
    assert_eq!(at("thursday 22:00"), "Today is a Thursday; write `today` or `2026-12-03` instead of the day's name.");
    assert_eq!(at("friday 3 dec 10:00"), "3 December 2026 is a Thursday, not a Friday; check the date.");
    assert!(at("3 Dec midnight").starts_with("Midnight in `3 Dec midnight` could begin the day or end it"));
    assert_eq!(at("3 Dec 12pm"), "`12pm` is read as noon by some and as midnight by others; write `12:00` or `00:00`.");
    assert!(at("3 Dec 10:00 CST").starts_with("`CST` is used for several zones"));
    for text in ["3 Dec 10:00 11:00", "3 Dec 10:00-11:00"] {
        let two = "names two hours; write when it begins, and how long it takes with `--for 30m`.";
        assert_eq!(at(text), format!("`{text}` {two}"));
    }
}

#[test]
fn what_is_no_time_says_how_to_write_one() {
    assert_eq!(at("3 Dec"), "`3 Dec` names a day and no hour; write `3 Dec 10:00`.");
    assert_eq!(at("tomorrow"), "`tomorrow` names a day and no hour; write `tomorrow 10:00`.");
    for text in ["", "soon", "3 Foo 10:00", "10:00 10", "yesterday 10:00", "3"] {
        assert!(at(text).contains("is not a time Slipway can read") || at(text).contains("could be"), "{}", at(text));
    }
    assert_eq!(at("30 Feb 10:00"), "`30 Feb 10:00` names a day that is in no calendar; check day and month.");
    assert_eq!(at("3 Dec 25:00"), "`25:00` is no hour of a day; hours go from `00:00` to `23:59`.");
    assert_eq!(
        at("3 Dec 10:00 Europe/Berln"),
        "There is no time zone `Europe/Berln`; name one like `Europe/Berlin`, or write an offset like `+09:00`."
    );
    assert!(at("3 Dec 10:00 +19:00").starts_with("`+19:00` is no offset that is in use"));
    assert!(at("3 Dec 10:00 UTC +01:00").starts_with("A time is meant in one zone"));
    let nobodys = when("3 Dec 10:00", now(), None).expect_err("nobody knows the zone").0;
    assert!(nobodys.starts_with("In which zone is `3 Dec 10:00` meant?"), "{nobodys}");
}

proptest! {
    #[test]
    fn every_form_of_one_moment_says_the_same(days in 1i64..290, hour in 4u32..24, minute in 0u32..60) {
        let zone = Tz::Europe__Berlin;
        let day = (now() + TimeDelta::days(days)).with_timezone(&zone);
        let time = format!("{hour:02}:{minute:02}");
        let forms = [
            format!("{} {time}", day.format("%Y-%m-%d")),
            format!("{}T{time}", day.format("%Y-%m-%d")),
            format!("{} {time}", day.format("%-d %b %Y")),
            format!("{time} {}", day.format("%B %-d, %Y")),
            format!("{} {time}", day.format("%d.%m.%Y")),
            format!("{} {time}", day.format("%-d %b")),
        ];
        for form in forms {
            let (at, shown) = when(&form, now(), Some(zone)).expect(&form);
            let at = at.with_timezone(&shown);
            prop_assert_eq!((at.date_naive(), at.hour(), at.minute()), (day.date_naive(), hour, minute), "{}", form);
        }
    }

    #[test]
    fn a_moment_that_is_taken_lies_ahead_and_reads_back(text in "[0-9a-zA-Z:/ .+-]{0,30}") {
        if let Ok((at, zone)) = when(&text, now(), Some(Tz::Europe__Berlin)) {
            prop_assert!(at > now() && at.year() < 2030);
            let exact = at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z").to_string();
            let back = when(&exact, now(), Some(zone)).expect("what was read can be read again").0;
            prop_assert_eq!(back.timestamp(), at.timestamp());
        }
    }

    #[test]
    fn whatever_is_typed_is_answered(text in ".{0,60}") {
        let _ = when(&text, now(), None);
        let _ = when(&text, now(), Some(Tz::Asia__Seoul));
    }
}
