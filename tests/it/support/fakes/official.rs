//! Would an official API have accepted this request, and given this answer?
//!
//! Holds any OpenAPI 3 description in JSON. What a description leaves out (limits told in prose) stays with its fake.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is wrong, and where: (path, code, message).
pub type Wrong = (String, String, String);

pub struct Official {
    document: Option<Value>,
    /// By what they check: `POST /a/{b}`, `#/components/schemas/Name`, `GET /a 200`.
    validators: Mutex<HashMap<String, &'static jsonschema::Validator>>,
}

impl Official {
    /// `file` is meant from `specs` in `$SLIPWAY_SHARED`, else in `shared` beside the checkout. A description is large:
    /// keep what this returns in a static.
    pub fn read(product: &str, file: &str) -> Self {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
        let shared = std::env::var_os("SLIPWAY_SHARED").map_or(beside, PathBuf::from);
        let file = shared.join("specs").join(file);
        let document = std::fs::read_to_string(&file).ok();
        if document.is_none() {
            announce(product, &file);
        }
        let document = document.map(|text| {
            let mut document: Value = serde_json::from_str(&text).expect("the official description is JSON");
            if document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0")) {
                modern(&mut document);
            }
            document
        });
        Self { document, validators: Mutex::default() }
    }

    /// Was the official description there?
    pub fn complete(&self) -> bool {
        self.document.is_some()
    }

    /// The description's route for a path, with the values in its braces by name; the most literal one where several fit.
    pub fn route(&self, path: &str) -> Option<(&str, BTreeMap<String, String>)> {
        let paths = self.document.as_ref()?["paths"].as_object()?;
        let fitting = paths.keys().filter_map(|route| Some((route.as_str(), fits(route, path)?)));
        fitting.min_by_key(|(_, values)| values.len())
    }

    /// Everything that the description says against a request. Routes it does not know are wrong too.
    pub fn request(
        &self,
        method: &str,
        route: &str,
        values: &BTreeMap<String, String>,
        query: &[(String, String)],
        body: &Value,
    ) -> Vec<Wrong> {
        let Some(document) = &self.document else { return Vec::new() };
        let operation = &document["paths"][route][method.to_lowercase()];
        if operation.is_null() {
            return vec![(String::new(), "DESCRIPTION".to_owned(), format!("there is no `{method} {route}`"))];
        }
        let mut wrong = self.parameters(method, route, values, query);
        let demanded = operation["requestBody"]["required"] == true;
        match (body.is_null(), operation["requestBody"].is_null()) {
            (true, _) if demanded => wrong.push(told("", "a body is required")),
            (false, true) => wrong.push(told("", "this takes no body")),
            (true, _) => {}
            (false, false) => wrong.extend(self.body(method, route, body)),
        }
        wrong
    }

    /// Path and query parameters: unknown ones, missing ones, and values of another kind.
    fn parameters(
        &self,
        method: &str,
        route: &str,
        values: &BTreeMap<String, String>,
        query: &[(String, String)],
    ) -> Vec<Wrong> {
        let Some(document) = &self.document else { return Vec::new() };
        let path = &document["paths"][route];
        let lists = [&path["parameters"], &path[method.to_lowercase()]["parameters"]];
        let all = lists.into_iter().filter_map(Value::as_array).flatten();
        let known: Vec<&Value> = all.map(|parameter| resolved(document, parameter)).collect();
        let mut wrong = Vec::new();
        for (name, _) in query {
            let plain = name.trim_end_matches("[]");
            if !known.iter().any(|known| known["in"] == "query" && known["name"] == plain) {
                wrong.push(told(name, "there is no such parameter"));
            }
        }
        for parameter in known {
            let name = parameter["name"].as_str().unwrap_or_default();
            let given: Vec<&str> = match parameter["in"].as_str() {
                Some("path") => values.get(name).map(String::as_str).into_iter().collect(),
                Some("query") => {
                    query.iter().filter(|(of, _)| of.trim_end_matches("[]") == name).map(|(_, v)| v.as_str()).collect()
                }
                _ => continue,
            };
            let schema = resolved(document, &parameter["schema"]);
            match given.as_slice() {
                [] if parameter["required"] == true => wrong.push(told(name, "it is required")),
                [] => {}
                given => {
                    let key = format!("{method} {route} {name}");
                    let problems = self.check(&key, schema, &read_as(document, schema, given));
                    wrong.extend(problems.into_iter().map(|(_, code, message)| (name.to_owned(), code, message)));
                }
            }
        }
        wrong
    }

    /// A body alone, for fakes that look at the rest themselves.
    pub fn body(&self, method: &str, route: &str, body: &Value) -> Vec<Wrong> {
        let Some(document) = &self.document else { return Vec::new() };
        let asked = resolved(document, &document["paths"][route][method.to_lowercase()]["requestBody"]);
        match schema_in(asked) {
            Some(schema) => self.check(&format!("{method} {route}"), schema, body),
            None => Vec::new(),
        }
    }

    /// A value against the schema of this name.
    pub fn schema(&self, name: &str, value: &Value) -> Vec<Wrong> {
        if !self.complete() {
            return Vec::new();
        }
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        self.check(&format!("#/components/schemas/{name}"), &schema, value)
    }

    /// What the description says against an answer; nothing about statuses whose body it does not describe.
    pub fn answer(&self, method: &str, route: &str, status: u16, body: &Value) -> Vec<Wrong> {
        let Some(document) = &self.document else { return Vec::new() };
        let answers = &document["paths"][route][method.to_lowercase()]["responses"];
        match schema_in(resolved(document, &answers[status.to_string()])) {
            Some(schema) => self.check(&format!("{method} {route} {status}"), schema, body),
            None => Vec::new(),
        }
    }

    /// The smallest thing that the description allows where an answer has it: `into` leads there, `[]` into a list. Whoever
    /// answers puts what they know over it.
    pub fn least(&self, method: &str, route: &str, status: u16, into: &[&str]) -> Value {
        let Some(document) = &self.document else { return json!({}) };
        let answers = &document["paths"][route][method.to_lowercase()]["responses"];
        let Some(mut schema) = schema_in(resolved(document, &answers[status.to_string()])) else { return json!({}) };
        for step in into {
            schema = resolved(document, schema);
            schema = if *step == "[]" { &schema["items"] } else { &schema["properties"][*step] };
        }
        least(document, schema, 0)
    }

    fn check(&self, key: &str, schema: &Value, value: &Value) -> Vec<Wrong> {
        let Some(document) = &self.document else { return Vec::new() };
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = *validators.entry(key.to_owned()).or_insert_with(|| {
            let whole = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "allOf": [schema],
                "components": reached(document, schema),
            });
            // A process checks some dozens of things, each with one validator for its whole life.
            Box::leak(Box::new(jsonschema::validator_for(&whole).expect("the description is a schema")))
        });
        drop(validators);
        let told = |error: jsonschema::ValidationError<'_>| {
            let path = error.instance_path().to_string().trim_start_matches('/').replace('/', ".");
            (path, "DESCRIPTION".to_owned(), error.masked().to_string())
        };
        validator.iter_errors(value).map(told).collect()
    }
}

