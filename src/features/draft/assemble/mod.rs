//! How do proposed values become a revision that keeps the schema, cites what it says and hides nothing?

mod remarks;

use crate::domain::draft::{Field, Part, Proposal};
use crate::domain::fact::{Fact, FactId};
use crate::domain::note::{Released, Revision, Section, Writer};
use crate::features::draft::check::coverage::{Missing, missing};
use crate::features::draft::check::{Dropped, Known, Trust, Why, cite, cite_value};
use crate::features::draft::generate::Generated;
use crate::features::draft::rules;
use crate::features::draft::rules::phrase::{count, list, thousands};
use crate::features::draft::schema::{Schema, is_prose};
use crate::features::draft::{Material, Read, consolidate, habits};
use chrono::{DateTime, Utc};
pub use remarks::seen;
use remarks::{noise, told_once, who, whole};
use serde_json::Value;
use std::collections::HashSet;

/// Settles every field of the schema; never fails. What had to be left out, replaced or added is said in the remarks.
pub fn assemble(
    material: &Material,
    schema: &Schema,
    generated: Generated,
    number: u32,
    now: DateTime<Utc>,
) -> Revision {
    let mut table = Table::new(material, schema, generated);
    let mut sections: Vec<Section> = schema.fields().iter().map(|field| table.section(field)).collect();
    table.cover(&mut sections);
    table.head_the_title(&mut sections);
    let writer = sections.iter().map(|section| &section.writer).find(|writer| **writer != Writer::Rules);
    let writer = writer.cloned().unwrap_or(Writer::Rules);
    let facts = cited_facts(&sections, &table.known);
    Revision {
        number,
        at: now,
        what: if number > 1 { "regenerated" } else { "drafted" }.to_owned(),
        modules: material.modules.iter().map(released).collect(),
        seen: material.digest.seen.clone(),
        risks: material.digest.risks.clone(),
        breaking: material.digest.breaking.clone(),
        facts,
        remarks: table.remarks(&writer, &sections),
        writer,
        sections,
    }
}

/// A module as it is kept: pull requests and tickets without their long texts.
fn released(module: &Read) -> Released {
    let mut background = module.background.clone();
    background.requests.iter_mut().for_each(|request| request.body.clear());
    background.tickets.iter_mut().for_each(|ticket| ticket.description.clear());
    Released { service: module.service.name.clone(), range: module.digest.range.clone(), background }
}

/// What is needed to settle one field after the other.
struct Table<'a> {
    material: &'a Material,
    schema: &'a Schema,
    known: Known,
    proposals: Vec<Proposal>,
    rules: Vec<Proposal>,
    /// From the generation, before ours.
    remarks: Vec<String>,
    own: Vec<String>,
}

/// A value that may stand, what it rests on, and what fell on the way.
struct Fit {
    value: Value,
    cites: Vec<FactId>,
    dropped: Vec<Dropped>,
}

impl<'a> Table<'a> {
    fn new(material: &'a Material, schema: &'a Schema, generated: Generated) -> Self {
        let rules = rules::propose(material, schema.fields());
        let mut known = Known::of(material);
        for proposal in &rules {
            known.allow_numbers_of(&proposal.value.to_string());
        }
        let Generated { proposals, remarks } = generated;
        Self { material, schema, known, proposals, rules, remarks, own: Vec::new() }
    }

    /// The proposed value; where it cannot stand the rules'; where they have none the default; else nothing.
    fn section(&mut self, field: &Field) -> Section {
        let proposed = self.proposals.iter().find(|proposal| proposal.key == field.key).cloned();
        if let Some(proposal) = &proposed {
            match self.fit_shaped(field, proposal) {
                Ok(fit) => {
                    self.tell_dropped(field, &fit.dropped);
                    return section(field, fit.value, fit.cites, proposal.writer.clone());
                }
                Err(why) => self.own.push(format!("`{}` {why}.", field.title)),
            }
        }
        let ours = self.rules.iter().find(|proposal| proposal.key == field.key).cloned();
        // What nobody fills may still hold what the team always wants there.
        let nothing = Proposal { key: field.key.clone(), value: empty(field), writer: Writer::Rules };
        if let Some(fit) = ours.and_then(|proposal| self.fit_shaped(field, &proposal).ok()) {
            return section(field, fit.value, fit.cites, Writer::Rules);
        }
        if habits::shaped(self.material, &self.known, field, &nothing.value).is_some()
            && let Ok(fit) = self.fit_shaped(field, &nothing)
        {
            return section(field, fit.value, fit.cites, Writer::Rules);
        }
        if field.default.is_none() && (field.required || !rules::know(&field.key)) {
            self.own.push(format!("Nobody has filled `{}`.", field.title));
        }
        section(field, field.default.clone().unwrap_or_else(|| empty(field)), Vec::new(), Writer::Rules)
    }

