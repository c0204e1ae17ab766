//! What does GitHub know about a repository beyond git?

mod checks;
mod compare;
mod counts;
mod deployments;
mod requests;
mod tags;
pub mod webhook;

use crate::adapters::github::{Github, publish};
use crate::domain::change::Commit;
use crate::domain::checks::{Checks, Deployed};
use crate::domain::health::Check;
use crate::domain::pull_request::PullRequest;
use crate::domain::trouble::Fault;
use crate::ports::code_host::{CloneAccess, CodeHost, Comparison, Linked, Publication, Tag};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::sync::Arc;

pub struct GithubHost {
    github: Arc<Github>,
}

impl GithubHost {
    pub fn new(github: Arc<Github>) -> Self {
        Self { github }
    }
}

#[async_trait]
impl CodeHost for GithubHost {
    fn name(&self) -> &'static str {
        "github"
    }

    fn named(&self, url: &str) -> Option<String> {
        self.github.named(url)
    }

    async fn pull_requests(&self, repository: &str, commits: &[Commit]) -> Result<Vec<PullRequest>, Fault> {
        requests::of(&self.github, repository, commits).await
    }

    async fn checks(&self, repository: &str, sha: &str) -> Result<Option<Checks>, Fault> {
        checks::of(&self.github, repository, sha).await
    }

    async fn deployments(&self, repository: &str) -> Result<Vec<Deployed>, Fault> {
        deployments::newest(&self.github, repository).await
    }

    async fn tags(&self, repository: &str) -> Result<Vec<Tag>, Fault> {
        tags::all(&self.github, repository).await
    }

    async fn compare(&self, repository: &str, from: &str, to: Option<&str>) -> Result<Comparison, Fault> {
        compare::between(&self.github, repository, from, to).await
    }

    async fn clone_access(&self, repository: &str) -> Result<CloneAccess, Fault> {
        let token = self.github.token_for(repository).await?;
        let pair = STANDARD.encode(format!("x-access-token:{}", token.expose_secret()));
        let authorization = Some(SecretString::from(format!("Basic {pair}")));
        Ok(CloneAccess { url: format!("{}/{repository}.git", self.github.site()), authorization })
    }

    async fn publish(&self, repository: &str, to: &Publication, marker: &str, text: &str) -> Result<String, Fault> {
        match to {
            Publication::Release { tag } => publish::release(&self.github, repository, tag, marker, text).await,
            Publication::PullRequest { number } => {
                publish::comment(&self.github, repository, *number, marker, text).await
            }
        }
    }

    fn link(&self, repository: &str, to: &Linked<'_>) -> String {
        let home = format!("{}/{repository}", self.github.site());
        match to {
            Linked::Commit(sha) => format!("{home}/commit/{sha}"),
            Linked::PullRequest(number) => format!("{home}/pull/{number}"),
            Linked::Compare { from, to } => format!("{home}/compare/{from}...{to}"),
        }
    }

    async fn check(&self, repositories: &[&str]) -> Vec<Check> {
        let looks = repositories.iter().map(|repository| async move {
            let found = self.github.get::<Value>(repository, &format!("repos/{repository}")).await;
            found.err().map(|fault| Check::fails("github", format!("`{repository}`: {fault}.")))
        });
        let mut checks: Vec<Check> = futures::future::join_all(looks).await.into_iter().flatten().collect();
        if checks.is_empty() {
            let read = match repositories.len() {
                0 => "no service names a repository there yet".to_owned(),
                1 => format!("`{}` can be read", repositories[0]),
                many => format!("{many} repositories can be read"),
            };
            checks.push(Check::works("github", format!("{}: {read}.", self.github.site())));
        }
        checks
    }
}