/// Only what is demanded, each as its kind's simplest value.
fn least(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(document, schema);
    for choice in ["anyOf", "oneOf"] {
        if let Some(options) = schema[choice].as_array() {
            let nothing = options.iter().any(|option| option["type"] == "null");
            return if nothing { Value::Null } else { least(document, &options[0], depth + 1) };
        }
    }
    let mut all = Map::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        all.extend(least(document, part, depth + 1).as_object().cloned().unwrap_or_default());
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = if kinds.contains(&"null") { "null" } else { kinds.first().copied().unwrap_or("object") };
    match (schema["enum"].as_array(), kind) {
        (_, "null") => Value::Null,
        (Some(options), _) => options[0].clone(),
        (None, "string") => json!(match schema["format"].as_str() {
            Some("date-time") => "2026-11-20T09:00:00Z",
            Some("date") => "2026-11-20",
            Some("uri") => "https://github.example/",
            Some("email") => "somebody@shop.example",
            _ => "x",
        }),
        (None, "integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(1)),
        (None, "boolean") => json!(false),
        (None, "array") => json!([]),
        _ => {
            let demanded = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            for name in demanded.filter(|_| depth < 12) {
                let value = least(document, &schema["properties"][name], depth + 1);
                all.entry(name).or_insert(value);
            }
            Value::Object(all)
        }
    }
}

/// Written past the test harness, which keeps what a passing test prints to itself.
fn announce(product: &str, file: &Path) {
    let product = product.to_uppercase();
    let told = format!(
        "THE SPEC CHECK OF {product} DID NOT RUN: `{}` is missing; requests meet a core of it only\n",
        file.display()
    );
    drop(std::io::stderr().write_all(told.as_bytes()));
    if let Some(list) = std::env::var_os("SLIPWAY_NOT_RUN") {
        let list = std::fs::File::options().create(true).append(true).open(list);
        drop(list.and_then(|mut list| list.write_all(told.as_bytes())));
    }
}

fn told(path: &str, message: &str) -> Wrong {
    (path.to_owned(), "DESCRIPTION".to_owned(), message.to_owned())
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|target| document.pointer(target.strip_prefix('#')?));
    target.unwrap_or(value)
}

/// The schema of a request body or an answer: that of JSON, else the first.
fn schema_in(described: &Value) -> Option<&Value> {
    let content = described["content"].as_object()?;
    let media = content.get("application/json").or_else(|| content.values().next())?;
    media.get("schema")
}

