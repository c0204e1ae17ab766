//! Does a dump of the database's structure change where no migration does?

use super::super::super::reading::Reading;
use super::super::found::{Told, listed, risk};
use super::super::migration;
use crate::domain::digest::{Risk, RiskKind, Severity};

/// Medium: without a migration, production's tables stay as they are.
pub fn look(reading: &Reading) -> Option<Risk> {
    let migrated = reading.files.iter().any(migration::is_migration);
    let dumps: Vec<_> = reading
        .production()
        .filter(|file| matches!(file.name, "schema.sql" | "structure.sql" | "schema.rb" | "schema.prisma" | "init.sql"))
        .filter(|file| file.changed().any(|line| !line.text.contains("version")))
        .collect();
    if migrated || dumps.is_empty() {
        return None;
    }
    let names: Vec<&str> = dumps.iter().map(|file| file.path).collect();
    let title = format!("The database's structure changes in {} and no migration comes with it", listed(&names));
    let meaning =
        "New installations get the new tables, existing ones keep the old. Check how production is meant to follow.";
    let evidence: Vec<_> =
        dumps.iter().filter_map(|file| file.changed().next().map(|line| file.evidence(line))).collect();
    Some(risk(RiskKind::Schema, Severity::Medium, title, meaning).seen(evidence))
}
