//! Is our copy of a remote repository there, whole and current?
//!
//! A copy is bare and holds the remote's branches and tags and nothing else. A new one grows beside its place and takes it
//! when it is complete, so a copy that was interrupted is never read.

use super::remote::Afar;
use super::run::{self, Ended};
use super::{Git, gaps, words};
use crate::domain::change::Gap;
use crate::domain::service::{Remote, Source};
use crate::domain::trouble::{Fault, Trouble};
use crate::ports::changes::Progress;
use crate::ports::code_host::{CloneAccess, host_of};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Who is at which copy, with the tags that its last update found moved.
#[derive(Default)]
pub struct Mirrors {
    copies: Mutex<HashMap<PathBuf, Arc<tokio::sync::Mutex<Vec<Moved>>>>>,
    /// Copies that could not be made, whose host answers over its API.
    afar: Mutex<HashSet<PathBuf>>,
}

#[derive(Debug, Clone)]
struct Moved {
    tag: String,
    from: String,
    to: String,
}

/// Touched when a copy was brought up to date: the moment it is of.
const READ: &str = "slipway-read";

/// Branches and tags as the remote has them, gone ones included: moved tags follow.
const FETCH: &[&str] = &["fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-recurse-submodules"];
const REFS: &[&str] = &["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];

/// Brings the copy up to date, or makes it. One update at a time for each copy; who waited for one hears what it found.
pub async fn refresh(git: &Git, source: &Source, progress: Progress<'_>) -> Result<Vec<Gap>, Trouble> {
    let Some(remote) = source.remote.as_ref().filter(|_| source.mirrored) else { return Ok(Vec::new()) };
    progress(&format!("bring `{}` up to date", remote.name));
    let copy = git.mirrors.of(&source.path);
    let (mut last, waited) = match copy.try_lock() {
        Ok(free) => (free, false),
        Err(_) => (copy.lock().await, true),
    };
    let mut moved = if waited { last.clone() } else { Vec::new() };
    let copy = Copy { git, remote, path: &source.path };
    let found = match access(git, remote).await {
        Ok(access) => copy.update(&access).await?,
        Err(fault) => Err(why_not_asked(&fault)),
    };
    let gaps = match found {
        Ok(found) => {
            last.clone_from(&found);
            moved.extend(found);
            moved.iter().filter(|moved| source.takes_tag(&moved.tag)).map(Moved::gap).collect()
        }
        Err(why) if copy.is_there().await => vec![gaps::older_copy(&remote.name, copy.read_at(), &why)],
        Err(why) => match Afar::of(git, source) {
            // Its host tells over the API what git could not read.
            Some(afar) if afar.answers().await => {
                git.mirrors.is_read_afar(&source.path);
                vec![gaps::not_copied(&why)]
            }
            _ => return Err(words::no_copy(&remote.name, &why)),
        },
    };
    Ok(gaps)
}

async fn access(git: &Git, remote: &Remote) -> Result<CloneAccess, Fault> {
    match host_of(&git.hosts, remote) {
        Some(host) => host.clone_access(&remote.name).await,
        // Whoever may read it without a token may read it without a configuration.
        None => Err(Fault::Refused(words::no_host(&remote.host))),
    }
}

fn why_not_asked(fault: &Fault) -> String {
    match fault {
        Fault::Refused(refusal) => refusal.0.trim_end_matches('.').to_owned(),
        other => format!("The code host {other}"),
    }
}

/// A copy and what it is a copy of.
struct Copy<'a> {
    git: &'a Git,
    remote: &'a Remote,
    path: &'a Path,
}

