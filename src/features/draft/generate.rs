//! What do the sections say: four independent questions to the model, each with the rules' answer behind it?

use crate::domain::digest::{Breaking, Risk};
use crate::domain::draft::{Field, Part, Proposal};
use crate::domain::note::{Revision, Writer};
use crate::features::draft::Material;
use crate::features::draft::check::{Cited, Known, Trust, Why, cite, cite_value};
use crate::features::draft::rules;
use crate::features::draft::rules::phrase::{count, short};
use crate::features::draft::schema::{Schema, is_prose};
use crate::features::draft::summarise::Summaries;
use crate::ports::changes::Progress;
use crate::prompt::{Answered, Asker, Complaint, Prompt};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::future::Future;

/// Values for the note's fields, not yet checked for good, and what a reader should know about how they came to be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Generated {
    pub proposals: Vec<Proposal>,
    pub remarks: Vec<String>,
}

/// Fills the note. The four parts run at the same time; only the body waits for `summaries`.
///
/// With `Asker::none()` every value is the rules' and nothing is waited for.
pub async fn generate(
    asker: &Asker,
    material: &Material,
    schema: &Schema,
    summaries: impl Future<Output = Summaries>,
    progress: Progress<'_>,
) -> Generated {
    let desk = Desk::new(material, schema);
    let part = |part: Part| {
        let desk = &desk;
        async move {
            let answered = desk.ask(asker, part, &Summaries::default()).await;
            progress(&format!("{} written", part.name()));
            answered
        }
    };
    let body = async {
        let summaries = summaries.await;
        let answered = desk.ask(asker, Part::Body, &summaries).await;
        progress("body written");
        (answered, summaries.remarks)
    };
    let (basics, checklist, (body, more), repositories) =
        tokio::join!(part(Part::Basics), part(Part::Checklist), body, part(Part::Repositories));
    let mut generated = Generated { proposals: desk.decided.clone(), remarks: Vec::new() };
    generated.remark(more);
    for answered in [basics, checklist, body].into_iter().flatten() {
        generated.take(answered);
    }
    if let Some(answered) = repositories {
        generated.take_repositories(answered, &desk.known);
    }
    generated
}

impl Generated {
    fn take(&mut self, answered: Answered<Map<String, Value>>) {
        for (key, value) in answered.answer {
            let writer = writer(&answered.writer, &answered.by_rules, &key);
            self.proposals.push(Proposal { key, value, writer });
        }
        self.remark(answered.remarks);
    }

    /// The facts stay as code has them; only their one sentence may be the model's.
    fn take_repositories(&mut self, answered: Answered<Map<String, Value>>, known: &Known) {
        self.remark(answered.remarks);
        let worded = matches!(answered.writer, Writer::Model(_)) && !answered.by_rules.iter().any(|key| key == SUMMARY);
        let Some(text) = answered.answer.get(SUMMARY).and_then(Value::as_str).filter(|_| worded) else { return };
        let cited = cite(text, known, Trust::Model);
        let entry = self
            .proposals
            .iter_mut()
            .find(|proposal| proposal.key == Part::Repositories.name())
            .and_then(|proposal| proposal.value.get_mut(0));
        if let (Some(entry), false) = (entry, cited.text.is_empty()) {
            entry[SUMMARY] = Value::String(cited.text);
        }
    }

    fn remark(&mut self, remarks: Vec<String>) {
        for remark in remarks {
            if !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
    }
}

const SUMMARY: &str = "summary";

fn writer(answer: &Writer, by_rules: &[String], key: &str) -> Writer {
    if by_rules.iter().any(|other| other == key) { Writer::Rules } else { answer.clone() }
}

/// What all four questions share.
struct Desk<'a> {
    material: &'a Material,
    schema: &'a Schema,
    known: Known,
    /// What code decides; no model is asked for it.
    decided: Vec<Proposal>,
    /// The rules' texts, with their citations.
    rules: Map<String, Value>,
}

impl<'a> Desk<'a> {
    fn new(material: &'a Material, schema: &'a Schema) -> Self {
        let mut known = Known::of(material);
        let (decided, worded): (Vec<Proposal>, Vec<Proposal>) = rules::propose(material, schema.fields())
            .into_iter()
            .partition(|proposal| rules::decided_by_code(&proposal.key));
        let rules: Map<String, Value> = worded.into_iter().map(|proposal| (proposal.key, proposal.value)).collect();
        for value in rules.values() {
            known.allow_numbers_of(&value.to_string());
        }
        Self { material, schema, known, decided, rules }
    }

    /// `None` when the schema has nothing to ask in this part.
    async fn ask(&self, asker: &Asker, part: Part, summaries: &Summaries) -> Option<Answered<Map<String, Value>>> {
        let fields = if part == Part::Repositories { self.repositories() } else { self.asked(part) };
        if fields.is_empty() {
            return None;
        }
        let prompt = Prompt { name: part.name(), schema: answer_schema, check, fallback };
        Some(asker.ask(&prompt, &self.input(part, fields, summaries)).await)
    }

