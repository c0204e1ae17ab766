//! Whoever approves it may: the higher its impact, the higher the level.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::digest::Severity;
use crate::domain::note::Kind;
use crate::domain::review::{Decided, Grade};
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "reviewer-level",
    asks: "Somebody of the right level approved it",
    why: "Who has never seen such a change fail does not know what to look for.",
    grade: Grade::Caution,
    read: options::<ReviewerLevel>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReviewerLevel {
    /// Is it a finding before anybody was asked? Otherwise it only stands as not met.
    before_request: bool,
}

impl Default for ReviewerLevel {
    fn default() -> Self {
        Self { before_request: true }
    }
}

/// The level that a note needs, by its place: the lowest, or the highest for what is hard to undo or breaks others.
pub fn wanted(facts: &Facts<'_>) -> Option<(usize, &'static str)> {
    let highest = facts.reviewers.levels.len().checked_sub(1)?;
    let revision = facts.revision;
    let worst = revision.risks.iter().map(|risk| risk.severity).max();
    Some(match () {
        () if revision.risks.iter().any(|risk| risk.reversible == Some(false)) => {
            (highest, "part of it cannot be undone")
        }
        () if !revision.breaking.is_empty() => (highest, "it breaks what others use"),
        () if worst == Some(Severity::High) => (highest, "it has a high risk"),
        () if facts.note.kind == Kind::Work => (highest.min(1), "it is work on infrastructure"),
        () if worst == Some(Severity::Medium) => (highest.min(1), "it has a medium risk"),
        () => (0, "nothing about it is out of the ordinary"),
    })
}

impl Check for ReviewerLevel {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        let Some((wanted, because)) = wanted(facts) else { return Checked::NotAsked };
        let level = |person: &crate::domain::person::Person| {
            facts.reviewers.level_of(&format!("{}:{}", person.platform, person.id))
        };
        let approvals =
            facts.decisions.iter().filter(|one| matches!(one.what, Decided::Approved | Decided::Overridden));
        let mut given: Vec<(&str, usize)> = Vec::new();
        for approval in approvals {
            given.extend(level(&approval.by).map(|level| (approval.by.name.as_str(), level)));
        }
        if given.iter().any(|(_, level)| *level >= wanted) {
            return Checked::Met;
        }
        let name = facts.reviewers.name(wanted);
        let requested = facts.decisions.iter().any(|one| one.what == Decided::Requested);
        if !self.before_request && !requested && given.is_empty() {
            return Checked::Unknown("nobody was asked to approve it yet".to_owned());
        }
        let what = match given.iter().max_by_key(|(_, level)| *level) {
            Some((who, level)) => {
                format!("{who} approved it as {}; it needs {name}, because {because}.", facts.reviewers.name(*level))
            }
            None => format!("It needs the approval of {name}, because {because}."),
        };
        let instead = match facts.note.id {
            0 => format!("Ask {name}."),
            id => format!("`/release approval {id} ask` asks {name}."),
        };
        Checked::of(vec![Found::new(name, what, instead).value("level", name)])
    }
}