    /// As the team wants it, where there is room for that.
    fn fit_shaped(&mut self, field: &Field, proposal: &Proposal) -> Result<Fit, String> {
        let Some(shaped) = habits::shaped(self.material, &self.known, field, &proposal.value) else {
            return self.fit(field, proposal);
        };
        match self.fit(field, &Proposal { value: shaped.value, ..proposal.clone() }) {
            Ok(fit) => {
                self.own.extend(shaped.remarks);
                Ok(fit)
            }
            Err(_) => {
                let fit = self.fit(field, proposal)?;
                self.own.push(format!("`{}` has no room for what the team always wants there.", field.title));
                Ok(fit)
            }
        }
    }

    /// The error is the rest of a sentence that begins with the field's title.
    fn fit(&self, field: &Field, proposal: &Proposal) -> Result<Fit, String> {
        let by_rules = proposal.writer == Writer::Rules;
        let who = if by_rules { "of the rules" } else { "of the model" };
        let (value, cites, dropped) = if is_prose(field) && rules::cites(&field.key) {
            let trust = if by_rules { Trust::Rules } else { Trust::Model };
            let (value, cited) = cite_value(&proposal.value, &self.known, trust);
            debug_assert!(!by_rules || cited.dropped.is_empty(), "rules wrote without a source: {:?}", cited.dropped);
            if cited.kept == 0 && !cited.dropped.is_empty() {
                return Err(format!("{who} rested on no known fact and was replaced by the rules' text"));
            }
            (value, cited.cites, cited.dropped)
        } else {
            (proposal.value.clone(), Vec::new(), Vec::new())
        };
        match self.schema.settle(field, value) {
            Ok(value) => Ok(Fit { value, cites, dropped }),
            Err(complaints) => {
                let problem = complaints.into_iter().next().map(|complaint| complaint.problem).unwrap_or_default();
                Err(format!("{who} {problem} and was replaced"))
            }
        }
    }

    fn tell_dropped(&mut self, field: &Field, dropped: &[Dropped]) {
        if dropped.is_empty() {
            return;
        }
        let number = |test: fn(&Why) -> bool| dropped.iter().filter(|dropped| test(&dropped.why)).count();
        let parts: Vec<String> = [
            (number(|why| *why == Why::Uncited), "cited nothing"),
            (number(|why| *why == Why::Unknown), "cited only unknown ids"),
            (number(|why| matches!(why, Why::Number(_))), "stated a number that is in no fact"),
        ]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", thousands(n)))
        .collect();
        let were = if dropped.len() == 1 { "was" } else { "were" };
        let sentences = count(dropped.len(), "sentence");
        self.own.push(format!("{sentences} in `{}` {were} dropped: {}.", field.title, list(&parts)));
    }

    /// Appends what the note must not be silent about.
    fn cover(&mut self, sections: &mut [Section]) {
        let cited: HashSet<&FactId> =
            sections.iter().filter(|section| speaks(self.schema, section)).flat_map(|section| &section.cites).collect();
        let missing = missing(&self.material.digest, &cited);
        for missing in missing {
            let place = if missing.breaking { "changes" } else { "impact" };
            match self.append(sections, &missing, place) {
                Some(title) => {
                    self.own.push(format!("`{title}` did not mention `{}`; code added the sentence.", missing.id))
                }
                None => {
                    let sentence = cite(&missing.sentence, &self.known, Trust::Rules).text;
                    self.own.push(format!("No section has room for this: {sentence}"));
                }
            }
        }
    }

    /// The title of the section that took it: the named one, else the first text of the body with room for it.
    fn append(&self, sections: &mut [Section], missing: &Missing, place: &str) -> Option<String> {
        let cited = cite(&missing.sentence, &self.known, Trust::Rules);
        let mut order: Vec<usize> = (0..sections.len()).collect();
        order.sort_by_key(|at| sections[*at].key != place);
        for at in order {
            let section = &mut sections[at];
            let Some(field) = self.schema.field(&section.key).filter(|field| takes_sentences(field)) else {
                continue;
            };
            let Some(text) = section.value.as_str() else { continue };
            let Ok(value) = self.schema.settle(field, Value::from(joined(text, &cited.text))) else { continue };
            section.value = value.clone();
            section.generated = value;
            section
                .cites
                .extend(cited.cites.iter().filter(|id| !section.cites.contains(id)).cloned().collect::<Vec<_>>());
            return Some(section.title.clone());
        }
        None
    }

