//! Which sections does a note of this kind have, and is a value fit for one of them?

mod source;
mod tidy;

use crate::domain::draft::{Field, Part};
use crate::domain::note::Kind;
use crate::prompt::Complaint;
use jsonschema::Validator;
use serde_json::{Map, Value};
use source::{Source, nearest};
use std::collections::HashMap;
use std::path::Path;
use tidy::{in_words, tidy};

const DEPLOYMENT: &str = include_str!("../../../../config/schemas/deployment.json");
const WORK: &str = include_str!("../../../../config/schemas/work.json");

/// Annotations of ours that a schema may carry.
const ANNOTATIONS: [&str; 1] = ["x-part"];

/// A note's JSON schema (2020-12), flattened: groups are its top-level objects, every property of a group is a section.
/// A top-level property that is no object is a section in a group of its own name.
pub struct Schema {
    title: String,
    fields: Vec<Field>,
    groups: Vec<(String, String)>,
    validators: HashMap<String, Validator>,
}

impl Schema {
    /// The schema this program was built with.
    pub fn embedded(kind: Kind) -> Self {
        let (name, text) = match kind {
            Kind::Deployment => ("config/schemas/deployment.json", DEPLOYMENT),
            Kind::Work => ("config/schemas/work.json", WORK),
        };
        Self::parse(name, text).expect("the embedded schemas are read by a test")
    }

    /// A team's schema: `<dir>/deployment.json` or `<dir>/work.json`; the embedded one where that file is not there.
    ///
    /// The error is a sentence with the file, the line where it is known, the key, and what to write instead.
    pub fn load(dir: Option<&Path>, kind: Kind) -> Result<Self, String> {
        let Some(path) = dir.map(|dir| dir.join(format!("{}.json", kind.name()))) else {
            return Ok(Self::embedded(kind));
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path.display().to_string(), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::embedded(kind)),
            Err(error) => Err(format!("`{}` cannot be read: {error}. Check its permissions.", path.display())),
        }
    }

    /// What the kind of note is called: `Deployment note`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Every section, in the order of the file.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// Key and title of every group, in the order of the file.
    pub fn groups(&self) -> &[(String, String)] {
        &self.groups
    }

    /// Post-processes a value (trimmed, newlines normalised, empty and repeated list items removed) and validates it.
    /// Nothing is ever cut: what is too long is a complaint.
    pub fn settle(&self, field: &Field, value: Value) -> Result<Value, Vec<Complaint>> {
        let value = tidy(value);
        let validator =
            self.validators.get(&field.key).expect("every field got its validator when the schema was read");
        let complaints: Vec<Complaint> = validator
            .iter_errors(&value)
            .map(|error| Complaint { field: field.key.clone(), problem: in_words(&error) })
            .collect();
        if complaints.is_empty() { Ok(value) } else { Err(complaints) }
    }

    fn parse(name: &str, text: &str) -> Result<Self, String> {
        let source = Source { name, text };
        let root: Value = serde_json::from_str(text)
            .map_err(|error| format!("`{name}` line {}: {error}. It must be a JSON schema.", error.line()))?;
        let top = root
            .get("properties")
            .and_then(Value::as_object)
            .ok_or_else(|| source.problem(&["properties"], "is missing: it holds the groups of the note"))?;
        let mut schema = Self {
            title: text_of(&root, "title").unwrap_or("Note").to_owned(),
            fields: Vec::new(),
            groups: Vec::new(),
            validators: HashMap::new(),
        };
        for (group, body) in top {
            schema.read_group(&source, group, body)?;
        }
        if schema.fields.is_empty() {
            return Err(source.problem(&["properties"], "holds no section"));
        }
        Ok(schema)
    }

    fn read_group(&mut self, source: &Source<'_>, group: &str, body: &Value) -> Result<(), String> {
        refuse_unknown(source, &["properties", group], body)?;
        self.groups.push((group.to_owned(), text_of(body, "title").map_or_else(|| title_from(group), str::to_owned)));
        let Some(leaves) = body.get("properties").and_then(Value::as_object) else {
            return self.read_leaf(source, &["properties", group], group, body, false);
        };
        let required: Vec<&str> =
            body.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        if let Some(missing) = required.iter().find(|key| !leaves.contains_key(**key)) {
            let hint = nearest(missing, leaves.keys().map(String::as_str));
            return Err(source.problem(
                &["properties", group, "required"],
                &format!("names `{missing}`, which is no property.{hint}"),
            ));
        }
        for (key, leaf) in leaves {
            let path = ["properties", group, "properties", key.as_str()];
            refuse_unknown(source, &path, leaf)?;
            self.read_leaf(source, &path, group, leaf, required.contains(&key.as_str()))?;
        }
        Ok(())
    }

    fn read_leaf(
        &mut self,
        source: &Source<'_>,
        path: &[&str],
        group: &str,
        leaf: &Value,
        required: bool,
    ) -> Result<(), String> {
        let key = *path.last().expect("a leaf's path ends in its key");
        if self.field(key).is_some() {
            return Err(source.problem(path, "is there twice: a section's key must be unique over all groups"));
        }
        let Some(object) = leaf.as_object() else {
            return Err(source.problem(path, "must be an object with `title`, `description` and `type`"));
        };
        let validator =
            jsonschema::validator_for(leaf).map_err(|error| source.problem(path, &format!("is no schema: {error}")))?;
        let field = Field {
            key: key.to_owned(),
            group: group.to_owned(),
            group_title: self.groups.last().map(|(_, title)| title.clone()).unwrap_or_default(),
            title: text_of(leaf, "title").map_or_else(|| title_from(key), str::to_owned),
            description: text_of(leaf, "description").unwrap_or_default().to_owned(),
            part: part_of(source, path, leaf)?,
            schema: Value::Object(without_annotations(object)),
            default: leaf.get("default").cloned(),
            required,
        };
        if let Some(error) = field.default.as_ref().and_then(|default| validator.validate(default).err()) {
            return Err(source.problem(path, &format!("has a default that it does not allow itself: {error}")));
        }
        self.validators.insert(key.to_owned(), validator);
        self.fields.push(field);
        Ok(())
    }
}

