//! It happens while people are there: weekday working hours, or hours in which somebody watches.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::calendar::EntryKind;
use crate::domain::review::Grade;
use crate::features::review::facts::Facts;
use chrono::{DateTime, Datelike as _, NaiveTime, Utc, Weekday};
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "working-hours",
    asks: "It happens while people are there",
    why: "What goes wrong outside of working hours is noticed later and mended by fewer people.",
    grade: Grade::Danger,
    read: options::<WorkingHours>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WorkingHours {
    /// `09:00-17:00`, on the clock of the workspace.
    hours: Hours,
    /// `mon` to `sun`.
    days: Vec<Day>,
    /// Hours outside of these in which somebody watches: `22:00-02:00`.
    monitored: Vec<Hours>,
    /// Friday from this hour on counts as outside; empty: it does not.
    friday_until: Option<Clock>,
}

impl Default for WorkingHours {
    fn default() -> Self {
        let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri].map(Day).to_vec();
        let hours = Hours { from: time(9), until: time(18) };
        Self { hours, days, monitored: Vec::new(), friday_until: Some(Clock(time(16))) }
    }
}

fn time(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct Day(Weekday);

impl TryFrom<String> for Day {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("`{text}` is no day of the week; write `mon` to `sun`"))
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Clock(NaiveTime);

impl TryFrom<String> for Clock {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        read(&text).map(Self).ok_or_else(|| format!("`{text}` is no time of day; write `16:00`"))
    }
}

/// From a time of day to another, over midnight where the end is before the begin.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Hours {
    from: NaiveTime,
    until: NaiveTime,
}

impl TryFrom<String> for Hours {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let ends = text.split_once(['-', '–']).and_then(|(from, until)| Some((read(from)?, read(until)?)));
        ends.map(|(from, until)| Self { from, until })
            .ok_or_else(|| format!("`{text}` are no hours; write `09:00-17:00`"))
    }
}

fn read(text: &str) -> Option<NaiveTime> {
    match text.trim() {
        "24:00" => Some(NaiveTime::MIN),
        text => NaiveTime::parse_from_str(text, "%H:%M").ok(),
    }
}

impl Hours {
    /// Do both moments lie within it, the end's last moment too?
    fn hold(self, from: NaiveTime, until: NaiveTime) -> bool {
        if self.from < self.until {
            return self.from <= from && from <= until && until <= self.until;
        }
        let within = |at: NaiveTime| at >= self.from || at <= self.until;
        within(from) && within(until)
    }

    fn told(self) -> String {
        format!("{}–{}", self.from.format("%H:%M"), self.until.format("%H:%M"))
    }
}

impl WorkingHours {
    fn why_not(&self, facts: &Facts<'_>, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<String> {
        let (begin, end) = (from.with_timezone(&facts.zone), until.with_timezone(&facts.zone));
        if self.monitored.iter().any(|hours| hours.hold(begin.time(), end.time())) {
            return None;
        }
        if let Some(holiday) = facts.meanwhile(&[EntryKind::Holiday]).first() {
            return Some(format!(
                "That day is {}",
                if holiday.title.is_empty() { "a holiday" } else { &holiday.title }
            ));
        }
        let day = begin.weekday();
        if !self.days.contains(&Day(day)) {
            return Some(begin.format("That is a %A").to_string());
        }
        if begin.date_naive() != end.date_naive() || !self.hours.hold(begin.time(), end.time()) {
            return Some(format!("That is outside of {}", self.hours.told()));
        }
        let late = |until: &Clock| day == Weekday::Fri && end.time() > until.0;
        let late = self.friday_until.as_ref().filter(|until| late(until));
        late.map(|until| format!("That is a Friday after {}", until.0.format("%H:%M")))
    }
}

impl Check for WorkingHours {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        let Some((from, until)) = facts.planned() else { return Checked::no_time(facts) };
        let Some(why) = self.why_not(facts, from, until) else { return Checked::Met };
        let planned = super::super::facts::span(facts.zone, from, until);
        let what = format!("It is planned for {planned} ({}). {why}.", facts.zone.name());
        let slot = match facts.note.id {
            0 => String::new(),
            id => format!("; `/release slot {id}` proposes free ones"),
        };
        let instead = format!("Plan it within {}{slot}.", self.hours.told());
        Checked::of(vec![
            Found::new("hours", what, instead).value("planned", planned).value("hours", self.hours.told()),
        ])
    }
}