fn fits(route: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    if route.len() != path.len() {
        return None;
    }
    let mut values = BTreeMap::new();
    for (wanted, given) in route.iter().zip(&path) {
        match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !given.is_empty() => drop(values.insert(name.to_owned(), decoded(given))),
            None if wanted == given => {}
            _ => return None,
        }
    }
    Some(values)
}

/// `%2F` and its like as what they stand for.
pub fn decoded(text: &str) -> String {
    let plus = text.replace('+', "%2B");
    let mut pairs = reqwest::Url::parse("http://x/").expect("an address");
    pairs.set_query(Some(&format!("v={plus}")));
    pairs.query_pairs().next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A parameter's text as the kind that its schema wants, where it can be read so.
fn read_as(document: &Value, schema: &Value, given: &[&str]) -> Value {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if kinds.contains(&"array") {
        let items = resolved(document, &schema["items"]);
        return given.iter().flat_map(|given| given.split(',')).map(|item| read_as(document, items, &[item])).collect();
    }
    let text = given[0];
    let number = kinds.iter().any(|kind| ["integer", "number"].contains(kind));
    match text {
        "true" | "false" if kinds.contains(&"boolean") => json!(text == "true"),
        _ if number => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        _ => json!(text),
    }
}

/// The components that a schema leads to: a validator of everything would be as large as the description.
fn reached(document: &Value, schema: &Value) -> Value {
    let mut found: Map<String, Value> = Map::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                open.extend(fields.values());
                let target = fields.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix("#/components/"));
                let Some((kind, name)) = target.and_then(|target| target.split_once('/')) else { continue };
                let held = found.entry(kind).or_insert_with(|| json!({})).as_object_mut().expect("an object");
                if !held.contains_key(name) {
                    let component = &document["components"][kind][name];
                    held.insert(name.to_owned(), component.clone());
                    open.push(component);
                }
            }
            _ => {}
        }
    }
    Value::Object(found)
}

/// OpenAPI 3.0 as JSON Schema of today: `nullable`, and bounds that are said to be exclusive beside them.
fn modern(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(modern),
        Value::Object(fields) => {
            fields.retain(|name, held| !["example", "examples"].contains(&name.as_str()) || held["$ref"].is_string());
            fields.values_mut().for_each(modern);
            for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
                if fields.get(exclusive).is_some_and(Value::is_boolean) {
                    let strict = fields.remove(exclusive) == Some(Value::Bool(true));
                    if strict && let Some(limit) = fields.remove(bound) {
                        fields.insert(exclusive.to_owned(), limit);
                    }
                }
            }
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                fields.remove("nullable");
                let plain = std::mem::take(value);
                *value = json!({ "anyOf": [plain, { "type": "null" }] });
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Official {
        let mut document = json!({
            "openapi": "3.0.3",
            "paths": { "/a/{id}": { "get": {
                "parameters": [
                    { "in": "path", "name": "id", "required": true, "schema": { "type": "integer" } },
                    { "in": "query", "name": "page", "schema": { "type": "integer", "minimum": 0, "exclusiveMinimum": true } }
                ],
                "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } } }
            } }, "/a/b": { "post": { "requestBody": { "required": true, "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/A" } } } }, "responses": {} } } },
            "components": { "schemas": { "A": { "type": "object", "required": ["b"],
                "properties": { "b": { "type": "string", "nullable": true } } } } }
        });
        modern(&mut document);
        Official { document: Some(document), validators: Mutex::default() }
    }

    fn asked(path: &str, method: &str, query: &[(&str, &str)], body: &Value) -> Vec<String> {
        let (official, query) = (small(), query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let (route, values) = official.route(path).expect("a route");
        let wrong = official.request(method, route, &values, &query.collect::<Vec<_>>(), body);
        wrong.into_iter().map(|(path, _, message)| format!("{path}: {message}")).collect()
    }

    #[test]
    fn parameters_bodies_and_answers_are_held_to_the_description() {
        assert_eq!(asked("/a/7", "GET", &[("page", "2")], &Value::Null), [""; 0]);
        assert_eq!(asked("/a/7", "GET", &[("pages", "2")], &Value::Null), ["pages: there is no such parameter"]);
        assert_eq!(asked("/a/x", "GET", &[("page", "0")], &Value::Null).len(), 2);
        assert_eq!(asked("/a/7", "GET", &[], &json!({})), [": this takes no body"]);
        assert_eq!(asked("/a/7", "DELETE", &[], &Value::Null), [": there is no `DELETE /a/{id}`"]);
        assert_eq!(asked("/a/b", "POST", &[], &Value::Null), [": a body is required"]);
        assert_eq!(asked("/a/b", "POST", &[], &json!({ "b": null })), [""; 0]);
        assert_eq!(asked("/a/b", "POST", &[], &json!({ "b": 1 })).len(), 1);
        assert_eq!(small().answer("GET", "/a/{id}", 200, &json!({})).len(), 1);
        assert_eq!(small().schema("A", &json!({ "b": "c" })), []);
    }
}
