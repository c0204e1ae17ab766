//! What do requests and answers look like on the wire? Every part of an answer may be missing.

use crate::adapters::http::{Failure, classify};
use crate::adapters::model::openai::dialect::{Dialect, Structure};
use crate::domain::trouble::Fault;
use crate::ports::model::{Question, Reply};
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A request. It has no field for tools: what a model answers is text.
#[derive(Debug, Serialize)]
pub struct Request {
    model: String,
    messages: [Message; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Value>,
}

#[derive(Debug, Serialize)]
struct Message {
    role: &'static str,
    content: String,
}

impl Request {
    pub fn new(question: &Question, dialect: &Dialect) -> Self {
        let mut system = question.system.clone();
        let mut response_format = None;
        if let Some((name, schema)) = &question.schema {
            if dialect.structure != Structure::Schema {
                system.push_str(&format!(
                    "\n\nAnswer with one JSON object and nothing else. It must meet this JSON schema:\n{schema}"
                ));
            }
            response_format = match dialect.structure {
                Structure::Schema => Some(schema_format(name, schema)),
                Structure::Object => Some(json!({"type": "json_object"})),
                Structure::Words => None,
            };
        }
        let limit = Some(question.max_tokens);
        let streaming = dialect.streaming.then_some(true);
        Self {
            model: question.model.clone(),
            messages: [
                Message { role: "system", content: system },
                Message { role: "user", content: question.user.clone() },
            ],
            max_tokens: if dialect.completion_tokens { None } else { limit },
            max_completion_tokens: if dialect.completion_tokens { limit } else { None },
            temperature: dialect.temperature.then_some(question.temperature),
            response_format,
            stream: streaming,
            stream_options: (streaming.is_some() && dialect.usage).then(|| json!({"include_usage": true})),
        }
    }

    pub fn streams(&self) -> bool {
        self.stream == Some(true)
    }

    /// Four characters to a token: for servers that do not count.
    fn estimate(&self) -> u32 {
        estimate(&self.messages[0].content) + estimate(&self.messages[1].content)
    }
}

fn estimate(text: &str) -> u32 {
    u32::try_from(text.len() / 4).unwrap_or(u32::MAX)
}

fn schema_format(name: &str, schema: &Value) -> Value {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let name: String = name.chars().map(|letter| if allowed(letter) { letter } else { '_' }).take(64).collect();
    let mut schema = schema.clone();
    let strict = closed(&mut schema);
    json!({"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": strict}})
}

/// Makes a schema fit for strict mode: every object closed, every property required, notes for people left out. False
/// when it cannot be: an object with free keys has no strict form.
fn closed(schema: &mut Value) -> bool {
    let Some(object) = schema.as_object_mut() else { return true };
    object.retain(|key, _| {
        !key.starts_with("x-") && !matches!(key.as_str(), "default" | "examples" | "$schema" | "$id" | "title")
    });
    let mut strict = true;
    let names: Option<Vec<Value>> = object
        .get("properties")
        .and_then(Value::as_object)
        .map(|properties| properties.keys().cloned().map(Value::String).collect());
    if let Some(names) = names {
        object.insert("required".to_owned(), Value::Array(names));
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    } else if object.get("type").is_some_and(|kind| kind == "object") {
        strict = false;
    }
    for key in ["properties", "$defs", "definitions"] {
        for inner in object.get_mut(key).and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            strict &= closed(inner);
        }
    }
    for key in ["items", "anyOf", "oneOf", "allOf"] {
        match object.get_mut(key) {
            Some(Value::Array(inner)) => strict &= inner.iter_mut().map(closed).fold(true, |all, one| all & one),
            Some(inner) => strict &= closed(inner),
            None => {}
        }
    }
    strict
}

