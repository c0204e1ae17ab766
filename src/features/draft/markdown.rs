//! How does a note read outside the chat: as Markdown for people, as JSON for pipelines?

use crate::domain::digest::{Risk, Severity};
use crate::domain::note::{Kind, Note, Revision, Section, Writer};
use crate::features::draft::rules::phrase::{count, name, some, thousands};
use serde_json::{Map, Value, json};

/// Commits listed one by one in Markdown; JSON has them all.
const LISTED: usize = 50;

/// What a revision does not know about the note it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// `None` for a draft that was printed and not kept.
    pub id: Option<u64>,
    pub kind: Kind,
    pub service: String,
}

impl Meta {
    pub fn of(note: &Note) -> Self {
        Self { id: Some(note.id), kind: note.kind, service: note.subject().replace('`', "") }
    }
}

/// The note as CommonMark: title, one line of what it is, the sections, the risk facts, and how it came to be.
pub fn markdown(revision: &Revision, meta: &Meta) -> String {
    let mut parts = vec![format!("# {}", one_line(revision.title())), head(revision, meta)];
    parts.push(sections(revision));
    parts.extend(risks(&revision.risks));
    parts.extend(remarks(revision));
    parts.join("\n\n") + "\n"
}

/// The sections alone, under their headings; the title is left to whoever shows them.
pub fn sections(revision: &Revision) -> String {
    let mut parts = Vec::new();
    let first = revision.sections.first().map(|section| section.group.as_str());
    let mut group = first;
    for section in revision.sections.iter().filter(|section| section.key != "title") {
        let Some(body) = body(section) else { continue };
        if group != Some(section.group.as_str()) {
            group = Some(section.group.as_str());
            parts.push(format!("## {}", section.group_title));
        }
        let level = if first == Some(section.group.as_str()) { "##" } else { "###" };
        let titled = !section.group_title.eq_ignore_ascii_case(&section.title);
        match body {
            Body::Line(line) => parts.push(format!("**{}:** {line}", section.title)),
            Body::Text(text) if titled => parts.push(format!("{level} {}\n\n{text}", section.title)),
            Body::Text(text) => parts.push(text),
        }
        parts.extend(marks(section));
    }
    parts.join("\n\n")
}

/// The same for programs: the schema's groups at the top, and beside them what the note rests on.
pub fn json(revision: &Revision, meta: &Meta) -> Value {
    let mut note = Map::new();
    note.insert("id".to_owned(), json!(meta.id));
    note.insert("kind".to_owned(), json!(meta.kind));
    note.insert("service".to_owned(), json!(meta.service));
    note.insert("revision".to_owned(), json!(revision.number));
    note.insert("at".to_owned(), json!(revision.at));
    note.insert("range".to_owned(), json!(revision.modules.first().map(|module| &module.range)));
    let modules = revision.modules.iter().map(|module| json!({ "service": module.service, "range": module.range }));
    note.insert("modules".to_owned(), modules.collect());
    for section in &revision.sections {
        if section.group == section.key {
            note.insert(section.key.clone(), section.value.clone());
        } else {
            let group = note.entry(section.group.clone()).or_insert_with(|| json!({}));
            group[&section.key] = section.value.clone();
        }
    }
    let origins: Map<String, Value> = revision
        .sections
        .iter()
        .map(|section| {
            let origin = json!({ "writer": section.writer, "cites": section.cites, "stale": section.stale });
            (section.key.clone(), origin)
        })
        .collect();
    note.insert("origins".to_owned(), Value::Object(origins));
    note.insert("breaking".to_owned(), json!(revision.breaking));
    note.insert("risks".to_owned(), json!(revision.risks));
    note.insert("facts".to_owned(), json!(revision.facts));
    note.insert("seen".to_owned(), json!(revision.seen));
    note.insert("writer".to_owned(), json!(revision.writer));
    note.insert("remarks".to_owned(), json!(revision.remarks));
    Value::Object(note)
}

enum Body {
    /// Short enough to stand beside its title.
    Line(String),
    Text(String),
}

fn head(revision: &Revision, meta: &Meta) -> String {
    let what = match meta.kind {
        Kind::Deployment => "Deployment note",
        Kind::Work => "Work note",
    };
    let number = meta.id.map(|id| format!(" {id}")).unwrap_or_default();
    let writer = match &revision.writer {
        Writer::Rules => "written by rules".to_owned(),
        Writer::Model(model) => format!("worded by {}, checked by code", name(model)),
        Writer::Person(person) => format!("{} by {}", revision.what, one_line(&person.name)),
    };
    format!(
        "*{what}{number} · {} · {} · revision {} · {} UTC · {writer}*",
        name(&meta.service),
        name(&revision.label()),
        revision.number,
        revision.at.format("%Y-%m-%d %H:%M")
    )
}

