//! Applies what a team wants to one drafted section.

use super::alike::{alike, begin_alike};
use super::names::Names;
use super::{entries, is_shaped, words};
use crate::domain::digest::Severity;
use crate::domain::draft::Field;
use crate::domain::fact::{Fact, FactId};
use crate::domain::preference::{Preference, Wish};
use crate::features::draft::Material;
use crate::features::draft::check::{Known, Trust, cite};
use crate::features::draft::rules::{self, phrase};
use serde_json::Value;
use std::collections::HashSet;

/// A section as the team wants it, and the sentences that say what was done for that.
pub struct Shaped {
    pub value: Value,
    pub remarks: Vec<String>,
}

/// Every preference that holds for this draft, as something its entries can cite.
pub fn facts(material: &Material) -> Vec<Fact> {
    wanted(material).map(|one| Fact { id: FactId::team(one.id), text: words::fact(one) }).collect()
}

/// `None` where the team wants nothing else. `value` still carries its citations. What rests on a high risk or on something that
/// breaks is never left out: a habit was formed on other changes.
pub fn shaped(material: &Material, known: &Known, field: &Field, value: &Value) -> Option<Shaped> {
    if !is_shaped(field) {
        return None;
    }
    let wanted: Vec<&Preference> = wanted(material).filter(|one| one.section == field.key).collect();
    let (names, heavy, mut remarks) = (Names::of_material(material), heavy(material), Vec::new());
    let mut value = value.clone();
    for one in &wanted {
        match &one.wish {
            Wish::Omit(head) => {
                let head = names.particular(head);
                let is_meant = |entry: &str| begin_alike(entry, &head);
                let is_kept = |entry: &str| cite(entry, known, Trust::Rules).cites.iter().any(|id| heavy.contains(id));
                if entries(&value).into_iter().any(|entry| is_meant(entry) && is_kept(entry)) {
                    remarks.push(words::kept(field, one));
                }
                if entries(&value).into_iter().any(|entry| is_meant(entry) && !is_kept(entry)) {
                    value = without(&value, |entry| is_meant(entry) && !is_kept(entry));
                    remarks.push(words::left_out(field, one));
                }
            }
            Wish::Add(text) => {
                let text = names.particular(text);
                if entries(&value).into_iter().any(|entry| alike(entry, &text)) {
                    continue;
                }
                let cited = match rules::cites(&field.key) {
                    true if is_text(&value) => phrase::told(&text, &[FactId::team(one.id)]),
                    true => phrase::entry(&text, &[FactId::team(one.id)]),
                    false => text,
                };
                value = with(value, cited);
                remarks.push(words::added(field, one));
            }
        }
    }
    (!remarks.is_empty()).then_some(Shaped { value, remarks })
}

fn wanted(material: &Material) -> impl Iterator<Item = &Preference> {
    let names = material.modules.iter().map(|module| module.service.name.as_str());
    let worked_on = material.work.iter().flat_map(|work| work.ask.services.iter().map(|service| service.name.as_str()));
    let services: Vec<&str> = names.chain(worked_on).collect();
    material
        .memory
        .preferences
        .iter()
        .filter(move |one| one.is_active() && one.kind == material.kind && one.holds_for(services.iter().copied()))
}

/// What no habit may hide.
fn heavy(material: &Material) -> HashSet<&FactId> {
    let high = material.digest.risks.iter().filter(|risk| risk.severity == Severity::High).map(|risk| &risk.id);
    high.chain(material.digest.breaking.iter().map(|breaking| &breaking.id)).collect()
}

/// Sentences, not a list of entries.
fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !ends_in_a_list(text))
}

fn ends_in_a_list(text: &str) -> bool {
    text.lines().last().is_some_and(|line| line.trim_start().starts_with("- "))
}

fn with(value: Value, entry: String) -> Value {
    match value {
        Value::Array(mut items) => {
            items.push(Value::String(entry));
            Value::Array(items)
        }
        Value::String(text) if text.is_empty() => Value::String(entry),
        Value::String(text) => Value::String(if ends_in_a_list(&text) {
            format!("{text}\n- {entry}")
        } else {
            format!("{text}\n\n{entry}")
        }),
        other => other,
    }
}

