//! What goes out was built and tested, and is not tested less than before.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::checks::Outcome;
use crate::domain::review::Grade;
use crate::features::phrase::some;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "checks",
    asks: "Its checks are green",
    why: "A red check is the cheapest failure there is: it has happened already, to nobody.",
    grade: Grade::Danger,
    read: options::<Checks>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Checks {
    /// Percentage points that coverage may drop.
    coverage_drop: f64,
}

impl Default for Checks {
    fn default() -> Self {
        Self { coverage_drop: 2.0 }
    }
}

impl Check for Checks {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        let known: Vec<_> = facts
            .revision
            .modules
            .iter()
            .filter_map(|module| Some((module, module.background.checks.as_ref()?)))
            .collect();
        if facts.revision.modules.is_empty() {
            return Checked::NotAsked;
        }
        if known.is_empty() {
            return Checked::Unknown("no code host told how the checks of this revision ended".to_owned());
        }
        let mut found = Vec::new();
        for (module, checks) in known {
            let of = |outcome| {
                checks.runs.iter().filter(move |run| run.outcome == outcome).map(|run| format!("`{}`", run.name))
            };
            let failed: Vec<String> = of(Outcome::Failed).collect();
            if !failed.is_empty() {
                let what = format!("{} of `{}` failed on what goes out.", some(&failed, 3), module.service);
                let instead = "Mend it, or say in the note why that failure does not matter here.";
                found.push(
                    Found::new(format!("{}/failed", module.service), what, instead).value("failed", failed.len()),
                );
            }
            let open: Vec<String> = of(Outcome::Running).chain(of(Outcome::Unfinished)).collect();
            if !open.is_empty() {
                let what = format!("{} of `{}` did not end yet.", some(&open, 3), module.service);
                let one = Found::new(format!("{}/open", module.service), what, "Wait for it, then review again.");
                found.push(one.value("not ended", open.len()).graded(Grade::Caution));
            }
            let drop =
                checks.runs.iter().filter_map(|run| run.coverage?.change).filter(|change| -change > self.coverage_drop);
            if let Some(change) = drop.min_by(f64::total_cmp) {
                let what = format!(
                    "Coverage of `{}` drops by {:.1} points; {:.1} is the most.",
                    module.service, -change, self.coverage_drop
                );
                let one = Found::new(
                    format!("{}/coverage", module.service),
                    what,
                    "Test what is new, or say why it cannot be.",
                );
                found.push(one.value("change", format!("{change:.1}")).graded(Grade::Caution));
            }
        }
        Checked::of(found)
    }
}
