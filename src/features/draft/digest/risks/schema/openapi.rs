//! Which paths and operations of an OpenAPI document are gone, and what must be sent that was not?

use super::super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::found::Sighting;
use super::Findings;
use std::collections::HashSet;

pub fn findings(reading: &Reading) -> Findings {
    let mut findings = Findings::default();
    for file in reading.production().filter(|file| is_contract(file)) {
        read(file, &mut findings);
    }
    findings
}

fn is_contract(file: &FileReading) -> bool {
    let lower = file.path.to_ascii_lowercase();
    let named = ["openapi", "swagger"].iter().any(|word| lower.contains(word));
    let says = file.lines.iter().take(60).any(|line| {
        let text = line.text.trim_start();
        text.starts_with("openapi: 3")
            || text.starts_with("\"openapi\":")
            || text.starts_with("swagger: ")
            || text.starts_with("\"swagger\":")
    });
    matches!(file.language.name, "YAML" | "JSON") && (named || says)
}

fn read(file: &FileReading, findings: &mut Findings) {
    let mut path = String::new();
    let mut standing: HashSet<String> = HashSet::new();
    let mut gone: Vec<(String, &Line)> = Vec::new();
    let mut gone_path = String::new();
    for line in file.lines.iter().filter(|line| !line.silent) {
        let key = line.text.trim().trim_end_matches(['{', ' ']).trim_end_matches(':').trim_matches(['"', '\'']);
        if key.starts_with('/') && !key.contains(' ') {
            if line.sign == Sign::Removed {
                gone.push((key.to_owned(), line));
                gone_path = key.to_owned();
            } else {
                standing.insert(key.to_owned());
                gone_path.clear();
            }
            path = key.to_owned();
        } else if matches!(key, "get" | "post" | "put" | "patch" | "delete") && !path.is_empty() {
            let operation = format!("{} {path}", key.to_uppercase());
            if line.sign != Sign::Removed {
                standing.insert(operation);
            } else if gone_path != path {
                // Operations of a removed path are told by the path.
                gone.push((operation, line));
            }
        } else if line.is_added() && !line.moved && key.trim_end_matches(',').replace('"', "") == "required: true" {
            let at = if path.is_empty() { file.name.to_owned() } else { path.clone() };
            // Of a path that is new altogether nobody could have left it out.
            if !file.lines.iter().any(|line| {
                line.is_added() && !path.is_empty() && line.text.trim_start().trim_start_matches('"').starts_with(&path)
            }) {
                findings.changed.push(Sighting { what: at, evidence: file.evidence(line) });
            }
        }
    }
    for (what, line) in gone.into_iter().filter(|(what, _)| !standing.contains(what)) {
        findings.gone.push(Sighting { what, evidence: file.evidence(line) });
    }
}
