//! What would a rule have said about the notes that there are, and what came of those? Before anybody switches it on.

use super::rules::{Checked, RULES};
use super::{gather, words as say};
use crate::domain::note::{Note, Revision};
use crate::domain::trouble::Trouble;
use crate::domain::watch::State;
use crate::features::phrase::count;
use crate::features::{Context, store_trouble};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// An incident within this time on a service of the note counts as having followed it.
const FOLLOWED: TimeDelta = TimeDelta::hours(48);
const NOTES: usize = 10_000;

#[derive(Debug, Default, PartialEq)]
pub struct Backtest {
    pub rule: String,
    /// Notes that the rule could judge.
    pub judged: usize,
    pub unknown: usize,
    pub not_asked: usize,
    pub broken: Vec<Hit>,
}

#[derive(Debug, PartialEq)]
pub struct Hit {
    pub note: u64,
    pub title: String,
    pub what: String,
    /// The incident that followed.
    pub incident: Option<u64>,
    /// How its watch went, at its worst.
    pub watch: Option<State>,
}

impl Hit {
    fn went_wrong(&self) -> bool {
        self.incident.is_some() || self.watch == Some(State::Unstable)
    }
}

pub async fn backtest(context: &Context, rule: &str) -> Result<Backtest, Trouble> {
    let held = context.policy.rule(rule).ok_or_else(|| {
        say::no_such_rule(rule, crate::domain::nearest::nearest(rule, RULES.iter().map(|rule| rule.id)))
    })?;
    let incidents = context.records.incidents.list(NOTES).await.map_err(store_trouble)?;
    let mut result = Backtest { rule: held.rule.id.to_owned(), ..Backtest::default() };
    for note in context.records.notes.list(NOTES, None).await.map_err(store_trouble)? {
        let Some(revision) = context.records.notes.latest(note.id).await.map_err(store_trouble)? else { continue };
        let gathered = gather(context, &note, &revision).await?;
        match held.check.check(&gathered.facts(context, &note, &revision)) {
            Checked::Met => result.judged += 1,
            Checked::NotAsked => result.not_asked += 1,
            Checked::Unknown(_) => result.unknown += 1,
            Checked::Broken(found) => {
                result.judged += 1;
                let watch = context.records.watches.get(note.id).await.map_err(store_trouble)?.map(|(watch, _)| watch);
                let after = watch.as_ref().map_or_else(|| happened(&note, &revision), |watch| watch.at);
                let followed = incidents.iter().find(|incident| {
                    let at = incident.happened_at();
                    let same = incident.recap.services.iter().any(|name| note.services().any(|own| own == name));
                    same && at >= after && at < after + FOLLOWED
                });
                result.broken.push(Hit {
                    note: note.id,
                    title: revision.title().to_owned(),
                    what: found.first().map(|found| found.what.clone()).unwrap_or_default(),
                    incident: followed.map(|incident| incident.id),
                    watch: watch.and_then(|watch| watch.worst),
                });
            }
        }
    }
    Ok(result)
}

fn happened(note: &Note, revision: &Revision) -> DateTime<Utc> {
    note.planned.as_ref().map_or(revision.at, |planned| planned.from)
}

impl Backtest {
    /// `would have blocked 3 of 41; one of them was followed by an incident or an unstable day`
    pub fn told(&self, blocks: bool) -> String {
        let followed = self.broken.iter().filter(|hit| hit.went_wrong()).count();
        let verb = if blocks { "blocked" } else { "spoken about" };
        let mut lines = vec![format!(
            "`{}` would have {verb} {} of {}; {} followed by an incident or an unstable day.",
            self.rule,
            self.broken.len(),
            count(self.judged, "note"),
            match followed {
                0 => "none of them was".to_owned(),
                1 => "one of them was".to_owned(),
                n => format!("{n} of them were"),
            }
        )];
        lines.extend(self.broken.iter().map(|hit| {
            let followed = hit.incident.map(|id| format!(" (followed by incident {id})")).unwrap_or_default();
            let watched = hit.watch.map(|state| format!(" (its day after: {})", state.name())).unwrap_or_default();
            format!("  note {}: {} {}{followed}{watched}", hit.note, hit.title, hit.what)
        }));
        if self.unknown > 0 {
            lines.push(format!(
                "{} could not be judged: what the rule looks at is not known of them.",
                count(self.unknown, "note")
            ));
        }
        lines.join("\n")
    }

    pub fn json(&self) -> Value {
        let hits = self
            .broken
            .iter()
            .map(|hit| json!({ "note": hit.note, "title": hit.title, "what": hit.what, "incident": hit.incident, "watch": hit.watch }));
        json!({
            "rule": self.rule, "judged": self.judged, "not_judged": self.unknown, "does_not_apply": self.not_asked,
            "broken": hits.collect::<Vec<_>>(),
        })
    }
}
