//! Does the compressed context keep the ids and words that people's own release notes mention, within its budget and time?
//!
//! Always runs on a generated repository. Real numbers come from real ranges: `SLIPWAY_BENCH_RANGES` names a file with one
//! range a line, `repository path`, `from`, `to` and `path of the changelog in the repository`, separated by blanks or tabs;
//! `#` begins a comment. Clone projects that write their own changelogs, then
//! `SLIPWAY_BENCH_RANGES=ranges.tsv cargo bench --bench compression`.
//!
//! The truth of a range is the section of its changelog, at `to`, that names the version. Changelogs and changelog fragments
//! are taken out of what is read, or the answer would leak. An id counts when log or diff have it too (nobody could know the
//! others); all of the note's content words count, and those that log or diff have are reported beside them. The baseline is
//! subjects plus the bodies of merges, newest first, cut at the same budget.
//!
//! Fails when a context is over 2,300 tokens (`o200k_base` or `cl100k_base`), when 100 ms of CPU were used on a range, when
//! the ranges keep under 97 % of ids or 75 % of words on average, or when that is not clearly more than the baseline keeps.

#[path = "compression/score.rs"]
mod score;
#[path = "compression/synthetic.rs"]
mod synthetic;

use anyhow::{Context as _, Result, ensure};
use score::{Score, Truth};
use slipway::adapters::changes::git::Git;
use slipway::domain::background::Background;
use slipway::domain::change::{ChangeSet, RangeAsk};
use slipway::domain::service::Source;
use slipway::features::draft::compress::{compress, tokens};
use slipway::features::draft::digest::digest;
use slipway::ports::changes::Changes;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const BUDGET: usize = 2_300;
const CPU: Duration = Duration::from_millis(100);
/// Averages over all ranges: the promise, and how much more than the baseline is "clearly".
const IDS: f64 = 0.97;
const WORDS: f64 = 0.75;
const CLEARLY: f64 = 1.08;
/// The best of so many runs is the time: the others were disturbed.
const RUNS: usize = 5;

struct Ask {
    repository: PathBuf,
    from: String,
    to: String,
    changelog: String,
}

struct Row {
    name: String,
    raw_tokens: usize,
    context_tokens: usize,
    other_tokens: usize,
    cpu: Duration,
    ours: Score,
    baseline: Score,
}

