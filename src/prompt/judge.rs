//! Does an answer meet its schema, and what of it has to be asked again?

use crate::prompt::Complaint;
use crate::prompt::language::{Script, script};
use anyhow::Context;
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

/// Characters of a schema error that are worth telling: beyond it the validator quotes the whole value.
const TELLING: usize = 200;

/// A schema with its validator.
pub struct Judge {
    schema: Value,
    validator: Validator,
}

impl Judge {
    /// Fails for a schema that is none, or that speaks of something outside itself.
    pub fn new(schema: Value) -> anyhow::Result<Self> {
        let validator = jsonschema::validator_for(&schema).context("the schema of an answer cannot be used")?;
        Ok(Self { schema, validator })
    }

    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// The fields an answer may have; empty when the schema names none.
    pub fn fields(&self) -> Vec<String> {
        self.schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    }

    /// Properties nobody asked for are dropped where the schema names those it wants.
    pub fn without_extras(&self, answer: &mut Map<String, Value>) {
        if let Some(wanted) = self.schema["properties"].as_object() {
            answer.retain(|key, _| wanted.contains_key(key));
        }
    }

    /// At most one complaint per field and kind of error, in the order of the schema.
    pub fn complaints(&self, answer: &Value) -> Vec<Complaint> {
        let mut complaints: Vec<Complaint> = Vec::new();
        for error in self.validator.iter_errors(answer) {
            let complaint = match error.kind() {
                ValidationErrorKind::Required { property } if error.instance_path().as_str().is_empty() => Complaint {
                    field: property.as_str().unwrap_or_default().to_owned(),
                    problem: "is missing".to_owned(),
                },
                _ => self.complaint(&error, answer),
            };
            if !complaints.contains(&complaint) {
                complaints.push(complaint);
            }
        }
        let fields = self.fields();
        complaints.sort_by_key(|complaint| fields.iter().position(|field| *field == complaint.field));
        complaints
    }

    fn complaint(&self, error: &jsonschema::ValidationError<'_>, answer: &Value) -> Complaint {
        let path = error.instance_path().as_str().to_owned();
        let field = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let field = field.replace("~1", "/").replace("~0", "~");
        let inner = path.trim_start_matches('/').split_once('/').map(|(_, inner)| format!(" (at `{inner}`)"));
        let told = match error.kind() {
            ValidationErrorKind::MaxLength { limit } => {
                let length = answer.pointer(&path).and_then(Value::as_str).map_or(0, |text| text.chars().count());
                format!("is {length} characters long, the limit is {limit}")
            }
            ValidationErrorKind::Enum { options } => format!("is none of {options}"),
            _ => format!("does not meet the schema: {}", error.masked()),
        };
        let told: String = told.chars().take(TELLING).collect();
        Complaint { field, problem: format!("{told}{}", inner.unwrap_or_default()) }
    }

    /// The same schema for some of its fields only, all of them required.
    pub fn part(&self, fields: &[String]) -> Value {
        let properties = self.schema["properties"].as_object().into_iter().flatten();
        let wanted: Map<String, Value> = properties
            .filter(|(key, _)| fields.contains(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let mut part =
            json!({ "type": "object", "properties": wanted, "required": fields, "additionalProperties": false });
        for definitions in ["$defs", "definitions"] {
            if let Some(kept) = self.schema.get(definitions) {
                part[definitions] = kept.clone();
            }
        }
        part
    }
}

/// Fields whose prose is in another script than the facts it was written from.
pub fn foreign(answer: &Value, facts: Option<Script>) -> Vec<Complaint> {
    let Some(facts) = facts else { return Vec::new() };
    let fields = answer.as_object().into_iter().flatten();
    let complaint = |(key, value): (&String, &Value)| {
        let found = script(&prose(value)).filter(|found| *found != facts)?;
        let problem = format!(
            "is in another language: {} script, where the change is described in {} script",
            found.name(),
            facts.name()
        );
        Some(Complaint { field: key.clone(), problem })
    };
    fields.filter_map(complaint).collect()
}

/// Every string in a value, keys excepted.
pub fn prose(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(prose).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields.values().map(prose).collect::<Vec<_>>().join("\n"),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge() -> Judge {
        let schema = json!({
            "type": "object",
            "properties": {
                "title": {"type": "string", "maxLength": 10},
                "risk": {"enum": ["low", "high"]},
                "steps": {"type": "array", "items": {"type": "string"}}
            },
            "required": ["title", "risk"],
            "additionalProperties": false
        });
        Judge::new(schema).expect("the schema is one")
    }

    #[test]
    fn each_complaint_names_its_field_and_says_what_would_be_right() {
        let told = |answer: Value| -> Vec<String> {
            judge().complaints(&answer).into_iter().map(|one| format!("{} {}", one.field, one.problem)).collect()
        };
        assert_eq!(told(json!({"title": "short", "risk": "low"})), Vec::<String>::new());
        assert_eq!(
            told(json!({"title": "much too long", "steps": [1]})),
            [
                "title is 13 characters long, the limit is 10",
                "risk is missing",
                "steps does not meet the schema: value is not of type \"string\" (at `0`)",
            ]
        );
        assert_eq!(told(json!({"title": "a", "risk": "huge"})), [r#"risk is none of ["low","high"]"#]);
        assert!(Judge::new(json!({"type": 7})).is_err());
    }

    #[test]
    fn the_part_for_a_second_try_has_only_the_fields_that_failed() {
        let part = judge().part(&["risk".to_owned()]);
        assert_eq!(part["properties"], json!({"risk": {"enum": ["low", "high"]}}));
        assert_eq!(part["required"], json!(["risk"]));
    }

    #[test]
    fn only_fields_in_another_script_are_foreign() {
        let answer = json!({"title": "Refunds are idempotent now", "body": "환불은 이제 멱등입니다. 재시도해도 안전합니다.", "n": 3});
        let fields: Vec<String> = foreign(&answer, Some(Script::Latin)).into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["body"]);
        assert_eq!(foreign(&answer, None), Vec::new());
    }
}
