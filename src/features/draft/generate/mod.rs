//! What do the sections say: four independent questions to the model, each with the rules' answer behind it?

mod question;

use crate::domain::draft::{Field, Part, Proposal};
use crate::domain::note::Writer;
use crate::features::draft::Material;
use crate::features::draft::check::{Known, Trust, cite};
use crate::features::draft::rules;
use crate::features::draft::schema::Schema;
use crate::features::draft::summarise::Summaries;
use crate::ports::changes::Progress;
use crate::prompt::{Answered, Asker, Prompt};
use question::{AskedBreaking, AskedField, AskedRisk, Input, answer_schema, check, fallback, habits};
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
        // Of several modules each has its own; code's own sentences serve.
        let Some(field) = self.schema.field(key).filter(|_| !self.material.is_several()) else { return Vec::new() };
        let schema = json!({ "type": "string", "maxLength": 1000 });
        vec![Field { key: SUMMARY.to_owned(), title: "Summary".to_owned(), schema, default: None, ..field.clone() }]
    }

    fn input(&self, part: Part, fields: Vec<Field>, summaries: &Summaries) -> Input<'_> {
        let material = self.material;
        let people = matches!(part, Part::Basics | Part::Checklist);
        Input {
            kind: material.kind.name(),
            service: material.name(),
            context: self.context(summaries),
            risks: material.digest.risks.iter().map(AskedRisk::of).collect(),
            breaking: material.digest.breaking.iter().map(AskedBreaking::of).collect(),
            recent: if people { material.memory.recent().map(habits).collect() } else { Vec::new() },
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
        for fact in crate::features::draft::check::known::own_facts(self.material) {
            text.push_str(&format!("[{}] {}\n", fact.id, fact.text));
        }
        text.push_str(&self.material.context.context);
        for (area, summary) in &summaries.areas {
            text.push_str(&format!("\n\nSummary of `{area}`: {summary}"));
        }
        text
    }
}
