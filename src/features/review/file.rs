//! A note from a file, as `slipway draft --format json` or a note's page gives it, so that a pipeline can have it reviewed.

use super::{Review, words as say};
use crate::domain::digest::{Breaking, Risk, Seen};
use crate::domain::fact::Fact;
use crate::domain::message::Place;
use crate::domain::note::{Kind, Note, Planned, Released, Revision, Section, State, Work, Writer};
use crate::domain::person::Person;
use crate::features::Context;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    service: String,
    #[serde(default)]
    revision: u32,
    #[serde(default)]
    modules: Vec<Released>,
    #[serde(default)]
    planned: Option<When>,
    #[serde(default)]
    work: Option<Work>,
    #[serde(default)]
    risks: Vec<Risk>,
    #[serde(default)]
    breaking: Vec<Breaking>,
    #[serde(default)]
    facts: Vec<Fact>,
    #[serde(default)]
    seen: Seen,
    #[serde(flatten)]
    groups: Map<String, Value>,
}

#[derive(Deserialize)]
struct When {
    from: DateTime<Utc>,
    #[serde(default)]
    minutes: u32,
    #[serde(default)]
    zone: Option<chrono_tz::Tz>,
}

/// `Err` is a sentence that says what is wrong with the file.
pub fn read(context: &Context, text: &str) -> Result<(Note, Revision), String> {
    let file: File = serde_json::from_str(text)
        .map_err(|error| format!("it is not a note as `slipway draft --format json` writes it: {error}"))?;
    let kind = file.kind.unwrap_or(if file.work.is_some() { Kind::Work } else { Kind::Deployment });
    let schema = context.schemas.of(kind);
    let mut sections = Vec::new();
    for field in schema.fields() {
        let value = file
            .groups
            .get(&field.group)
            .and_then(|group| group.get(&field.key))
            .or_else(|| file.groups.get(&field.key));
        if let Some(value) = value {
            sections.push(Section {
                key: field.key.clone(),
                group: field.group.clone(),
                group_title: String::new(),
                title: field.title.clone(),
                value: value.clone(),
                generated: Value::Null,
                writer: Writer::Rules,
                stale: None,
                cites: Vec::new(),
            });
        }
    }
    if sections.is_empty() {
        return Err("it has none of the sections that a note has, for example `noteDetails.title`".to_owned());
    }
    let now = context.clock.now();
    let nobody = Person { platform: "file".to_owned(), id: String::new(), name: "the file".to_owned() };
    let nowhere = Place { platform: "file".to_owned(), channel: String::new(), thread: None };
    let names: Vec<String> = match file.modules.as_slice() {
        [] => file.service.split(" and ").flat_map(|part| part.split(", ")).map(str::to_owned).collect(),
        modules => modules.iter().map(|module| module.service.clone()).collect(),
    };
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let workspace =
        names.iter().find_map(|name| context.service(name)).map_or(String::new(), |(space, _)| space.name.clone());
    let mut note = Note::new(0, kind, &workspace, nobody, nowhere, now);
    note.state = State::Drafted;
    note.revision = file.revision.max(1);
    note.work = file.work;
    if note.work.is_none() {
        note.modules =
            names.into_iter().map(|service| crate::domain::note::Module { service, ask: Default::default() }).collect();
    }
    note.planned = file.planned.map(|when| Planned {
        from: when.from,
        minutes: when.minutes,
        zone: when.zone.unwrap_or(chrono_tz::Tz::UTC),
    });
    let revision = Revision {
        number: note.revision,
        at: now,
        writer: Writer::Rules,
        what: "read from a file".to_owned(),
        sections,
        modules: file.modules,
        seen: file.seen,
        risks: file.risks,
        breaking: file.breaking,
        facts: file.facts,
        remarks: Vec::new(),
    };
    Ok((note, revision))
}

/// For pipelines: the review with its standards counted.
pub fn as_json(review: &Review) -> Value {
    let (met, asked) = review.standards_met();
    let mut value = json!(review);
    value["standards_met"] = json!(met);
    value["standards_asked"] = json!(asked);
    value
}

pub fn as_text(review: &Review) -> String {
    say::plainly(review)
}
