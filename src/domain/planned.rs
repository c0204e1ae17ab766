//! When is it meant to happen, as people read it: day, hours, zone, and the end.

use crate::domain::note::Planned;
use chrono::{DateTime, Offset, TimeDelta, Utc};
use chrono_tz::Tz;

impl Planned {
    /// `None` while nobody said how long it takes.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        (self.minutes > 0).then(|| self.from + TimeDelta::minutes(self.minutes.into()))
    }

    /// `3 December 2026, 10:00 to 10:30 (Europe/Berlin, UTC+1), 30 minutes`
    pub fn told(&self) -> String {
        let from = self.from.with_timezone(&self.zone);
        let Some(until) = self.until().map(|until| until.with_timezone(&self.zone)) else {
            return format!("{} ({}), no end given", moment(&from), zone(&from));
        };
        let end =
            if until.date_naive() == from.date_naive() { until.format("%H:%M").to_string() } else { moment(&until) };
        let length = length(self.minutes);
        match (offset(&from), offset(&until)) {
            // The clocks change in between: each end says which it is.
            (before, after) if before != after => {
                format!("{} {before} to {end} {after} ({}), {length}", moment(&from), self.zone.name())
            }
            _ => format!("{} to {end} ({}), {length}", moment(&from), zone(&from)),
        }
    }

    /// `3 December 2026, 10:00 (Europe/Berlin, UTC+1)`
    pub fn begins(&self) -> String {
        let from = self.from.with_timezone(&self.zone);
        format!("{} ({})", moment(&from), zone(&from))
    }
}

/// `3 December 2026, 10:00`
pub fn moment(at: &DateTime<Tz>) -> String {
    at.format("%-d %B %Y, %H:%M").to_string()
}

/// `UTC`, `Europe/Berlin, UTC+1`
pub fn zone(at: &DateTime<Tz>) -> String {
    match at.timezone().name() {
        "UTC" | "Etc/UTC" => "UTC".to_owned(),
        name => format!("{name}, {}", offset(at)),
    }
}

/// `UTC+1`, `UTC+5:30`, `UTC−3`
pub fn offset(at: &DateTime<Tz>) -> String {
    let seconds = at.offset().fix().local_minus_utc();
    let (hours, minutes) = (seconds.abs() / 3_600, seconds.abs() / 60 % 60);
    let sign = if seconds < 0 { '−' } else { '+' };
    match (seconds, minutes) {
        (0, _) => "UTC".to_owned(),
        (_, 0) => format!("UTC{sign}{hours}"),
        (_, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// `1 hour 30 minutes`
pub fn length(minutes: u32) -> String {
    let parts = [(minutes / 1_440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")];
    let told = parts.into_iter().filter(|(n, _)| *n > 0);
    let told = told.map(|(n, what)| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
    told.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(from: &str, minutes: u32, zone: Tz) -> String {
        let from = from.parse::<DateTime<Utc>>().expect("a moment");
        Planned { from, minutes, zone }.told()
    }

    #[test]
    fn day_hours_zone_and_end_are_told_plainly() {
        let berlin = Tz::Europe__Berlin;
        assert_eq!(
            told("2026-12-03T09:00:00Z", 30, berlin),
            "3 December 2026, 10:00 to 10:30 (Europe/Berlin, UTC+1), 30 minutes"
        );
        assert_eq!(
            told("2026-12-03T22:30:00Z", 90, Tz::UTC),
            "3 December 2026, 22:30 to 4 December 2026, 00:00 (UTC), 1 hour 30 minutes"
        );
        assert_eq!(told("2026-12-03T22:30:00Z", 0, Tz::UTC), "3 December 2026, 22:30 (UTC), no end given");
        assert!(told("2026-12-03T22:30:00Z", 5, Tz::Asia__Kolkata).contains("(Asia/Kolkata, UTC+5:30)"));
    }

    #[test]
    fn an_end_after_the_clocks_changed_says_so() {
        assert_eq!(
            told("2026-10-25T00:30:00Z", 60, Tz::Europe__Berlin),
            "25 October 2026, 02:30 UTC+2 to 02:30 UTC+1 (Europe/Berlin), 1 hour"
        );
    }
}
