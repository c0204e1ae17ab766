//! Which parts of a text must not leave the house, and how do they come back?

use crate::domain::secret::find_secrets;
use regex::{Captures, Regex};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Typed placeholders for one request: the same value gets the same number, so sentences about it still make sense.
///
/// Secrets (`[REDACTED:aws-key#1]`) stay out for ever. Addresses (`[URL#1]`, `[HOST#1]`, `[EMAIL#1]`) are put back into
/// the answer. The table lives as long as the request and is never stored or logged.
#[derive(Default)]
pub struct Mask {
    placeholders: HashMap<String, String>,
    restored: HashMap<String, String>,
    counts: HashMap<String, usize>,
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?P<URL>\b(?i:https?|wss?|ftp|ssh|git|amqps?|rediss?|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|kafka|jdbc:[a-z]+|s3|gs)://[^\s<>"'`\[\]\)]+)"#,
        r"|(?P<EMAIL>\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b)",
        r"|(?P<IP>\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b(?::\d{2,5})?)",
        // Names inside a company, and public names of three labels and more: `express.js` and `pay.rs` are no hosts.
        r"|(?P<HOST>\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:internal|intranet|corp|lan|local|svc|private)\b(?::\d{2,5})?",
        r"|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}(?:com|net|org|io|dev|cloud|app|co|eu|de|uk|fr|jp|kr|cn|in|us)\b(?::\d{2,5})?)",
    ))
    .expect("the pattern is fixed and was compiled in a test")
});

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[(?:URL|EMAIL|IP|HOST)#\d+\]").expect("the pattern is fixed and was compiled in a test")
});

impl Mask {
    /// The text with secrets and addresses replaced.
    pub fn hide(&mut self, text: &str) -> String {
        let without_secrets = self.hide_secrets(text);
        ADDRESS
            .replace_all(&without_secrets, |found: &Captures<'_>| {
                let kind = ["URL", "EMAIL", "IP", "HOST"].into_iter().find(|kind| found.name(kind).is_some());
                let kind = kind.unwrap_or("HOST");
                // A full stop after an address ends the sentence, not the address.
                let address = found[0].trim_end_matches(['.', ',', ';', ':', '!', '?']);
                format!("{}{}", self.placeholder(kind, address), &found[0][address.len()..])
            })
            .into_owned()
    }

    /// Every string of a value, keys excepted: those are our own names.
    pub fn hide_all(&mut self, value: &mut Value) {
        each_text(value, &mut |text| *text = self.hide(text));
    }

    /// The text with addresses put back. Placeholders we did not give, and those of secrets, stay as they are.
    pub fn restore(&self, text: &str) -> String {
        let original =
            |found: &Captures<'_>| self.restored.get(&found[0]).cloned().unwrap_or_else(|| found[0].to_owned());
        PLACEHOLDER.replace_all(text, original).into_owned()
    }

    pub fn restore_all(&self, value: &mut Value) {
        each_text(value, &mut |text| *text = self.restore(text));
    }

    fn hide_secrets(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for secret in find_secrets(text) {
            out.push_str(&text[from..secret.range.start]);
            out.push_str(&self.placeholder(&format!("REDACTED:{}", secret.kind), &text[secret.range.clone()]));
            from = secret.range.end;
        }
        out.push_str(&text[from..]);
        out
    }

    fn placeholder(&mut self, kind: &str, original: &str) -> String {
        if let Some(known) = self.placeholders.get(original) {
            return known.clone();
        }
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        let placeholder = format!("[{kind}#{count}]");
        self.placeholders.insert(original.to_owned(), placeholder.clone());
        if !kind.starts_with("REDACTED") {
            self.restored.insert(placeholder.clone(), original.to_owned());
        }
        placeholder
    }
}

/// Calls `change` on every string in a value that is not a key.
pub fn each_text(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|item| each_text(item, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_out_as_numbered_placeholders_and_come_back() {
        let mut mask = Mask::default();
        let text = "Payments reads postgres://ledger.internal:5432/pay and https://api.example.com/v2?x=1. \
                    Ask ops@example.com; ledger.internal moved from 10.0.3.7, api.example.com did not.";
        let hidden = mask.hide(text);
        assert_eq!(
            hidden,
            "Payments reads [URL#1] and [URL#2]. Ask [EMAIL#1]; [HOST#1] moved from [IP#1], [HOST#2] did not."
        );
        assert_eq!(mask.restore(&hidden), text);
        assert_eq!(mask.restore("[HOST#9] and [REDACTED:aws-key#1]"), "[HOST#9] and [REDACTED:aws-key#1]");
    }

    #[test]
    fn file_names_versions_and_citations_are_no_addresses() {
        let text =
            "`src/pay.rs`, express.js and ASP.NET 8.0.1 changed in v2.4.0 [pr:#812] [f:src/api/pay.rs] [c:1a2b3c4].";
        assert_eq!(Mask::default().hide(text), text);
    }

    #[test]
    fn the_same_secret_gets_the_same_number_and_never_comes_back() {
        let mut mask = Mask::default();
        // Put together here so that no scanner takes this file for a leak.
        let key = ["AKIA", "QYLPMN5HFIQR7BBB"].concat();
        let hidden = mask.hide(&format!("old {key}, new {key}"));
        assert!(!hidden.contains(&key), "{hidden}");
        let placeholders: Vec<&str> = hidden.split(", new ").map(|half| half.trim_start_matches("old ")).collect();
        assert_eq!(placeholders[0], placeholders[1]);
        assert!(placeholders[0].starts_with("[REDACTED:") && placeholders[0].ends_with("#1]"), "{hidden}");
        assert_eq!(mask.restore(&hidden), hidden);
    }
}
