//! Does the memory of incidents find what is meant, is it silent about what it does not know, and how fast is it?
//!
//! Quality on 171 real reports, against BM25 by the crate of that name over the same texts: titles and lessons that were taken
//! out of their report, and queries written by hand in other words (`retrieval/paraphrases.tsv`); queries that concern no incident
//! must find none (`retrieval/nothing.txt`). Speed and memory on generated incidents. Without the reports, or without an
//! embedder, that part is not run and is said so.

use slipway::adapters::embedder::fastembed::FastEmbed;
use slipway::config::Config;
use slipway::domain::incident::{ChangeClass, Component};
use slipway::features::incidents::import::{self, Report};
use slipway::features::incidents::recap::recap;
use slipway::features::recall::Wanted;
use slipway::ports::embedder::Embedder;
use slipway::retrieval::classes::Classes;
use slipway::retrieval::{Entry, Index, Query};
use slipway::wiring::{self, Memory};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Answers looked at for each query.
const DEEP: usize = 10;

fn main() {
    let mut failed = Vec::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let file = shared.join("data/incidents/incidents.jsonl");
    let reports = if file.exists() { import::read(&file).expect("readable").reports } else { Vec::new() };
    if reports.is_empty() {
        not_run("quality of retrieval: the reports are not here");
    } else {
        failed.extend(runtime.block_on(quality(&reports, &shared)));
        failed.extend(ingestion(&reports));
    }
    failed.extend(speed());
    failed.extend(runtime.block_on(with_embedding(&shared)));
    assert!(failed.is_empty(), "{failed:#?}");
}

fn not_run(what: &str) {
    println!("not run: {what}");
    if let Ok(list) = std::env::var("SLIPWAY_NOT_RUN") {
        use std::io::Write as _;
        let file = std::fs::OpenOptions::new().append(true).create(true).open(list);
        file.and_then(|mut file| writeln!(file, "{what}")).expect("the list is ours");
    }
}

fn embedder(shared: &Path) -> Option<Config> {
    let mut config = Config::default();
    let library = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from)?;
    config.embedder.model_dir = Some(shared.join("models/all-MiniLM-L6-v2"));
    config.embedder.onnxruntime = Some(library);
    config.embedder.model_dir.as_ref().is_some_and(|dir| dir.is_dir()).then_some(config)
}

async fn memory(config: &Config, reports: &[Report]) -> Memory {
    let memory = Memory::build(config, wiring::memory_store()).expect("a memory");
    import::keep(&memory.records, reports, &[], memory.clock.now()).await.expect("kept");
    import::embed(&memory.recall, |_| ()).await.expect("embedded");
    memory
}

/// A report from which its title and its lesson were taken, and both.
struct HeldOut {
    report: Report,
    title: String,
    lesson: String,
}

