//! Spans of time that may come again: freezes, holidays, absences, on the clock of a place.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// What the calendar has beside what is planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Windows {
    pub freezes: Vec<Window>,
    pub holidays: Vec<Window>,
    pub absences: Vec<Window>,
}

/// A span of time that may come again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub name: String,
    pub from: NaiveDateTime,
    pub minutes: i64,
    pub zone: Option<Tz>,
    /// An RFC 5545 rule: `FREQ=WEEKLY;BYDAY=FR`.
    pub repeat: Option<String>,
    pub services: Vec<String>,
    pub people: Vec<String>,
}

impl Window {
    /// When it holds within these days, each as a begin and an end. The clock on the wall counts: what is from 18:00 to 22:00 is so
    /// on both sides of a change of the clocks.
    pub fn times(&self, home: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let zone = self.zone.unwrap_or(home);
        let starts: Vec<NaiveDateTime> = match &self.repeat {
            None => vec![self.from],
            Some(_) => {
                let Ok(set) = self.rule(zone) else { return Vec::new() };
                let tz = rrule::Tz::Tz(zone);
                let earliest = (from - TimeDelta::minutes(self.minutes) - TimeDelta::days(1)).with_timezone(&tz);
                let latest = (until + TimeDelta::days(1)).with_timezone(&tz);
                // Beyond a thousand within the asked days it is no window but a state.
                set.after(earliest).before(latest).all(1_000).dates.iter().map(|at| at.naive_local()).collect()
            }
        };
        let moment = |local: NaiveDateTime| on_the_wall(zone, local);
        let span = |start: NaiveDateTime| (moment(start), moment(start + TimeDelta::minutes(self.minutes)));
        starts.into_iter().map(span).filter(|(begin, end)| *begin < until && from < *end).collect()
    }

    /// Why its rule cannot be followed.
    pub fn check(&self) -> Result<(), String> {
        self.rule(self.zone.unwrap_or(Tz::UTC)).map(drop).map_err(|error| error.to_string())
    }

    fn rule(&self, zone: Tz) -> Result<rrule::RRuleSet, rrule::RRuleError> {
        let rule: rrule::RRule<rrule::Unvalidated> = self.repeat.as_deref().unwrap_or_default().parse()?;
        let start = on_the_wall(zone, self.from).with_timezone(&rrule::Tz::Tz(zone));
        rule.build(start)
    }
}

/// A time that the clocks skip is the moment they skip it; one that comes twice is the first.
pub fn on_the_wall(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let found =
        (0..=120).find_map(|minutes| zone.from_local_datetime(&(local + TimeDelta::minutes(minutes))).earliest());
    found.map_or_else(|| local.and_utc(), |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn a_weekly_freeze_stays_at_its_hours_when_the_clocks_change() {
        let from = NaiveDate::from_ymd_opt(2026, 10, 16).and_then(|day| day.and_hms_opt(18, 0, 0)).expect("a moment");
        let window = Window {
            name: "Weekend".to_owned(),
            from,
            minutes: 240,
            zone: Some(Tz::Europe__Berlin),
            repeat: Some("FREQ=WEEKLY;BYDAY=FR".to_owned()),
            services: Vec::new(),
            people: Vec::new(),
        };

        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
        let times = window.times(Tz::UTC, at("2026-10-20T00:00:00Z"), at("2026-11-02T00:00:00Z"));
        let told: Vec<String> = times
            .iter()
            .map(|(from, until)| format!("{}–{}", from.format("%d %H:%M"), until.format("%H:%M")))
            .collect();
        // Summer time ends on the 25th: 18:00 is 16:00 UTC before and 17:00 UTC after.
        assert_eq!(told, ["23 16:00–20:00", "30 17:00–21:00"]);
        // One that is running at the first moment counts.
        let within = window.times(Tz::UTC, at("2026-10-23T19:00:00Z"), at("2026-10-23T19:30:00Z"));
        assert_eq!(within.len(), 1);
    }
}