impl Copy<'_> {
    /// The tags that moved; the inner error is why the remote could not be read.
    async fn update(&self, access: &CloneAccess) -> Result<Result<Vec<Moved>, String>, Trouble> {
        let git = reaching(self.git, access);
        if !self.is_there().await {
            return self.make(&git, access).await;
        }
        let before = self.tags().await?;
        let args = [FETCH, &[access.url.as_str()], REFS].concat();
        let (ended, _) = run::attempt(&git, self.path, &args, "").await?;
        if !ended.well {
            // A copy that is damaged cannot be mended by what it lacks.
            if self.is_damaged().await? {
                return self.make(&git, access).await;
            }
            return Ok(Err(words::not_fetched(&self.remote.name, &ended)));
        }
        self.mark_read();
        let after = self.tags().await?;
        let moved = before.into_iter().filter_map(|(tag, from)| {
            let to = after.get(&tag).filter(|to| **to != from)?.clone();
            Some(Moved { tag, from, to })
        });
        Ok(Ok(moved.collect()))
    }

    /// Makes it anew beside its place, then puts it there.
    async fn make(&self, git: &Git, access: &CloneAccess) -> Result<Result<Vec<Moved>, String>, Trouble> {
        let growing = self.path.with_extension("git.growing");
        let home = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(home).map_err(|error| words::cannot_keep(self.path, &error))?;
        clear(&growing)?;
        let name = growing.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let args = ["clone", "--bare", "--quiet", "--template=", "--", access.url.as_str(), name.as_str()];
        let (ended, _) = run::attempt(git, home, &args, "").await?;
        if !ended.well {
            clear(&growing)?;
            return Ok(Err(words::not_fetched(&self.remote.name, &ended)));
        }
        clear(self.path)?;
        std::fs::rename(&growing, self.path).map_err(|error| words::cannot_keep(self.path, &error))?;
        self.mark_read();
        Ok(Ok(Vec::new()))
    }

    /// Is there a repository, whatever its state?
    async fn is_there(&self) -> bool {
        let args = ["rev-parse", "--is-bare-repository"];
        match run::attempt(self.git, self.path, &args, "").await {
            // Asked inside a folder that is no repository, git answers for one further out.
            Ok((ended, answer)) => ended.well && answer == b"true\n" && self.path.join("HEAD").is_file(),
            Err(_) => false,
        }
    }

    async fn is_damaged(&self) -> Result<bool, Trouble> {
        let (ended, _) =
            run::attempt(self.git, self.path, &["fsck", "--connectivity-only", "--no-dangling"], "").await?;
        Ok(!ended.well)
    }

    /// Each tag with the commit it stands on.
    async fn tags(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let format = "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)";
        let (_, listed) = run::attempt(self.git, self.path, &["for-each-ref", format, "refs/tags"], "").await?;
        let listed = String::from_utf8_lossy(&listed);
        let tag = |line: &str| {
            let mut fields = line.split('\0');
            let (tag, own, peeled) = (fields.next()?, fields.next()?, fields.next()?);
            Some((tag.to_owned(), if peeled.is_empty() { own } else { peeled }.to_owned()))
        };
        Ok(listed.lines().filter_map(tag).collect())
    }

    fn mark_read(&self) {
        // Without the mark a copy is only of an unknown moment.
        let _ = std::fs::write(self.path.join(READ), "");
    }

    fn read_at(&self) -> Option<DateTime<Utc>> {
        Some(std::fs::metadata(self.path.join(READ)).ok()?.modified().ok()?.into())
    }
}

/// A git that may speak to this address, with what proves who we are in its environment, where no other process reads it.
fn reaching(git: &Git, access: &CloneAccess) -> Git {
    let mut settings = vec![
        ("credential.helper".to_owned(), String::new()),
        ("core.askPass".to_owned(), String::new()),
        ("gc.autoDetach".to_owned(), "false".to_owned()),
        ("maintenance.autoDetach".to_owned(), "false".to_owned()),
    ];
    if let Some(authorization) = &access.authorization {
        settings.push(("http.extraHeader".to_owned(), format!("Authorization: {}", authorization.expose_secret())));
    }
    let mut reaching =
        git.clone().time_limit(git.time_limit * PATIENCE).with("GIT_CONFIG_COUNT", settings.len().to_string());
    for (number, (key, value)) in settings.into_iter().enumerate() {
        reaching =
            reaching.with(format!("GIT_CONFIG_KEY_{number}"), key).with(format!("GIT_CONFIG_VALUE_{number}"), value);
    }
    Git { speaks: true, ..reaching }
}

/// How much longer than reading a repository copying one may take.
const PATIENCE: u32 = 6;

fn clear(folder: &Path) -> Result<(), Trouble> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(words::cannot_keep(folder, &error)),
        _ => Ok(()),
    }
}

impl Mirrors {
    /// Was there nothing for git to read when it was last looked for, and is there still nothing?
    pub fn is_afar(&self, path: &Path) -> bool {
        self.afar.lock().unwrap_or_else(PoisonError::into_inner).contains(path) && !path.exists()
    }

    fn is_read_afar(&self, path: &Path) {
        self.afar.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
    }

    fn of(&self, path: &Path) -> Arc<tokio::sync::Mutex<Vec<Moved>>> {
        let mut known = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(path.to_owned()).or_default().clone()
    }
}

impl Moved {
    fn gap(&self) -> Gap {
        gaps::tag_moved(&self.tag, &self.from, &self.to)
    }
}

/// What git said about a remote, by what somebody has to do about it.
pub fn why(ended: &Ended) -> &'static str {
    let said = ended.complaint.as_str();
    let any = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
    if any(&["Authentication failed", "could not read Username", "error: 401", "error: 403"]) {
        return "its host did not accept the token for reading code; check that it may read this repository";
    }
    if any(&["not found", "error: 404", "does not appear to be a git repository"]) {
        return "its host knows no such repository, or the token may not see it; check its name";
    }
    if any(&["Could not resolve host", "Failed to connect", "Couldn't connect", "timed out", "Connection refused"]) {
        return "its host could not be reached";
    }
    if any(&["error: 5", "Empty reply", "unexpected disconnect", "early EOF", "hung up"]) {
        return "its host broke off";
    }
    "git could not read it"
}
