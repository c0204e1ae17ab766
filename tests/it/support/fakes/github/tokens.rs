//! Who is asking? Personal tokens that are known, and an App that proves itself and gets tokens per owner.

use super::rest::Answer;
use super::state::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The only personal token this GitHub knows.
pub const TOKEN: &str = "ghp_only-for-tests";

#[derive(Default)]
pub struct Tokens {
    pub app: Option<App>,
    given: u64,
    /// Tokens that were given out and are still good, with their owner.
    good: BTreeMap<String, String>,
}

/// An App: its id, the public half of its key, and for which owners it is installed.
pub struct App {
    pub id: String,
    pub key: Vec<u8>,
    pub installed: Vec<String>,
    pub suspended: bool,
    /// How long its tokens last.
    pub minutes: i64,
}

impl Tokens {
    /// How many tokens were given out.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// The answer where who asks already decides it.
    pub fn answer(&mut self, method: &str, path: &str, token: &str, state: &State) -> Option<Answer> {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let denied = || Some(Answer::of(401, json!({ "message": "Bad credentials" })));
        match (method, parts.as_slice()) {
            ("GET", ["repos", owner, name, "installation"]) => {
                let Some(app) = self.app.as_ref().filter(|app| app.proven(token)) else { return denied() };
                let there = state.seen(&format!("{owner}/{name}")).is_some();
                let at = app.installed.iter().position(|one| one == owner).filter(|_| there);
                Some(match at {
                    Some(at) => Answer::of(200, json!({ "id": at + 1 })),
                    None => Answer::of(404, json!({ "message": "Not Found" })),
                })
            }
            ("POST", ["app", "installations", id, "access_tokens"]) => {
                let Some(app) = self.app.as_ref().filter(|app| app.proven(token)) else { return denied() };
                if app.suspended {
                    return Some(Answer::of(403, json!({ "message": "This installation has been suspended" })));
                }
                let owner =
                    id.parse::<usize>().ok().and_then(|id| app.installed.get(id - 1)).cloned().unwrap_or_default();
                self.given += 1;
                let token = format!("ghs_installation-{}", self.given);
                let ends = chrono::Utc::now() + chrono::TimeDelta::minutes(app.minutes);
                self.good.insert(token.clone(), owner);
                Some(Answer::of(201, json!({ "token": token, "expires_at": ends.to_rfc3339() })))
            }
            _ if token == TOKEN || self.good.contains_key(token) => None,
            _ => denied(),
        }
    }
}

impl App {
    /// Is this a JSON Web Token of ours, signed by our key, for now?
    fn proven(&self, token: &str) -> bool {
        let mut parts = token.rsplitn(2, '.');
        let (Some(signature), Some(signed)) = (parts.next(), parts.next()) else { return false };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        let claims = signed.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
        let claims: Value = claims.and_then(|claims| serde_json::from_slice(&claims).ok()).unwrap_or_default();
        let now = chrono::Utc::now().timestamp();
        let (from, to) = (claims["iat"].as_i64().unwrap_or(i64::MAX), claims["exp"].as_i64().unwrap_or_default());
        let fits = claims["iss"] == self.id.as_str() && from <= now && now < to && to - from <= 600;
        fits && UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.key)
            .verify(signed.as_bytes(), &signature)
            .is_ok()
    }
}
