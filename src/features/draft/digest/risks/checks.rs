//! Did continuous integration pass on what goes out?

use super::super::reading::Reading;
use super::found::{listed, risk};
use crate::domain::checks::{Checks, Outcome};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::fact::FactId;

/// Points of coverage from which a fall is told.
const FALL: f64 = 1.0;

/// High for what failed, medium for what has not ended; unknown is not passed. A fall of coverage is low.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let Some(checks) = &reading.background.checks else { return Vec::new() };
    let to = &reading.changes.range.to.name;
    let mut found = Vec::new();
    if let Some(title) =
        of(checks, Outcome::Failed, |names| format!("Continuous integration failed on `{to}`: {names}"))
    {
        let meaning = "What the check guards is broken, or the check is. Find out which before this goes out.";
        found.push(risk(RiskKind::Checks, Severity::High, title, meaning));
    }
    for (outcome, how) in [(Outcome::Unfinished, "did not finish"), (Outcome::Running, "is still running")] {
        let title = of(checks, outcome, |names| format!("Continuous integration {how} on `{to}`: {names}"));
        let meaning = "Until it has passed, nobody knows. Wait for it, or start it again.";
        found.extend(title.map(|title| risk(RiskKind::Checks, Severity::Medium, title, meaning)));
    }
    for run in &checks.runs {
        let Some((coverage, change)) = run.coverage.and_then(|now| Some((now, now.change?))) else { continue };
        if change <= -FALL {
            let title = format!("Coverage falls by {:.1} points to {:.1} %", -change, coverage.percent);
            let meaning = "More of this change is untested than of what was there before.";
            found.push(risk(RiskKind::Checks, Severity::Low, title, meaning));
        }
    }
    let facts: Vec<FactId> = reading.outside.checks.iter().map(|fact| fact.id.clone()).collect();
    found.iter_mut().for_each(|risk| risk.facts.clone_from(&facts));
    found
}

fn of(checks: &Checks, outcome: Outcome, told: impl Fn(&str) -> String) -> Option<String> {
    let names: Vec<&str> =
        checks.runs.iter().filter(|run| run.outcome == outcome).map(|run| run.name.as_str()).collect();
    (!names.is_empty()).then(|| told(&listed(&names)))
}
