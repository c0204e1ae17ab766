//! What changed, as the `git` command on this machine tells it?

mod branches;
mod collect;
mod diff;
mod gaps;
mod log;
mod lost;
mod mirror;
mod missing;
mod names;
mod patterns;
mod pieces;
mod place;
mod range;
mod release;
mod remote;
mod run;
mod tags;
mod words;

use crate::domain::change::{ChangeSet, Gap, Range, RangeAsk};
use crate::domain::service::{Remote, Source};
use crate::domain::trouble::Trouble;
use crate::ports::changes::{Changes, Progress};
use crate::ports::code_host::{CodeHost, Tag};
use async_trait::async_trait;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Reads repositories through the `git` command. It never writes to them, runs nothing they configure and asks no network;
/// only our own copies of remote repositories are brought up to date from where they come.
///
/// Needs git 2.36 or later.
#[derive(Clone)]
pub struct Git {
    program: OsString,
    environment: Vec<(OsString, OsString)>,
    time_limit: Duration,
    /// Who says how a remote repository may be copied.
    hosts: Vec<Arc<dyn CodeHost>>,
    mirrors: Arc<mirror::Mirrors>,
    /// May this call of git ask the network?
    speaks: bool,
}

impl Default for Git {
    fn default() -> Self {
        Self::new()
    }
}

impl Git {
    /// The `git` that the search path finds; each call may take five minutes.
    pub fn new() -> Self {
        Self::at("git")
    }

    /// A git elsewhere than on the search path.
    pub fn at(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            environment: Vec::new(),
            time_limit: Duration::from_secs(300),
            hosts: Vec::new(),
            mirrors: Arc::default(),
            speaks: false,
        }
    }

    /// How long one call of git may take; after it the child is ended and the person is told.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Where remote repositories may be copied from.
    #[must_use]
    pub fn hosts(mut self, hosts: Vec<Arc<dyn CodeHost>>) -> Self {
        self.hosts = hosts;
        self
    }

    /// A further environment variable for git.
    #[must_use]
    pub fn with(mut self, variable: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((variable.into(), value.into()));
        self
    }
}

#[async_trait]
impl Changes for Git {
    async fn resolve(&self, source: &Source, ask: &RangeAsk) -> Result<Range, Trouble> {
        match remote::Afar::instead(self, source) {
            Some(afar) => afar.resolve(ask).await,
            None => range::resolve(self, source, ask).await,
        }
    }

    async fn collect(&self, source: &Source, range: &Range, progress: Progress<'_>) -> Result<ChangeSet, Trouble> {
        match remote::Afar::instead(self, source) {
            Some(afar) => afar.collect(range).await,
            None => collect::collect(self, source, range, progress).await,
        }
    }

    async fn refresh(&self, source: &Source, progress: Progress<'_>) -> Result<Vec<Gap>, Trouble> {
        mirror::refresh(self, source, progress).await
    }

    async fn names(&self, source: &Source, prefix: &str, limit: usize) -> Result<Vec<String>, Trouble> {
        let here = place::Here::open(self, source).await?;
        let mut names = names::all(&here).await?;
        names.retain(|name| name.starts_with(prefix));
        names.truncate(limit);
        Ok(names)
    }

    async fn tags(&self, source: &Source) -> Result<Vec<Tag>, Trouble> {
        tags::all(&place::Here::open(self, source).await?).await
    }

    async fn tags_holding(&self, source: &Source, sha: &str) -> Result<Vec<String>, Trouble> {
        tags::holding(&place::Here::open(self, source).await?, sha).await
    }

    async fn root(&self, path: &Path) -> Option<PathBuf> {
        // A working copy has a top level; a bare repository is its own.
        for question in ["--show-toplevel", "--absolute-git-dir"] {
            if let Ok(answer) = run::text(self, path, &["rev-parse", question]).await {
                return Some(PathBuf::from(answer.trim_end_matches('\n')));
            }
        }
        None
    }

    async fn remote(&self, path: &Path) -> Option<Remote> {
        if self.hosts.is_empty() {
            return None;
        }
        let url = run::text(self, path, &["config", "--get", "remote.origin.url"]).await.ok()?;
        self.hosts.iter().find_map(|host| Some(Remote { name: host.named(url.trim())?, host: host.name().to_owned() }))
    }

    async fn describe(&self) -> Result<String, Trouble> {
        let output = run::text(self, Path::new("."), &["version"]).await?;
        let version = output.trim().strip_prefix("git version ").unwrap_or(output.trim());
        Ok(format!("git {version}"))
    }
}
