//! How long does a draft by a model take beside its critical path, the time that no arrangement of the work could save?
//!
//! The model is simulated: first token after 2.1 s (log-normal, sigma 0.3), 44 tokens/s written, 5,000 tokens/s read, on a
//! clock that runs 50 times as fast. Our limits for it (first byte, stall, back-off, time of a question) are the usual ones
//! by the same clock; our own work is not sped up, so its share is 50 times what it is in life.
//!
//! The critical path of a draft is
//! * our own reading (collect, digest, compress), measured alone with `steps::gather` right before and right after the draft,
//!   the quicker of the two, plus
//! * the longest chain of questions, each as long as the simulated model needed by its pace alone: a part's question with
//!   its repair after it; for the body, before them, the longest chain of a summary (all areas are asked side by side).
//!
//! Limits, as averages: 1.05 × the critical path when all goes well; 1.3 × with 1 % of 429, 1 % of 503 and 1 % of answers
//! that stall in the middle. A part that fails has no chain, so the second is held against the chains of the first.

#[expect(dead_code, reason = "the tests use more of the fake than a measurement does")]
#[path = "../it/support/fakes/openai/mod.rs"]
mod openai;
#[expect(dead_code, reason = "the tests use more of the builder than a measurement does")]
#[path = "../it/support/repo.rs"]
mod repo;

use openai::{Asked, FakeOpenAi, Pace, Rates, World};
use repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::adapters::http::{Limits, Retry};
use slipway::adapters::model::openai::{OpenAi, OpenAiOptions};
use slipway::domain::change::RangeAsk;
use slipway::domain::digest::Context;
use slipway::domain::message::StepState;
use slipway::domain::note::Kind;
use slipway::domain::service::Service;
use slipway::features::draft::Ask;
use slipway::features::draft::collect::Sources;
use slipway::features::draft::schemas::Schemas;
use slipway::features::draft::steps::{Drafting, Observer, Stage, draft, gather};
use slipway::features::draft::work::Knowledge;
use slipway::features::draft::work::template::Templates;
use slipway::prompt::{Asker, AskerOptions, Role, Roles};
use slipway::wiring;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CLOCK: u32 = 50;
const CLEAN_AT_MOST: f64 = 1.05;
const FAULTY_AT_MOST: f64 = 1.3;
const CLEAN_DRAFTS: usize = 12;
const FAULTY_DRAFTS: usize = 30;
const FAULTS: Rates = Rates { busy: 0.01, failing: 0.01, stall: 0.01 };
const AREAS: [&str; 8] = ["ledger", "refunds", "invoices", "quota", "tenants", "search", "webhooks", "reports"];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let repo = generate();
    let ask = ask(&repo);
    println!("           drafts     own ms    path ms    wall ms  ratio  questions  failed  by rules");
    let clean = Desk::new(Rates::default()).await.run(&ask, CLEAN_DRAFTS).await;
    let model = mean(&clean, |one| one.model);
    let ratio = print("clean", &clean, model);
    let faulty = Desk::new(FAULTS).await.run(&ask, FAULTY_DRAFTS).await;
    let faulty_ratio = print("faulty", &faulty, model);
    beside_one_request(&clean);
    assert!(clean.iter().all(|one| one.by_rules == 0), "without faults the model writes everything it is asked for");
    assert!(clean.iter().all(|one| one.summaries >= 4), "the change must be too large for one context");
    assert!(ratio <= CLEAN_AT_MOST, "{ratio:.3} × the critical path, at most {CLEAN_AT_MOST}");
    assert!(
        faulty_ratio <= FAULTY_AT_MOST,
        "with faults {faulty_ratio:.3} × the critical path, at most {FAULTY_AT_MOST}"
    );
}

/// One draft as it was measured; times in seconds of this machine's clock.
struct Measured {
    own: f64,
    /// The model's share of the critical path.
    model: f64,
    wall: f64,
    questions: usize,
    /// Refused, or without an end.
    failed: usize,
    summaries: usize,
    /// Questions that no answer came to.
    by_rules: usize,
    tokens_out: usize,
    raw_tokens: usize,
}

/// A model with its server, and what a draft needs besides.
struct Desk {
    fake: FakeOpenAi,
    asker: Asker,
    schemas: Schemas,
    templates: Templates,
}

