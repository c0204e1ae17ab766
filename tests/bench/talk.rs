//! How soon is a plain question answered, what does our own work cost beside a model's, and what do 200 threads at once take?
//!
//! The real program on a store of its own, its web chat over HTTP (Slack and Discord take a few messages a second, which would be all that
//! is measured), and a simulated model. Times are those at which the program itself wrote down question
//! and answer. Fails when the 99th percentile of plain questions reaches 300 ms, when more than 5 % of the time of a question by a model goes by beside
//! asking it, or when one of 200 threads asked at once gets no answer.

#[expect(dead_code, reason = "the tests use more of the fake than a measurement does")]
#[path = "../it/support/fakes/openai/mod.rs"]
mod openai;
#[expect(dead_code, reason = "the tests use more of the builder than a measurement does")]
#[path = "../it/support/repo.rs"]
mod repo;

use chrono::{DateTime, FixedOffset};
use openai::{FakeOpenAi, Pace};
use repo::Repo;
use scraper::{Html, Selector};
use serde_json::json;
use slipway::records::Records;
use slipway::wiring;
use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const QUESTIONS: usize = 200;
const A_SECOND: usize = 20;
const ANSWERED_WITHIN_MS: f64 = 300.0;
const THREADS: usize = 200;
const BY_A_MODEL: usize = 4;
const OVERHEAD_AT_MOST: f64 = 0.05;
const ASKED: [&str; 5] = [
    "is there a freeze?",
    "why is note 1 risky?",
    "who approves note 1?",
    "what is live?",
    "what changed since yesterday?",
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    wiring::install_tls();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let repo = Repo::named("payments");
    repo.commit("Begin", &[("src/pay.rs", "pub fn pay() {}\n")]).tag("v1.0.0");
    let drop_column = "ALTER TABLE t DROP COLUMN legacy_id;\n";
    repo.commit("feat(db): drop the legacy id (#14)", &[("migrations/1_drop.sql", drop_column)]).tag("v1.1.0");
    let model = FakeOpenAi::start().await;
    let (mut bot, url) = start(&model, &repo, dir.path());
    let kim = Visitor::enter(&url).await;
    kim.says(None, "/release draft v1.0.0..v1.1.0").await;
    let begun = Instant::now();
    while !kim.page("/n/1").await.contains("Rollback") {
        assert!(begun.elapsed() < Duration::from_secs(60), "the note was not drafted");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = resident_mb(bot.0.id());

    let mut roots = Vec::new();
    for number in 0..QUESTIONS + THREADS + BY_A_MODEL {
        roots.push(kim.says(None, &format!("thread {number}")).await);
    }
    // An even pace, each question in a thread of its own.
    let begun = Instant::now();
    for (number, root) in roots[..QUESTIONS].iter().enumerate() {
        tokio::time::sleep_until((begun + Duration::from_secs_f64(number as f64 / A_SECOND as f64)).into()).await;
        kim.says(Some(root), &format!("@Slipway {}", ASKED[number % ASKED.len()])).await;
    }
    let took = kim.took(&roots[..QUESTIONS]).await;
    let of = |took: &[f64], share: f64| took[((took.len() - 1) as f64 * share) as usize];
    let p99 = of(&took, 0.99);
    println!(
        "lane one: {QUESTIONS} questions at {A_SECOND}/s, {:.0} ms (median), {p99:.0} ms (p99), {:.0} ms (worst)",
        of(&took, 0.5),
        of(&took, 1.0)
    );

    // Two hundred threads as fast as they can be asked.
    let asked = roots[QUESTIONS..QUESTIONS + THREADS].iter().enumerate().map(|(number, root)| {
        let (kim, text) = (&kim, format!("@Slipway {}", ASKED[number % ASKED.len()]));
        async move { kim.says(Some(root), &text).await }
    });
    futures::future::join_all(asked).await;
    let burst = kim.took(&roots[QUESTIONS..QUESTIONS + THREADS]).await;
    let busy = resident_mb(bot.0.id());
    println!(
        "{THREADS} threads at once: {:.0} ms in the middle, {:.0} ms for the last; memory {idle:.0} MB before, {busy:.0} MB after",
        of(&burst, 0.5),
        of(&burst, 1.0)
    );
    let overhead = by_a_model(&kim, &roots[QUESTIONS + THREADS..], &model, dir.path(), &mut bot.0).await;
    assert!(p99 < ANSWERED_WITHIN_MS, "p99 is {p99:.0} ms, less than {ANSWERED_WITHIN_MS} are wanted");
    assert_eq!(burst.len(), THREADS, "everybody is answered");
    assert!(overhead < OVERHEAD_AT_MOST, "our own work is {:.1} % of a question's time", overhead * 100.0);
}

/// The share of a question's time in which no model is asked.
async fn by_a_model(kim: &Visitor, roots: &[String], model: &FakeOpenAi, dir: &Path, bot: &mut Child) -> f64 {
    let before = model.asked().len();
    model.world().pace = Some(Pace::usual(1.0));
    let look = |argument: &str| json!({ "action": "look", "tool": "search", "argument": argument, "sentences": [] });
    let said = json!([{ "text": "The migration drops the column `legacy_id`.", "cites": ["risk:1"] }]);
    let end = json!({ "action": "answer", "tool": "", "argument": "", "sentences": said });
    // One after the other: what waits for the machine is not our work on the question.
    for (number, root) in roots.iter().enumerate() {
        model.says("question", [look(&format!("legacy{number}")), look("migrations"), end.clone()]);
        kim.says(Some(root), "@Slipway what of note 1 can not be taken back again?").await;
        let begun = Instant::now();
        while !kim.page(&format!("/c/releases/t/{root}")).await.contains("By model") {
            assert!(begun.elapsed() < Duration::from_secs(120), "no answer by the model");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    stop(bot);
    let records =
        Records::new(wiring::open_store(&dir.join("data")).expect("it was closed well"), wiring::system_clock());
    let kept = records.questions.list(100).await.expect("readable");
    let wall: f64 = kept.iter().filter_map(|one| one.answer.as_ref()).map(|answer| answer.milliseconds as f64).sum();
    let waited: f64 =
        kept.iter().filter_map(|one| one.answer.as_ref()).map(|answer| answer.model_milliseconds as f64).sum();
    let asked = model.asked().split_off(before);
    let pace: f64 = asked.iter().filter_map(|one| one.answered).map(|answered| answered.took.as_secs_f64() * 1e3).sum();
    let overhead = (wall - waited) / wall;
    println!(
        "lane two: {} questions of three requests each, {:.0} ms; {:.1} % of it beside asking, {:.1} % beside the model's own pace",
        kept.len(),
        wall / kept.len() as f64,
        overhead * 100.0,
        (wall - pace) / wall * 100.0
    );
    assert_eq!(kept.len(), BY_A_MODEL);
    overhead
}

/// The process; it ends with the measurement, however that ends.
struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        // Stopped well already, or failing anyway.
        let _ = self.0.kill();
    }
}

/// Somebody with a browser.
struct Visitor {
    http: reqwest::Client,
    url: String,
    cookie: String,
    csrf: String,
    said: std::sync::atomic::AtomicUsize,
}

impl Visitor {
    async fn enter(url: &str) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let mut visitor =
            Self { http, url: url.to_owned(), cookie: String::new(), csrf: String::new(), said: 1.into() };
        visitor.session().await;
        let fields = [("csrf", visitor.csrf.clone()), ("name", "kim".to_owned())];
        let named = visitor.posts("/name", &fields).await;
        visitor.keep(&named);
        visitor.session().await;
        visitor
    }

    async fn session(&mut self) {
        let request = self.http.get(format!("{}/c/releases", self.url)).header("cookie", &self.cookie);
        let answer = request.send().await.expect("it answers");
        self.keep(&answer);
        let page = Html::parse_document(&answer.text().await.expect("a page"));
        let token = Selector::parse("input[name=csrf]").expect("a selector");
        self.csrf = page.select(&token).next().and_then(|input| input.attr("value")).expect("a token").to_owned();
    }

    fn keep(&mut self, answer: &reqwest::Response) {
        let set = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let cookies: Vec<&str> = set.filter_map(|cookie| cookie.split(';').next()).collect();
        if !cookies.is_empty() {
            self.cookie = cookies.join("; ");
        }
    }

    async fn posts(&self, path: &str, fields: &[(&str, String)]) -> reqwest::Response {
        let request = self.http.post(format!("{}{path}", self.url)).header("cookie", &self.cookie).form(fields);
        request.send().await.expect("it answers")
    }

    async fn page(&self, path: &str) -> String {
        let request = self.http.get(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        request.send().await.expect("it answers").text().await.expect("a page")
    }

    /// Answers the id of the message.
    async fn says(&self, thread: Option<&str>, text: &str) -> String {
        let number = self.said.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut fields =
            vec![("csrf", self.csrf.clone()), ("text", text.to_owned()), ("id", format!("event-{number:08}"))];
        fields.extend(thread.map(|thread| ("thread", thread.to_owned())));
        let answer = self.posts("/c/releases/say", &fields).await;
        let status = answer.status();
        let place =
            answer.headers().get("location").and_then(|place| place.to_str().ok()).unwrap_or_default().to_owned();
        assert!(
            status.is_success() || status.is_redirection(),
            "{status}: {}",
            answer.text().await.unwrap_or_default()
        );
        place.rsplit(['#', '/']).next().unwrap_or_default().to_owned()
    }

    /// Milliseconds from the question in each thread to its answer, the quickest first.
    async fn took(&self, roots: &[String]) -> Vec<f64> {
        let begun = Instant::now();
        let mut took = Vec::new();
        for root in roots {
            loop {
                let page = self.page(&format!("/c/releases/t/{root}")).await;
                if let Some(one) = between(&page) {
                    took.push(one);
                    break;
                }
                if begun.elapsed() > Duration::from_secs(60) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        took.sort_by(f64::total_cmp);
        took
    }
}

/// From the question to the answer, the last two messages of a thread's page, which shows the channel beside it.
fn between(page: &str) -> Option<f64> {
    let messages = Selector::parse("li.message").expect("a selector");
    let page = Html::parse_document(page);
    let at = |one: &scraper::ElementRef<'_>| one.attr("data-at")?.parse::<DateTime<FixedOffset>>().ok();
    let listed: Vec<_> = page.select(&messages).collect();
    let [.., asked, answer] = listed.as_slice() else { return None };
    let is_bot = |one: &scraper::ElementRef<'_>| one.attr("class").is_some_and(|class| class.contains("bot"));
    if is_bot(asked) || !is_bot(answer) {
        return None;
    }
    Some((at(answer)? - at(asked)?).num_microseconds()? as f64 / 1e3)
}

fn start(model: &FakeOpenAi, repo: &Repo, dir: &Path) -> (Bot, String) {
    let config = dir.join("slipway.toml");
    let text = format!(
        "[web]\naddress = \"127.0.0.1:0\"\n[model]\nbase_url = \"{}\"\nmodels = [\"small\"]\n",
        model.base_url()
    );
    std::fs::write(&config, text).expect("writable");
    let mut child = Command::new(env!("CARGO_BIN_EXE_slipway"))
        .arg("--config")
        .arg(config)
        .arg("--data-dir")
        .arg(dir.join("data"))
        .arg("run")
        .arg("--repo")
        .arg(repo.path())
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let said: Box<dyn std::io::Read + Send> = Box::new(child.stderr.take().expect("piped"));
    let printed: Box<dyn std::io::Read + Send> = Box::new(child.stdout.take().expect("piped"));
    let (tell, told) = std::sync::mpsc::channel();
    for stream in [said, printed] {
        let tell = tell.clone();
        std::thread::spawn(move || {
            for line in std::io::BufReader::new(stream).lines().map_while(Result::ok) {
                // Nobody listens any more once the address is known.
                let _ = tell.send(line);
            }
        });
    }
    let address = |line: String| Some(line.split_once("Slipway is running: ")?.1.split_whitespace().next()?.to_owned());
    let url = std::iter::from_fn(|| told.recv_timeout(Duration::from_secs(30)).ok()).find_map(address);
    (Bot(child), url.expect("it says where it is"))
}

fn stop(bot: &mut Child) {
    let told = Command::new("kill").arg(bot.id().to_string()).status().expect("kill is there");
    assert!(told.success());
    assert!(bot.wait().expect("it ends").success(), "it stops well");
}

fn resident_mb(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a Linux machine");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1e3
}
