//! What changed, as the `git` command on this machine tells it?

mod branches;
mod collect;
mod diff;
mod gaps;
mod log;
mod lost;
mod missing;
mod names;
mod patterns;
mod pieces;
mod place;
mod range;
mod release;
mod run;
mod words;

use crate::domain::change::{ChangeSet, Gap, Range, RangeAsk};
use crate::domain::service::Source;
use crate::domain::trouble::Trouble;
use crate::ports::changes::{Changes, Progress};
use async_trait::async_trait;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Reads repositories through the `git` command. It never writes to them, runs nothing they configure and asks no network.
///
/// Needs git 2.36 or later.
#[derive(Debug, Clone)]
pub struct Git {
    program: OsString,
    environment: Vec<(OsString, OsString)>,
    time_limit: Duration,
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
        Self { program: program.into(), environment: Vec::new(), time_limit: Duration::from_secs(300) }
    }

    /// How long one call of git may take; after it the child is ended and the person is told.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
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
        range::resolve(self, &source.path, ask).await
    }

    async fn collect(&self, source: &Source, range: &Range, progress: Progress<'_>) -> Result<ChangeSet, Trouble> {
        collect::collect(self, &source.path, range, progress).await
    }

    async fn refresh(&self, _: &Source, _: Progress<'_>) -> Result<Vec<Gap>, Trouble> {
        Ok(Vec::new())
    }

    async fn names(&self, source: &Source, prefix: &str, limit: usize) -> Result<Vec<String>, Trouble> {
        let here = place::Here::open(self, &source.path).await?;
        let mut names = names::all(&here).await?;
        names.retain(|name| name.starts_with(prefix));
        names.truncate(limit);
        Ok(names)
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

    async fn describe(&self) -> Result<String, Trouble> {
        let output = run::text(self, Path::new("."), &["version"]).await?;
        let version = output.trim().strip_prefix("git version ").unwrap_or(output.trim());
        Ok(format!("git {version}"))
    }
}
