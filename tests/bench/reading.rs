//! How long does reading a change take beside `git log` plus `git diff` of the same range, and how much memory?
//!
//! Three generated repositories: 150 commits with a diff of about 3 MB, once of lines that replace others and once of new
//! files (at most 2 × git's time), and 10,000 commits (at most 3 ×, and under 300 MB). Ours is everything from two names to
//! the digest; what of it finds both ends is told beside.
//! `SLIPWAY_BENCH_RANGE="PATH FROM TO"` adds a range of a real repository, printed without a limit.

use slipway::adapters::changes::git::Git;
use slipway::domain::background::Background;
use slipway::domain::change::RangeAsk;
use slipway::domain::service::Source;
use slipway::features::draft::digest::digest;
use slipway::ports::changes::Changes;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MEMORY_AT_MOST_MB: f64 = 300.0;
/// Each range is read so often at least, and so long: the quick ones need more rounds until both sides had the machine for
/// themselves once.
const ROUNDS: usize = 10;
const TIME: Duration = Duration::from_secs(5);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut failed = Vec::new();
    println!("{:<28} diff MB    git ms   ours ms  ratio  ends ms  peak MB", "range");
    for (name, commits, lines, begin, at_most) in [
        ("150 commits, edits", 150, 210, Begin::Full, 2.0),
        ("150 commits, new files", 150, 440, Begin::Empty, 2.0),
        ("10,000 commits", 10_000, 9, Begin::Full, 3.0),
    ] {
        let repo = dir.path().join(name);
        generate(&repo, commits, lines, begin);
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

/// The best of each, taken in turns so that both see the same machine; the ratio and our peak in MB.
fn measure(runtime: &tokio::runtime::Runtime, name: &str, repo: &Path, from: &str, to: &str) -> (f64, f64) {
    let (mut git, mut ends, mut ours) = (Duration::MAX, Duration::MAX, Duration::MAX);
    let mut size = 0;
    reset_peak();
    let all = Instant::now();
    for round in 0.. {
        if round >= ROUNDS && all.elapsed() >= TIME {
            break;
        }
        let begun = Instant::now();
        read(repo, &["log", "--end-of-options", &format!("{from}..{to}")]);
        size = read(repo, &["diff", "--end-of-options", from, to]);
        git = git.min(begun.elapsed());
        let (found, digested) = runtime.block_on(ours_once(repo, from, to));
        ends = ends.min(found);
        ours = ours.min(digested);
    }
    let (ratio, peak) = (ours.as_secs_f64() / git.as_secs_f64(), peak_mb());
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (size, git, ours, ends) = (size as f64 / 1e6, ms(git), ms(ours), ms(ends));
    println!("{name:<28} {size:>7.1} {git:>9.1} {ours:>9.1} {ratio:>6.2} {ends:>8.1} {peak:>8.0}");
    (ratio, peak)
}

/// How long until both ends are found, and until what lies between is digested.
async fn ours_once(repo: &Path, from: &str, to: &str) -> (Duration, Duration) {
    let git = Git::new();
    let ask = RangeAsk { from: Some(from.to_owned()), to: Some(to.to_owned()) };
    let begun = Instant::now();
    let range = git.resolve(&Source::at(repo.to_owned()), &ask).await.expect("the range is there");
    let found = begun.elapsed();
    let changes = git.collect(&Source::at(repo.to_owned()), &range, &|_| {}).await.expect("it can be read");
    let digest = digest(&changes, &Background::default());
    let digested = begun.elapsed();
    assert_eq!(digest.seen.commits, range.commits);
    (found, digested)
}

/// Reads all that git prints, as whoever pipes it would; returns how much it was.
fn read(repo: &Path, args: &[&str]) -> u64 {
    let mut child =
        Command::new("git").arg("-C").arg(repo).args(args).stdout(Stdio::piped()).spawn().expect("git starts");
    let size = std::io::copy(&mut child.stdout.take().expect("piped"), &mut std::io::sink()).expect("read");
    assert!(child.wait().expect("it ends").success());
    size
}

/// What a repository holds at `start`.
#[derive(Clone, Copy, PartialEq)]
enum Begin {
    /// 600 files; every commit rewrites `lines` lines of one of them, in three places.
    Full,
    /// One file; every commit adds one of `lines` lines.
    Empty,
}

/// A repository with believable paths, code-like lines and messages.
fn generate(repo: &Path, commits: usize, lines: usize, begin: Begin) {
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
        usize::try_from(random >> 33).expect("31 bits fit")
    };
    // Half of the words are of the kind that risk facts look for.
    let words = [
        "retry", "ledger", "invoice", "timeout", "cursor", "tenant", "quota", "refund", "shard", "token", "queue",
        "batch",
    ];
    let word_of = |file: usize| words[file % words.len()];
    let mut line = |word: &str| format!("    let {word}_{} = {word}::load({})?;\n", next() % 10_000, next() % 10_000);
    let (standing, length) = if begin == Begin::Full { (600, lines * 2 + 60) } else { (1, lines) };
    let mut files: Vec<Vec<String>> = (0..600).map(|file| (0..length).map(|_| line(word_of(file))).collect()).collect();
    for commit in 0..=commits {
        let touched: Vec<usize> = if commit == 0 { (0..standing).collect() } else { vec![commit * 7 % files.len()] };
        let word = word_of(touched[0]);
        if commit > 0 && begin == Begin::Full {
            let text = &mut files[touched[0]];
            let third = text.len() / 3;
            for place in 0..3 {
                for at in 0..lines / 3 {
                    text[place * third + at] = line(word);
                }
            }
        }
        let message =
            format!("feat({word}): handle {word} of tenant {commit} (#{commit})\n\nCloses PAY-{}\n", commit + 1);
        let at = 1_700_000_000 + commit * 600;
        let size = message.len();
        writeln!(
            to,
            "commit refs/heads/main\ncommitter Build Engineer <build@example.com> {at} +0000\ndata {size}\n{message}"
        )
        .expect("written");
        for file in touched {
            let body = files[file].concat();
            let word = word_of(file);
            writeln!(to, "M 100644 inline src/{word}/{word}_{file}.rs\ndata {}\n{body}", body.len()).expect("written");
        }
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
