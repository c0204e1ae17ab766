//! What happened to this git repository, one line per event?
//!
//! ```ignore
//! let repo = Repo::new();
//! repo.commit("Add invoices", &[("src/invoice.rs", "fn pay() {}\n")]).tag("v1.0.0");
//! repo.branch("feature/PAY-311-refunds").commit("Refund twice", &[("src/refund.rs", "")]);
//! repo.switch("main").merge("feature/PAY-311-refunds", "Merge pull request #12 from shop/feature/PAY-311-refunds");
//! let changes = Git::new().resolve(&repo.source(), &ask).await;
//! ```
//!
//! Every method that changes something returns the repository, so events chain. Each commit is one minute younger than
//! the one before; the first is of 2024-01-01 00:00 UTC. The machine's own git configuration plays no part.

use slipway::domain::service::Source;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// A working copy in a directory that goes away with it. `main` is checked out and has no commit yet.
pub struct Repo {
    home: TempDir,
    path: PathBuf,
    seconds: AtomicI64,
    author: Mutex<(String, String)>,
}

impl Repo {
    /// A repository called `payments`.
    pub fn new() -> Self {
        Self::named("payments")
    }

    /// `name` is the last part of its path, which is how sentences call it.
    pub fn named(name: &str) -> Self {
        Self::initialised(name, &[])
    }

    /// Object names of 64 instead of 40 digits.
    pub fn sha256() -> Self {
        Self::initialised("payments", &["--object-format=sha256"])
    }

    fn initialised(name: &str, options: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("tests may write to the temporary directory");
        let path = home.path().join(name);
        std::fs::create_dir(&path).expect("the directory is new");
        let repo = Self {
            home,
            path,
            seconds: AtomicI64::new(1_704_067_200),
            author: Mutex::new(("Release Engineer".to_string(), "release@shop.example".to_string())),
        };
        repo.git(&[&["init", "-q", "-b", "main"], options].concat());
        repo
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The repository as a service's source.
    pub fn source(&self) -> Source {
        Source::at(self.path.clone())
    }

    /// A fresh path beside the repository, for clones of it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes the files (parents included) and commits everything that differs. The first line is the subject, the rest
    /// the body. No files make an empty commit.
    pub fn commit(&self, message: &str, files: &[(&str, &str)]) -> &Self {
        for (path, content) in files {
            self.write(path, content);
        }
        self.git(&["add", "-A"]);
        let args = ["commit", "-q", "--allow-empty", "--no-verify", "--cleanup=verbatim", "-F", "-"];
        self.git_with(&args, message.as_bytes());
        self.minute_passes()
    }

    /// Commits everything that differs under exactly these bytes, which need not be UTF-8 (`git commit` would recode them).
    pub fn commit_bytes(&self, message: &[u8]) -> &Self {
        self.git(&["add", "-A"]);
        let (name, email) = self.author.lock().expect("no test panics while naming an author").clone();
        let who = format!("{name} <{email}> {} +0000", self.seconds.load(Ordering::Relaxed));
        let (tree, parent) = (self.git(&["write-tree"]), self.head());
        let mut commit = format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n").into_bytes();
        commit.extend_from_slice(message);
        let sha = self.git_with(&["hash-object", "-t", "commit", "-w", "--stdin"], &commit);
        self.git(&["update-ref", "HEAD", &sha]);
        self.minute_passes()
    }

    /// Writes a file without committing it; path and content are any bytes.
    pub fn write(&self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> &Self {
        let file = self.path.join(OsStr::from_bytes(path.as_ref()));
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent).expect("parents are directories");
        }
        std::fs::write(file, content).expect("the file can be written");
        self
    }

    /// Removes a file or a whole directory without committing it.
    pub fn remove(&self, path: &str) -> &Self {
        self.git(&["rm", "-rq", "--", path]);
        self
    }

    /// Moves a file without committing it.
    pub fn rename(&self, from: &str, to: &str) -> &Self {
        if let Some(parent) = self.path.join(to).parent() {
            std::fs::create_dir_all(parent).expect("parents are directories");
        }
        self.git(&["mv", "--", from, to]);
        self
    }

    /// An annotated tag on the current commit.
    pub fn tag(&self, name: &str) -> &Self {
        self.git(&["tag", "-a", "-m", name, "--", name]);
        self
    }

    /// Creates a branch here and switches to it.
    pub fn branch(&self, name: &str) -> &Self {
        self.git(&["switch", "-q", "-c", name]);
        self
    }

    pub fn switch(&self, name: &str) -> &Self {
        self.git(&["switch", "-q", name]);
        self
    }

    /// A merge commit even where a fast-forward would do.
    pub fn merge(&self, branch: &str, message: &str) -> &Self {
        self.git(&["merge", "-q", "--no-ff", "--no-verify", "-m", message, branch]);
        self.minute_passes()
    }

    fn minute_passes(&self) -> &Self {
        self.seconds.fetch_add(60, Ordering::Relaxed);
        self
    }

    /// Who commits from now on.
    pub fn author(&self, name: &str, email: &str) -> &Self {
        *self.author.lock().expect("no test panics while naming an author") = (name.to_string(), email.to_string());
        self
    }

    /// The full object name of what is checked out.
    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Feeds a `git fast-import` stream: how large histories are made quickly.
    pub fn import(&self, stream: &[u8]) -> &Self {
        self.git_with(&["fast-import", "--quiet", "--force"], stream);
        self
    }

    /// Any git command, for what has no method. Returns its trimmed output; a failure fails the test with git's words.
    pub fn git(&self, args: &[&str]) -> String {
        self.git_with(args, b"")
    }

    fn git_with(&self, args: &[&str], input: &[u8]) -> String {
        let mut child = self
            .command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git is installed");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin.write_all(input).expect("git reads its input to the end");
        drop(stdin);
        let output = child.wait_with_output().expect("git can be waited for");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }

    fn command(&self) -> Command {
        let at = format!("{} +0000", self.seconds.load(Ordering::Relaxed));
        let (name, email) = self.author.lock().expect("no test panics while naming an author").clone();
        let mut command = Command::new("git");
        command
            .current_dir(&self.path)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C")
            .envs([("GIT_AUTHOR_DATE", &at), ("GIT_COMMITTER_DATE", &at)])
            .envs([("GIT_AUTHOR_NAME", &name), ("GIT_COMMITTER_NAME", &name)])
            .envs([("GIT_AUTHOR_EMAIL", &email), ("GIT_COMMITTER_EMAIL", &email)])
            .args(["-c", "protocol.file.allow=always", "-c", "maintenance.auto=false", "-c", "gc.auto=0"]);
        command
    }
}
