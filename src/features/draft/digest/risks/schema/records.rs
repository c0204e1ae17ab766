//! Which fields of Avro records, JSON schemas and custom resources are gone?

use super::super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::found::Sighting;
use super::Findings;
use std::collections::HashSet;

pub fn findings(reading: &Reading) -> Findings {
    let mut findings = Findings::default();
    for file in reading.production() {
        let lower = file.path.to_ascii_lowercase();
        if lower.ends_with(".avsc") {
            gone(file, avro_field, &mut findings.gone);
        } else if lower.ends_with(".schema.json") || lower.ends_with("values.schema.json") {
            gone(file, property, &mut findings.changed);
        } else if is_resource(file) {
            gone(file, version, &mut findings.gone);
            gone(file, resource_property, &mut findings.changed);
        }
    }
    findings
}

fn is_resource(file: &FileReading) -> bool {
    let placed = file.under(&["crd", "crds"]);
    file.language.name == "YAML"
        && (placed || file.lines.iter().any(|line| line.text.starts_with("kind: CustomResourceDefinition")))
}

/// Names on removed lines that no other line of the file has.
fn gone(file: &FileReading, name: fn(&str) -> Option<String>, into: &mut Vec<Sighting>) {
    let standing: HashSet<String> =
        file.lines.iter().filter(|line| line.sign != Sign::Removed).filter_map(|line| name(line.text)).collect();
    let told = |line: &Line| {
        let what = name(line.text).filter(|name| !standing.contains(name))?;
        Some(Sighting { what, evidence: file.evidence(line) })
    };
    into.extend(file.removed().filter(|line| !line.moved).filter_map(told));
}

fn avro_field(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"name\"")?;
    Some(rest.trim_start_matches([':', ' ']).strip_prefix('"')?.split('"').next()?.to_owned())
}

/// `"colour": {` within `properties`, as far as a line can tell.
fn property(text: &str) -> Option<String> {
    let key = text.trim().strip_suffix('{')?.trim_end().strip_suffix(':')?.trim().trim_matches('"');
    let word = !matches!(
        key,
        "properties"
            | "items"
            | "definitions"
            | "$defs"
            | "allOf"
            | "anyOf"
            | "oneOf"
            | "not"
            | "if"
            | "then"
            | "else"
            | ""
    );
    word.then(|| key.to_owned())
}

fn version(text: &str) -> Option<String> {
    let name = text.trim().trim_start_matches("- ").strip_prefix("name: ")?;
    let numbered = name.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    numbered.then(|| format!("version {name}"))
}

fn resource_property(text: &str) -> Option<String> {
    let deep = text.len() - text.trim_start().len() >= 12;
    let key = text.trim().strip_suffix(':')?;
    let word = key.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !matches!(
            key,
            "properties"
                | "items"
                | "required"
                | "type"
                | "enum"
                | "anyOf"
                | "oneOf"
                | "allOf"
                | "additionalProperties"
                | "description"
                | "default"
                | "not"
        );
    (deep && word).then(|| key.to_owned())
}
