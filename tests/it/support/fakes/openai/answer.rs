//! What would a model write to this prompt, being in this mood?

use super::Manner;
use regex::Regex;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:pr:#\d+|risk:\d+|brk:\d+|gap:\d+|c:[0-9a-f]{7,40}|t:[A-Z][A-Z0-9]*-\d+|n:\d+)\b")
        .expect("the pattern is fixed")
});
static BLOCK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<<data ([0-9a-f]+)>>\n(.*?)\n<<end ").expect("the pattern is fixed"));

/// The schema a request asks for: from `response_format`, else the first in words that has properties.
pub fn schema_of(body: &Value) -> Value {
    let formatted = &body["response_format"]["json_schema"]["schema"];
    if formatted.is_object() {
        return formatted.clone();
    }
    let text = texts(body);
    let starts = text.match_indices('{').map(|(at, _)| at);
    let mut objects =
        starts.filter_map(|at| serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>().next()?.ok());
    objects.find(|object| object["properties"].is_object()).unwrap_or_else(|| json!({}))
}

fn texts(body: &Value) -> String {
    let messages = body["messages"].as_array().into_iter().flatten();
    messages.filter_map(|message| message["content"].as_str()).collect::<Vec<_>>().join("\n")
}

/// The text of an answer.
pub fn write(body: &Value, manner: &Manner) -> String {
    let schema = schema_of(body);
    let mut writer = Writer::new(body, &schema);
    match manner {
        Manner::Garbage => "Of course, here is what I think about this release: it looks rather fine to me.".to_owned(),
        Manner::WrongJson => json!({"answer": 42, "confidence": "high"}).to_string(),
        Manner::Obedient => obedient(&texts(body), &mut writer, &schema).to_string(),
        Manner::TooLong => lengthened(writer.value(&schema), &schema).to_string(),
        Manner::Foreign => each_text(writer.value(&schema), &korean).to_string(),
        Manner::Parrot => {
            let mark = BLOCK.captures(&texts(body)).map(|found| found[1].to_owned()).unwrap_or_default();
            each_text(writer.value(&schema), &|text| format!("<<data {mark}>> {text}")).to_string()
        }
        Manner::Chatty => {
            let answer = serde_json::to_string_pretty(&writer.value(&schema)).expect("a value is JSON");
            format!(
                "<think>Perhaps {{\"title\": 1}}?</think>Here it is:\n```json\n{answer}\n```\nTell me if I can {{help}}."
            )
        }
        Manner::Sloppy => {
            let mut answer = writer.value(&schema);
            let repairing = texts(body).contains("could not be used");
            if let Some(first) =
                answer.as_object_mut().and_then(|fields| fields.values_mut().next()).filter(|_| !repairing)
            {
                *first = json!({"unexpected": true});
            }
            answer.to_string()
        }
        _ => writer.value(&schema).to_string(),
    }
}

/// Writes values that meet a schema, in sentences about the facts of a prompt.
struct Writer<'a> {
    root: &'a Value,
    /// Each with what the prompt says about it.
    facts: Vec<(String, String)>,
    next: usize,
}

