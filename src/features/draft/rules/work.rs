//! What does a note for work say that changes no code? Its template, filled with what is known.

use super::phrase::{cited, count, entry, list, told};
use crate::domain::draft::Field;
use crate::domain::fact::{Fact, FactId};
use crate::features::draft::Material;
use crate::features::draft::work::Worked;
use crate::features::draft::work::template::OTHER;
use serde_json::Value;

/// One section; `None` where work has nothing to say there.
pub fn tell(material: &Material, worked: &Worked, field: &Field) -> Option<Value> {
    let desk = Desk { material, worked };
    let template = &worked.template;
    let entries = |lines: &[String]| super::entries(desk.entries(lines), field);
    match field.key.as_str() {
        "title" => Some(Value::from(desk.title(field))),
        "purpose" => super::text(desk.purpose()),
        "target" => super::entries(desk.target(), field),
        "steps" => super::entries(desk.steps(), field),
        "expected_downtime" => super::text(desk.sentence(&template.downtime)),
        "impact" => entries(&template.impact),
        "effects_on_services" => super::text(desk.effects()),
        "rollback_strategy" => Some(Value::from(template.rollback.as_str())),
        "rollback_scenario" => super::text(desk.back()),
        "monitoring_scenario" => entries(&template.monitoring),
        "signals" => entries(&template.signals),
        "before" => entries(&template.before),
        "after" => entries(&template.after),
        "open_points" => entries(&template.questions),
        "announcement" => super::text(desk.sentence(&template.announcement)),
        "operators" => desk.operators(),
        "dashboards" => desk.dashboards(),
        _ => None,
    }
}

struct Desk<'a> {
    material: &'a Material,
    worked: &'a Worked,
}

impl Desk<'_> {
    fn facts(&self, kind: &str) -> Vec<&Fact> {
        let own = |fact: &&Fact| fact.id.0.split_once(':').is_some_and(|(own, _)| own == kind);
        self.material.digest.facts.iter().filter(own).collect()
    }

    /// A line of the template, with the fact it is.
    fn line(&self, line: &str) -> (String, Vec<FactId>) {
        let text = crate::features::draft::work::filled(self.worked, line);
        let known = self.facts("tpl").into_iter().find(|fact| fact.text == text);
        (text, known.map(|fact| fact.id.clone()).into_iter().collect())
    }

    fn sentence(&self, line: &str) -> String {
        let (text, ids) = self.line(line);
        told(&text, &ids)
    }

    fn entries(&self, lines: &[String]) -> Vec<String> {
        let one = |line: &String| {
            let (text, ids) = self.line(line);
            entry(&text, &ids)
        };
        lines.iter().map(one).collect()
    }

    /// `Renew certificate of pay.example.com, 3 December 2026`
    fn title(&self, field: &Field) -> String {
        let most = field.schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(100);
        let what = &self.worked.ask.what;
        let mut letters = what.chars();
        let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
        let what = super::phrase::tame(&format!("{first}{}", letters.as_str())).replace(". ", ", ");
        let what = what.trim_end_matches('.');
        let day = self
            .worked
            .ask
            .planned
            .as_ref()
            .map(|planned| planned.from.with_timezone(&planned.zone).format(", %-d %B %Y").to_string());
        let day = day.unwrap_or_default();
        let line = format!("{}{day}", super::phrase::short(what, most.saturating_sub(day.chars().count())));
        format!("{line}{}", cited(&[FactId("work:1".to_owned()), FactId("plan:1".to_owned())]))
    }

    /// Why, when, and what is served now.
    fn purpose(&self) -> String {
        let mut sentences = vec![self.sentence(&self.worked.template.purpose)];
        let ends = self
            .facts("cert")
            .into_iter()
            .filter(|fact| fact.text.contains(" ends on ") || fact.text.contains(" ended on "));
        sentences.extend(ends.map(|fact| told(&fact.text, std::slice::from_ref(&fact.id))));
        sentences.extend(self.facts("plan").into_iter().map(|fact| told(&fact.text, std::slice::from_ref(&fact.id))));
        sentences.join(" ")
    }

    fn target(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        lines.push(entry(&format!("Worked on: {}", self.worked.target), &[FactId("work:1".to_owned())]));
        let served = self.facts("cert").into_iter().map(|fact| entry(&fact.text, std::slice::from_ref(&fact.id)));
        lines.extend(served);
        lines
    }

    fn steps(&self) -> Vec<String> {
        let step = |step: &crate::features::draft::work::template::Step| {
            let (text, ids) = self.line(&format!("{}; go on when {}", step.action, step.check));
            entry(&text, &ids)
        };
        self.worked.template.steps.iter().map(step).collect()
    }

    fn effects(&self) -> String {
        let felt = self.facts("dep");
        if felt.is_empty() {
            let what = if self.worked.ask.services.is_empty() {
                "No service of the catalogue was named, so it is not known who depends on what is worked on"
            } else {
                "The catalogue knows of no service that depends on what is worked on"
            };
            return told(what, &[FactId("work:1".to_owned())]);
        }
        let lines = felt.iter().map(|fact| format!("- {}", told(&fact.text, std::slice::from_ref(&fact.id))));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn back(&self) -> String {
        let template = &self.worked.template;
        let steps = self.entries(&template.back);
        let numbered: Vec<String> = steps.iter().enumerate().map(|(n, step)| format!("{}. {step}", n + 1)).collect();
        format!("{}\n\n{}", self.sentence(&template.point_of_no_return), numbered.join("\n"))
    }

    fn operators(&self) -> Option<Value> {
        let mut names: Vec<&String> = Vec::new();
        let known = self.worked.ask.services.iter().flat_map(|service| &service.operators);
        for name in known.chain(&self.material.asked_by) {
            if !names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                names.push(name);
            }
        }
        (!names.is_empty()).then(|| names.into_iter().cloned().map(Value::from).collect())
    }

    fn dashboards(&self) -> Option<Value> {
        let links: Vec<Value> =
            self.worked.ask.services.iter().flat_map(|service| &service.dashboards).cloned().map(Value::from).collect();
        (!links.is_empty()).then_some(Value::Array(links))
    }
}

/// Which type of work it was taken for, for the remarks.
pub fn remark(worked: &Worked) -> String {
    let title = worked.template.title.to_lowercase();
    if worked.template.name == OTHER {
        return "The words name no type of work that Slipway knows, so the general template was taken; `--type` names one."
            .to_owned();
    }
    format!("Taken for the type of work `{title}`, which brings {}; another one: `--type`.", brings(worked))
}

fn brings(worked: &Worked) -> String {
    let template = &worked.template;
    list(&[
        count(template.steps.len(), "step"),
        count(template.before.len() + template.after.len(), "check"),
        count(template.questions.len(), "open point"),
    ])
}
