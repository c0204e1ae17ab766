//! How soon is it ready, how much does it hold while idle, how large is it? Limits, not ratios: there is no peer to start.
//!
//! Fails when start to ready takes 1 s or more, or the idle process holds 60 MB or more.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const READY_WITHIN: Duration = Duration::from_secs(1);
const IDLE_AT_MOST_MB: f64 = 60.0;

fn main() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut best = Duration::MAX;
    let mut idle_mb = f64::MAX;
    for round in 0..5 {
        let data = dir.path().join(format!("data-{round}"));
        let begun = Instant::now();
        let (mut bot, address) = start(&data);
        assert!(page(&address).starts_with("HTTP/1.1 200"), "the first page is there");
        best = best.min(begun.elapsed());
        if round == 0 {
            std::thread::sleep(Duration::from_secs(3));
            idle_mb = resident_mb(bot.id());
        }
        bot.kill().expect("ours to end");
        bot.wait().expect("it ended");
    }
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_slipway")).expect("the binary").len();
    println!("start to first page   {:>8.0} ms   limit {} ms", best.as_secs_f64() * 1e3, READY_WITHIN.as_millis());
    println!("idle memory (RSS)     {idle_mb:>8.1} MB   limit {IDLE_AT_MOST_MB} MB");
    println!("binary                {:>8.1} MB", binary as f64 / 1e6);
    assert!(best < READY_WITHIN, "it must be ready within {READY_WITHIN:?}");
    assert!(idle_mb < IDLE_AT_MOST_MB, "it must hold less than {IDLE_AT_MOST_MB} MB while idle");
}

/// Starts the bot on any free port and reads its address from the first line it says.
fn start(data: &std::path::Path) -> (Child, String) {
    let mut bot = Command::new(env!("CARGO_BIN_EXE_slipway"))
        .args(["run", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data)
        .args(["--repo", env!("CARGO_MANIFEST_DIR")])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut said = BufReader::new(bot.stderr.take().expect("piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("it greets");
    let address =
        line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("an address").to_owned();
    // Whatever else it says is read, so that it never waits for us.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    (bot, address)
}

fn page(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET /c/releases HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}

fn resident_mb(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a Linux machine");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1e3
}
