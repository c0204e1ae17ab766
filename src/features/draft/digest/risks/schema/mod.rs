//! Which contracts with others changed: OpenAPI, protobuf, GraphQL, Avro, JSON schema, custom resources, SQL schemas?

mod graphql;
mod openapi;
mod protobuf;
mod records;
mod tables;

use super::super::reading::Reading;
use super::found::{Sighting, Told, count, distinct, evidence, listed, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};

/// What one file format finds: what is gone for good, and what callers must adapt to.
#[derive(Default)]
pub struct Findings {
    pub gone: Vec<Sighting>,
    pub changed: Vec<Sighting>,
}

/// High where something others use is gone or means something else; medium where they must send more or may get less.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut risks = Vec::new();
    for (contract, findings) in [
        ("OpenAPI", openapi::findings(reading)),
        ("Protobuf", protobuf::findings(reading)),
        ("GraphQL", graphql::findings(reading)),
        ("Schema", records::findings(reading)),
    ] {
        risks.extend(told(contract, "gone or renumbered", &findings.gone, Severity::High, "Clients built against the old contract fail or read the wrong thing, and so do messages already stored or in flight. Release them together or keep the old form for one version."));
        risks.extend(told(
            contract,
            "changed in a way callers must follow",
            &findings.changed,
            Severity::Medium,
            "Callers that do not follow get errors or surprises. Tell their owners before the release.",
        ));
    }
    risks.extend(tables::look(reading));
    risks
}

fn told(contract: &str, what: &str, sightings: &[Sighting], severity: Severity, meaning: &str) -> Option<Risk> {
    let names = distinct(sightings);
    let verb = if names.len() == 1 { "is" } else { "are" };
    let title = format!("{contract}: {} {verb} {what}: {}", count(names.len(), "element", "elements"), listed(&names));
    (!names.is_empty())
        .then(|| risk(RiskKind::Schema, severity, title, meaning).reversible(true).seen(evidence(sightings)))
}

#[cfg(test)]
mod tests;