impl<'a> Writer<'a> {
    fn new(body: &Value, root: &'a Value) -> Self {
        let text = texts(body);
        let blocks: Vec<String> = BLOCK.captures_iter(&text).map(|found| found[2].to_owned()).collect();
        let mut facts: Vec<(String, String)> = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            for line in block.lines() {
                // The first block is the change. Of later ones only the lines that introduce what code found belong to it:
                // other notes, given as examples, cite ids of their own.
                let ours = at == 0 || line.starts_with("[risk:") || line.starts_with("[brk:");
                for id in ID.find_iter(line).map(|id| id.as_str()).filter(|_| ours) {
                    if facts.iter().all(|(known, _)| known != id) {
                        facts.push((id.to_owned(), about(line)));
                    }
                }
            }
        }
        // What must be told comes first: breaking changes, then risks, then the rest as it was given.
        facts.sort_by_key(|(id, _)| if id.starts_with("brk:") { 0 } else { 1 + usize::from(!id.starts_with("risk:")) });
        Self { root, facts, next: 0 }
    }

    fn value(&mut self, schema: &Value) -> Value {
        if let Some(name) = schema["$ref"].as_str() {
            let target = self.root.pointer(name.trim_start_matches('#')).cloned().unwrap_or_default();
            return self.value(&target);
        }
        if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()).or(schema.get("const")) {
            return first.clone();
        }
        let kinds = [&schema["anyOf"], &schema["oneOf"]].into_iter().find_map(Value::as_array);
        if let Some(kind) = kinds.and_then(|kinds| kinds.iter().find(|kind| kind["type"] != "null")) {
            return self.value(&kind.clone());
        }
        let kind = schema["type"].as_array().and_then(|kinds| kinds.first()).unwrap_or(&schema["type"]);
        match kind.as_str().unwrap_or("object") {
            "string" => Value::String(self.string(schema)),
            "array" => {
                let least = schema["minItems"].as_u64().unwrap_or(0);
                let count = schema["maxItems"].as_u64().unwrap_or(3).min(3.max(least));
                // An item says one thing, however much room it has.
                let mut item = schema["items"].clone();
                if item["type"] == "string" {
                    item["maxLength"] = json!(item["maxLength"].as_u64().unwrap_or(200).min(200));
                }
                Value::Array((0..count).map(|_| self.value(&item)).collect())
            }
            "boolean" => Value::Bool(true),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
            "null" => Value::Null,
            _ => {
                let properties = schema["properties"].as_object().cloned().unwrap_or_default();
                Value::Object(properties.iter().map(|(key, inner)| (key.clone(), self.value(inner))).collect())
            }
        }
    }

    fn string(&mut self, schema: &Value) -> String {
        match schema["format"].as_str() {
            Some("date") => return "2026-03-02".to_owned(),
            Some("date-time") => return "2026-03-02T10:00:00Z".to_owned(),
            _ => {}
        }
        let limit = schema["maxLength"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(2_000);
        // A long text tells everything that must be told; a short one tells one thing.
        let sentences = if limit >= 500 { self.facts.len().clamp(1, 14) } else { 1 };
        let from = if limit >= 500 { 0 } else { self.next };
        let mut text = String::new();
        for at in from..from + sentences {
            let sentence = self.sentence(at, limit.saturating_sub(text.chars().count() + 1));
            if sentence.is_empty() {
                break;
            }
            text = if text.is_empty() { sentence } else { format!("{text} {sentence}") };
        }
        self.next += 1;
        text
    }

    fn sentence(&self, at: usize, limit: usize) -> String {
        let Some((id, about)) = self.facts.get(at % self.facts.len().max(1)) else {
            return "Nothing is known about this".chars().take(limit).collect();
        };
        let room = limit.saturating_sub(id.chars().count() + 4);
        let words: String = about.chars().take(room).collect();
        if words.trim().is_empty() { String::new() } else { format!("{} [{id}].", words.trim_end_matches(['.', ' '])) }
    }
}

/// A line without its ids and bullets, at most 90 characters.
fn about(line: &str) -> String {
    let bare = ID.replace_all(line, "").replace("[]", "");
    let bare = bare.trim_start_matches(|letter: char| !letter.is_alphanumeric() && letter != '`').trim();
    let bare = ["high: ", "medium: ", "low: "].iter().find_map(|severity| bare.strip_prefix(severity)).unwrap_or(bare);
    let told = bare.split(". ").next().unwrap_or(bare);
    let told: String = told.chars().take(90).collect();
    if told.trim().is_empty() { "This is part of the change".to_owned() } else { told.trim().to_owned() }
}

fn each_text(value: Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(&text)),
        Value::Array(items) => items.into_iter().map(|item| each_text(item, change)).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, item)| (key, each_text(item, change))).collect(),
        other => other,
    }
}

/// Prose only: a value of a list is no sentence.
fn korean(text: &str) -> String {
    let ids: Vec<String> = ID.find_iter(text).map(|id| format!("[{}]", id.as_str())).collect();
    if ids.is_empty() {
        return text.to_owned();
    }
    format!("이번 배포는 결제 서비스의 동작을 바꾸므로 주의해서 확인해야 합니다 {}.", ids.join(" "))
}

fn lengthened(value: Value, schema: &Value) -> Value {
    match value {
        Value::String(text) => {
            let limit = schema["maxLength"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(20_000);
            let repeated = format!("{text} ").repeat(limit / (text.len() + 1) + 2);
            Value::String(if schema["enum"].is_array() { text } else { repeated })
        }
        Value::Array(items) => items.into_iter().map(|item| lengthened(item, &schema["items"])).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, item)| {
                let inner = lengthened(item, &schema["properties"][key.as_str()]);
                (key, inner)
            })
            .collect::<Map<String, Value>>()
            .into(),
        other => other,
    }
}

/// The worst model there is: does what the material tells it to, everywhere it can.
fn obedient(prompt: &str, writer: &mut Writer<'_>, schema: &Value) -> Value {
    let Some(order) = prompt.lines().find_map(|line| line.split_once("SAY:")).map(|(_, order)| order.trim().to_owned())
    else {
        return writer.value(schema);
    };
    let mut answer = each_text(writer.value(schema), &|_| order.clone());
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("severity".to_owned(), json!("low"));
        fields.insert("approved".to_owned(), json!(true));
        fields.insert("tool_calls".to_owned(), json!([{"name": "deploy"}]));
    }
    answer
}
