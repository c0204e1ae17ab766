//! Whose failure is it, and what did the other side say?

use crate::adapters::http::retry_after;
use crate::domain::trouble::Fault;
use chrono::Utc;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};

/// Whose failure a status is.
pub fn classify(status: u16, headers: &HeaderMap, message: &str) -> Fault {
    let wait = retry_after(headers, Utc::now());
    match status {
        401 | 403 => Fault::Unauthorized,
        404 | 410 => Fault::NotFound,
        // Out of money is told as 429 too, and no waiting helps.
        429 if message.contains("insufficient_quota") => Fault::Rejected { status, message: message.to_owned() },
        429 => Fault::Busy { retry_after: wait },
        503 if wait.is_some() => Fault::Busy { retry_after: wait },
        408 | 425 | 500.. => Fault::Failed { status },
        300..=399 => Fault::Rejected { status, message: "it sent us elsewhere, which is not followed".to_owned() },
        _ => Fault::Rejected { status, message: message.to_owned() },
    }
}

/// The text with every one of `secrets` struck out.
pub fn redact(text: &str, secrets: &[SecretString]) -> String {
    let known = secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty());
    known.fold(text.to_owned(), |text, secret| text.replace(secret, "[REDACTED]"))
}

/// What an error body says, from whichever of the shapes in use: `{"error": {"message", "code"}}`, `{"error": "…"}`,
/// `{"detail": …}`, `{"message"}`; else its beginning.
pub fn sentence_in(body: &str) -> String {
    let told = serde_json::from_str::<serde_json::Value>(body).ok().map(|value| {
        let error = value.get("error").or_else(|| value.get("detail")).unwrap_or(&value).clone();
        let message = error.get("message").and_then(|message| message.as_str()).map(str::to_owned);
        let message = message.or_else(|| error.as_str().map(str::to_owned)).unwrap_or_else(|| error.to_string());
        let code = error.get("code").and_then(|code| code.as_str()).filter(|code| !message.contains(code));
        code.map_or_else(|| message.clone(), |code| format!("{message} ({code})"))
    });
    let told = told.unwrap_or_else(|| body.to_owned());
    told.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect()
}

/// An error with its causes, which is where the reason stands.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !told.contains(&text) {
            told.push_str(": ");
            told.push_str(&text);
        }
        cause = inner.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whose_failure_it_is() {
        let none = HeaderMap::new();
        assert_eq!(classify(401, &none, ""), Fault::Unauthorized);
        assert_eq!(classify(404, &none, ""), Fault::NotFound);
        assert_eq!(classify(429, &none, ""), Fault::Busy { retry_after: None });
        assert!(!classify(429, &none, "You are out of credit (insufficient_quota)").is_passing());
        assert_eq!(classify(503, &none, ""), Fault::Failed { status: 503 });
        assert_eq!(classify(422, &none, "no"), Fault::Rejected { status: 422, message: "no".to_owned() });
    }

    #[test]
    fn the_sentence_is_found_in_every_shape_of_error() {
        assert_eq!(sentence_in(r#"{"error":{"message":"too long","code":400}}"#), "too long");
        assert_eq!(
            sentence_in(r#"{"error":{"message":"no credit","code":"insufficient_quota"}}"#),
            "no credit (insufficient_quota)"
        );
        assert_eq!(sentence_in(r#"{"error":"model not found"}"#), "model not found");
        assert_eq!(
            sentence_in(r#"{"detail":[{"loc":["body","response_format"]}]}"#),
            r#"[{"loc":["body","response_format"]}]"#
        );
        assert_eq!(sentence_in("<html>\n Bad gateway"), "<html> Bad gateway");
    }

    #[test]
    fn secrets_are_struck_out() {
        let secrets = [SecretString::from("sk-very-secret"), SecretString::from("")];
        assert_eq!(redact("key sk-very-secret refused", &secrets), "key [REDACTED] refused");
    }
}
