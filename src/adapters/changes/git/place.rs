//! Which repository is this, and what kind?

use super::{Git, run, words};
use crate::domain::service::Source;
use crate::domain::trouble::Trouble;
use std::path::Path;
use tokio::sync::OnceCell;

/// A repository that somebody named.
pub struct Here<'a> {
    pub git: &'a Git,
    pub path: &'a Path,
    /// What of it is asked about: folders, and which tags are releases.
    pub source: &'a Source,
    /// How sentences call it: the last part of its path, without `.git`.
    pub name: String,
    nature: OnceCell<Nature>,
}

/// What git says about the repository as a whole.
pub struct Nature {
    pub shallow: bool,
    /// Object names of 64 digits.
    sha256: bool,
    /// `main`; `HEAD` when no branch is checked out; nothing when there is no commit yet.
    pub head: Option<String>,
}

impl<'a> Here<'a> {
    /// # Errors
    /// A sentence for a path that is missing or unreadable. Whether it is a repository, and one git trusts, the first
    /// question to git will tell.
    pub async fn open(git: &'a Git, source: &'a Source) -> Result<Self, Trouble> {
        let path = source.path.as_path();
        match tokio::fs::metadata(path).await {
            Ok(found) if found.is_dir() => Ok(Self { git, path, source, name: name_of(path), nature: OnceCell::new() }),
            Ok(_) => Err(words::cannot_open(path, std::io::ErrorKind::NotADirectory)),
            Err(error) if source.mirrored && error.kind() == std::io::ErrorKind::NotFound => {
                Err(words::not_mirrored_yet(&name_of(path)))
            }
            Err(error) => Err(words::cannot_open(path, error.kind())),
        }
    }

    /// Asked when it first matters: two ends that are named and there are found without it, a process sooner.
    pub async fn nature(&self) -> Result<&Nature, Trouble> {
        self.nature.get_or_try_init(|| self.ask()).await
    }

    async fn ask(&self) -> Result<Nature, Trouble> {
        let args = ["rev-parse", "--is-shallow-repository", "--show-object-format", "--symbolic-full-name", "HEAD"];
        let (ended, output) = run::attempt(self.git, self.path, &args, "").await?;
        let output = String::from_utf8_lossy(&output);
        let mut lines = output.lines();
        let (Some(shallow), Some(format)) = (lines.next(), lines.next()) else {
            return Err(words::complaint(self.path, &ended));
        };
        let head = lines.next().filter(|_| ended.well).map(|head| head.strip_prefix("refs/heads/").unwrap_or(head));
        Ok(Nature { shallow: shallow == "true", sha256: format == "sha256", head: head.map(str::to_string) })
    }

    /// What a range that begins before the first commit is compared with. Git knows this object without storing it.
    pub async fn empty_tree(&self) -> Result<&'static str, Trouble> {
        Ok(if self.nature().await?.sha256 {
            "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
        } else {
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        })
    }

    pub async fn text(&self, args: &[&str]) -> Result<String, Trouble> {
        run::text(self.git, self.path, args).await
    }
}

/// The folders of a monorepo that are asked about, as git takes them; none mean everything. They are names, not patterns.
pub fn pathspecs(source: &Source) -> Vec<String> {
    source.paths.iter().map(|path| format!(":(top,literal){path}")).collect()
}

/// Is this the object name of the tree without files?
pub fn is_empty_tree(sha: &str) -> bool {
    sha.starts_with("4b825dc642cb6eb9a060e54bf8d69288fbee4904") || sha.starts_with("6ef19b41225c5369f1c104d45d8d85ef")
}

fn name_of(path: &Path) -> String {
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let repository = if whole.ends_with(".git") { whole.parent().unwrap_or(&whole) } else { &whole };
    let name = repository.file_name().unwrap_or(repository.as_os_str()).to_string_lossy();
    name.strip_suffix(".git").unwrap_or(&name).to_string()
}
