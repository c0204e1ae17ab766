//! Which fields and calls of a protobuf contract are gone, renumbered or of another type?

use super::super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::found::Sighting;
use super::Findings;
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:(?:optional|required)\s+)?(?P<t>(?:repeated\s+)?(?:map<[^>]*>|[A-Za-z_][\w.]*))\s+(?P<n>\w+)\s*=\s*(?P<i>\d+)\s*[;\[]",
    )
});
static CALL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*rpc\s+(?P<n>\w+)\s*\("));
static BLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:message|service|enum|oneof)\s+(?P<n>\w+)"));

/// A field with the block it stands in, as far as the diff shows it.
struct Field<'l, 'a> {
    block: String,
    kind: String,
    name: String,
    number: String,
    line: &'l Line<'a>,
}

pub fn findings(reading: &Reading) -> Findings {
    let mut findings = Findings::default();
    for file in reading.production().filter(|file| file.language.name == "Protobuf") {
        let (removed, added) = (fields(file, Sign::Removed), fields(file, Sign::Added));
        let renamed: HashMap<(&str, &str), &Field> =
            added.iter().map(|field| ((field.block.as_str(), field.number.as_str()), field)).collect();
        let kept: HashMap<(&str, &str), &Field> =
            added.iter().map(|field| ((field.block.as_str(), field.name.as_str()), field)).collect();
        for field in removed.iter().filter(|field| !field.line.moved) {
            let full =
                if field.block.is_empty() { field.name.clone() } else { format!("{}.{}", field.block, field.name) };
            let sighting = |line: &Line| Sighting { what: full.clone(), evidence: file.evidence(line) };
            match (kept.get(&(&field.block, &field.name)), renamed.get(&(&field.block, &field.number))) {
                (Some(now), _) if now.number != field.number || now.kind != field.kind => {
                    findings.gone.push(sighting(now.line))
                }
                (Some(_), _) => {}
                // The wire does not know names: only code and JSON notice.
                (None, Some(now)) if now.kind == field.kind => findings.changed.push(sighting(now.line)),
                (None, _) => findings.gone.push(sighting(field.line)),
            }
        }
        findings.gone.extend(calls(file));
    }
    findings
}

fn fields<'l, 'a>(file: &'l FileReading<'a>, sign: Sign) -> Vec<Field<'l, 'a>> {
    let mut block = String::new();
    let mut hunk = u32::MAX;
    let mut fields = Vec::new();
    for line in file.lines.iter().filter(|line| !line.silent && (line.sign == sign || line.sign == Sign::Context)) {
        if line.hunk != hunk {
            hunk = line.hunk;
            let context = file.change.hunks.get(hunk as usize).map_or("", |hunk| hunk.context.as_str());
            block = BLOCK.captures(context).map_or(String::new(), |found| found["n"].to_owned());
        }
        if let Some(found) = BLOCK.captures(line.text) {
            block = found["n"].to_owned();
        } else if line.sign == sign
            && let Some(found) = FIELD.captures(line.text)
        {
            let group = |name: &str| found[name].to_owned();
            fields.push(Field { block: block.clone(), kind: group("t"), name: group("n"), number: group("i"), line });
        }
    }
    fields
}

fn calls(file: &FileReading) -> Vec<Sighting> {
    let name = |line: &Line| CALL.captures(line.text).map(|found| found["n"].to_owned());
    let standing: Vec<String> = file.lines.iter().filter(|line| line.sign != Sign::Removed).filter_map(name).collect();
    file.removed()
        .filter(|line| !line.moved)
        .filter_map(|line| {
            Some(Sighting {
                what: format!("rpc {}", name(line).filter(|name| !standing.contains(name))?),
                evidence: file.evidence(line),
            })
        })
        .collect()
}
