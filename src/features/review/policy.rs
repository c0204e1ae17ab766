//! What does this team hold its notes to? `policy.toml`: options of the rules, freezes, holidays, who reviews what.

use super::rules::{Check, RULES, Rule};
use crate::domain::nearest::nearest;
use crate::domain::person::Person;
use crate::domain::review::Grade;
use crate::domain::window::{Window, Windows};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::Deserialize;

/// A rule as this team wants it.
pub struct Held {
    pub rule: &'static Rule,
    pub check: Box<dyn Check>,
    pub grade: Grade,
    pub mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    On,
    /// Only tried: what it would say is shown and counts for nothing.
    Dry,
    Off,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Dry => "dry",
            Self::Off => "off",
        }
    }
}

pub struct Policy {
    pub held: Vec<Held>,
    pub windows: Windows,
    pub reviewers: Reviewers,
    /// How often a request for approval is repeated while nobody answers; `None`: never.
    pub remind_after: Option<TimeDelta>,
}

/// Who may approve what; the lowest level first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewers {
    pub levels: Vec<Level>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub name: String,
    /// `platform:id`, or `*` for everybody.
    pub people: Vec<String>,
}

impl Reviewers {
    /// The highest level that this person has, by its place.
    pub fn level_of(&self, person: &str) -> Option<usize> {
        self.levels.iter().rposition(|level| level.people.iter().any(|one| one == "*" || one == person))
    }

    pub fn name(&self, level: usize) -> &str {
        self.levels.get(level).map_or("anybody", |level| level.name.as_str())
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    rules: toml::Table,
    freezes: Vec<WindowEntry>,
    holidays: Vec<WindowEntry>,
    absences: Vec<WindowEntry>,
    reviewers: Vec<Level>,
    remind_after_hours: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowEntry {
    #[serde(default)]
    name: String,
    from: Option<String>,
    until: Option<String>,
    date: Option<String>,
    zone: Option<String>,
    repeat: Option<String>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    people: Vec<String>,
}

impl Policy {
    /// Where levels of reviewers are named, only who has one reviews.
    pub fn is_reviewer(&self, person: &Person) -> bool {
        let named = || self.reviewers.level_of(&format!("{}:{}", person.platform, person.id)).is_some();
        self.reviewers.levels.is_empty() || named()
    }

    /// Rules with their defaults, and no freeze.
    pub fn plain() -> Self {
        Self::read("").expect("every rule has defaults")
    }

    /// `Err` is a sentence that says what is wrong and what was probably meant.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| in_words(&error, text))?;
        let mut rules = file.rules;
        let mut held = Vec::new();
        for rule in RULES {
            let table = match rules.remove(rule.id) {
                None => toml::Table::new(),
                Some(toml::Value::Table(table)) => table,
                Some(_) => {
                    return Err(format!(
                        "`rules.{}` is a table: write `[rules.{}]` and its options below.",
                        rule.id, rule.id
                    ));
                }
            };
            held.push(hold(rule, table)?);
        }
        if let Some((unknown, _)) = rules.iter().next() {
            let known = RULES.iter().map(|rule| rule.id);
            return Err(match nearest(unknown, known.clone()) {
                Some(near) => format!("There is no rule `{unknown}`; did you mean `{near}`?"),
                None => {
                    format!("There is no rule `{unknown}`; there are `{}`.", known.collect::<Vec<_>>().join("`, `"))
                }
            });
        }
        let windows = |what: &str, entries: Vec<WindowEntry>| {
            entries.into_iter().map(|entry| entry.window(what)).collect::<Result<Vec<_>, String>>()
        };
        Ok(Self {
            held,
            windows: Windows {
                freezes: windows("freezes", file.freezes)?,
                holidays: windows("holidays", file.holidays)?,
                absences: windows("absences", file.absences)?,
            },
            reviewers: Reviewers { levels: file.reviewers },
            remind_after: file.remind_after_hours.map(|hours| TimeDelta::hours(hours.into())),
        })
    }

    pub fn rule(&self, id: &str) -> Option<&Held> {
        self.held.iter().find(|held| held.rule.id == id)
    }
}

fn hold(rule: &'static Rule, mut table: toml::Table) -> Result<Held, String> {
    let of = |problem: String| format!("`[rules.{}]`: {problem}", rule.id);
    let mode = match table.remove("mode") {
        None => Mode::On,
        Some(value) => value
            .clone()
            .try_into()
            .map_err(|_| of(format!("`mode` is {value}; it can be \"on\", \"dry\" or \"off\".")))?,
    };
    let grade = match table.remove("grade") {
        None => rule.grade,
        Some(value) => match value.clone().try_into() {
            Ok(grade) if grade != Grade::Pass => grade,
            _ => return Err(of(format!("`grade` is {value}; it can be \"caution\", \"danger\" or \"block\"."))),
        },
    };
    let check = (rule.read)(table).map_err(|error| of(in_words(&error, "")))?;
    Ok(Held { rule, check, grade, mode })
}

/// A key that is not known, with the nearest one.
fn in_words(error: &toml::de::Error, text: &str) -> String {
    let message = error.message();
    let line = error
        .span()
        .filter(|_| !text.is_empty())
        .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((unknown, known)) if message.starts_with("unknown field") => {
            // What every rule has is not the rule's own to list.
            let known = known
                .iter()
                .copied()
                .chain(if text.is_empty() { ["mode", "grade"].as_slice() } else { &[] }.iter().copied());
            let known: Vec<&str> = known.collect();
            match nearest(unknown, known.iter().copied()) {
                Some(near) => format!("{line}there is no option `{unknown}`; did you mean `{near}`?"),
                None => format!("{line}there is no option `{unknown}`; there are `{}`.", known.join("`, `")),
            }
        }
        _ => format!("{line}{}.", message.lines().next().unwrap_or(message).trim_end_matches('.')),
    }
}