fn without(value: &Value, is_out: impl Fn(&str) -> bool) -> Value {
    match value {
        Value::Array(items) => items.iter().filter(|item| !item.as_str().is_some_and(&is_out)).cloned().collect(),
        Value::String(text) => {
            let lines: Vec<&str> =
                text.lines().filter(|line| line.trim().is_empty() || !is_out(super::bare(line))).collect();
            Value::String(lines.join("\n").trim().to_owned())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::note::{Kind, Revision};
    use crate::domain::person::Person;
    use crate::domain::preference::{Origin, Standing};
    use crate::features::draft::assemble::assemble;
    use crate::features::draft::generate::Generated;
    use crate::features::draft::rules::tests::material;
    use crate::features::draft::schema::Schema;
    use chrono::{DateTime, Utc};
    use serde_json::json;

    fn preference(id: u64, section: &str, wish: Wish) -> Preference {
        let by = Person { platform: "web".to_owned(), id: "kim".to_owned(), name: "kim".to_owned() };
        Preference {
            id,
            kind: Kind::Deployment,
            section: section.to_owned(),
            services: Vec::new(),
            wish,
            origin: Origin::Stated { by, at: DateTime::<Utc>::UNIX_EPOCH },
            told_under: None,
            standing: Standing::Active,
        }
    }

    fn drafted(preferences: Vec<Preference>) -> Revision {
        let mut material = material();
        material.memory.preferences = preferences;
        assemble(&material, &Schema::embedded(Kind::Deployment), Generated::default(), 1, material.now)
    }

    fn before(revision: &Revision) -> Vec<&str> {
        entries(&revision.section("before").expect("there").value)
    }

    fn told(revision: &Revision, what: &str) -> bool {
        revision.remarks.iter().any(|remark| remark.contains(what))
    }

    #[test]
    fn what_the_team_always_adds_stands_once_and_cites_the_team() {
        let add = || preference(4, "before", Wish::Add("Tell support that {service} {version} goes out".to_owned()));
        let plain = drafted(Vec::new());
        let revision = drafted(vec![add(), Preference { id: 5, ..add() }]);
        let (old, new) = (before(&plain), before(&revision));
        assert_eq!(new.len(), old.len() + 1);
        assert_eq!(new.last(), Some(&"Tell support that payments v2.4.0 goes out"));
        let section = revision.section("before").expect("there");
        assert!(section.cites.contains(&FactId::team(4)) && section.generated == section.value);
        let fact = revision.facts.iter().find(|fact| fact.id == FactId::team(4)).expect("to be looked up");
        assert_eq!(fact.text, "The team always wants this here; kim said so.");
        assert!(told(&revision, "the team always adds it (preference 4)"), "{:?}", revision.remarks);
        let of_others = Preference { services: vec!["api".to_owned()], ..add() };
        let of_work = Preference { kind: Kind::Work, ..add() };
        let gone = Preference { standing: Standing::Withdrawn { notes: vec![1] }, ..add() };
        assert_eq!(before(&drafted(vec![of_others, of_work, gone])), old, "neither of these holds here");
    }

    #[test]
    fn what_the_team_always_deletes_is_not_there_unless_it_is_about_a_high_risk() {
        let plain = drafted(Vec::new());
        let artifact = "Check that the artifact";
        assert!(before(&plain).iter().any(|entry| entry.starts_with(artifact)), "{:?}", before(&plain));
        let omit = |text: &str| preference(1, "before", Wish::Omit(text.to_owned()));
        let revision = drafted(vec![omit("Check that the artifact of {previous} is still there to go back to")]);
        assert!(!before(&revision).iter().any(|entry| entry.starts_with(artifact)), "{:?}", before(&revision));
        assert_eq!(before(&revision).len(), before(&plain).len() - 1);
        assert!(told(&revision, "the team always deletes it (preference 1)"));

        let backup = "Take a backup and prove that it restores";
        assert!(before(&plain).iter().any(|entry| entry.starts_with(backup)), "{:?}", before(&plain));
        let revision = drafted(vec![omit(backup)]);
        assert!(before(&revision).iter().any(|entry| entry.starts_with(backup)));
        assert!(told(&revision, "it is about a high risk"), "{:?}", revision.remarks);

        let consumers = "Check that callers are ready";
        assert!(before(&plain).iter().any(|entry| entry.starts_with(consumers)), "{:?}", before(&plain));
        let revision = drafted(vec![omit(consumers)]);
        assert!(before(&revision).iter().any(|entry| entry.starts_with(consumers)), "it is about what breaks");
    }

    /// A model cites in ways of its own: several ids in one bracket, an id without its mark.
    #[test]
    fn what_a_model_rests_on_a_high_risk_is_kept_however_it_cites() {
        let mut material = material();
        let omit = |id, text: &str| preference(id, "before", Wish::Omit(text.to_owned()));
        material.memory.preferences = vec![omit(1, "Look at the backup"), omit(2, "Look at the weather")];
        let high =
            material.digest.risks.iter().find(|risk| risk.severity == Severity::High).expect("there is one").id.clone();
        let (schema, known) = (Schema::embedded(Kind::Deployment), Known::of(&material));
        let field = schema.field("before").expect("there");
        let value = json!([format!("Look at the backup [pr:#812, {high}]"), "Look at the weather [pr:#812]"]);
        let shaped = shaped(&material, &known, field, &value).expect("the team wants something else");
        assert_eq!(shaped.value, json!([value[0]]));
    }

    #[test]
    fn a_text_takes_it_as_a_line_and_a_list_of_names_as_a_name() {
        let revision = drafted(vec![
            preference(1, "rollback_scenario", Wish::Add("Page the database on-call first.".to_owned())),
            preference(2, "operators", Wish::Add("database on-call".to_owned())),
            preference(3, "title", Wish::Add("Never".to_owned())),
        ]);
        assert!(revision.text("rollback_scenario").ends_with("Page the database on-call first."));
        let operators = entries(&revision.section("operators").expect("there").value);
        assert_eq!(operators.last(), Some(&"database on-call"));
        assert!(!revision.title().contains("Never"));
    }
}