    /// A model's title names service and version too, where there is room.
    fn head_the_title(&self, sections: &mut [Section]) {
        let Some(section) = sections.iter_mut().find(|section| section.key == "title") else { return };
        let Some((field, text)) = self.schema.field("title").zip(section.value.as_str()) else { return };
        let to = &self.material.digest.range.to.name;
        // Of several modules each has a version; a title has no room for all of them before what matters.
        let is_headed = self.material.modules.len() != 1 || text.contains(to.as_str());
        if !matches!(section.writer, Writer::Model(_)) || is_headed {
            return;
        }
        let service = &self.material.name();
        let head = if to.to_lowercase().contains(&service.to_lowercase()) || text.starts_with(service.as_str()) {
            to.clone()
        } else {
            format!("{service} {to}")
        };
        if let Ok(value) = self.schema.settle(field, Value::from(format!("{head}: {text}"))) {
            section.value = value.clone();
            section.generated = value;
        }
    }

    fn remarks(&mut self, writer: &Writer, sections: &[Section]) -> Vec<String> {
        let digest = &self.material.digest;
        let mut remarks = match &self.material.work {
            Some(worked) => vec![rules::work::remark(worked)],
            None => vec![seen(&digest.seen)],
        };
        remarks.extend(noise(self.material));
        remarks.extend(consolidate::numbered(&self.material.modules, |read| {
            Some(read.digest.range.chosen.clone()).filter(|chosen| !chosen.is_empty()).into_iter().collect()
        }));
        remarks.extend(digest.gaps.iter().map(|gap| gap.sentence.clone()));
        remarks.extend(told_once(&self.remarks));
        remarks.append(&mut self.own);
        remarks.push(who(writer, sections));
        let remarks: Vec<String> = remarks.iter().map(|remark| whole(remark)).collect();
        let mut once = HashSet::new();
        remarks.into_iter().filter(|remark| !remark.is_empty() && once.insert(remark.clone())).collect()
    }
}

fn section(field: &Field, value: Value, cites: Vec<FactId>, writer: Writer) -> Section {
    let value = unlinked(value);
    Section {
        key: field.key.clone(),
        group: field.group.clone(),
        group_title: field.group_title.clone(),
        title: field.title.clone(),
        generated: value.clone(),
        value,
        writer,
        stale: None,
        cites,
    }
}

/// What stands in commits and tickets makes no link in a note: a reader follows only those that we or a person made.
fn unlinked(value: Value) -> Value {
    match value {
        Value::String(text) => {
            Value::String(text.replace("](", "] (").replace("]: http", "] : http").replace("<http", "< http"))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(unlinked).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, value)| (key, unlinked(value))).collect()),
        other => other,
    }
}

/// An empty value of the field's type.
pub fn empty(field: &Field) -> Value {
    match field.schema.get("type").and_then(Value::as_str) {
        Some("array") => Value::Array(Vec::new()),
        Some("string") | None => Value::String(String::new()),
        Some(_) => Value::Null,
    }
}

fn speaks(schema: &Schema, section: &Section) -> bool {
    schema.field(&section.key).is_some_and(|field| matches!(field.part, Part::Body | Part::Checklist))
}

/// May code add a sentence here? Not to a section that only the team knows.
fn takes_sentences(field: &Field) -> bool {
    field.part == Part::Body && is_prose(field) && rules::know(&field.key)
}

/// A sentence after a text: as an entry when the text ends in a list.
fn joined(text: &str, sentence: &str) -> String {
    let last = text.lines().last().unwrap_or_default();
    if text.is_empty() {
        sentence.to_owned()
    } else if last.trim_start().starts_with("- ") {
        format!("{text}\n- {sentence}")
    } else {
        format!("{text}\n\n{sentence}")
    }
}

fn cited_facts(sections: &[Section], known: &Known) -> Vec<Fact> {
    let mut once = HashSet::new();
    sections
        .iter()
        .flat_map(|section| &section.cites)
        .filter(|id| once.insert(*id))
        .filter_map(|id| known.fact(id))
        .collect()
}
