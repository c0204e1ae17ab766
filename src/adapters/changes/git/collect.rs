//! What does a range hold? Log and diff are read side by side, as they stream.

use super::diff::{self, Diff};
use super::log::{self, Log};
use super::patterns;
use super::place::is_empty_tree;
use super::run::{self, Ended};
use super::words::{self, counted};
use super::{Git, branches, gaps, lost, missing};
use crate::domain::change::{ChangeSet, Gap, Range};
use crate::domain::trouble::Trouble;
use crate::ports::changes::Progress;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Up to how many commits git is asked which paths each one touched. It costs twice to three times the log itself, and in
/// a range longer than this nobody reads commit by commit.
const WITH_PATHS: usize = 5_000;

pub async fn collect(
    git: &Git,
    repository: &Path,
    range: &Range,
    progress: Progress<'_>,
) -> Result<ChangeSet, Trouble> {
    for sha in [&range.from.sha, &range.to.sha] {
        if !is_object_name(sha) {
            return Err(Trouble::Bug(anyhow::anyhow!("`{sha}` is not an object name; ranges come from `resolve`")));
        }
    }
    let pace = Pace::new(progress);
    let (mut log, diff, shallow) = tokio::try_join!(
        read_log(git, repository, range, &pace),
        read_diff(git, repository, range, &pace),
        is_shallow(git, repository),
    )?;
    let mut gaps = log.gaps;
    gaps.extend(diff.gaps);
    if shallow {
        gaps.push(gaps::shallow());
    }
    gaps.extend(apart(range, &log.read));
    patterns::settle(&mut log.read.commits);
    branches::attribute(&mut log.read.commits, &log.read.parents);
    let raw_bytes = log.bytes + diff.bytes;
    Ok(ChangeSet { range: range.clone(), commits: log.read.commits, files: diff.read.files, gaps, raw_bytes })
}

/// What to say where `from` is not part of the history of `to`: its release was tagged on a branch of its own. Were it part,
/// one of the commits would have it as its parent.
fn apart(range: &Range, log: &Log) -> Option<Gap> {
    let from = &range.from.sha;
    let whole = log.commits.len() == range.commits && range.commits > 0;
    let part = is_empty_tree(from) || log.parents.iter().flatten().any(|parent| parent == from);
    let compared = lost::is_compared(range.lost, range.commits);
    (whole && !part).then(|| gaps::apart(range, compared))
}

/// Git keeps the borders of a shallow clone in a file `shallow`. It is asked only where its directory is not in plain sight
/// (a linked work tree, a submodule, a folder inside the work tree): a process more is a tenth of a short range's time.
async fn is_shallow(git: &Git, repository: &Path) -> Result<bool, Trouble> {
    for home in [repository.join(".git"), repository.to_path_buf()] {
        if home.join("objects").is_dir() && home.join("HEAD").is_file() {
            return Ok(home.join("shallow").is_file());
        }
    }
    Ok(run::text(git, repository, &["rev-parse", "--is-shallow-repository"]).await?.trim() == "true")
}

/// What was read, what was not, and how many bytes git printed for it.
struct Part<T> {
    read: T,
    gaps: Vec<Gap>,
    bytes: u64,
}

async fn read_log(git: &Git, repository: &Path, range: &Range, pace: &Pace<'_>) -> Result<Part<Log>, Trouble> {
    let with_paths = range.commits <= WITH_PATHS;
    let (log, ended) = stream_log(git, repository, range, with_paths, pace).await?;
    let (log, ended, with_paths) = if !ended.well && with_paths {
        // Directories may be missing or damaged while the commits are whole.
        let (log, ended) = stream_log(git, repository, range, false, pace).await?;
        (log, ended, false)
    } else {
        (log, ended, with_paths)
    };
    if !ended.well {
        return Err(words::complaint(repository, &ended));
    }
    Ok(Part { gaps: gaps::of_log(&log, range.commits, with_paths), read: log, bytes: ended.bytes })
}

async fn stream_log(
    git: &Git,
    repository: &Path,
    range: &Range,
    with_paths: bool,
    pace: &Pace<'_>,
) -> Result<(Log, Ended), Trouble> {
    let (from, to) = (&range.from.sha, &range.to.sha);
    let revisions = if is_empty_tree(from) { to.clone() } else { format!("{from}..{to}") };
    let mut log = Log::default();
    let args = log::arguments(&revisions, with_paths);
    let mut feed = |chunk: &[u8]| {
        log.feed(chunk);
        pace.tell(|| format!("read {} of {} commits", counted(log.commits.len()), counted(range.commits)));
    };
    let ended = run::stream(git, repository, &args, "", &mut feed).await?;
    Ok((log, ended))
}

async fn read_diff(git: &Git, repository: &Path, range: &Range, pace: &Pace<'_>) -> Result<Part<Diff>, Trouble> {
    let (mut diff, mut ended) = stream_diff(git, repository, range, true, &[], pace).await?;
    let mut gaps = Vec::new();
    let mut unread = Vec::new();
    if !ended.well {
        unread = missing::files(git, repository, &range.from.sha, &range.to.sha).await?;
        if !unread.is_empty() {
            let paths = missing::left_out(&unread);
            (diff, ended) = stream_diff(git, repository, range, true, &paths, pace).await?;
        }
    }
    let is_whole = ended.well;
    if !is_whole && diff.files.is_empty() {
        unread.clear();
        (diff, ended) = stream_diff(git, repository, range, false, &[], pace).await?;
        if !ended.well {
            return Err(words::complaint(repository, &ended));
        }
    }
    if is_whole && !unread.is_empty() {
        gaps.push(gaps::missing(&unread));
    }
    if !is_whole {
        gaps.push(gaps::broken_off(&diff));
        let unread = diff.begun().saturating_sub(1);
        diff.files.iter_mut().skip(unread).for_each(|file| file.cut = true);
    }
    if ended.complaint.contains("rename detection was skipped") {
        gaps.push(gaps::renames_skipped());
    }
    gaps.extend(gaps::of_diff(&diff));
    missing::put_back(&mut diff, unread);
    Ok(Part { read: diff, gaps, bytes: ended.bytes })
}

async fn stream_diff(
    git: &Git,
    repository: &Path,
    range: &Range,
    with_patches: bool,
    paths: &[String],
    pace: &Pace<'_>,
) -> Result<(Diff, Ended), Trouble> {
    let args = diff::arguments(&range.from.sha, &range.to.sha, with_patches, paths);
    let mut diff = Diff::default();
    let mut feed = |chunk: &[u8]| {
        diff.feed(chunk);
        pace.tell(|| format!("read {} of {} files", counted(diff.begun()), counted(diff.files.len())));
    };
    let ended = run::stream(git, repository, &args, "", &mut feed).await?;
    Ok((diff, ended))
}

fn is_object_name(sha: &str) -> bool {
    (sha.len() == 40 || sha.len() == 64) && sha.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells of progress at most five times a second, whoever has something to tell.
struct Pace<'a> {
    progress: Progress<'a>,
    last: Mutex<Instant>,
}

impl<'a> Pace<'a> {
    fn new(progress: Progress<'a>) -> Self {
        Self { progress, last: Mutex::new(Instant::now()) }
    }

    fn tell(&self, sentence: impl FnOnce() -> String) {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.elapsed() >= Duration::from_millis(200) {
            *last = Instant::now();
            (self.progress)(&sentence());
        }
    }
}