impl Desk {
    async fn new(rates: Rates) -> Self {
        let pace = Pace { spread: 0.3, ..Pace::usual(f64::from(CLOCK)) };
        let fake = FakeOpenAi::start_with(World { pace: Some(pace), rates, ..World::default() }, 11).await;
        let (limits, retry) = (Limits::default(), Retry::default());
        let options = OpenAiOptions {
            limits: Limits { first_byte: limits.first_byte / CLOCK, stall: limits.stall / CLOCK, ..limits },
            retry: Retry { base: retry.base / CLOCK, cap: retry.cap / CLOCK, ..retry },
            ..OpenAiOptions::new(fake.base_url(), None, vec!["small".to_owned()])
        };
        let usual = slipway::config::Config::default().model;
        let role = Role {
            models: vec!["small".to_owned()],
            max_tokens: usual.max_tokens,
            temperature: usual.temperature,
            time_limit: Duration::from_secs(usual.time_limit_s) / CLOCK,
        };
        let asker = Asker::new(AskerOptions {
            model: Arc::new(OpenAi::new(options).expect("the address is one")),
            clock: wiring::system_clock(),
            roles: Roles { default: role, named: BTreeMap::new() },
            prompts_dir: None,
            memo: None,
            daily_tokens: None,
        });
        let schemas = Schemas::load(None).expect("the embedded schemas are well");
        let templates = Templates::load(None).expect("the embedded templates are well");
        Self { fake, asker: asker.expect("the embedded prompts are well"), schemas, templates }
    }

    async fn run(&self, ask: &Ask, drafts: usize) -> Vec<Measured> {
        let mut measured = Vec::new();
        for _ in 0..drafts {
            measured.push(self.once(ask).await);
        }
        measured
    }

    async fn once(&self, ask: &Ask) -> Measured {
        let (git, clock) = (Git::new(), wiring::system_clock());
        let drafting = Drafting {
            sources: Sources { changes: &git, hosts: &[], trackers: &[], workspaces: &[] },
            clock: &*clock,
            asker: &self.asker,
            embedder: None,
            schemas: &self.schemas,
            context_tokens: slipway::config::Config::default().draft.context_tokens,
            knowledge: Knowledge { templates: &self.templates, certificates: None },
        };
        let (before_it, context) = own(drafting, ask).await;
        let before = self.fake.asked().len();
        let begun = Instant::now();
        draft(drafting, ask, &Nobody).await.expect("it can be drafted");
        let wall = begun.elapsed().as_secs_f64();
        let asked = self.fake.asked().split_off(before);
        let (after_it, _) = own(drafting, ask).await;
        let chains = chains(&asked);
        Measured {
            own: before_it.min(after_it),
            model: longest(&chains),
            wall,
            questions: asked.len(),
            failed: asked.iter().filter(|one| one.answered.is_none()).count(),
            summaries: chains.iter().filter(|chain| chain.name == "summarise").count(),
            by_rules: chains.iter().filter(|chain| chain.took.is_zero()).count(),
            tokens_out: asked.iter().filter_map(|one| one.answered).map(|answered| answered.tokens_out).sum(),
            raw_tokens: context.raw_tokens,
        }
    }
}

/// Our own reading alone, and what it made of the change.
async fn own(drafting: Drafting<'_>, ask: &Ask) -> (f64, Context) {
    let begun = Instant::now();
    let context = gather(drafting, ask, &Nobody).await.expect("the change can be read").context;
    (begun.elapsed().as_secs_f64(), context)
}

/// A question with everything that was asked again about it.
struct Chain {
    name: String,
    user: String,
    took: Duration,
}

/// A second try and a repair begin with the words of the first question, whose mark nobody else has.
fn chains(asked: &[Asked]) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    for question in asked {
        let user = question.body["messages"][1]["content"].as_str().unwrap_or_default();
        let took = question.answered.map_or(Duration::ZERO, |answered| answered.took);
        match chains.iter_mut().find(|chain| chain.name == question.name() && user.starts_with(&chain.user)) {
            Some(chain) => chain.took += took,
            None => chains.push(Chain { name: question.name().to_owned(), user: user.to_owned(), took }),
        }
    }
    chains
}

