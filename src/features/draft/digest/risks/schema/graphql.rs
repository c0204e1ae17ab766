//! Which fields and types of a GraphQL schema are gone, and which demand more?

use super::super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::found::Sighting;
use super::Findings;
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

static FIELD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s+(?P<n>\w+)\s*(?:\([^)]*\))?\s*:\s*(?P<t>[\[\]\w!]+)"));
static TYPE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:extend\s+)?(?P<k>type|input|interface|enum|union|scalar)\s+(?P<n>\w+)"));

pub fn findings(reading: &Reading) -> Findings {
    let mut findings = Findings::default();
    for file in reading.production().filter(|file| file.language.name == "GraphQL" && is_schema(file)) {
        let after: HashMap<String, (String, bool)> =
            fields(file, Sign::Added).into_iter().map(|(name, kind, input, _)| (name, (kind, input))).collect();
        for (name, kind, _, line) in fields(file, Sign::Removed).into_iter().filter(|(_, _, _, line)| !line.moved) {
            let sighting = Sighting { what: name.clone(), evidence: file.evidence(line) };
            match after.get(&name) {
                None => findings.gone.push(sighting),
                Some((now, _)) if *now == kind => {}
                // An output that becomes certain harms nobody; an input that becomes required does, and so does the reverse.
                Some((now, input)) if now.replace('!', "") == kind.replace('!', "") => {
                    if now.len() > kind.len() && *input || now.len() < kind.len() && !*input {
                        findings.changed.push(sighting);
                    }
                }
                Some(_) => findings.gone.push(sighting),
            }
        }
    }
    findings
}

/// Queries of a client look alike and promise nothing.
fn is_schema(file: &FileReading) -> bool {
    let lower = file.path.to_ascii_lowercase();
    lower.contains("schema") || lower.ends_with(".graphqls") || file.lines.iter().any(|line| TYPE.is_match(line.text))
}

fn fields<'l, 'a>(file: &'l FileReading<'a>, sign: Sign) -> Vec<(String, String, bool, &'l Line<'a>)> {
    let mut owner = (String::new(), false);
    let mut found = Vec::new();
    for line in file.lines.iter().filter(|line| !line.silent && (line.sign == sign || line.sign == Sign::Context)) {
        if let Some(name) = TYPE.captures(line.text) {
            owner = (name["n"].to_owned(), &name["k"] == "input");
            if line.sign == sign {
                found.push((owner.0.clone(), name["k"].to_owned(), owner.1, line));
            }
        } else if line.sign == sign
            && let Some(field) = FIELD.captures(line.text)
        {
            let name = if owner.0.is_empty() { field["n"].to_owned() } else { format!("{}.{}", owner.0, &field["n"]) };
            found.push((name, field["t"].to_owned(), owner.1, line));
        }
    }
    found
}
