//! How does one question become one answer? Ask, read, judge, ask once more for what failed.

use crate::ports::model::{Question, Reply};
use crate::prompt::asker::{Engine, Role};
use crate::prompt::clean::Cleaner;
use crate::prompt::datamark::Datamark;
use crate::prompt::judge::{Judge, foreign};
use crate::prompt::language::Script;
use crate::prompt::mask::Mask;
use crate::prompt::templates::Rendered;
use crate::prompt::{Complaint, extract, remark};
use serde_json::{Map, Value};

/// One question on its way.
pub struct Exchange<'a> {
    pub engine: &'a Engine,
    /// Which piece of work it is for: answers are remembered within it.
    pub work: &'a str,
    pub name: &'a str,
    pub role: &'a Role,
    pub page: Rendered,
    pub judge: Judge,
    pub mask: Mask,
    pub mark: Datamark,
    pub cleaner: Cleaner,
    /// The script of what was given, where the answer has to keep to it.
    pub facts: Option<Script>,
    pub check: &'a (dyn Fn(&Value) -> Vec<Complaint> + Sync),
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Result {
    /// Who answered; `None` when no model did, or nothing of its answer could be used.
    pub model: Option<String>,
    pub answer: Map<String, Value>,
    /// Fields that could not be used even after the second try; their values in `answer` mean nothing.
    pub failed: Vec<String>,
    pub remarks: Vec<String>,
}

/// An answer as it was read: as the model wrote it, as readers may see it, and what is wrong with it.
struct Reading {
    masked: Map<String, Value>,
    shown: Value,
    complaints: Vec<Complaint>,
    removed: usize,
}

