//! Would the official API of Discord have accepted this body?

use crate::support::fakes::official::Official;
use serde_json::Value;
use std::sync::OnceLock;

pub use crate::support::fakes::official::Wrong;

/// The official description where it can be had. What it leaves out, and a core of it, stand in `limits`.
pub struct Spec(Official);

impl Spec {
    /// The description is large, so a process reads it once.
    pub fn find() -> &'static Self {
        static FOUND: OnceLock<Spec> = OnceLock::new();
        FOUND.get_or_init(|| Self(Official::read("Discord", "discord/openapi.json")))
    }

    /// Was the official description there?
    pub fn complete(&self) -> bool {
        self.0.complete()
    }

    /// What the description says against this body, in the order of finding.
    pub fn problems(&self, method: &str, route: &str, body: &Value) -> Vec<Wrong> {
        match interaction_schema(route, body) {
            Some(name) => self.0.schema(name, body),
            None => self.0.body(method, route, body),
        }
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
