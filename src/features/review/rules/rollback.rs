//! There is a way back, and it is true to what the change does.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::digest::Risk;
use crate::domain::note::Writer;
use crate::domain::review::Grade;
use crate::features::review::facts::Facts;
use regex::Regex;
use serde::Deserialize;
use std::sync::LazyLock;

pub const RULE: Rule = Rule {
    id: "rollback",
    asks: "There is a way back that works",
    why: "A way back that was never thought through is found out to be none when it is needed.",
    grade: Grade::Danger,
    read: options::<Rollback>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rollback {
    /// Words of a plan, at least.
    least_words: usize,
}

impl Default for Rollback {
    fn default() -> Self {
        Self { least_words: 4 }
    }
}

/// How a plan speaks that knows of what cannot be undone.
static KNOWS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)restor|backup|back-up|snapshot|forward|no way back|cannot be (undone|rolled back|reversed)|can not be undone|not reversible|irreversible|point of no return|down migration|undo migration|reverse migration|does not bring .* back|keeps? the (old|column|table)|expand|복원|백업|되돌릴 수 없")
        .expect("the pattern is ours")
});

impl Check for Rollback {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        let plan = facts.text("rollback_scenario");
        if plan.split_whitespace().count() < self.least_words {
            let what = match plan.trim() {
                "" => "No way back is described.".to_owned(),
                said => format!("The way back is \"{said}\", which nobody can follow."),
            };
            let instead = "Say step by step how the old state comes back, who decides it and how long it takes.";
            return Checked::of(vec![Found::new("plan", what, instead).section("rollback_scenario")]);
        }
        let lasting: Vec<&Risk> = facts.revision.risks.iter().filter(|risk| risk.reversible == Some(false)).collect();
        let Some(first) = lasting.first() else { return Checked::Met };
        let by_person = facts
            .revision
            .section("rollback_scenario")
            .is_some_and(|section| matches!(section.writer, Writer::Person(_)));
        if KNOWS.is_match(&plan) {
            return Checked::Met;
        }
        let place = first.evidence.first().map(|seen| format!(" (`{}:{}`)", seen.path, seen.line)).unwrap_or_default();
        let what = format!("The way back does not say what becomes of what cannot be undone: {}{place}.", first.title);
        let instead = "Say how that comes back (a backup and who restores it, a down migration that was tried), or that the only way is forward and who decides it.";
        let found = Found::new("irreversible", what, instead).section("rollback_scenario");
        let found = found
            .value("cannot be undone", lasting.len())
            .value("written by", if by_person { "a person" } else { "Slipway" });
        Checked::of(vec![found.facts(lasting.iter().map(|risk| risk.id.clone()))])
    }
}
