//! What does the program itself do, as somebody at a terminal sees it?

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Longer than any start or stop takes; who waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program with an environment of its own: nothing of the machine's configuration is in it.
pub fn slipway(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
    let ours = ["SLIPWAY_CONFIG", "SLIPWAY_DATA_DIR", "SLIPWAY_MODEL_BASE_URL", "SLIPWAY_MODELS", "SLIPWAY_MODEL_KEY"];
    for name in ours.into_iter().chain(["RUST_LOG"]) {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// How a bot is started, time after time.
#[derive(Debug, Clone)]
pub struct Setup {
    pub data: PathBuf,
    pub repo: PathBuf,
    /// The model server's address; without one rules write.
    pub model: Option<String>,
}

/// The running bot. It is killed when this is dropped.
pub struct Bot {
    child: Child,
    pub url: String,
    said: Arc<Mutex<String>>,
    listening: JoinHandle<()>,
}

impl Setup {
    pub fn new(data: &Path, repo: &Path, model: Option<String>) -> Self {
        Self { data: data.to_owned(), repo: repo.to_owned(), model }
    }

    /// A process that was just started and may not be ready.
    pub fn spawn(&self) -> Child {
        let mut command = slipway(&["run", "--listen", "127.0.0.1:0"]);
        command.arg("--data-dir").arg(&self.data).arg("--repo").arg(&self.repo);
        if let Some(url) = &self.model {
            command.env("SLIPWAY_MODEL_BASE_URL", url).env("SLIPWAY_MODELS", "small");
        }
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Starts and waits until it greets.
    pub async fn start(&self) -> Bot {
        let mut child = self.spawn();
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();
        let said = Arc::new(Mutex::new(String::new()));
        let greeting = tokio::time::timeout(PATIENCE, async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some((_, rest)) = line.split_once("Slipway is running: ") {
                    return rest.split_whitespace().next().map(str::to_owned);
                }
                note(&said, &line);
            }
            None
        });
        let url = greeting.await.expect("it greets in time");
        let url = url.unwrap_or_else(|| panic!("it did not start: {}", heard(&said)));
        let more = Arc::clone(&said);
        let listening = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                note(&more, &line);
            }
        });
        Bot { child, url, said, listening }
    }
}

impl Bot {
    pub fn process(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// `kill -9`.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it runs, so it can be killed");
    }

    /// `kill -TERM`, and how it ended after how long.
    pub async fn terminate(mut self) -> (ExitStatus, Duration, String) {
        let process = self.process().to_string();
        let begun = Instant::now();
        let told = Command::new("kill").args(["-TERM", &process]).status().await.expect("there is a `kill`");
        assert!(told.success(), "process {process} can be told to stop");
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops").expect("it was ours");
        let took = begun.elapsed();
        self.listening.await.expect("the listener does not panic");
        (ended, took, heard(&self.said))
    }
}

fn note(said: &Mutex<String>, line: &str) {
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    said.push_str(line);
    said.push('\n');
}

fn heard(said: &Mutex<String>) -> String {
    said.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
