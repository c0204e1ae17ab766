//! How is git called so that neither a person's configuration nor a stranger's repository decides what happens?

use super::{Git, words};
use crate::domain::trouble::Trouble;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Variables that would point git at another repository or let it print elsewhere or otherwise.
const FORGOTTEN: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_TRACE",
    "GIT_TRACE_CURL",
    "GIT_CURL_VERBOSE",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
];

/// Set for every call: no locks, no questions, no fetching of missing objects, messages in English so that they can be told
/// apart.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
    ("LANGUAGE", "C"),
];

/// Given before the command: programs a repository may configure are off, and what shapes the output is fixed.
const SETTINGS: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "core.abbrev=auto",
    "diff.suppressBlankEmpty=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
];

/// Given as well where git may ask the network: how it may, and that it tells nobody else who we are.
const REACHING: &[&str] =
    &["protocol.https.allow=always", "protocol.http.allow=always", "http.followRedirects=initial"];

/// What git said on its error channel, at most this much of it.
const COMPLAINT: u64 = 16 * 1024;

const CHUNK: usize = 64 * 1024;

/// A call of git that ran to its end, well or not.
pub struct Ended {
    pub well: bool,
    pub code: i32,
    /// Bytes on its standard output.
    pub bytes: u64,
    pub complaint: String,
}

/// Runs `git ARGS` and hands its output to `feed` in pieces as it comes. Standard input receives `input`.
///
/// # Errors
/// When git is not installed, cannot be started, or takes longer than the time limit. That git itself failed is in [`Ended`].
pub async fn stream(
    git: &Git,
    repository: &Path,
    args: &[&str],
    input: &str,
    feed: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<Ended, Trouble> {
    let mut child =
        command(git, repository, args).spawn().map_err(|error| words::cannot_start(&git.program, &error))?;
    match tokio::time::timeout(git.time_limit, converse(&mut child, input, feed)).await {
        Ok(ended) => ended.map_err(|error| Trouble::Bug(anyhow::Error::new(error).context("reading what git says"))),
        Err(_) => Err(words::too_slow(repository, args, git.time_limit)),
    }
}

/// Everything `git ARGS` prints, for calls whose output is small.
///
/// # Errors
/// As [`stream`], and when git fails: its complaint becomes a sentence.
pub async fn text(git: &Git, repository: &Path, args: &[&str]) -> Result<String, Trouble> {
    let (ended, output) = attempt(git, repository, args, "").await?;
    if ended.well {
        Ok(String::from_utf8_lossy(&output).into_owned())
    } else {
        Err(words::complaint(repository, &ended))
    }
}

/// As [`text`], in bytes, for calls whose failure is an answer too.
pub async fn attempt(git: &Git, repository: &Path, args: &[&str], input: &str) -> Result<(Ended, Vec<u8>), Trouble> {
    let mut output = Vec::new();
    let ended = stream(git, repository, args, input, &mut |chunk| output.extend_from_slice(chunk)).await?;
    Ok((ended, output))
}

fn command(git: &Git, repository: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(&git.program);
    for name in FORGOTTEN {
        command.env_remove(name);
    }
    command.envs(ENVIRONMENT.iter().copied()).envs(git.environment.iter().map(|(name, value)| (name, value)));
    command.arg("--no-pager").arg("-C").arg(repository);
    for setting in SETTINGS.iter().chain(if git.speaks { REACHING } else { &[] }) {
        command.args(["-c", setting]);
    }
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn converse(child: &mut Child, input: &str, feed: &mut (dyn FnMut(&[u8]) + Send)) -> std::io::Result<Ended> {
    if let Some(mut stdin) = child.stdin.take() {
        // A git that ends before it has read everything says why on its error channel.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (bytes, complaint) = tokio::try_join!(hear(stdout, feed), listen(stderr))?;
    let status = child.wait().await?;
    Ok(Ended { well: status.success(), code: status.code().unwrap_or(-1), bytes, complaint })
}

async fn hear(stdout: Option<impl AsyncRead + Unpin>, feed: &mut (dyn FnMut(&[u8]) + Send)) -> std::io::Result<u64> {
    let Some(mut stdout) = stdout else { return Ok(0) };
    let mut chunk = vec![0; CHUNK];
    let mut bytes = 0;
    loop {
        let read = stdout.read(&mut chunk).await?;
        if read == 0 {
            return Ok(bytes);
        }
        bytes += read as u64;
        feed(&chunk[..read]);
    }
}

/// Keeps the beginning and reads the rest away, so that git never waits for a full pipe.
async fn listen(stderr: Option<impl AsyncRead + Unpin>) -> std::io::Result<String> {
    let Some(mut stderr) = stderr else { return Ok(String::new()) };
    let mut said = Vec::new();
    (&mut stderr).take(COMPLAINT).read_to_end(&mut said).await?;
    tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}
