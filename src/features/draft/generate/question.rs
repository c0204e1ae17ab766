//! What is one part asked, which answers may stand, and what is said instead?

use super::{Desk, SUMMARY};
use crate::domain::digest::{Breaking, Risk};
use crate::domain::draft::{Field, Part};
use crate::domain::note::Revision;
use crate::features::draft::check::{Cited, Trust, Why, cite_value};
use crate::features::draft::rules::phrase::{count, short};
use crate::features::draft::schema::is_prose;
use crate::prompt::Complaint;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What a template sees, and beside it what the check and the fallback need.
#[derive(Serialize)]
pub(super) struct Input<'a> {
    pub(super) kind: &'static str,
    pub(super) service: String,
    pub(super) fields: Vec<AskedField>,
    pub(super) context: String,
    pub(super) risks: Vec<AskedRisk<'a>>,
    pub(super) breaking: Vec<AskedBreaking<'a>>,
    /// For tone and habits only.
    pub(super) recent: Vec<String>,
    pub(super) examples: Vec<&'a str>,
    pub(super) language: &'static str,
    #[serde(skip)]
    pub(super) asked: Vec<Field>,
    #[serde(skip)]
    pub(super) desk: &'a Desk<'a>,
}

#[derive(Serialize)]
pub struct AskedField {
    key: String,
    title: String,
    description: String,
    schema: Value,
}

#[derive(Serialize)]
pub struct AskedRisk<'a> {
    id: &'a str,
    title: &'a str,
    severity: &'static str,
    meaning: &'a str,
}

#[derive(Serialize)]
pub struct AskedBreaking<'a> {
    id: &'a str,
    text: &'a str,
}

impl AskedField {
    pub fn of(field: &Field) -> Self {
        Self {
            key: field.key.clone(),
            title: field.title.clone(),
            description: field.description.clone(),
            schema: field.schema.clone(),
        }
    }
}

impl<'a> AskedRisk<'a> {
    pub fn of(risk: &'a Risk) -> Self {
        Self { id: &risk.id.0, title: &risk.title, severity: risk.severity.name(), meaning: &risk.meaning }
    }
}

impl<'a> AskedBreaking<'a> {
    pub fn of(breaking: &'a Breaking) -> Self {
        Self { id: &breaking.id.0, text: &breaking.text }
    }
}

/// A recent note as a sample of tone: its short texts and lists, never the numbers of its repositories.
pub fn habits(revision: &Revision) -> String {
    let mut text = String::new();
    for section in &revision.sections {
        let value = match &section.value {
            Value::String(value) => short(value, 400),
            Value::Array(items) => items.iter().filter_map(Value::as_str).take(8).collect::<Vec<_>>().join("\n- "),
            _ => continue,
        };
        if !value.is_empty() {
            text.push_str(&format!("{}: {value}\n", section.title));
        }
    }
    text.chars().take(1_600).collect()
}

/// An object with exactly the asked keys. Lengths leave room for the citations, which are removed before they are measured.
pub(super) fn answer_schema(input: &Input<'_>) -> Value {
    let properties: Map<String, Value> = input
        .asked
        .iter()
        .map(|field| {
            let mut schema = field.schema.clone();
            widen(&mut schema);
            (field.key.clone(), schema)
        })
        .collect();
    let required: Vec<&String> = input.asked.iter().map(|field| &field.key).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn widen(schema: &mut Value) {
    if let Some(most) = schema.get("maxLength").and_then(Value::as_u64) {
        schema["maxLength"] = json!(most + most / 2 + 200);
    }
    if let Some(items) = schema.get_mut("items") {
        widen(items);
    }
}

/// A field is complained about when little of it would stand, or when what stands does not fit.
pub(super) fn check(input: &Input<'_>, answer: &Map<String, Value>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for field in &input.asked {
        let Some(value) = answer.get(&field.key) else { continue };
        if !is_prose(field) {
            continue;
        }
        let (value, cited) = cite_value(value, &input.desk.known, Trust::Model);
        if cited.dropped.len() > cited.kept {
            complaints.push(Complaint { field: field.key.clone(), problem: objections(&cited) });
        } else {
            complaints.extend(input.desk.fit(field, value));
        }
    }
    complaints
}

impl Desk<'_> {
    fn fit(&self, field: &Field, value: Value) -> Vec<Complaint> {
        let Some(own) = self.schema.field(&field.key).filter(|own| own.group == field.group) else { return Vec::new() };
        self.schema.settle(own, value).err().unwrap_or_default()
    }
}

/// What is wrong first, then the sentences: readers of the note are told the first half, the model both.
fn objections(cited: &Cited) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for dropped in &cited.dropped {
        let why = match &dropped.why {
            Why::Uncited => "no citation".to_owned(),
            Why::Unknown => "a citation of ids that were not given".to_owned(),
            Why::Number(number) => format!("the number {number}, which is in no fact"),
        };
        if !reasons.contains(&why) && reasons.len() < 3 {
            reasons.push(why);
        }
    }
    let quoted = cited.dropped.iter().take(3).map(|dropped| format!("\"{}\"", short(&dropped.sentence, 120)));
    let quoted: Vec<String> = quoted.collect();
    let sentences = count(cited.dropped.len(), "sentence");
    format!("has {sentences} that cannot stand, with {}: {}", reasons.join(" or "), quoted.join("; "))
}

pub(super) fn fallback(input: &Input<'_>) -> Map<String, Value> {
    let rules = &input.desk.rules;
    if let [only] = input.asked.as_slice()
        && only.part == Part::Repositories
    {
        return Map::from_iter([(SUMMARY.to_owned(), Value::String(String::new()))]);
    }
    input.asked.iter().filter_map(|field| Some((field.key.clone(), rules.get(&field.key)?.clone()))).collect()
}
