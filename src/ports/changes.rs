//! What changed between two revisions of a repository?

use crate::domain::change::{ChangeSet, Gap, Range, RangeAsk};
use crate::domain::service::{Remote, Source};
use crate::domain::trouble::Trouble;
use crate::ports::code_host::Tag;
use async_trait::async_trait;
use std::path::{Path, PathBuf};

/// Called with a sentence for people while long work goes on: `read 2,000 of 10,000 commits`.
pub type Progress<'a> = &'a (dyn Fn(&str) + Send + Sync);

#[async_trait]
pub trait Changes: Send + Sync {
    /// Finds both ends, or refuses with a sentence that names what was asked, what is there instead (nearest tags and
    /// branches), and what to type.
    async fn resolve(&self, source: &Source, ask: &RangeAsk) -> Result<Range, Trouble>;
    /// Reads commits and diff. What cannot be read is a gap in the result, not an error.
    async fn collect(&self, source: &Source, range: &Range, progress: Progress<'_>) -> Result<ChangeSet, Trouble>;
    /// Brings our copy of a mirrored source up to date; nothing to do for others. What goes wrong is a gap when an earlier
    /// copy can serve, as a sentence that says how old it is.
    async fn refresh(&self, source: &Source, progress: Progress<'_>) -> Result<Vec<Gap>, Trouble>;
    /// Tags and branches that start with `prefix`, newest first: for completion.
    async fn names(&self, source: &Source, prefix: &str, limit: usize) -> Result<Vec<String>, Trouble>;
    /// Every tag with the commit it stands on.
    async fn tags(&self, source: &Source) -> Result<Vec<Tag>, Trouble>;
    /// The tags whose history holds this commit, those on the commit itself included.
    async fn tags_holding(&self, source: &Source, sha: &str) -> Result<Vec<String>, Trouble>;
    /// The repository that `path` lies in, if any.
    async fn root(&self, path: &Path) -> Option<PathBuf>;
    /// The repository on a code host that a clone comes from, where that host is set up.
    async fn remote(&self, path: &Path) -> Option<Remote>;
    /// One line for `doctor`.
    async fn describe(&self) -> Result<String, Trouble>;
}