/// Nothing for an empty section.
fn body(section: &Section) -> Option<Body> {
    match &section.value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) if !text.contains(' ') && text.len() <= 60 => Some(Body::Line(name(text))),
        Value::String(text) => Some(Body::Text(demoted(text))),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) if items.iter().all(Value::is_object) => Some(Body::Text(repositories(items))),
        Value::Array(items) => Some(list(section, items)),
        Value::Null => None,
        Value::Object(_) => Some(Body::Text(format!("```json\n{:#}\n```", section.value))),
        other => Some(Body::Line(other.to_string())),
    }
}

fn list(section: &Section, items: &[Value]) -> Body {
    let texts: Vec<String> =
        items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), one_line)).collect();
    let checklist = section.group.starts_with("checklist");
    if !checklist && texts.iter().all(|text| text.len() <= 40 && !text.contains(',')) && texts.len() <= 8 {
        return Body::Line(texts.join(", "));
    }
    let lines = texts.iter().enumerate().map(|(n, text)| match (checklist, section.key == "steps") {
        (true, _) => format!("- [ ] {text}"),
        (_, true) => format!("{}. {text}", n + 1),
        _ => format!("- {text}"),
    });
    Body::Text(lines.collect::<Vec<_>>().join("\n"))
}

fn repositories(items: &[Value]) -> String {
    items.iter().map(repository).collect::<Vec<_>>().join("\n\n")
}

fn repository(item: &Value) -> String {
    let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
    let many = |key: &str| item.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let commits = many("commits");
    let mut parts = vec![format!(
        "{}: {} → {}, {}",
        name(text("repository")),
        text("from"),
        text("to"),
        count(commits.len(), "commit")
    )];
    if !text("summary").is_empty() {
        parts.push(text("summary").to_owned());
    }
    let numbers: Vec<String> = many("pull_requests").iter().map(|number| format!("#{number}")).collect();
    if !numbers.is_empty() {
        parts.push(format!("Pull requests: {}", numbers.join(", ")));
    }
    let tickets: Vec<&str> = many("tickets").iter().filter_map(Value::as_str).collect();
    if !tickets.is_empty() {
        parts.push(format!("Tickets: {}", tickets.join(", ")));
    }
    let mut lines: Vec<String> = commits.iter().take(LISTED).filter_map(Value::as_str).map(commit).collect();
    if commits.len() > LISTED {
        lines.push(format!("- and {} more; the JSON form has them all", thousands(commits.len() - LISTED)));
    }
    if !lines.is_empty() {
        parts.push(lines.join("\n"));
    }
    parts.join("\n\n")
}

/// ``- `1a2b3c4` subject``
fn commit(line: &str) -> String {
    match line.split_once(' ') {
        Some((sha, subject)) => format!("- `{sha}` {}", one_line(subject)),
        None => format!("- `{line}`"),
    }
}

/// Who touched the section, and what waits beside it.
fn marks(section: &Section) -> Option<String> {
    if let Some(stale) = &section.stale {
        let proposal = match &stale.proposal {
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                items.iter().filter_map(Value::as_str).map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
            }
            other => other.to_string(),
        };
        let quoted: Vec<String> = proposal.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
        return Some(format!("> **May be out of date.** {} The new draft says:\n>\n{}", stale.why, quoted.join("\n")));
    }
    match &section.writer {
        Writer::Person(person) => Some(format!("*Edited by {}.*", one_line(&person.name))),
        _ => None,
    }
}

fn risks(risks: &[Risk]) -> Option<String> {
    let lines: Vec<String> = risks
        .iter()
        .map(|risk| {
            let severity = match risk.severity {
                Severity::High => "High",
                Severity::Medium => "Medium",
                Severity::Low => "Low",
            };
            let mut places: Vec<String> = Vec::new();
            for seen in &risk.evidence {
                let place = if seen.line == 0 { seen.path.clone() } else { format!("{}:{}", seen.path, seen.line) };
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            let places: Vec<String> = places.iter().map(|place| name(place)).collect();
            let seen = if places.is_empty() { String::new() } else { format!(" — {}", some(&places, 3)) };
            format!("- **{severity}:** {}{seen}", one_line(&risk.title))
        })
        .collect();
    (!lines.is_empty()).then(|| format!("## Risk facts\n\n{}", lines.join("\n")))
}

fn remarks(revision: &Revision) -> Option<String> {
    let lines: Vec<String> = revision.remarks.iter().map(|remark| format!("- {}", one_line(remark))).collect();
    (!lines.is_empty()).then(|| format!("## How this note came to be\n\n{}", lines.join("\n")))
}

/// Headings inside a section stand below the section's own.
fn demoted(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let hashes = line.bytes().take_while(|b| *b == b'#').count();
            if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
                format!("{}{}", "#".repeat((hashes + 2).clamp(3, 6)), &line[hashes..])
            } else {
                line.to_owned()
            }
        })
        .collect();
    lines.join("\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
