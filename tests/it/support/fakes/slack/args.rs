//! What was sent with a call, whatever it was written in?

use super::limits::Kind;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Default)]
pub struct Args {
    pub fields: Map<String, Value>,
    /// Written as a form or a query: everything is text, and objects are JSON within it.
    flat: bool,
}

impl Args {
    pub fn read(headers: &HeaderMap, query: Option<&str>, body: &Bytes) -> Result<Self, String> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/json") {
            let value: Value = serde_json::from_slice(body).map_err(|error| format!("invalid_json: {error}"))?;
            let Value::Object(fields) = value else { return Err("json_not_object".to_owned()) };
            // The empty object of a crate that serialises "no arguments".
            return Ok(Self { fields, flat: false });
        }
        let text = if kind.starts_with("application/x-www-form-urlencoded") {
            String::from_utf8_lossy(body).into_owned()
        } else {
            query.unwrap_or_default().to_owned()
        };
        let fields = pairs(&text).into_iter().map(|(name, value)| (name, Value::String(value)));
        Ok(Self { fields: fields.collect(), flat: true })
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    pub fn given(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub fn flag(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| value == true || value == "true" || value == "1")
    }

    pub fn number(&self, name: &str) -> Option<usize> {
        let value = self.fields.get(name)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
        usize::try_from(number).ok()
    }

    /// A list or an object, also one written as JSON within a form.
    pub fn value(&self, name: &str) -> Option<Value> {
        match self.fields.get(name)? {
            Value::String(text) if self.flat => serde_json::from_str(text).ok(),
            value => Some(value.clone()),
        }
    }

    pub fn list(&self, name: &str) -> Option<Vec<Value>> {
        self.value(name).and_then(|value| value.as_array().cloned())
    }

    /// `Err` says which parameter is unknown, missing or of the wrong kind.
    pub fn check(&self, required: &[(&str, Kind)], optional: &[(&str, Kind)]) -> Result<(), String> {
        for (name, value) in &self.fields {
            let known = required.iter().chain(optional).find(|(known, _)| known == name);
            let Some((_, kind)) = known else { return Err(format!("unknown parameter `{name}`")) };
            if !self.is(value, *kind) {
                return Err(format!("`{name}` is not a {kind:?}: {value}"));
            }
        }
        let missing = required.iter().find(|(name, _)| self.fields.get(*name).is_none_or(|value| value == ""));
        missing.map_or(Ok(()), |(name, _)| Err(format!("`{name}` is missing")))
    }

    fn is(&self, value: &Value, kind: Kind) -> bool {
        if self.flat {
            let text = value.as_str().unwrap_or_default();
            let json = serde_json::from_str::<Value>(text).ok();
            return match kind {
                Kind::Text => true,
                Kind::Flag => ["true", "false", "0", "1"].contains(&text),
                Kind::Number => text.parse::<u64>().is_ok(),
                Kind::List => json.is_some_and(|json| json.is_array()),
                Kind::Object => json.is_some_and(|json| json.is_object()),
            };
        }
        match kind {
            Kind::Text => value.is_string(),
            Kind::Flag => value.is_boolean(),
            Kind::Number => value.is_u64(),
            Kind::List => value.is_array(),
            Kind::Object => value.is_object(),
        }
    }
}

/// The pairs of a form or query.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let address = reqwest::Url::parse(&format!("http://form/?{text}")).expect("a query makes an address");
    address.query_pairs().into_owned().collect()
}

pub fn form(fields: &[(&str, &str)]) -> String {
    let mut address = reqwest::Url::parse("http://form/").expect("an address");
    address.query_pairs_mut().extend_pairs(fields);
    address.query().unwrap_or_default().to_owned()
}
