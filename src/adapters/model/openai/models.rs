//! Which models does a server say it has?

use serde::Deserialize;
use serde_json::Value;

/// The list of a server's models.
#[derive(Debug, Deserialize)]
pub struct ModelList {
    #[serde(default, alias = "models")]
    data: Vec<Value>,
}

impl ModelList {
    /// ``reached `http://…`; it has `small`; it lacks `large` ``
    pub fn sentence(&self, base_url: &str, wanted: &[String]) -> String {
        let name =
            |entry: &Value| entry["id"].as_str().or(entry["name"].as_str()).or(entry.as_str()).map(str::to_owned);
        let has: Vec<String> = self.data.iter().filter_map(name).collect();
        let (found, missing): (Vec<&String>, Vec<&String>) = wanted.iter().partition(|model| has.contains(model));
        let quoted = |names: &[&String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let mut sentence = format!("reached `{base_url}`, {} models", has.len());
        if !found.is_empty() {
            sentence.push_str(&format!("; it has {}", quoted(&found)));
        }
        if !missing.is_empty() {
            sentence.push_str(&format!("; it lacks {}", quoted(&missing)));
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctor_is_told_which_models_are_there() {
        let list: ModelList =
            serde_json::from_str(r#"{"data":[{"id":"small"},{"id":"other"}]}"#).expect("it is a list");
        let sentence = list.sentence("http://127.0.0.1:1/v1", &["small".to_owned(), "large".to_owned()]);
        assert_eq!(sentence, "reached `http://127.0.0.1:1/v1`, 2 models; it has `small`; it lacks `large`");
    }
}
