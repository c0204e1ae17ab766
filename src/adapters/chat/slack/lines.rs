//! Are we connected, and since when? The lines to Slack and how each of them stands.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One connection of Socket Mode, from being wanted to being open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Open {
        since: DateTime<Utc>,
    },
    /// Not there, and why the last try failed.
    Away {
        since: DateTime<Utc>,
        why: Option<String>,
    },
}

#[derive(Default)]
pub struct Lines {
    states: Mutex<BTreeMap<u32, State>>,
}

impl Lines {
    fn states(&self) -> MutexGuard<'_, BTreeMap<u32, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn all(&self) -> Vec<State> {
        self.states().values().cloned().collect()
    }

    pub fn opened(&self, line: u32, now: DateTime<Utc>) {
        self.states().insert(line, State::Open { since: now });
    }

    /// It keeps the time since when it is away.
    pub fn away(&self, line: u32, now: DateTime<Utc>, why: Option<String>) {
        let mut states = self.states();
        let (since, before) = match states.get(&line) {
            Some(State::Away { since, why }) => (*since, why.clone()),
            _ => (now, None),
        };
        states.insert(line, State::Away { since, why: why.or(before) });
    }

    pub fn none(&self) {
        self.states().clear();
    }

    /// Since when there is no connection at all, and why.
    pub fn silent(&self) -> Option<(DateTime<Utc>, Option<String>)> {
        let states = self.states();
        let mut silent: Option<(DateTime<Utc>, Option<String>)> = None;
        for state in states.values() {
            match state {
                State::Open { .. } => return None,
                State::Away { since, why } => {
                    let (latest, reason) = silent.get_or_insert((*since, None));
                    *latest = (*latest).max(*since);
                    *reason = reason.take().or_else(|| why.clone());
                }
            }
        }
        silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a moment")
    }

    #[test]
    fn it_is_silent_only_while_no_line_is_open_and_since_the_last_one_went() {
        let lines = Lines::default();
        assert_eq!(lines.silent(), None);
        lines.away(0, at(1), None);
        lines.away(1, at(1), None);
        assert_eq!(lines.silent(), Some((at(1), None)));
        lines.opened(0, at(2));
        assert_eq!(lines.silent(), None);
        lines.away(0, at(9), Some("refused".to_owned()));
        lines.away(0, at(12), None);
        assert_eq!(lines.silent(), Some((at(9), Some("refused".to_owned()))));
    }
}