fn main() -> Result<()> {
    let generated = tempfile::tempdir().context("a directory for the generated repository")?;
    let mut asks = vec![synthetic::generate(generated.path())?];
    if let Some(list) = std::env::var_os("SLIPWAY_BENCH_RANGES") {
        let text = std::fs::read_to_string(&list).with_context(|| format!("the ranges in {}", list.display()))?;
        asks.extend(text.lines().filter_map(ask));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let loading = Instant::now();
    tokens::count("load the vocabulary");
    println!("vocabulary loaded in {} ms, once per process\n", loading.elapsed().as_millis());
    heading();
    let mut rows = Vec::new();
    for ask in &asks {
        match runtime.block_on(measure(ask)) {
            Ok(row) => {
                print(&row);
                rows.push(row);
            }
            Err(error) => println!("{} {}..{}: left out, {error:#}", ask.repository.display(), ask.from, ask.to),
        }
    }
    ensure!(!rows.is_empty(), "nothing was measured");
    verdict(&rows)
}

fn ask(line: &str) -> Option<Ask> {
    let mut parts = line.split('#').next()?.split_whitespace().map(str::to_string);
    Some(Ask { repository: parts.next()?.into(), from: parts.next()?, to: parts.next()?, changelog: parts.next()? })
}

async fn measure(ask: &Ask) -> Result<Row> {
    let changes = collect(ask).await?;
    let changelog = synthetic::git(&ask.repository, &["show", &format!("{}:{}", ask.to, ask.changelog)])?;
    let section = score::section(&changelog, &ask.to).context("its changelog has no section for the version")?;
    let truth = Truth::of(&section, &raw_text(&changes));
    ensure!(truth.words.len() >= 8, "its section has {} words", truth.words.len());
    let digest = digest(&changes, &Background::default());
    let mut cpu = Duration::MAX;
    for _ in 1..RUNS {
        let before = cpu_time();
        std::hint::black_box(compress(&changes, &digest, BUDGET));
        cpu = cpu.min(cpu_time().saturating_sub(before));
    }
    let context = compress(&changes, &digest, BUDGET);
    let baseline = baseline(&changes);
    Ok(Row {
        name: format!("{} {}", called(&ask.repository), changes.range.label()),
        raw_tokens: context.raw_tokens,
        context_tokens: tokens::count(&context.context),
        other_tokens: tiktoken_rs::cl100k_base_singleton().encode_ordinary(&context.context).len(),
        cpu,
        ours: truth.score(&context.context),
        baseline: truth.score(&baseline),
    })
}

async fn collect(ask: &Ask) -> Result<ChangeSet> {
    let git = Git::new();
    let range = RangeAsk { from: Some(ask.from.clone()), to: Some(ask.to.clone()) };
    let range = git
        .resolve(&Source::at(ask.repository.clone()), &range)
        .await
        .map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    let mut changes = git
        .collect(&Source::at(ask.repository.clone()), &range, &|_| {})
        .await
        .map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    changes.files.retain(|file| !score::is_changelog(&file.path));
    Ok(changes)
}

fn raw_text(changes: &ChangeSet) -> String {
    let log = changes.commits.iter().flat_map(|commit| [commit.subject.as_str(), commit.body.as_str()]);
    let diff = changes.files.iter().flat_map(|file| &file.hunks).map(|hunk| hunk.body.as_str());
    log.chain(diff).collect::<Vec<_>>().join("\n")
}

/// Subjects plus merge bodies, cut at the budget.
fn baseline(changes: &ChangeSet) -> String {
    let mut text = String::new();
    for commit in &changes.commits {
        text.push_str(&commit.subject);
        text.push('\n');
        if commit.is_merge {
            text.push_str(&commit.body);
            text.push('\n');
        }
    }
    let vocabulary = tiktoken_rs::o200k_base_singleton();
    let tokens = vocabulary.encode_ordinary(&text);
    let kept = vocabulary.decode_bytes(&tokens[..tokens.len().min(BUDGET)]).unwrap_or_default();
    String::from_utf8_lossy(&kept).into_owned()
}

/// CPU time of this thread where the kernel tells it, else the time of day, which is never less.
fn cpu_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = told.and_then(|line| line.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    spent.unwrap_or_else(|| START.elapsed())
}

fn heading() {
    println!(
        "{:42} {:>9} {:>7} {:>7} {:>7} | {:>6} {:>6} {:>7} | {:>9} {:>7}",
        "range", "raw", "context", "cl100k", "ms CPU", "ids", "words", "in raw", "base ids", "words"
    );
}

fn print(row: &Row) {
    println!(
        "{:42} {:>9} {:>7} {:>7} {:>7.1} | {:>5.1}% {:>5.1}% {:>6.1}% | {:>8.1}% {:>6.1}%",
        row.name,
        row.raw_tokens,
        row.context_tokens,
        row.other_tokens,
        row.cpu.as_secs_f64() * 1e3,
        100.0 * row.ours.ids.unwrap_or(1.0),
        100.0 * row.ours.words,
        100.0 * row.ours.words_in_raw,
        100.0 * row.baseline.ids.unwrap_or(1.0),
        100.0 * row.baseline.words,
    );
}

fn verdict(rows: &[Row]) -> Result<()> {
    let ids = |score: fn(&Row) -> &Score| mean(rows.iter().filter_map(|row| score(row).ids));
    let words = |score: fn(&Row) -> &Score| mean(rows.iter().map(|row| score(row).words));
    let (our_ids, base_ids) = (ids(|row| &row.ours), ids(|row| &row.baseline));
    let (our_words, base_words) = (words(|row| &row.ours), words(|row| &row.baseline));
    println!(
        "\n{} ranges, mean: ids {:.1} % (baseline {:.1} %), words {:.1} % (baseline {:.1} %)",
        rows.len(),
        100.0 * our_ids,
        100.0 * base_ids,
        100.0 * our_words,
        100.0 * base_words
    );
    for row in rows {
        let most = row.context_tokens.max(row.other_tokens);
        ensure!(most <= BUDGET, "{}: the context has {most} tokens of {BUDGET}", row.name);
        ensure!(row.cpu < CPU, "{}: {:?} of CPU are not under {CPU:?}", row.name, row.cpu);
    }
    ensure!(
        our_ids >= IDS && our_ids >= base_ids,
        "ids: {our_ids:.3} is under {IDS} or under the baseline's {base_ids:.3}"
    );
    ensure!(our_words >= WORDS, "words: {our_words:.3} is under {WORDS}");
    ensure!(
        our_words >= CLEARLY * base_words,
        "words: {our_words:.3} is not {CLEARLY} times the baseline's {base_words:.3}"
    );
    Ok(())
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 1.0 } else { sum / f64::from(count) }
}

/// The last parts of a repository's path, which tell mirrors apart that are all called `repo`.
fn called(repository: &Path) -> String {
    let parts: Vec<_> = repository.iter().map(|part| part.to_string_lossy()).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

/// Where a repository is, for the list of what is measured.
fn at(repository: &Path, from: &str, to: &str, changelog: &str) -> Ask {
    Ask {
        repository: repository.to_path_buf(),
        from: from.to_string(),
        to: to.to_string(),
        changelog: changelog.to_string(),
    }
}