fn held_out(report: &Report) -> HeldOut {
    let lesson = recap(&report.title, &report.text, &[], None).lesson;
    let head: String = lesson.chars().take(40).collect();
    let without = |text: &str| {
        let lines = text.lines().filter(|line| {
            let plain = line.trim_start_matches(['#', '-', '*', ' ']).replace(['`', '*'], "");
            !plain.eq_ignore_ascii_case(&report.title) && (head.len() < 12 || !plain.contains(&head))
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let report = Report { title: String::new(), text: without(&report.text), ..report.clone() };
    HeldOut { title: String::new(), lesson, report }
}

async fn quality(reports: &[Report], shared: &Path) -> Vec<String> {
    let mut failed = Vec::new();
    let held: Vec<HeldOut> = reports
        .iter()
        .map(|report| HeldOut { title: report.title.clone(), ..held_out(report) })
        .filter(|one| one.report.text.split_whitespace().count() > 5)
        .collect();
    let stripped: Vec<Report> = held.iter().map(|one| one.report.clone()).collect();
    // The same title twice asks for neither.
    let mut often: HashMap<&str, usize> = HashMap::new();
    held.iter().for_each(|one| *often.entry(one.title.as_str()).or_default() += 1);
    let titles: Vec<(String, String)> = held
        .iter()
        .filter(|one| often[one.title.as_str()] == 1)
        .map(|one| (one.report.name.clone(), one.title.clone()))
        .collect();
    let lessons: Vec<(String, String)> = held
        .iter()
        .filter(|one| one.lesson.split_whitespace().count() >= 6)
        .map(|one| (one.report.name.clone(), one.lesson.clone()))
        .collect();
    let paraphrases: Vec<(String, String)> = include_str!("retrieval/paraphrases.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, query)| (name.to_owned(), query.to_owned()))
        .collect();
    let config = embedder(shared);
    let means = if config.is_some() { "hybrid" } else { "words" };
    if config.is_none() {
        not_run("retrieval by meaning: ORT_DYLIB_PATH names no ONNX runtime, or the model is not here");
    }
    let config = config.unwrap_or_default();
    let (bare, whole) = (memory(&config, &stripped).await, memory(&config, reports).await);
    println!("{:<28} queries  BM25 MRR  {means} MRR  in first 3", "known item");
    for (name, queries, memory, texts) in
        [("title, taken out", &titles, &bare, &stripped), ("lesson, taken out", &lessons, &bare, &stripped)]
    {
        failed.extend(known_item(name, queries, memory, texts, means).await);
    }
    failed.extend(known_item("other words, by hand", &paraphrases, &whole, reports, means).await);
    failed.extend(silence(&whole).await);
    failed
}

async fn known_item(
    name: &str,
    queries: &[(String, String)],
    memory: &Memory,
    texts: &[Report],
    means: &str,
) -> Option<String> {
    let corpus: Vec<bm25::Document<usize>> =
        (0..).zip(texts).map(|(n, one)| bm25::Document::new(n, format!("{}\n{}", one.title, one.text))).collect();
    let peer = bm25::SearchEngineBuilder::<usize>::with_documents(bm25::Language::English, corpus).build();
    let (mut theirs, mut ours, mut first) = (0.0, 0.0, 0);
    for (wanted, query) in queries {
        let ranked = peer.search(query, DEEP);
        theirs += reciprocal(ranked.iter().map(|hit| texts[hit.document.id].name.as_str()), wanted);
        let found = memory.recall.find(&[Wanted::text(query)], DEEP).await.expect("found").pop().unwrap_or_default();
        let rank = reciprocal(found.iter().map(|one| one.incident.name.as_str()), wanted);
        if std::env::var("SLIPWAY_BENCH_MISSES").is_ok() && rank < 0.3 {
            println!("  {rank:.2} {wanted}: {query}");
        }
        ours += rank;
        first += usize::from(rank > 0.3);
    }
    let all = queries.len() as f64;
    let (theirs, ours) = (theirs / all, ours / all);
    println!("{name:<28} {:>7}  {theirs:>8.3}  {ours:>10.3}  {first:>10}", queries.len());
    (means == "hybrid" && ours <= theirs).then(|| format!("{name}: MRR {ours:.3}, BM25 alone has {theirs:.3}"))
}

fn reciprocal<'a>(mut names: impl Iterator<Item = &'a str>, wanted: &str) -> f64 {
    names.position(|name| name == wanted).map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

async fn silence(memory: &Memory) -> Option<String> {
    let queries: Vec<&str> = include_str!("retrieval/nothing.txt").lines().collect();
    let mut wrong = Vec::new();
    for query in &queries {
        let found = memory.recall.find(&[Wanted::text(*query)], 1).await.expect("found").pop().unwrap_or_default();
        wrong.extend(
            found
                .first()
                .map(|one| format!("{query}: {} ({:.2}, {})", one.incident.title(60), one.hit.score, one.why())),
        );
    }
    println!("silent about {} of {} queries that concern no incident", queries.len() - wrong.len(), queries.len());
    for wrong in &wrong {
        println!("  spoke about {wrong}");
    }
    (wrong.len() * 20 > queries.len())
        .then(|| format!("{} of {} irrelevant queries found something", wrong.len(), queries.len()))
}

/// Posts condensed by rules in a second; 50 are promised.
fn ingestion(reports: &[Report]) -> Option<String> {
    let begun = Instant::now();
    for report in reports {
        std::hint::black_box(recap(&report.title, &report.text, &["payments", "ledger"], None));
    }
    let a_second = reports.len() as f64 / begun.elapsed().as_secs_f64();
    println!("condensed by rules: {a_second:.0} reports a second");
    (a_second < 50.0).then(|| format!("{a_second:.0} reports a second, 50 are promised"))
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }
}

const DIMENSION: usize = 384;

fn vector(dice: &mut Dice) -> Vec<f32> {
    let numbers: Vec<f32> = (0..DIMENSION).map(|_| dice.roll(2_001) as f32 / 1_000.0 - 1.0).collect();
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    numbers.into_iter().map(|number| number / length).collect()
}

fn text(dice: &mut Dice, words: usize) -> String {
    // Frequent words are frequent: the square of a roll is near zero more often.
    let word = |dice: &mut Dice| format!("w{}", dice.roll(180) * dice.roll(180));
    (0..words).map(|_| word(dice)).collect::<Vec<_>>().join(" ")
}

fn filled(many: usize) -> Index {
    let mut dice = Dice(7);
    let mut index = Index::default();
    for id in 0..many {
        let (title, recap, body) = (text(&mut dice, 8), text(&mut dice, 30), text(&mut dice, 120));
        let vectors: Vec<Vec<f32>> = (0..3).map(|_| vector(&mut dice)).collect();
        let classes = Classes::of(&[Component::ALL[dice.roll(18)]], &[ChangeClass::ALL[dice.roll(10)]], &[]);
        index.put(
            id as u64,
            &Entry { title: &title, recap: &recap, text: &body, services: &[], classes, vectors: &vectors },
        );
    }
    index
}

fn speed() -> Vec<String> {
    let mut failed = Vec::new();
    let index = filled(10_000);
    let mut dice = Dice(99);
    let mut times: Vec<f64> = (0..400)
        .map(|_| {
            let (text, vector) = (text(&mut dice, 12), vector(&mut dice));
            let begun = Instant::now();
            std::hint::black_box(index.search(&Query { text: &text, vector: Some(&vector), ..Query::default() }, 10));
            begun.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let p99 = times[times.len() * 99 / 100];
    println!(
        "10,000 incidents: median {:.2} ms, p99 {p99:.2} ms without the query's embedding",
        times[times.len() / 2]
    );
    if p99 > 5.0 {
        failed.push(format!("p99 of a search is {p99:.2} ms, 5 ms are promised"));
    }
    drop(index);
    let before = resident();
    let index = filled(100_000);
    let grown = resident() - before;
    println!("100,000 incidents: {grown:.0} MB ({} entries)", index.len());
    if grown > 400.0 {
        failed.push(format!("100,000 incidents take {grown:.0} MB, 400 are promised"));
    }
    failed
}

/// The same search with its question embedded first, as a person's question is.
async fn with_embedding(shared: &Path) -> Option<String> {
    let Some(config) = embedder(shared) else {
        not_run("searches with the query's embedding: there is no embedder");
        return None;
    };
    let dir = config.embedder.model_dir.as_deref().expect("just looked");
    let embedder = FastEmbed::load(dir, config.embedder.onnxruntime.clone()).expect("an embedder");
    let index = filled(10_000);
    let questions = include_str!("retrieval/paraphrases.tsv").lines().filter_map(|line| line.split_once('\t'));
    let questions: Vec<String> = questions.map(|(_, question)| question.to_owned()).collect();
    embedder.embed(&questions[..1]).await.expect("the model is loaded");
    let mut times = Vec::new();
    for question in questions.iter().cycle().take(200) {
        let begun = Instant::now();
        let vector = embedder.embed(std::slice::from_ref(question)).await.expect("embedded").pop();
        std::hint::black_box(
            index.search(&Query { text: question, vector: vector.as_deref(), ..Query::default() }, 10),
        );
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("10,000 incidents: median {median:.2} ms, p99 {p99:.2} ms with the query's embedding");
    (p99 > 25.0).then(|| format!("p99 of a search with its embedding is {p99:.2} ms, 25 ms are promised"))
}

/// In MB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or_default() / 1_024.0
}
