//! Does the version run that the range begins at?

use super::super::reading::Reading;
use super::found::{coded, risk};
use crate::domain::checks::Deployed;
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::fact::FactId;

/// Only production is looked at: other environments are ahead on purpose. What a failed deployment left is not known.
pub fn look(reading: &Reading) -> Vec<Risk> {
    reading
        .background
        .deployed
        .iter()
        .filter(|deployed| is_live(deployed))
        .filter_map(|live| other(reading, live))
        .collect()
}

fn is_live(deployed: &Deployed) -> bool {
    let name = deployed.environment.to_lowercase();
    let production =
        name == "live" || name.split(['-', '_', '/', ' ']).any(|part| part == "prod" || part == "production");
    production && matches!(deployed.state.as_str(), "success" | "active")
}

fn other(reading: &Reading, live: &Deployed) -> Option<Risk> {
    let changes = reading.changes;
    let range = &changes.range;
    if live.sha == range.from.sha {
        return None;
    }
    let runs = format!("{} runs {}", coded(&live.environment), coded(&live.name));
    let (severity, title, meaning) = if live.sha == range.to.sha {
        let meaning = "There this release changes nothing. Check that the range is the one that was meant.";
        (Severity::Medium, format!("{runs}, which is what goes out"), meaning.to_owned())
    } else if changes.commits.iter().any(|commit| commit.sha == live.sha) {
        let meaning =
            "Part of this change is out already: the way back is to that version, and only the rest is new there.";
        (Severity::Low, format!("{runs}, which lies within this range"), meaning.to_owned())
    } else {
        let meaning = format!(
            "What lies between that and {} goes out as well, or back. Draft from the version that runs, or check what differs.",
            coded(&range.from.name)
        );
        (Severity::Medium, format!("{runs}, not {}", coded(&range.from.name)), meaning)
    };
    let facts = vec![FactId::environment(&live.environment)];
    Some(Risk { facts, ..risk(RiskKind::Live, severity, title, meaning) })
}
