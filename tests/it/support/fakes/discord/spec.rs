//! Would the official API have accepted this body?

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What is wrong, and where: (path, code, message).
pub type Wrong = (String, String, String);

/// The official description where it can be had. What it leaves out, and a core of it, stand in `limits`.
pub struct Spec {
    document: Option<Value>,
    /// By `POST /channels/{channel_id}/messages`, or by a schema's name.
    validators: Mutex<HashMap<String, &'static jsonschema::Validator>>,
}

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
        let file = shared.join("specs/discord/openapi.json");
        let document = std::fs::read_to_string(&file)
            .map(|text| serde_json::from_str(&text).expect("the official description is JSON"));
        if document.is_err() {
            // Written past the test harness, which keeps what a passing test prints to itself.
            let told = format!(
                "THE SPEC CHECK OF DISCORD DID NOT RUN: `{}` is missing; requests meet a core of it only\n",
                file.display()
            );
            drop(std::io::stderr().write_all(told.as_bytes()));
            if let Some(list) = std::env::var_os("SLIPWAY_NOT_RUN") {
                let list = std::fs::File::options().create(true).append(true).open(list);
                drop(list.and_then(|mut list| list.write_all(told.as_bytes())));
            }
        }
        Self { document: document.ok(), validators: Mutex::default() }
    }

    /// Was the official description there?
    pub fn complete(&self) -> bool {
        self.document.is_some()
    }

    /// What the description says against this body, in the order of finding.
    pub fn problems(&self, method: &str, route: &str, body: &Value) -> Vec<Wrong> {
        let Some(validator) = self.validator(method, route, body) else { return Vec::new() };
        let told = |error: jsonschema::ValidationError<'_>| {
            let path = error.instance_path().to_string().trim_start_matches('/').replace('/', ".");
            (path, "DESCRIPTION".to_owned(), error.masked().to_string())
        };
        validator.iter_errors(body).map(told).collect()
    }

    fn validator(&self, method: &str, route: &str, body: &Value) -> Option<&'static jsonschema::Validator> {
        let document = self.document.as_ref()?;
        let name = interaction_schema(route, body);
        let key = name.map_or_else(|| format!("{method} {route}"), str::to_owned);
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = validators.get(&key) {
            return Some(*known);
        }
        let schema = match name {
            Some(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
            None => {
                let operation = &document["paths"][route][method.to_lowercase()];
                let content = &operation["requestBody"]["content"];
                let schema = &content["application/json"]["schema"];
                if schema.is_null() {
                    return None;
                }
                schema.clone()
            }
        };
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": document["components"],
        });
        // A process checks some ten routes, each with one validator for its whole life.
        let built = Box::leak(Box::new(jsonschema::validator_for(&whole).expect("the description is a schema")));
        validators.insert(key, built);
        Some(built)
    }
}

/// The one schema meant, where the description says "any of these": an error then says more than "none of them".
fn interaction_schema(route: &str, body: &Value) -> Option<&'static str> {
    if route == "/webhooks/{webhook_id}/{webhook_token}" {
        return Some("IncomingWebhookRequestPartial");
    }
    if route == "/channels/{channel_id}/threads" {
        let forum = body.get("message").is_some();
        return Some(if forum { "CreateForumThreadRequest" } else { "CreateTextThreadWithoutMessageRequest" });
    }
    if route != "/interactions/{interaction_id}/{interaction_token}/callback" {
        return None;
    }
    match body["type"].as_u64() {
        Some(4 | 5) => Some("CreateMessageInteractionCallbackRequest"),
        Some(6 | 7) => Some("UpdateMessageInteractionCallbackRequest"),
        Some(8) => Some("ApplicationCommandAutocompleteCallbackRequest"),
        Some(9) => Some("ModalInteractionCallbackRequest"),
        _ => None,
    }
}