/// Does this field hold sentences, which must cite? Choices, numbers and objects do not.
pub fn is_prose(field: &Field) -> bool {
    fn sentences(schema: &Value) -> bool {
        schema.get("type").and_then(Value::as_str) == Some("string")
            && ["enum", "const", "format", "pattern"].iter().all(|key| schema.get(key).is_none())
    }
    sentences(&field.schema) || field.schema.get("items").is_some_and(sentences)
}

fn refuse_unknown(source: &Source<'_>, path: &[&str], body: &Value) -> Result<(), String> {
    let unknown = body
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .find(|key| key.starts_with("x-") && !ANNOTATIONS.contains(key));
    match unknown {
        None => Ok(()),
        Some(key) => {
            let inside: Vec<&str> = path.iter().copied().chain([key]).collect();
            Err(source.problem(&inside, &format!("is not known.{}", nearest(key, ANNOTATIONS))))
        }
    }
}

fn part_of(source: &Source<'_>, path: &[&str], leaf: &Value) -> Result<Part, String> {
    let inside: Vec<&str> = path.iter().copied().chain(["x-part"]).collect();
    match leaf.get("x-part") {
        None => Ok(Part::Body),
        Some(value) => Part::ALL.into_iter().find(|part| value == part.name()).ok_or_else(|| {
            let names = Part::ALL.map(Part::name);
            let hint = value.as_str().map(|name| nearest(name, names)).unwrap_or_default();
            source.problem(
                &inside,
                &format!("is {value}; it must be one of {}.{hint}", names.map(|name| format!("`{name}`")).join(", ")),
            )
        }),
    }
}

