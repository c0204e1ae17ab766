//! How long is everything about a change collected, beside what no arrangement of the calls could save?
//!
//! 150 commits, 60 pull requests, 40 tickets; GitHub and Jira answer each call after 200 ms. Three calls cannot run in parallel:
//! which requests brought the commits, what those requests say, and the tickets that they name. The critical path is three
//! times one call, measured against the same fakes, after git alone has read the range.
//!
//! Limits: 1.3 × the critical path as an average; at most twelve calls on their way to one product; no call made twice.

#[expect(dead_code, reason = "the tests use more of the fakes than a measurement does")]
#[path = "../it/support"]
mod support {
    #[path = "repo.rs"]
    pub mod repo;
    #[path = "fakes"]
    pub mod fakes {
        #[path = "github/mod.rs"]
        pub mod github;
        #[path = "jira/mod.rs"]
        pub mod jira;
        #[path = "official.rs"]
        pub mod official;
    }
}

use slipway::adapters::changes::git::Git;
use slipway::adapters::code_host::github::GithubHost;
use slipway::adapters::github::{Github, GithubOptions, Identity};
use slipway::adapters::tickets::jira::{Account, Jira, JiraOptions};
use slipway::domain::change::RangeAsk;
use slipway::domain::service::{Remote, Service};
use slipway::features::draft::collect::{Collected, Sources, collect};
use slipway::ports::changes::Changes as _;
use slipway::ports::code_host::CodeHost;
use slipway::ports::tickets::Tickets;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::fakes::github::{FakeGithub, tokens::TOKEN};
use support::fakes::jira::{self, FakeJira};
use support::repo::Repo;

const DELAY: Duration = Duration::from_millis(200);
const COMMITS: u64 = 150;
const REQUESTS: u64 = 60;
const TICKETS: u64 = 40;
const ROUNDS: u32 = 10;
/// Calls that each need the answer of the one before.
const IN_A_ROW: u32 = 3;
const AT_MOST: f64 = 1.3;

fn main() {
    slipway::wiring::install_tls();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let (github, jira) = (FakeGithub::start().await, FakeJira::cloud().await);
    let repo = generate(&github, &jira);
    github.answers_after(DELAY);
    jira.answers_after(DELAY);
    let (mut path, mut wall) = (Duration::ZERO, Duration::ZERO);
    let mut calls = Vec::new();
    for _ in 0..ROUNDS {
        path += alone(&repo).await + one_call(&github).await * IN_A_ROW;
        let begun = Instant::now();
        let collected = ours(&repo, &github, &jira).await;
        wall += begun.elapsed();
        is_whole(&collected);
        calls = github.calls();
        calls.extend(jira.calls());
        is_asked_once(&calls);
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(ROUNDS);
    let (ratio, most) = (ms(wall) / ms(path), github.most_in_flight().max(jira.most_in_flight()));
    println!("critical path ms  collected ms  ratio  calls  at a time");
    println!("{:>16.0} {:>13.0} {ratio:>6.2} {:>6} {most:>10}", ms(path), ms(wall), calls.len());
    calls.iter().for_each(|call| println!("  {call}"));
    assert!(most <= 12, "{most} calls at a time");
    assert_eq!((github.complaints(), jira.complaints()), (Vec::new(), Vec::new()));
    assert!(ratio <= AT_MOST, "{ratio:.2} × the critical path, at most {AT_MOST}");
}

fn shop(repo: &Repo) -> Service {
    let mut service = Service::plain("shop", repo.path().to_owned());
    service.source.remote = Some(Remote { host: "github".to_owned(), name: "acme/shop".to_owned() });
    service
}

fn range() -> RangeAsk {
    RangeAsk { from: Some("v1".to_owned()), to: Some("v2".to_owned()) }
}

/// A client of its own each time: nothing is remembered from the round before.
async fn ours(repo: &Repo, github: &FakeGithub, jira: &FakeJira) -> Vec<Collected> {
    let identity = Identity::Token(TOKEN.to_owned().into());
    let client =
        Github::new(GithubOptions { api_url: github.url().to_owned(), identity }).expect("it can be spoken to");
    let hosts: Vec<Arc<dyn CodeHost>> = vec![Arc::new(GithubHost::new(Arc::new(client)))];
    let account = Account::Cloud { email: jira::EMAIL.to_owned(), token: jira::TOKEN.to_owned().into() };
    let options = JiraOptions { url: jira.url().to_owned(), account, acceptance_field: None };
    let trackers: Vec<Arc<dyn Tickets>> = vec![Arc::new(Jira::new(options).expect("an address"))];
    let sources = Sources { changes: &Git::new(), hosts: &hosts, trackers: &trackers, workspaces: &[] };
    collect(sources, &[(shop(repo), range())], &|_| {}).await.expect("everything answers")
}

/// Git by itself.
async fn alone(repo: &Repo) -> Duration {
    let (git, source, begun) = (Git::new(), shop(repo).source, Instant::now());
    let range = git.resolve(&source, &range()).await.expect("the range is there");
    git.collect(&source, &range, &|_| {}).await.expect("it can be read");
    begun.elapsed()
}

/// One call to the fake and back, by a client that does nothing else.
async fn one_call(github: &FakeGithub) -> Duration {
    let client = reqwest::Client::builder().user_agent("a-measurement").build().expect("a client");
    let call = client.get(format!("{}/rate_limit", github.url())).header("x-github-api-version", "2022-11-28");
    let begun = Instant::now();
    call.send().await.expect("it answers").bytes().await.expect("read");
    let time = begun.elapsed();
    github.calls();
    time
}

fn is_whole(collected: &[Collected]) {
    let [one] = collected else { panic!("one module") };
    let found = (one.changes.commits.len(), one.background.requests.len(), one.background.tickets.len());
    assert_eq!(found, (150, 60, 40), "{:?}", one.background.gaps);
    assert_eq!((one.background.gaps.len(), one.background.unreadable.len()), (0, 0), "{:?}", one.background.gaps);
}

/// A batch of the same size for other commits is another call; those are as many as it takes and no more.
fn is_asked_once(calls: &[String]) {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    calls.iter().for_each(|call| *counted.entry(call).or_default() += 1);
    for (call, times) in counted {
        let batches = if call.contains("of 50 commits") { 3 } else { 1 };
        assert_eq!(times, batches, "{call}, among {calls:#?}");
    }
}

/// Five commits in two requests, and so on; two of three requests name a ticket.
fn generate(github: &FakeGithub, jira: &FakeJira) -> Repo {
    let repo = Repo::named("shop");
    repo.commit("begin", &[("README.md", "# Shop\n")]).tag("v1");
    let (mut github, mut jira) = (github.state(), jira.state());
    let mut shas: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for n in 0..COMMITS {
        let request = 1 + n * REQUESTS / COMMITS;
        let file = format!("src/part{}.rs", n % 20);
        repo.commit(&format!("Change part {n} (#{request})"), &[(&file, &format!("pub fn f{n}() {{}}\n"))]);
        shas.entry(request).or_default().push(repo.head());
    }
    repo.tag("v2");
    for (request, shas) in shas {
        let ticket = (request <= TICKETS).then(|| format!("PAY-{request}"));
        let title = format!("{} Change {request}", ticket.as_deref().unwrap_or("Tidy:"));
        let merged = github.repository("acme/shop").merges(request, &title, shas.last().expect("it has commits"));
        merged.commits = shas;
        if let Some(ticket) = ticket {
            jira.issue(&ticket, "Something that is wanted");
        }
    }
    github.repository("acme/shop").checked(&repo.head(), "build", "success", "150 tests passed");
    drop((github, jira));
    repo
}
