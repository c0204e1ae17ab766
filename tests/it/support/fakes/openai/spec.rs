//! Would the official API have accepted this request?

use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The official description where it can be had, and in any case a core of it written down here, with what the service
/// enforces beyond its description.
pub struct Spec(Option<jsonschema::Validator>);

impl Spec {
    /// Looks in `$SLIPWAY_SHARED`, else in `shared` beside the checkout.
    ///
    /// The description is large, so a process reads it once.
    pub fn find() -> &'static Self {
        static FOUND: OnceLock<Spec> = OnceLock::new();
        FOUND.get_or_init(Self::read)
    }

    fn read() -> Self {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
        let shared = std::env::var_os("SLIPWAY_SHARED").map_or(beside, PathBuf::from);
        let file = shared.join("specs/openai/openapi.json");
        let Ok(text) = std::fs::read_to_string(&file) else {
            // Written past the test harness, which keeps what a passing test prints to itself.
            let told = format!(
                "THE SPEC CHECK DID NOT RUN: `{}` is missing; requests meet a core of it only\n",
                file.display()
            );
            drop(std::io::stderr().write_all(told.as_bytes()));
            // The benchmarks use this file too and have no directory of their own: `tests/all` names the list.
            if let Some(list) = std::env::var_os("SLIPWAY_NOT_RUN") {
                let list = std::fs::File::options().create(true).append(true).open(list);
                drop(list.and_then(|mut list| list.write_all(told.as_bytes())));
            }
            return Self(None);
        };
        let mut document: Value = serde_json::from_str(&text).expect("the official description is JSON");
        let schemas = document["components"]["schemas"].take();
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": "#/components/schemas/CreateChatCompletionRequest",
            "components": { "schemas": schemas },
        });
        Self(Some(jsonschema::validator_for(&schema).expect("the official description is a schema")))
    }

    /// Was the official description there?
    pub fn complete(&self) -> bool {
        self.0.is_some()
    }

    /// What is wrong with a request, in the order of finding.
    pub fn problems(&self, body: &Value) -> Vec<String> {
        let mut problems: Vec<String> = Vec::new();
        if let Some(validator) = &self.0 {
            problems.extend(
                validator.iter_errors(body).map(|error| format!("{}: {}", error.instance_path(), error.masked())),
            );
        }
        problems.extend(core(body));
        problems
    }
}

fn core(body: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let mut demand = |met: bool, problem: &str| {
        if !met {
            problems.push(problem.to_owned());
        }
    };
    demand(body["model"].is_string(), "`model` is a text");
    demand(body["messages"].as_array().is_some_and(|all| !all.is_empty()), "`messages` is a list that is not empty");
    for message in body["messages"].as_array().into_iter().flatten() {
        let role = message["role"].as_str().unwrap_or_default();
        demand(matches!(role, "system" | "user" | "assistant" | "developer"), "`role` is one of those there are");
        demand(message["content"].is_string(), "`content` is a text");
    }
    demand(
        body["temperature"].as_f64().is_none_or(|value| (0.0..=2.0).contains(&value)),
        "`temperature` is from 0 to 2",
    );
    for name in ["max_tokens", "max_completion_tokens"] {
        demand(
            body[name].is_null() || body[name].as_u64().is_some_and(|value| value > 0),
            "a limit of tokens is positive",
        );
    }
    demand(body["stream_options"].is_null() || body["stream"] == true, "`stream_options` is only for streams");
    let format = &body["response_format"];
    demand(
        format.is_null() || matches!(format["type"].as_str(), Some("text" | "json_object" | "json_schema")),
        "`response_format.type` is one of those there are",
    );
    if format["type"] == "json_schema" {
        let name = format["json_schema"]["name"].as_str().unwrap_or_default();
        let fine = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        demand(
            !name.is_empty() && name.len() <= 64 && name.chars().all(fine),
            "a schema's name is of letters, digits, _ and -",
        );
        if format["json_schema"]["strict"] == true {
            demand(
                strict(&format["json_schema"]["schema"]),
                "in strict mode every object is closed and requires all it names",
            );
        }
    }
    if format["type"] == "json_object" {
        demand(
            body["messages"].to_string().to_lowercase().contains("json"),
            "with `json_object` the messages speak of JSON",
        );
    }
    problems
}

fn strict(schema: &Value) -> bool {
    let closed = match schema["properties"].as_object() {
        Some(properties) => {
            let required = schema["required"].as_array().map_or(0, Vec::len);
            schema["additionalProperties"] == false && required == properties.len() && properties.values().all(strict)
        }
        None => schema["type"] != "object",
    };
    closed && (schema["items"].is_null() || strict(&schema["items"]))
}