impl WindowEntry {
    fn window(self, what: &str) -> Result<Window, String> {
        let name = self.name.clone();
        let of = |problem: String| format!("`[[{what}]]` {name}: {problem}");
        let moment = |key: &str, text: &str, end: bool| {
            let day = || {
                NaiveDate::parse_from_str(text, "%Y-%m-%d")
                    .ok()
                    .map(|day| if end { day.succ_opt().unwrap_or(day) } else { day })
            };
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
                .ok()
                .or_else(|| day().map(|day| day.and_time(NaiveTime::MIN)))
                .ok_or_else(|| of(format!("`{key}` is `{text}`; write `2026-12-20` or `2026-12-20 18:00`.")))
        };
        let (from, until) = match (&self.date, &self.from, &self.until) {
            (Some(date), None, None) => (moment("date", date, false)?, moment("date", date, true)?),
            (None, Some(from), Some(until)) => (moment("from", from, false)?, moment("until", until, true)?),
            _ => return Err(of("give either `date`, or `from` and `until`.".to_owned())),
        };
        let minutes = (until - from).num_minutes();
        if minutes <= 0 {
            return Err(of("it ends before it begins.".to_owned()));
        }
        let zone = match &self.zone {
            None => None,
            Some(zone) => Some(
                zone.parse().map_err(|_| of(format!("`{zone}` is no time zone; write one like `Europe/Berlin`.")))?,
            ),
        };
        let window = Window {
            name: self.name,
            from,
            minutes,
            zone,
            repeat: self.repeat,
            services: self.services,
            people: self.people,
        };
        if let Some(rule) = &window.repeat {
            window.check().map_err(|error| {
                of(format!(
                    "`repeat` is `{rule}`, which is no recurrence rule: {error}; write one like `FREQ=WEEKLY;BYDAY=FR`."
                ))
            })?;
        }
        Ok(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Policy::read(text).err().expect("refused")
    }

    #[test]
    fn what_is_wrong_is_named_with_what_was_probably_meant() {
        assert_eq!(refused("[rules.two-operator]\n"), "There is no rule `two-operator`; did you mean `two-operators`?");
        assert_eq!(
            refused("[rules.two-operators]\nleest = 3\n"),
            "`[rules.two-operators]`: there is no option `leest`; did you mean `least`?"
        );
        assert_eq!(
            refused("[rules.two-operators]\nmode = \"maybe\"\n"),
            "`[rules.two-operators]`: `mode` is \"maybe\"; it can be \"on\", \"dry\" or \"off\"."
        );
        assert_eq!(
            refused("[[freezes]]\nname = \"Year end\"\nfrom = \"2026-12-20\"\n"),
            "`[[freezes]]` Year end: give either `date`, or `from` and `until`."
        );
        assert!(
            refused("[[freezes]]\nname = \"F\"\ndate = \"2026-12-20\"\nrepeat = \"every friday\"\n")
                .contains("FREQ=WEEKLY")
        );
        assert_eq!(refused("frezes = 1\n"), "line 1: there is no option `frezes`; did you mean `freezes`?");
    }
}