    fn asked(&self, part: Part) -> Vec<Field> {
        let asked = |field: &&Field| field.part == part && !rules::decided_by_code(&field.key);
        self.schema.fields().iter().filter(asked).cloned().collect()
    }

    /// Of the repositories only one sentence is asked.
    fn repositories(&self) -> Vec<Field> {
        let key = Part::Repositories.name();
        let Some(field) = self.schema.field(key) else { return Vec::new() };
        let schema = json!({ "type": "string", "maxLength": 1000 });
        vec![Field { key: SUMMARY.to_owned(), title: "Summary".to_owned(), schema, default: None, ..field.clone() }]
    }

    fn input(&self, part: Part, fields: Vec<Field>, summaries: &Summaries) -> Input<'_> {
        let material = self.material;
        let people = matches!(part, Part::Basics | Part::Checklist);
        Input {
            kind: material.kind.name(),
            service: &material.service.name,
            context: self.context(summaries),
            risks: material.digest.risks.iter().map(AskedRisk::of).collect(),
            breaking: material.digest.breaking.iter().map(AskedBreaking::of).collect(),
            recent: if people { material.recent.iter().take(5).map(habits).collect() } else { Vec::new() },
            examples: material.examples.iter().map(|example| example.text.as_str()).collect(),
            language: "",
            fields: fields.iter().map(AskedField::of).collect(),
            asked: fields,
            desk: self,
        }
    }

    /// The compressed change, under a line for the range as a whole, followed by the summaries.
    fn context(&self, summaries: &Summaries) -> String {
        let mut text = String::new();
        for fact in crate::features::draft::check::known::own_facts(&self.material.digest) {
            text.push_str(&format!("[{}] {}\n", fact.id, fact.text));
        }
        text.push_str(&self.material.context.context);
        for (area, summary) in &summaries.areas {
            text.push_str(&format!("\n\nSummary of `{area}`: {summary}"));
        }
        text
    }
}

/// What a template sees, and beside it what the check and the fallback need.
#[derive(Serialize)]
struct Input<'a> {
    kind: &'static str,
    service: &'a str,
    fields: Vec<AskedField>,
    context: String,
    risks: Vec<AskedRisk<'a>>,
    breaking: Vec<AskedBreaking<'a>>,
    /// For tone and habits only.
    recent: Vec<String>,
    examples: Vec<&'a str>,
    language: &'static str,
    #[serde(skip)]
    asked: Vec<Field>,
    #[serde(skip)]
    desk: &'a Desk<'a>,
}

#[derive(Serialize)]
struct AskedField {
    key: String,
    title: String,
    description: String,
    schema: Value,
}

#[derive(Serialize)]
struct AskedRisk<'a> {
    id: &'a str,
    title: &'a str,
    severity: &'static str,
    meaning: &'a str,
}

#[derive(Serialize)]
struct AskedBreaking<'a> {
    id: &'a str,
    text: &'a str,
}

impl AskedField {
    fn of(field: &Field) -> Self {
        Self {
            key: field.key.clone(),
            title: field.title.clone(),
            description: field.description.clone(),
            schema: field.schema.clone(),
        }
    }
}

impl<'a> AskedRisk<'a> {
    fn of(risk: &'a Risk) -> Self {
        Self { id: &risk.id.0, title: &risk.title, severity: risk.severity.name(), meaning: &risk.meaning }
    }
}

impl<'a> AskedBreaking<'a> {
    fn of(breaking: &'a Breaking) -> Self {
        Self { id: &breaking.id.0, text: &breaking.text }
    }
}

/// A recent note as a sample of tone: its short texts and lists, never the numbers of its repositories.
fn habits(revision: &Revision) -> String {
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
fn answer_schema(input: &Input<'_>) -> Value {
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
fn check(input: &Input<'_>, answer: &Map<String, Value>) -> Vec<Complaint> {
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

fn objections(cited: &Cited) -> String {
    let shown: Vec<String> = cited
        .dropped
        .iter()
        .take(3)
        .map(|dropped| {
            let why = match &dropped.why {
                Why::Uncited => "cites nothing".to_owned(),
                Why::Unknown => "cites only ids that were not given".to_owned(),
                Why::Number(number) => format!("states {number}, which is in no fact"),
            };
            format!("\"{}\" {why}", short(&dropped.sentence, 120))
        })
        .collect();
    format!("has {} that cannot stand: {}", count(cited.dropped.len(), "sentence"), shown.join("; "))
}

fn fallback(input: &Input<'_>) -> Map<String, Value> {
    let rules = &input.desk.rules;
    if let [only] = input.asked.as_slice()
        && only.part == Part::Repositories
    {
        return Map::from_iter([(SUMMARY.to_owned(), Value::String(String::new()))]);
    }
    input.asked.iter().filter_map(|field| Some((field.key.clone(), rules.get(&field.key)?.clone()))).collect()
}