fn longest(chains: &[Chain]) -> f64 {
    let most =
        |name: &str| chains.iter().filter(|chain| chain.name == name).map(|chain| chain.took).max().unwrap_or_default();
    let body = most("summarise") + most("body");
    ["basics", "checklist", "repositories"].into_iter().map(most).fold(body, Duration::max).as_secs_f64()
}

struct Nobody;

impl Observer for Nobody {
    fn stage(&self, _: Stage, _: StepState, _: &str) {}
}

fn mean(measured: &[Measured], of: impl Fn(&Measured) -> f64) -> f64 {
    measured.iter().map(of).sum::<f64>() / measured.len() as f64
}

/// A line of the table; `model` is the model's share of the critical path. Answers how the time taken relates to it.
fn print(name: &str, measured: &[Measured], model: f64) -> f64 {
    let (own, wall) = (mean(measured, |one| one.own), mean(measured, |one| one.wall));
    let ratio = wall / (own + model);
    println!(
        "{name:<10} {:>6} {:>10.1} {:>10.1} {:>10.1} {ratio:>6.3} {:>10.1} {:>7} {:>9}",
        measured.len(),
        own * 1e3,
        (own + model) * 1e3,
        wall * 1e3,
        mean(measured, |one| one.questions as f64),
        measured.iter().map(|one| one.failed).sum::<usize>(),
        measured.iter().map(|one| one.by_rules).sum::<usize>(),
    );
    ratio
}

/// What one request would take that reads the raw change and writes everything, one token after the other.
fn beside_one_request(clean: &[Measured]) {
    let clock = f64::from(CLOCK);
    let pace = Pace::usual(1.0);
    let (raw, out) = (mean(clean, |one| one.raw_tokens as f64), mean(clean, |one| one.tokens_out as f64));
    let one = pace.first_token.as_secs_f64() + raw / pace.reading + out / pace.writing;
    let ours = mean(clean, |one| one.own + (one.wall - one.own) * clock);
    println!(
        "by the model's own clock: a draft {ours:.0} s; one request that reads {raw:.0} tokens and writes {out:.0}: {one:.0} s"
    );
}

fn ask(repo: &Repo) -> Ask {
    let end = |name: &str| Some(name.to_owned());
    Ask {
        kind: Kind::Deployment,
        modules: vec![(
            Service::plain("payments", repo.path().to_owned()),
            RangeAsk { from: end("v1.0.0"), to: end("v1.1.0") },
        )],
        work: None,
        memory: Default::default(),
        asked_by: None,
        number: 1,
    }
}

/// 320 pull requests over eight areas: too many titles for one context.
fn generate() -> Repo {
    let repo = Repo::new();
    let mut stream = String::new();
    let verbs = ["retry", "reject", "archive", "export", "merge", "expire", "validate", "reorder"];
    let things = [
        "settlements",
        "cursors",
        "receipts",
        "holds",
        "mandates",
        "payouts",
        "statements",
        "disputes",
        "webhooks",
        "sessions",
    ];
    for number in 0..=320_usize {
        let (area, verb) = (AREAS[number % AREAS.len()], verbs[number / AREAS.len() % verbs.len()]);
        let thing = things[number * 7 % things.len()];
        let kind = if number % 3 == 0 { "fix" } else { "feat" };
        let message = format!(
            "{kind}({area}): {verb} {thing} in lane {number} (#{})\n\nCustomers with many {thing} saw them twice; they {verb} once now.\n",
            number + 100
        );
        let code: String =
            (0..30).map(|line| format!("    {verb}({thing}[{line}], limit_{});\n", number + line)).collect();
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter Release Engineer <release@shop.example> {} +0000\ndata {}\n{message}",
            1_704_067_200 + number * 600,
            message.len()
        ));
        stream.push_str(&format!("M 100644 inline {area}/src/{verb}_{thing}.rs\ndata {}\n{code}\n", code.len()));
        let tag = match number {
            0 => "v1.0.0",
            320 => "v1.1.0",
            _ => continue,
        };
        stream.push_str(&format!("reset refs/tags/{tag}\nfrom refs/heads/main\n\n"));
    }
    repo.import(stream.as_bytes());
    repo
}
