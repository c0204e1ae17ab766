//! How does an App get the tokens it speaks with: one per owner it is installed for, renewed before they end?

use super::{Github, parsed, refusal};
use crate::adapters::http::Failure;
use crate::domain::trouble::{Fault, Refusal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::ports::clock::Clock;

/// An App's id with its private key.
pub struct AppKey {
    id: String,
    key: RsaKeyPair,
    clock: Arc<dyn Clock>,
}

impl AppKey {
    /// `pem` is the file that GitHub gave out: PKCS #1, or PKCS #8 where somebody converted it.
    pub fn new(id: &str, pem: &SecretString, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let unusable = |_| {
            "the GitHub App's private key is not an RSA key in PEM form; download a new one in the App's settings"
                .to_owned()
        };
        let key = PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).map_err(|_| unusable(()))?;
        let key = match &key {
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            _ => return Err(unusable(())),
        };
        Ok(Self { id: id.to_owned(), key: key.map_err(|_| unusable(()))?, clock })
    }

    /// A JSON Web Token (RS256) for the next minutes; it begins in the past because clocks differ.
    fn assertion(&self) -> Result<SecretString, Failure> {
        let now = self.clock.now().timestamp();
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({ "iat": now - 60, "exp": now + 540, "iss": self.id });
        let text = format!("{}.{}", part(json!({ "alg": "RS256", "typ": "JWT" })), part(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| Failure::from(Fault::Malformed("a key that does not sign".to_owned())))?;
        Ok(SecretString::from(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

/// Tokens by owner, each with its end.
#[derive(Default)]
pub struct Installed {
    tokens: Mutex<HashMap<String, (SecretString, DateTime<Utc>)>>,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct Granted {
    token: String,
    expires_at: DateTime<Utc>,
}

impl Installed {
    /// One that is good for a minute at least. Whoever comes meanwhile waits for the same one.
    pub async fn token(
        &self,
        github: &Github,
        key: &AppKey,
        repository: &str,
        deadline: Instant,
    ) -> Result<SecretString, Failure> {
        let owner = repository.split('/').next().unwrap_or_default();
        let mut tokens = self.tokens.lock().await;
        if let Some((token, ends)) = tokens.get(owner)
            && *ends - key.clock.now() > chrono::TimeDelta::minutes(1)
        {
            return Ok(token.clone());
        }
        let assertion = key.assertion()?;
        let path = format!("repos/{repository}/installation");
        let found = ask::<Installation>(github, &assertion, Method::GET, &path, deadline);
        let id = found.await.map_err(|failure| not_installed(repository, failure))?.id;
        let path = format!("app/installations/{id}/access_tokens");
        let granted: Granted = ask(github, &assertion, Method::POST, &path, deadline).await?;
        let token = SecretString::from(granted.token);
        tokens.insert(owner.to_owned(), (token.clone(), granted.expires_at));
        Ok(token)
    }
}

async fn ask<T: serde::de::DeserializeOwned>(
    github: &Github,
    assertion: &SecretString,
    method: Method,
    path: &str,
    deadline: Instant,
) -> Result<T, Failure> {
    let request = github
        .http
        .client()
        .request(method, github.url(path)?)
        .header(ACCEPT, "application/vnd.github+json")
        .header("X-GitHub-Api-Version", "2022-11-28")
        .header(AUTHORIZATION, format!("Bearer {}", assertion.expose_secret()))
        .build()
        .map_err(|error| Failure::from(Fault::Malformed(error.without_url().to_string())))?;
    let answer = github.http.exchange(request, deadline, |body| !body.is_empty()).await.map_err(refusal::limited)?;
    Ok(parsed(&answer.body)?)
}

fn not_installed(repository: &str, failure: Failure) -> Failure {
    let sentence = match failure.status {
        Some(404) => format!("Slipway's GitHub App is not installed for `{repository}`; install it there, or check the name"),
        Some(401) => "GitHub does not accept the App's id and private key together; check both in `[github]`, and the machine's clock".to_owned(),
        _ => return failure,
    };
    Failure { status: None, ..Fault::Refused(Refusal(sentence)).into() }
}
