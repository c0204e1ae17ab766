//! How long does reading a change take beside `git log` plus `git diff` of the same range, and how much memory?
//!
//! Two generated repositories: 150 commits with a diff of about 3 MB (at most 2 × git's time), and 10,000 commits (at most
//! 3 ×, and under 300 MB). `SLIPWAY_BENCH_RANGE="PATH FROM TO"` adds a range of a real repository, printed without a limit.

use slipway::adapters::changes::git::Git;
use slipway::domain::change::RangeAsk;
use slipway::features::draft::digest::digest;
use slipway::ports::changes::Changes;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MEMORY_AT_MOST_MB: f64 = 300.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut failed = Vec::new();
    println!("{:<34} {:>8} {:>10} {:>10} {:>7} {:>9}", "range", "diff MB", "git ms", "ours ms", "ratio", "peak MB");
    for (name, commits, lines, at_most) in
        [("150 commits, 3 MB of diff", 150, 400, 2.0), ("10,000 commits", 10_000, 8, 3.0)]
    {
        let repo = dir.path().join(commits.to_string());
        generate(&repo, commits, lines);
        let (ratio, peak) = measure(&runtime, name, &repo, "start", "main");
        if ratio > at_most {
            failed.push(format!("{name}: {ratio:.2} × git's time, at most {at_most}"));
        }
        if peak > MEMORY_AT_MOST_MB {
            failed.push(format!("{name}: {peak:.0} MB at the peak, at most {MEMORY_AT_MOST_MB}"));
        }
    }
    if let Ok(real) = std::env::var("SLIPWAY_BENCH_RANGE") {
        let words: Vec<&str> = real.split_whitespace().collect();
        let [path, from, to] = words[..] else { panic!("SLIPWAY_BENCH_RANGE is `PATH FROM TO`") };
        measure(&runtime, &format!("{from}..{to}"), Path::new(path), from, to);
    }
    assert!(failed.is_empty(), "{failed:?}");
}

/// The best of five of each, taken in turns so that both see the same machine; the ratio and our peak in MB.
fn measure(runtime: &tokio::runtime::Runtime, name: &str, repo: &Path, from: &str, to: &str) -> (f64, f64) {
    let (mut git, mut ours) = (Duration::MAX, Duration::MAX);
    let mut size = 0;
    reset_peak();
    for _ in 0..5 {
        let begun = Instant::now();
        read(repo, &["log", "--end-of-options", &format!("{from}..{to}")]);
        size = read(repo, &["diff", "--end-of-options", from, to]);
        git = git.min(begun.elapsed());
        let begun = Instant::now();
        runtime.block_on(ours_once(repo, from, to));
        ours = ours.min(begun.elapsed());
    }
    let (ratio, peak) = (ours.as_secs_f64() / git.as_secs_f64(), peak_mb());
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{name:<34} {:>8.1} {:>10.1} {:>10.1} {ratio:>7.2} {peak:>9.0}", size as f64 / 1e6, ms(git), ms(ours));
    (ratio, peak)
}

async fn ours_once(repo: &Path, from: &str, to: &str) {
    let git = Git::new();
    let ask = RangeAsk { from: Some(from.to_owned()), to: Some(to.to_owned()) };
    let range = git.resolve(repo, &ask).await.expect("the range is there");
    let changes = git.collect(repo, &range, &|_| {}).await.expect("it can be read");
    let digest = digest(&changes);
    assert_eq!(digest.seen.commits, range.commits);
}

/// Reads all that git prints, as whoever pipes it would; returns how much it was.
fn read(repo: &Path, args: &[&str]) -> u64 {
    let mut child =
        Command::new("git").arg("-C").arg(repo).args(args).stdout(Stdio::piped()).spawn().expect("git starts");
    let size = std::io::copy(&mut child.stdout.take().expect("piped"), &mut std::io::sink()).expect("read");
    assert!(child.wait().expect("it ends").success());
    size
}

/// A repository with believable paths, code-like lines and messages; every commit rewrites part of one of 600 files.
fn generate(repo: &Path, commits: usize, lines: usize) {
    let run = |args: &[&str]| assert!(Command::new("git").args(args).status().expect("git starts").success());
    run(&["init", "--quiet", "--bare", "--initial-branch=main", &repo.to_string_lossy()]);
    let mut import = Command::new("git")
        .arg("-C")
        .arg(repo)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git starts");
    let mut to = std::io::BufWriter::new(import.stdin.take().expect("piped"));
    let mut random = 1_u64;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    let words = [
        "retry", "ledger", "invoice", "timeout", "cursor", "tenant", "quota", "refund", "shard", "token", "queue",
        "batch",
    ];
    for commit in 0..=commits {
        let word = words[next() as usize % words.len()];
        let message = format!(
            "feat({word}): handle {word} of tenant {} (#{commit})\n\nCloses PAY-{}\n",
            next() % 100,
            next() % 5_000 + 1
        );
        let at = 1_700_000_000 + commit * 600;
        writeln!(
            to,
            "commit refs/heads/main\ncommitter Build Engineer <build@example.com> {at} +0000\ndata {}\n{message}",
            message.len()
        )
        .expect("written");
        let file = next() % 600;
        let body: String = (0..lines)
            .map(|line| format!("    let {word}_{} = {word}::load({}, {line})?;\n", next() % 10_000, next() % 10_000))
            .collect();
        writeln!(
            to,
            "M 100644 inline src/{}/{word}_{file}.rs\ndata {}\n{body}",
            words[file as usize % words.len()],
            body.len()
        )
        .expect("written");
        if commit == 0 {
            writeln!(to, "reset refs/tags/start\nfrom refs/heads/main\n").expect("written");
        }
    }
    drop(to);
    assert!(import.wait().expect("it ends").success());
}

fn reset_peak() {
    // Writing 5 sets the peak back to what is held now; where that is not allowed the peak only looks larger.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux machine");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("VmHWM");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1e3
}
