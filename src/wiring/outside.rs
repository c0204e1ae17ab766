//! From configuration to those who know about a change beyond git.

use super::secret;
use crate::adapters::certificates::tls::{Tls, TlsOptions, read_authorities};
use crate::adapters::code_host::github::GithubHost;
use crate::adapters::code_host::github::webhook::{self, Webhook};
use crate::adapters::deployment_hook::{self, DeploymentHook};
use crate::adapters::feeds::ical::{Address, Ical};
use crate::adapters::github::{AppKey, Github, GithubOptions, Identity};
use crate::adapters::incident_hook::{self, IncidentHook};
use crate::adapters::tickets::github_issues::GithubIssues;
use crate::adapters::tickets::jira::{Account, Jira, JiraOptions};
use crate::config::{CertificatesConfig, Config, GithubConfig, JiraConfig};
use crate::domain::certificate::HostPattern;
use crate::ports::certificates::Certificates;
use crate::ports::chat::Intake;
use crate::ports::clock::Clock;
use crate::ports::code_host::CodeHost;
use crate::ports::feeds::Feeds;
use crate::ports::tickets::Tickets;
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// For one address, from the first packet to its certificate.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Code hosts and trackers.
pub struct Outside {
    pub hosts: Vec<Arc<dyn CodeHost>>,
    pub trackers: Vec<Arc<dyn Tickets>>,
}

impl Outside {
    pub fn build(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let mut outside = Self { hosts: Vec::new(), trackers: Vec::new() };
        if let Some(options) = github_options(&config.github, clock)? {
            let github = Arc::new(Github::new(options)?);
            outside.hosts.push(Arc::new(GithubHost::new(github.clone())));
            outside.trackers.push(Arc::new(GithubIssues::new(github)));
        }
        if let Some(options) = jira_options(&config.jira)? {
            outside.trackers.push(Arc::new(Jira::new(options)?));
        }
        Ok(outside)
    }
}

fn github_options(config: &GithubConfig, clock: Arc<dyn Clock>) -> Result<Option<GithubOptions>, String> {
    let token = secret(config.token_env.as_deref(), config.token_file.as_deref(), "GitHub token")?;
    let key = secret(None, config.private_key_file.as_deref(), "GitHub App's private key")?;
    let identity = match (token, &config.app_id, key) {
        (None, None, None) => return Ok(None),
        (Some(token), None, None) => Identity::Token(token),
        (None, Some(id), Some(key)) => Identity::App(Box::new(AppKey::new(id, &key, clock)?)),
        (None, _, _) => {
            return Err("`[github]` names half of an App; it needs `app_id` and `private_key_file`".to_owned());
        }
        (Some(_), _, _) => return Err("`[github]` names a token and an App; keep one of them".to_owned()),
    };
    let api_url = config.api_url.clone().unwrap_or_else(|| "https://api.github.com".to_owned());
    Ok(Some(GithubOptions { api_url, identity }))
}

fn jira_options(config: &JiraConfig) -> Result<Option<JiraOptions>, String> {
    let token = secret(config.token_env.as_deref(), config.token_file.as_deref(), "Jira token")?;
    let (url, token) = match (&config.url, token) {
        (None, None) => return Ok(None),
        (Some(url), Some(token)) => (url.clone(), token),
        (Some(_), None) => return Err("`[jira]` names no token; add `token_env` or `token_file`".to_owned()),
        (None, Some(_)) => return Err("`[jira]` names a token and no `url`; add where Jira is".to_owned()),
    };
    if let Some(field) = config.acceptance_field.as_deref().filter(|field| !is_field(field)) {
        return Err(format!("`acceptance_field` is `{field}`; write a field's id, for example `customfield_10042`"));
    }
    let account = match &config.email {
        Some(email) => Account::Cloud { email: email.clone(), token },
        None if url.contains(".atlassian.net") => {
            return Err(
                "`[jira]` needs the `email` of the account whose token it is, because this is Jira Cloud".to_owned()
            );
        }
        None => Account::Token(token),
    };
    Ok(Some(JiraOptions { url, account, acceptance_field: config.acceptance_field.clone() }))
}

fn is_field(field: &str) -> bool {
    !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub fn certificates(
    config: &CertificatesConfig,
    clock: Arc<dyn Clock>,
) -> Result<Option<Arc<dyn Certificates>>, String> {
    let pattern = |text: &String| {
        HostPattern::read(text).ok_or_else(|| {
            format!("`{text}` in `[certificates]` is no host; write `pay.example.com`, `pay.example.com:8443` or `*.shop.example`")
        })
    };
    let hosts: Vec<HostPattern> = config.hosts.iter().map(pattern).collect::<Result<_, _>>()?;
    if hosts.is_empty() {
        return Ok(None);
    }
    let authorities = match &config.authorities {
        None => Vec::new(),
        Some(file) => {
            let of = |error: String| format!("the authorities should be in `{}`: {error}", file.display());
            let pem = std::fs::read(file).map_err(|error| of(error.to_string()))?;
            read_authorities(&pem).map_err(|error| of(format!("{error:#}")))?
        }
    };
    let addresses = config.addresses.clone();
    Ok(Some(Arc::new(Tls::new(TlsOptions { hosts, addresses, authorities, patience: HANDSHAKE, clock }))))
}

/// Other calendars that are read.
pub fn feeds(config: &Config) -> Result<Option<Arc<dyn Feeds>>, String> {
    let mut addresses = Vec::new();
    for calendar in &config.calendars {
        let what = format!("address of the calendar `{}`", calendar.name);
        let kept = secret(calendar.url_env.as_deref(), calendar.url_file.as_deref(), &what)?;
        let url = kept.or_else(|| calendar.url.clone().map(SecretString::from));
        let url =
            url.ok_or_else(|| format!("the calendar `{}` has no `url`, `url_env` or `url_file`", calendar.name))?;
        addresses.push(Address { name: calendar.name.clone(), url });
    }
    if addresses.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(Ical::new(addresses).map_err(|error| format!("{error:#}"))?)))
}

/// Where others tell of what happened. Without a secret nobody can prove who they are, and there is no such place.
pub fn hooks(config: &Config, intake: Arc<dyn Intake>, clock: Arc<dyn Clock>) -> Result<axum::Router, String> {
    let github = &config.github;
    let read = |env: &Option<String>, file: &Option<PathBuf>, what: &str| secret(env.as_deref(), file.as_deref(), what);
    let new = read(&github.webhook_secret_env, &github.webhook_secret_file, "GitHub webhook's secret")?;
    let old = read(&github.old_webhook_secret_env, &github.old_webhook_secret_file, "old GitHub webhook's secret")?;
    let secrets: Vec<SecretString> = new.into_iter().chain(old).collect();
    let incidents = &config.incidents;
    let told = read(&incidents.webhook_secret_env, &incidents.webhook_secret_file, "secret of the incidents' webhook")?;
    let deployments = &config.deployments;
    let live =
        read(&deployments.webhook_secret_env, &deployments.webhook_secret_file, "secret of the deployments' webhook")?;
    let mut hooks = axum::Router::new();
    if let Some(secret) = live {
        let (intake, clock) = (intake.clone(), clock.clone());
        hooks = hooks.merge(deployment_hook::router(DeploymentHook { secret, intake, clock }));
    }
    if let Some(secret) = told {
        hooks = hooks.merge(incident_hook::router(IncidentHook { secret, intake: intake.clone() }));
    }
    if !secrets.is_empty() {
        hooks = hooks.merge(webhook::router(Webhook { secrets, intake, clock }));
    }
    Ok(hooks)
}
