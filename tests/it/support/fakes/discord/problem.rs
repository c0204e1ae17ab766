//! How does Discord say no?

use serde_json::{Map, Value, json};

#[derive(Debug, Clone)]
pub struct Problem {
    pub status: u16,
    pub code: u32,
    pub message: String,
    /// By path: `embeds.0.title`.
    pub errors: Vec<(String, String, String)>,
}

impl Problem {
    pub fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), errors: Vec::new() }
    }
    pub fn unauthorized() -> Self {
        Self::new(401, 0, "401: Unauthorized")
    }
    pub fn unknown_channel() -> Self {
        Self::new(404, 10003, "Unknown Channel")
    }
    pub fn unknown_message() -> Self {
        Self::new(404, 10008, "Unknown Message")
    }
    pub fn unknown_webhook() -> Self {
        Self::new(404, 10015, "Unknown Webhook")
    }
    pub fn unknown_interaction() -> Self {
        Self::new(404, 10062, "Unknown interaction")
    }
    pub fn already_acknowledged() -> Self {
        Self::new(400, 40060, "Interaction has already been acknowledged.")
    }
    pub fn missing_access() -> Self {
        Self::new(403, 50001, "Missing Access")
    }
    pub fn missing_permissions() -> Self {
        Self::new(403, 50013, "Missing Permissions")
    }
    pub fn form(errors: Vec<(String, String, String)>) -> Self {
        Self { errors, ..Self::new(400, 50035, "Invalid Form Body") }
    }

    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "code": self.code });
        if !self.errors.is_empty() {
            body["errors"] = self.tree();
        }
        body
    }

    fn tree(&self) -> Value {
        let mut root = Value::Object(Map::new());
        for (path, code, message) in &self.errors {
            let mut here = &mut root;
            for part in path.split('.').filter(|part| !part.is_empty()) {
                here = here
                    .as_object_mut()
                    .expect("a branch")
                    .entry(part.to_owned())
                    .or_insert_with(|| Value::Object(Map::new()));
            }
            let list = here.as_object_mut().expect("a branch").entry("_errors").or_insert_with(|| json!([]));
            list.as_array_mut().expect("a list").push(json!({ "code": code, "message": message }));
        }
        root
    }

    /// In one line, for the log of a test.
    pub fn told(&self) -> String {
        let errors: Vec<String> =
            self.errors.iter().map(|(path, code, message)| format!("{path}: {message} ({code})")).collect();
        if errors.is_empty() { self.message.clone() } else { format!("{}: {}", self.message, errors.join("; ")) }
    }
}
