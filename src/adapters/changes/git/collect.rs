//! What does a range hold? Log and diff are read side by side, as they stream.

use super::branches::Graph;
use super::diff::{self, Diff};
use super::log::{self, Log};
use super::patterns;
use super::place::{is_empty_tree, pathspecs};
use super::run::{self, Ended};
use super::words::{self, counted};
use super::{Git, branches, gaps, lost, missing};
use crate::domain::change::{ChangeSet, Gap, Range};
use crate::domain::service::Source;
use crate::domain::trouble::Trouble;
use crate::ports::changes::Progress;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Up to how many commits git is asked which paths each one touched. It costs twice to three times the log itself, and in
/// a range longer than this nobody reads commit by commit.
const WITH_PATHS: usize = 5_000;

pub async fn collect(git: &Git, source: &Source, range: &Range, progress: Progress<'_>) -> Result<ChangeSet, Trouble> {
    let (repository, paths) = (source.path.as_path(), pathspecs(source));
    let part = Bounds { git, repository, paths: &paths, range };
    for sha in [&range.from.sha, &range.to.sha] {
        if !is_object_name(sha) {
            return Err(Trouble::Bug(anyhow::anyhow!("`{sha}` is not an object name; ranges come from `resolve`")));
        }
    }
    let pace = Pace::new(progress);
    let (mut log, diff, shallow, graph, branchless) = tokio::try_join!(
        read_log(&part, &pace),
        read_diff(&part, &pace),
        is_shallow(git, repository),
        read_graph(&part),
        is_on_no_branch(&part),
    )?;
    let mut gaps = log.gaps;
    gaps.extend(diff.gaps);
    if shallow {
        gaps.push(gaps::shallow());
    }
    // Damage may have cut the log short; a graph that was asked for is whole, or there is none.
    let whole = graph.is_some() || log.read.commits.len() == range.commits;
    let graph = graph.unwrap_or(log.read.graph);
    if whole && has_no_part_in(range, &graph) {
        gaps.push(gaps::apart(range, lost::is_compared(range.lost, range.commits)));
    }
    if branchless {
        gaps.push(gaps::on_no_branch(&range.to.name));
    }
    patterns::settle(&mut log.read.commits);
    branches::attribute(&mut log.read.commits, &graph);
    let raw_bytes = log.bytes + diff.bytes;
    Ok(ChangeSet { range: range.clone(), commits: log.read.commits, files: diff.read.files, gaps, raw_bytes })
}

/// What is read: a range of a repository, bounded by folders where it is a monorepo.
struct Bounds<'a> {
    git: &'a Git,
    repository: &'a Path,
    paths: &'a [String],
    range: &'a Range,
}

impl Bounds<'_> {
    fn revisions(&self) -> String {
        let (from, to) = (&self.range.from.sha, &self.range.to.sha);
        if is_empty_tree(from) { to.clone() } else { format!("{from}..{to}") }
    }
}

/// Is `from` no part of the history of `to`, because its release was tagged on a branch of its own? Were it part, one of
/// the commits would have it as its parent.
fn has_no_part_in(range: &Range, graph: &Graph) -> bool {
    let from = &range.from.sha;
    let part = is_empty_tree(from) || graph.iter().flat_map(|node| &node.parents).any(|parent| parent == from);
    range.commits > 0 && !part
}

/// The graph between both ends, asked of git where folders bound the log, which then holds a part of it only.
async fn read_graph(part: &Bounds<'_>) -> Result<Option<Graph>, Trouble> {
    if part.paths.is_empty() {
        return Ok(None);
    }
    let printed = run::text(part.git, part.repository, &["rev-list", "--parents", &part.revisions(), "--"]).await?;
    Ok(Some(branches::graph(&printed)))
}

/// Does the range end at a tag whose commit is on no branch, so that the next release may not hold it?
async fn is_on_no_branch(part: &Bounds<'_>) -> Result<bool, Trouble> {
    let (name, sha) = (&part.range.to.name, &part.range.to.sha);
    let tag = format!("refs/tags/{}", name.strip_prefix("refs/tags/").unwrap_or(name));
    let contains = format!("--contains={sha}");
    let is_tag = ["show-ref", "--verify", "--quiet", &tag];
    let holding = ["for-each-ref", "--count=1", "--format=x", &contains, "refs/heads", "refs/remotes"];
    let (tagged, branches) = tokio::try_join!(
        run::attempt(part.git, part.repository, &is_tag, ""),
        run::attempt(part.git, part.repository, &holding, "")
    )?;
    // A damaged history cannot be walked; then nothing is known, and nothing said.
    Ok(tagged.0.well && branches.0.well && branches.1.is_empty())
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

async fn read_log(part: &Bounds<'_>, pace: &Pace<'_>) -> Result<Part<Log>, Trouble> {
    let range = part.range;
    let with_paths = range.commits <= WITH_PATHS;
    let (log, ended) = stream_log(part, with_paths, pace).await?;
    let (log, ended, with_paths) = if !ended.well && with_paths {
        // Directories may be missing or damaged while the commits are whole.
        let (log, ended) = stream_log(part, false, pace).await?;
        (log, ended, false)
    } else {
        (log, ended, with_paths)
    };
    if !ended.well {
        return Err(words::complaint(part.repository, &ended));
    }
    Ok(Part { gaps: gaps::of_log(&log, range.commits, with_paths), read: log, bytes: ended.bytes })
}

async fn stream_log(part: &Bounds<'_>, with_paths: bool, pace: &Pace<'_>) -> Result<(Log, Ended), Trouble> {
    let (range, revisions) = (part.range, part.revisions());
    let mut log = Log::default();
    let args = log::arguments(&revisions, with_paths, part.paths);
    let mut feed = |chunk: &[u8]| {
        log.feed(chunk);
        pace.tell(|| format!("read {} of {} commits", counted(log.commits.len()), counted(range.commits)));
    };
    let ended = run::stream(part.git, part.repository, &args, "", &mut feed).await?;
    Ok((log, ended))
}

async fn read_diff(part: &Bounds<'_>, pace: &Pace<'_>) -> Result<Part<Diff>, Trouble> {
    let (mut diff, mut ended) = stream_diff(part, true, part.paths, pace).await?;
    let mut gaps = Vec::new();
    let mut unread = Vec::new();
    if !ended.well {
        unread =
            missing::files(part.git, part.repository, &part.range.from.sha, &part.range.to.sha, part.paths).await?;
        if !unread.is_empty() {
            let paths = missing::left_out(&unread, part.paths);
            (diff, ended) = stream_diff(part, true, &paths, pace).await?;
        }
    }
    let is_whole = ended.well;
    if !is_whole && diff.files.is_empty() {
        unread.clear();
        (diff, ended) = stream_diff(part, false, part.paths, pace).await?;
        if !ended.well {
            return Err(words::complaint(part.repository, &ended));
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
    part: &Bounds<'_>,
    with_patches: bool,
    paths: &[String],
    pace: &Pace<'_>,
) -> Result<(Diff, Ended), Trouble> {
    let args = diff::arguments(&part.range.from.sha, &part.range.to.sha, with_patches, paths);
    let mut diff = Diff::default();
    let mut feed = |chunk: &[u8]| {
        diff.feed(chunk);
        pace.tell(|| format!("read {} of {} files", counted(diff.begun()), counted(diff.files.len())));
    };
    let ended = run::stream(part.git, part.repository, &args, "", &mut feed).await?;
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
