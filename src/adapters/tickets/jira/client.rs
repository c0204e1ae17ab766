//! How is Jira asked: who we are there, at which version of its API, within its limits?

use super::refusal;
use crate::adapters::http::{Answer, Failure, Gate, Http, Limits, Retry};
use crate::domain::trouble::Fault;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Requests on their way to Jira at a time.
const AT_ONCE: usize = 12;
/// For one question with its retries and waits.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct JiraOptions {
    /// `https://acme.atlassian.net`, or where a Data Center is.
    pub url: String,
    pub account: Account,
    pub acceptance_field: Option<String>,
}

/// Who we are there.
pub enum Account {
    /// On Cloud: an address with its API token.
    Cloud { email: String, token: SecretString },
    /// On Data Center: a personal access token.
    Token(SecretString),
}

pub struct Client {
    http: Http,
    site: Url,
    account: Account,
    permits: Semaphore,
    gate: Gate,
    retry: Retry,
}

impl Client {
    pub fn new(options: JiraOptions) -> Result<Self, String> {
        let unusable = || format!("`{}` is not Jira's address, such as `https://acme.atlassian.net`", options.url);
        let mut site = Url::parse(&options.url).map_err(|_| unusable())?;
        if site.cannot_be_a_base() || site.host_str().is_none() {
            return Err(unusable());
        }
        if !site.path().ends_with('/') {
            site.set_path(&format!("{}/", site.path()));
        }
        let secret = match &options.account {
            Account::Cloud { token, .. } | Account::Token(token) => token.clone(),
        };
        let http = Http::new(Limits::default(), vec![secret]).map_err(|error| format!("{error:#}"))?;
        Ok(Self {
            http,
            site,
            account: options.account,
            permits: Semaphore::new(AT_ONCE),
            gate: Gate::default(),
            retry: Retry::default(),
        })
    }

    pub fn is_cloud(&self) -> bool {
        matches!(self.account, Account::Cloud { .. })
    }

    /// Without the stroke at its end.
    pub fn site(&self) -> &str {
        self.site.as_str().trim_end_matches('/')
    }

    /// A ticket for people.
    pub fn link(&self, key: &str) -> String {
        format!("{}/browse/{key}", self.site())
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        self.ask(Method::GET, path, None, self.retry.most).await
    }

    /// A question that does not fit into an address; asked again where that may help.
    pub async fn search<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Fault> {
        self.ask(Method::POST, path, Some(body), self.retry.most).await
    }

    /// Changes something. Not tried again after it may have been done: whoever calls looks first.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, Fault> {
        self.ask(method, path, Some(body), 0).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        again: u32,
    ) -> Result<T, Fault> {
        let version = if self.is_cloud() { 3 } else { 2 };
        let url = self.site.join(&format!("rest/api/{version}/{path}"));
        let url = url.map_err(|_| Fault::Malformed(format!("`{path}` is no path")))?;
        let deadline = Instant::now() + PATIENCE;
        let attempt = || self.once(method.clone(), url.clone(), body, deadline);
        let retry = Retry { most: again, ..self.retry.clone() };
        let answer = retry.run(&self.gate, "jira", deadline, attempt).await;
        let answer = answer.map_err(|failure| refusal::fault(self.is_cloud(), &failure))?;
        let text = if answer.body.is_empty() { &b"null"[..] } else { &answer.body };
        // Behind a proxy that wants people to sign in, a page comes with status 200.
        serde_json::from_slice(text).map_err(|error| match text.trim_ascii_start().starts_with(b"<") {
            true => refusal::a_page(self.site()),
            false => Fault::Malformed(error.to_string()),
        })
    }

    async fn once(&self, method: Method, url: Url, body: Option<&Value>, deadline: Instant) -> Result<Answer, Failure> {
        let closing = |_| Failure::from(Fault::Unreachable("closing".to_owned()));
        let permit = self.permits.acquire().await.map_err(closing)?;
        let request = self.http.client().request(method, url).header(ACCEPT, "application/json");
        let mut request = match &self.account {
            Account::Cloud { email, token } => request.basic_auth(email, Some(token.expose_secret())),
            Account::Token(token) => request.header(AUTHORIZATION, format!("Bearer {}", token.expose_secret())),
        };
        if let Some(body) = body {
            // Jira takes what a browser sends for an attack unless it is told otherwise.
            request = request.header(CONTENT_TYPE, "application/json").header("X-Atlassian-Token", "no-check");
            request = request.body(body.to_string());
        }
        let request =
            request.build().map_err(|error| Failure::from(Fault::Malformed(error.without_url().to_string())))?;
        let answered = self.http.exchange(request, deadline, |body| !body.is_empty()).await;
        drop(permit);
        answered
    }
}
