//! What will be unavailable or slow while the work runs?

use super::phrase::{cited, told};
use super::story::Story;
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// Follows from the facts; names no duration, because git knows none.
pub fn downtime(story: &Story<'_>, _: &Field) -> Option<Value> {
    let mut sentences: Vec<String> = Vec::new();
    for (kind, text) in [
        (
            RiskKind::Migration,
            "Writes to the changed tables may wait while the migration runs; measure it on a copy and write the time here",
        ),
        (
            RiskKind::Infrastructure,
            "Instances restart while the new definition is applied; requests in flight may fail unless they drain first",
        ),
        (RiskKind::Dependency, "The service restarts with the new versions"),
        (RiskKind::Config, "The service reads the new configuration on restart, one instance after the other"),
    ] {
        let risks: Vec<&Risk> = story.of_kind(kind).filter(|risk| risk.severity > Severity::Low).collect();
        let ids: Vec<FactId> = risks.iter().take(5).map(|risk| risk.id.clone()).collect();
        if !ids.is_empty() {
            sentences.push(told(text, &ids));
        }
    }
    if sentences.is_empty() {
        return super::text(format!("Nothing in the change calls for a downtime{}.", cited(&story.range())));
    }
    super::text(sentences.join(" "))
}