/// An answer in one piece.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Completion {
    #[serde(default)]
    pub choices: Vec<Choice>,
    #[serde(default)]
    pub usage: Option<Usage>,
    /// Some gateways answer 200 and put the error here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Choice {
    #[serde(default, alias = "delta")]
    pub message: Option<Content>,
    #[serde(default)]
    pub finish_reason: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Content {
    #[serde(default)]
    pub content: Option<Value>,
    #[serde(default)]
    pub refusal: Option<String>,
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Usage {
    #[serde(default)]
    prompt_tokens: Option<u32>,
    #[serde(default)]
    completion_tokens: Option<u32>,
}

impl Completion {
    /// The reply in it; tokens that were not counted are estimated.
    pub fn reply(self, question: &Question, request: &Request) -> Result<Reply, Fault> {
        if let Some(error) = self.error {
            return Err(fault_in(&error).fault);
        }
        let choice = self.choices.into_iter().next();
        let choice = choice.ok_or_else(|| Fault::Malformed("an answer without a choice".to_owned()))?;
        let content = choice.message.unwrap_or_default();
        let text = content.content.as_ref().map(text_of).unwrap_or_default();
        let text = if text.is_empty() { content.refusal.unwrap_or_default() } else { text };
        let usage = self.usage.unwrap_or_default();
        let tokens_out = usage.completion_tokens.unwrap_or_else(|| estimate(&text));
        let cut = matches!(choice.finish_reason.as_deref(), Some("length" | "max_tokens" | "MAX_TOKENS"));
        // A server that reports no reason and used up the limit was cut off all the same.
        let full = choice.finish_reason.is_none() && tokens_out >= question.max_tokens;
        let tokens_in = usage.prompt_tokens.unwrap_or_else(|| request.estimate());
        Ok(Reply { text, complete: !cut && !full, tokens_in, tokens_out })
    }
}

/// Content is a text, or a list of parts with a text each.
pub fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// The fault an error object stands for; its code is a number here and a word there.
pub fn fault_in(error: &Value) -> Failure {
    let message = error["message"].as_str().or(error.as_str()).unwrap_or("an error without a message").to_owned();
    let code = ["code", "status", "status_code"].iter().find_map(|key| {
        let code = &error[*key];
        code.as_u64().or_else(|| code.as_str().and_then(|code| code.parse().ok()))
    });
    let status = code.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code)).unwrap_or(500);
    let fault = classify(status, &HeaderMap::new(), &message);
    Failure { status: Some(status), message, ..fault.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn question() -> Question {
        Question {
            model: "small".to_owned(),
            system: "Be brief.".to_owned(),
            user: "What?".to_owned(),
            schema: Some((
                "a b".to_owned(),
                json!({"type": "object", "properties": {"t": {"type": "string", "default": "x"}}}),
            )),
            max_tokens: 10,
            temperature: 0.5,
            time_limit: Duration::from_secs(1),
        }
    }

    fn told(dialect: Dialect) -> Value {
        serde_json::to_value(Request::new(&question(), &dialect)).expect("a request is JSON")
    }

    #[test]
    fn the_schema_is_closed_for_strict_mode_and_told_in_words_below_it() {
        let full = told(Dialect::default());
        let schema = json!({"type": "object", "properties": {"t": {"type": "string"}}, "required": ["t"], "additionalProperties": false});
        assert_eq!(
            full["response_format"],
            json!({"type": "json_schema", "json_schema": {"name": "a_b", "schema": schema, "strict": true}})
        );
        assert_eq!((&full["stream"], &full["max_tokens"]), (&json!(true), &json!(10)));
        assert_eq!(full["messages"][0]["content"], "Be brief.");

        let plain = told(Dialect {
            structure: Structure::Words,
            streaming: false,
            completion_tokens: true,
            temperature: false,
            ..Dialect::default()
        });
        let keys: Vec<&String> = plain.as_object().expect("a request is an object").keys().collect();
        assert_eq!(keys, ["model", "messages", "max_completion_tokens"]);
        assert!(plain["messages"][0]["content"].as_str().is_some_and(|text| text.contains("JSON schema")));
        assert!(!closed(&mut json!({"type": "object", "properties": {"free": {"type": "object"}}})));
    }

    #[test]
    fn an_answer_may_lack_nearly_everything() {
        let reply = |text: &str| -> Result<Reply, Fault> {
            let completion: Completion = serde_json::from_str(text).expect("it is JSON");
            completion.reply(&question(), &Request::new(&question(), &Dialect::default()))
        };
        let bare = reply(r#"{"choices":[{"message":{"content":"yes"}}]}"#).expect("a choice is enough");
        assert_eq!((bare.text.as_str(), bare.complete), ("yes", true));
        assert!(bare.tokens_in > 0);
        assert!(
            !reply(r#"{"choices":[{"message":{"content":"y"},"finish_reason":"length"}]}"#).expect("a choice").complete
        );
        assert_eq!(reply("{}"), Err(Fault::Malformed("an answer without a choice".to_owned())));
        assert_eq!(reply(r#"{"error":{"code":429,"message":"slow down"}}"#), Err(Fault::Busy { retry_after: None }));
    }
}