impl Exchange<'_> {
    pub async fn run(mut self) -> Result {
        let mut remarks = Vec::new();
        let Some((model, reply)) = self.first_answer(&mut remarks).await else {
            return Result { remarks, ..Result::default() };
        };
        let what_was_wrong = wrong_as_a_whole(&model, &reply);
        let mut reading = self.read(object_in(&reply));
        if !reading.complaints.is_empty() {
            reading = self.repair(&model, reading).await;
        }
        self.finish(model, reading, what_was_wrong, remarks).await
    }

    /// Tries the role's models in turn.
    async fn first_answer(&self, remarks: &mut Vec<String>) -> Option<(String, Reply)> {
        let question = self.question(self.page.user.clone(), self.judge.schema().clone());
        let mut troubles = Vec::new();
        for model in &self.role.models {
            if let Some(why) = self.engine.circuit.open(model, self.engine.clock.now()) {
                troubles.push(remark::resting(model, &why));
                continue;
            }
            if let Some(cap) = self.engine.ledger.exhausted(self.engine.clock.now()) {
                troubles.push(remark::exhausted(cap));
                break;
            }
            match self.put(Question { model: model.clone(), ..question.clone() }).await {
                Ok(reply) => {
                    if !troubles.is_empty() {
                        remarks.push(remark::replaced(&troubles, &remark::model(model), self.name));
                    }
                    return Some((model.clone(), reply));
                }
                Err(fault) => troubles.push(remark::fault(model, &fault)),
            }
        }
        if troubles.is_empty() {
            troubles.push(format!("no model is configured for `{}`", self.name));
        }
        remarks.push(remark::replaced(&troubles, "rules", self.name));
        None
    }

    pub fn question(&self, user: String, schema: Value) -> Question {
        Question {
            model: String::new(),
            system: self.page.system.clone(),
            user,
            schema: Some((self.name.to_owned(), schema)),
            max_tokens: self.role.max_tokens,
            temperature: self.role.temperature,
            time_limit: self.role.time_limit,
        }
    }

    /// Restores and cleans an answer, and gathers every complaint about it. No answer at all lacks every field.
    fn read(&self, found: Option<Map<String, Value>>) -> Reading {
        let mut masked = found.unwrap_or_default();
        self.judge.without_extras(&mut masked);
        let mut shown = Value::Object(masked.clone());
        self.mask.restore_all(&mut shown);
        let removed = self.cleaner.answer(&mut shown);
        let mut complaints = self.judge.complaints(&shown);
        let repeats = |field| Complaint { field, problem: "repeats the marks around the material".to_owned() };
        complaints.extend(self.mark.repeated_in(&shown).into_iter().map(repeats));
        complaints.extend(foreign(&shown, self.facts));
        // An answer that cannot be read is complained about by the schema already, field by field.
        let unreadable = |one: &Complaint| one.field.is_empty() && !complaints.is_empty();
        let checked: Vec<Complaint> = (self.check)(&shown).into_iter().filter(|one| !unreadable(one)).collect();
        complaints.extend(checked);
        Reading { masked, shown, complaints, removed }
    }

    /// One more question, for the fields that failed only. Whatever comes back is merged and judged again.
    async fn repair(&mut self, model: &str, first: Reading) -> Reading {
        let fields = self.failing(&first.complaints);
        if fields.is_empty() || self.engine.ledger.exhausted(self.engine.clock.now()).is_some() {
            return first;
        }
        let user = self.repair_text(&fields, &first);
        let mut question = self.question(user, self.judge.part(&fields));
        question.model = model.to_owned();
        let Ok(reply) = self.put(question).await else { return first };
        let Some(second) = object_in(&reply) else { return first };
        let mut masked = first.masked.clone();
        masked.extend(second.into_iter().filter(|(key, _)| fields.contains(key)));
        self.read(Some(masked))
    }

    /// The fields that are complained about, in the schema's order and then those it does not name; all of
    /// them for a complaint about the whole.
    fn failing(&self, complaints: &[Complaint]) -> Vec<String> {
        let whole = complaints.iter().any(|complaint| complaint.field.is_empty());
        let mut fields = self.judge.fields();
        fields.retain(|field| whole || complaints.iter().any(|complaint| complaint.field == *field));
        for complaint in complaints {
            if !complaint.field.is_empty() && !fields.contains(&complaint.field) {
                fields.push(complaint.field.clone());
            }
        }
        fields
    }

    fn repair_text(&mut self, fields: &[String], first: &Reading) -> String {
        let mut text = format!(
            "{}\n\nYour last answer to this could not be used as it is. Answer again with a JSON object of exactly these keys, \
             keeping what was good:\n",
            self.page.user
        );
        for field in fields {
            let about = first.complaints.iter().filter(|one| one.field == *field || one.field.is_empty());
            let problems: Vec<String> = about.map(|one| self.mask.hide(&one.problem)).collect();
            text.push_str(&format!("- `{field}` {}", problems.join("; and it ")));
            if let Some(old) = first.masked.get(field) {
                text.push_str(&format!(". It was:\n{}", self.mark.wrap(&self.mark.without(&old.to_string()))));
            }
            text.push('\n');
        }
        text
    }

    async fn finish(&self, model: String, reading: Reading, wrong: Option<String>, mut remarks: Vec<String>) -> Result {
        let failed = self.failing(&reading.complaints);
        let Value::Object(answer) = reading.shown else { return Result { remarks, ..Result::default() } };
        let nothing_left = answer.keys().all(|key| failed.contains(key)) && !reading.complaints.is_empty();
        if nothing_left || reading.complaints.iter().any(|complaint| complaint.field.is_empty()) {
            let why = wrong.unwrap_or_else(|| remark::useless(&model, &reading.complaints));
            remarks.push(remark::replaced(&[why], "rules", self.name));
            return Result { remarks, ..Result::default() };
        }
        if failed.is_empty() {
            self.remember(&model, &reading.masked).await;
        } else {
            remarks.extend(wrong);
        }
        for field in &failed {
            let complaint = reading.complaints.iter().find(|complaint| complaint.field == *field);
            remarks.extend(complaint.map(|complaint| remark::given_up(&model, complaint)));
        }
        if reading.removed > 0 {
            remarks.push(remark::cleaned(&model, reading.removed));
        }
        Result { model: Some(model), answer, failed, remarks }
    }
}

/// The object in a reply; of one that was cut off, what was complete.
fn object_in(reply: &Reply) -> Option<Map<String, Value>> {
    let whole = if reply.complete { extract::object(&reply.text) } else { None };
    whole.or_else(|| extract::salvage(&reply.text)).or_else(|| extract::object(&reply.text))
}

fn wrong_as_a_whole(model: &str, reply: &Reply) -> Option<String> {
    if !reply.complete {
        return Some(remark::cut(model, reply.tokens_out));
    }
    extract::object(&reply.text).is_none().then(|| remark::garbage(model))
}
