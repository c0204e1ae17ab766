//! How is GitHub asked, whatever port stands before it: who we are, its limits, its pages, its refusals?

mod app;
mod cache;
mod graphql;
pub mod publish;
mod refusal;

pub use app::AppKey;

use crate::adapters::http::{Answer, Failure, Gate, Http, Limits, Retry};
use crate::domain::trouble::Fault;
use cache::Cache;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, LOCATION};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Requests on their way to GitHub at a time.
const AT_ONCE: usize = 12;
/// For one question with its retries and waits.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pages are never more than this: a list that does not end is a fault of the other side.
const MOST_PAGES: usize = 1_000;

/// Who we are to GitHub.
pub enum Identity {
    /// A personal or machine token.
    Token(SecretString),
    /// An App, which gets a token per owner it is installed for.
    App(Box<AppKey>),
}

pub struct GithubOptions {
    /// `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server.
    pub api_url: String,
    pub identity: Identity,
}

/// The client that all of GitHub's adapters share.
pub struct Github {
    http: Http,
    base: Url,
    identity: Identity,
    installed: app::Installed,
    permits: Semaphore,
    gate: Gate,
    retry: Retry,
    cache: Cache,
}

impl Github {
    /// The error is a sentence for whoever wrote the configuration.
    pub fn new(options: GithubOptions) -> Result<Self, String> {
        let unusable =
            || format!("`{}` is not the address of a GitHub API, such as `https://api.github.com`", options.api_url);
        let mut base = Url::parse(&options.api_url).map_err(|_| unusable())?;
        if base.cannot_be_a_base() {
            return Err(unusable());
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let secrets = match &options.identity {
            Identity::Token(token) => vec![token.clone()],
            Identity::App(_) => Vec::new(),
        };
        let http = Http::new(Limits::default(), secrets).map_err(|error| format!("{error:#}"))?;
        Ok(Self {
            http,
            base,
            identity: options.identity,
            installed: app::Installed::default(),
            permits: Semaphore::new(AT_ONCE),
            gate: Gate::default(),
            retry: Retry::default(),
            cache: Cache::default(),
        })
    }

    /// The host as people see it in links: `https://github.com`.
    pub fn site(&self) -> String {
        match self.base.host_str() {
            Some("api.github.com") => "https://github.com".to_owned(),
            Some(host) => {
                let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("{}://{host}{port}", self.base.scheme())
            }
            None => String::new(),
        }
    }

    /// `acme/pay` of `https://HOST/acme/pay.git`, `git@HOST:acme/pay.git` or `ssh://git@HOST/acme/pay`, on this host.
    pub fn named(&self, url: &str) -> Option<String> {
        let site = self.site();
        let host = site.split("://").nth(1)?;
        let bare = host.split(':').next()?;
        // What stands before the host is who reads, not what is read.
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        let rest = rest.strip_prefix(host).or_else(|| rest.strip_prefix(bare))?;
        let path = rest.strip_prefix(['/', ':'])?;
        // `ssh://git@HOST:22/acme/pay`
        let path = path
            .split_once('/')
            .filter(|(port, _)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(path, |(_, path)| path);
        let path = path.trim_end_matches('/').trim_end_matches(".git");
        let parts: Vec<&str> = path.split('/').collect();
        matches!(parts.as_slice(), [owner, name] if !owner.is_empty() && !name.is_empty()).then(|| path.to_owned())
    }

    /// One resource; asked again only when it changed.
    pub async fn get<T: DeserializeOwned>(&self, repository: &str, path: &str) -> Result<T, Fault> {
        let url = self.url(path)?;
        let answer = self.asked(repository, url).await?;
        parsed(&answer.body)
    }

    /// Every entry of a list, to its last page. `key` names the list inside an object.
    pub async fn list<T: DeserializeOwned>(
        &self,
        repository: &str,
        path: &str,
        key: Option<&str>,
    ) -> Result<Vec<T>, Fault> {
        let mut next = Some(self.url(path)?);
        let (mut all, mut pages) = (Vec::new(), 0);
        while let Some(url) = next {
            let answer = self.asked(repository, url).await?;
            match key {
                None => all.extend(parsed::<Vec<T>>(&answer.body)?),
                Some(key) => {
                    let mut object: Value = parsed(&answer.body)?;
                    let list = serde_json::from_value::<Vec<T>>(object[key].take());
                    all.extend(list.map_err(|error| Fault::Malformed(error.to_string()))?);
                }
            }
            pages += 1;
            next = self.next_page(&answer).filter(|_| pages < MOST_PAGES);
        }
        Ok(all)
    }

    /// Changes something. Not tried again after it may have been done: whoever calls looks first.
    pub async fn send(&self, repository: &str, method: Method, path: &str, body: &Value) -> Result<Value, Fault> {
        let url = self.url(path)?;
        let sent = self.exchange(repository, method, url, Some(body), None, 0).await;
        match sent {
            Ok(answer) => parsed(&answer.body),
            Err(failure) => Err(self.fault(repository, &failure).await),
        }
    }

    async fn asked(&self, repository: &str, url: Url) -> Result<Answer, Fault> {
        match self.fetch(repository, url).await {
            Ok(answer) => Ok(answer),
            Err(failure) => Err(self.fault(repository, &failure).await),
        }
    }

    /// What a person can do about it. A key is meant for the address it was configured for, so a redirection is not followed;
    /// only what the repository is called now is looked up.
    async fn fault(&self, repository: &str, failure: &Failure) -> Fault {
        let redirected = matches!(failure.status, Some(301 | 302 | 307 | 308));
        let to = failure.headers.get(LOCATION).and_then(|to| to.to_str().ok()).filter(|_| redirected);
        let to = to.and_then(|to| self.base.join(to).ok()).filter(|to| to.origin() == self.base.origin());
        let Some(mut to) = to else { return refusal::fault(repository, failure) };
        // `/repositories/7/commits/…`: of the path only the repository is of interest.
        let parts: Vec<String> = to.path().trim_matches('/').split('/').map(str::to_owned).collect();
        let Some(at) = parts.iter().position(|part| part == "repositories") else {
            return refusal::fault(repository, failure);
        };
        to.set_path(&parts[..parts.len().min(at + 2)].join("/"));
        to.set_query(None);
        let found = self.fetch(repository, to).await.ok().and_then(|answer| parsed::<Value>(&answer.body).ok());
        match found.as_ref().and_then(|found| found["full_name"].as_str()) {
            Some(name) => refusal::renamed(repository, name),
            None => refusal::fault(repository, failure),
        }
    }

    /// A token for git, which speaks for itself.
    pub async fn token_for(&self, repository: &str) -> Result<SecretString, Fault> {
        let token = self.token(repository, Instant::now() + PATIENCE).await;
        token.map_err(|failure| refusal::fault(repository, &failure))
    }

    fn url(&self, path: &str) -> Result<Url, Fault> {
        self.base.join(path.trim_start_matches('/')).map_err(|_| Fault::Malformed(format!("`{path}` is no path")))
    }

    async fn fetch(&self, repository: &str, url: Url) -> Result<Answer, Failure> {
        let key = format!("{repository} {url}");
        let known = self.cache.get(&key);
        let etag = known.as_ref().map(|(etag, _)| etag.as_str());
        match self.exchange(repository, Method::GET, url, None, etag, self.retry.most).await {
            Ok(answer) => {
                if let Some(etag) = answer.headers.get(ETAG).and_then(|etag| etag.to_str().ok()) {
                    self.cache.put(key, etag.to_owned(), answer.clone());
                }
                Ok(answer)
            }
            Err(Failure { status: Some(304), .. }) if known.is_some() => {
                let (_, answer) = known.expect("it was just found");
                Ok(answer)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn exchange(
        &self,
        repository: &str,
        method: Method,
        url: Url,
        body: Option<&Value>,
        etag: Option<&str>,
        again: u32,
    ) -> Result<Answer, Failure> {
        let deadline = Instant::now() + PATIENCE;
        let attempt = || async {
            let token = self.token(repository, deadline).await?;
            let permit =
                self.permits.acquire().await.map_err(|_| Failure::from(Fault::Unreachable("closing".to_owned())))?;
            let mut request = self
                .http
                .client()
                .request(method.clone(), url.clone())
                .header(ACCEPT, "application/vnd.github+json")
                .header("X-GitHub-Api-Version", "2022-11-28")
                .header(AUTHORIZATION, format!("Bearer {}", token.expose_secret()));
            if let Some(etag) = etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            if let Some(body) = body {
                request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
            }
            let request =
                request.build().map_err(|error| Failure::from(Fault::Malformed(error.without_url().to_string())))?;
            let answered = self.http.exchange(request, deadline, |body| !body.is_empty()).await;
            drop(permit);
            answered.map_err(refusal::limited)
        };
        let retry = Retry { most: again, ..self.retry.clone() };
        retry.run(&self.gate, "github", deadline, attempt).await
    }

    /// The token to speak with about this repository.
    async fn token(&self, repository: &str, deadline: Instant) -> Result<SecretString, Failure> {
        match &self.identity {
            Identity::Token(token) => Ok(token.clone()),
            Identity::App(key) => self.installed.token(self, key, repository, deadline).await,
        }
    }

    /// The page that the answer says comes next, if it is on the same host.
    fn next_page(&self, answer: &Answer) -> Option<Url> {
        let links = answer.headers.get(LINK)?.to_str().ok()?;
        let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
        let url = Url::parse(next.split(['<', '>']).nth(1)?).ok()?;
        (url.origin() == self.base.origin()).then_some(url)
    }
}

/// `acme/pay` in its two parts.
pub fn owner_and_name(repository: &str) -> (&str, &str) {
    repository.split_once('/').unwrap_or((repository, ""))
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let body = if body.is_empty() { b"null" } else { body };
    serde_json::from_slice(body).map_err(|error| Fault::Malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_git_s_is_a_repository_here_or_nothing_of_ours() {
        let at = |api_url: &str| {
            let identity = Identity::Token("token-only-for-tests".to_owned().into());
            Github::new(GithubOptions { api_url: api_url.to_owned(), identity }).expect("it can be spoken to")
        };
        let (public, own) = (at("https://api.github.com"), at("https://git.shop.example:8443/api/v3"));
        for url in [
            "https://github.com/acme/pay.git",
            "https://github.com/acme/pay/",
            "https://x-access-token:secret@github.com/acme/pay",
            "git@github.com:acme/pay.git",
            "ssh://git@github.com:22/acme/pay.git",
            "git://github.com/acme/pay",
        ] {
            assert_eq!(public.named(url).as_deref(), Some("acme/pay"), "{url}");
            assert_eq!(own.named(url), None, "{url}");
        }
        for url in ["https://git.shop.example:8443/acme/pay.git", "git@git.shop.example:acme/pay.git"] {
            assert_eq!(own.named(url).as_deref(), Some("acme/pay"), "{url}");
        }
        for url in [
            "https://github.com.evil.example/acme/pay",
            "https://evil.example/github.com/acme/pay",
            "https://github.com/acme",
            "https://github.com/acme/pay/tree/main",
            "/srv/git/github.com/acme/pay",
            "",
        ] {
            assert_eq!(public.named(url), None, "{url}");
        }
    }
}