fn without_annotations(leaf: &Map<String, Value>) -> Map<String, Value> {
    leaf.iter()
        .filter(|(key, _)| !key.starts_with("x-") && !matches!(key.as_str(), "title" | "description" | "default"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn text_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// `post_deploy_task` → `Post deploy task`
fn title_from(key: &str) -> String {
    let words = key.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_embedded_schemas_have_the_sections_a_reader_expects() {
        let deployment = Schema::embedded(Kind::Deployment);
        let keys: Vec<&str> = deployment.fields().iter().map(|field| field.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "title",
                "summary",
                "changes",
                "impact",
                "effects_on_services",
                "deployment_order",
                "checks",
                "rollback_strategy",
                "rollback_scenario",
                "monitoring_scenario",
                "operators",
                "before",
                "after",
                "repositories",
                "announce_channel",
                "announcement",
                "dashboards",
                "signals"
            ]
        );
        let groups: Vec<&str> = deployment.groups().iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(groups, ["noteDetails", "checklistGroup", "repositories", "communityChannel", "monitoring"]);
        assert_eq!(deployment.title(), "Deployment note");
        let strategy = deployment.field("rollback_strategy").expect("it is in the list above");
        assert_eq!((strategy.part, strategy.required), (Part::Basics, true));
        assert_eq!(strategy.default, Some(json!("REDEPLOY")));
        assert!(strategy.schema.get("x-part").is_none());

        let work = Schema::embedded(Kind::Work);
        for key in ["purpose", "target", "steps", "expected_downtime"] {
            assert_eq!(work.field(key).map(|field| field.part), Some(Part::Body), "{key}");
        }
    }

    #[test]
    fn a_value_is_tidied_and_never_cut() {
        let schema = Schema::embedded(Kind::Deployment);
        let title = schema.field("title").expect("a deployment has a title");
        assert_eq!(schema.settle(title, json!("  payments v2\r\n")), Ok(json!("payments v2")));
        let before = schema.field("before").expect("a deployment has a checklist");
        assert_eq!(schema.settle(before, json!(["a ", "", "a", "b"])), Ok(json!(["a", "b"])));
        let complaints = schema.settle(title, json!("x".repeat(132))).expect_err("132 characters are too many");
        assert_eq!(complaints[0].problem, "is 132 characters long; at most 100 are allowed");
        assert_eq!(complaints[0].field, "title");
        let strategy = schema.field("rollback_strategy").expect("a deployment has a strategy");
        let complaints = schema.settle(strategy, json!("PRAY")).expect_err("not one of the five");
        assert_eq!(
            complaints[0].problem,
            "must be one of `REDEPLOY_NO_BUILD`, `REDEPLOY`, `CANARY`, `BLUE_GREEN`, `ETC`"
        );
    }

    fn refusal(text: &str) -> String {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(dir.path().join("deployment.json"), text).expect("a file can be written");
        let error = Schema::load(Some(dir.path()), Kind::Deployment).err().expect("the schema must be refused");
        error.replace(&dir.path().display().to_string(), "DIR")
    }

    #[test]
    fn a_teams_mistake_is_named_with_file_line_and_key() {
        assert_eq!(
            refusal(
                "{\n \"properties\": {\n  \"noteDetails\": {\n   \"properties\": {\n    \"title\": {\"type\": \"string\", \"x-prat\": \"basics\"}}}}}"
            ),
            "`DIR/deployment.json` line 5: `x-prat` is not known. The nearest is `x-part`."
        );
        assert_eq!(
            refusal(
                "{\"properties\": {\"a\": {\"properties\": {\"b\": {\"type\": \"string\",\n\"x-part\": \"basic\"}}}}}"
            ),
            "`DIR/deployment.json` line 2: `x-part` is \"basic\"; it must be one of `basics`, `checklist`, `body`, `repositories`. The nearest is `basics`."
        );
        assert!(refusal("{\"properties\": {\n,}}").starts_with("`DIR/deployment.json` line 2: "));
        assert_eq!(
            refusal("{\"properties\": {\"a\": {\"properties\": {\"b\": {}}}, \"c\": {\"properties\": {\n\"b\": {}}}}}"),
            "`DIR/deployment.json` line 2: `b` is there twice: a section's key must be unique over all groups"
        );
        assert!(
            refusal("{\"properties\": {\"a\": {\"type\": \"string\", \"maxLength\": 2, \"default\": \"long\"}}}")
                .contains("`a` has a default that it does not allow itself")
        );
    }

    #[test]
    fn a_file_that_is_not_there_means_the_embedded_schema() {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(
            dir.path().join("work.json"),
            r#"{"title": "Works", "properties": {"on_call": {"type": "string"}}}"#,
        )
        .expect("a file can be written");
        let deployment = Schema::load(Some(dir.path()), Kind::Deployment).expect("the embedded one serves");
        assert_eq!(deployment.title(), "Deployment note");
        let work = Schema::load(Some(dir.path()), Kind::Work).expect("the team's own is fine");
        let field = &work.fields()[0];
        assert_eq!((field.key.as_str(), field.group.as_str(), field.title.as_str()), ("on_call", "on_call", "On call"));
    }
}
