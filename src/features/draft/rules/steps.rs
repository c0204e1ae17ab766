//! What is done in a piece of infrastructure work, in which order?

use super::phrase::{entry, short};
use super::story::Story;
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::draft::Field;
use serde_json::Value;

/// Save, then outside in: permissions and configuration before the data, code and schedules after it, then prove it.
pub fn steps(story: &Story<'_>, field: &Field) -> Option<Value> {
    let range = story.range();
    let mut steps = Vec::new();
    if let Some(risk) = story.irreversible() {
        steps.push(entry(
            "Take the backup and note its name here; nothing below starts without it",
            std::slice::from_ref(&risk.id),
        ));
    }
    for (kind, verb) in [
        (RiskKind::Permission, "Set permissions"),
        (RiskKind::Config, "Set configuration"),
        (RiskKind::Infrastructure, "Apply the plan to one instance or environment, look, then to the rest"),
        (RiskKind::Migration, "Run the migration and wait until replication has caught up"),
        (RiskKind::Dependency, "Roll the new versions out one instance at a time"),
        (RiskKind::Schedule, "Enable the changed schedule"),
    ] {
        for risk in
            story.of_kind(kind).filter(|risk| risk.severity > Severity::Low || kind == RiskKind::Migration).take(4)
        {
            steps.push(one(verb, risk));
        }
    }
    if steps.is_empty() {
        steps.push(entry(
            &format!("Apply {} to one instance, look at its signals, then to the rest", story.to()),
            &range,
        ));
    }
    steps.push(entry("Compare the signals below with before; go on or back", &range));
    super::entries(steps, field)
}

fn one(verb: &str, risk: &Risk) -> String {
    entry(&format!("{verb}: {}", short(risk.title.trim_end_matches('.'), 160)), std::slice::from_ref(&risk.id))
}
