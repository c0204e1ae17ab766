//! What is gathered about a module: who is asked when, and what a note says of those who did not answer.

use async_trait::async_trait;
use chrono::DateTime;
use slipway::domain::change::{Author, ChangeSet, Commit, Gap, Range, RangeAsk, Revision};
use slipway::domain::checks::{CheckRun, Checks, Deployed, Outcome};
use slipway::domain::health::Check;
use slipway::domain::pull_request::PullRequest;
use slipway::domain::service::{Dependency, Remote, Service, Source, Workspace};
use slipway::domain::ticket::{Stage, Ticket, TicketsFound, Unreadable};
use slipway::domain::trouble::{Fault, Trouble};
use slipway::features::draft::collect::{Collected, Sources, collect};
use slipway::ports::changes::{Changes, Progress};
use slipway::ports::code_host::{CloneAccess, CodeHost, Comparison, Linked, Publication, Tag};
use slipway::ports::tickets::Tickets;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long everybody takes to answer.
const ANSWER: Duration = Duration::from_millis(200);

/// Commits that name `#12` and `PAY-311`; reading takes twice as long as an answer from outside.
struct Clone;

fn range() -> Range {
    let end = |name: &str, sha: &str| Revision { name: name.to_owned(), sha: sha.repeat(40), at: None };
    let (from, to) = (end("v1", "a"), end("v2", "b"));
    Range { repo: "pay".to_owned(), from, to, chosen: String::new(), commits: 1, lost: 0 }
}

#[async_trait]
impl Changes for Clone {
    async fn resolve(&self, _: &Source, _: &RangeAsk) -> Result<Range, Trouble> {
        Ok(range())
    }
    async fn collect(&self, _: &Source, range: &Range, _: Progress<'_>) -> Result<ChangeSet, Trouble> {
        sleep(ANSWER * 2).await;
        let commit = Commit {
            sha: "b".repeat(40),
            author: Author { name: "dev".to_owned(), email: String::new() },
            co_authors: Vec::new(),
            at: DateTime::UNIX_EPOCH,
            subject: "retry".to_owned(),
            body: String::new(),
            is_merge: false,
            pull_requests: Vec::new(),
            tickets: vec!["PAY-311".to_owned(), "#7".to_owned()],
            paths: Vec::new(),
        };
        Ok(ChangeSet {
            range: range.clone(),
            commits: vec![commit],
            files: Vec::new(),
            gaps: Vec::new(),
            raw_bytes: 10,
        })
    }
    async fn refresh(&self, _: &Source, _: Progress<'_>) -> Result<Vec<Gap>, Trouble> {
        Ok(Vec::new())
    }
    async fn names(&self, _: &Source, _: &str, _: usize) -> Result<Vec<String>, Trouble> {
        Ok(Vec::new())
    }
    async fn tags(&self, _: &Source) -> Result<Vec<Tag>, Trouble> {
        Ok(Vec::new())
    }
    async fn tags_holding(&self, _: &Source, _: &str) -> Result<Vec<String>, Trouble> {
        Ok(Vec::new())
    }
    async fn remote(&self, _: &Path) -> Option<Remote> {
        None
    }
    async fn root(&self, _: &Path) -> Option<PathBuf> {
        None
    }
    async fn describe(&self) -> Result<String, Trouble> {
        Ok(String::new())
    }
}

/// A host or tracker that writes down what it is asked, and answers or does not.
struct Desk {
    name: &'static str,
    works: bool,
    asked: Mutex<Vec<String>>,
}

impl Desk {
    fn new(name: &'static str, works: bool) -> Arc<Self> {
        Arc::new(Self { name, works, asked: Mutex::default() })
    }

    async fn answers<T>(&self, question: String, answer: T) -> Result<T, Fault> {
        self.asked.lock().expect("no panic before").push(question);
        sleep(ANSWER).await;
        if self.works { Ok(answer) } else { Err(Fault::Failed { status: 502 }) }
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().expect("no panic before").clone();
        asked.sort();
        asked
    }
}

#[async_trait]
impl CodeHost for Desk {
    fn name(&self) -> &'static str {
        self.name
    }
    fn named(&self, _: &str) -> Option<String> {
        None
    }
    async fn pull_requests(&self, repository: &str, commits: &[Commit]) -> Result<Vec<PullRequest>, Fault> {
        let request = PullRequest {
            number: 12,
            title: "Retry refunds".to_owned(),
            body: "The gateway drops calls.".to_owned(),
            url: String::new(),
            author: Author { name: "dev".to_owned(), email: String::new() },
            merged_at: None,
            labels: Vec::new(),
            reviews: Vec::new(),
            branch: "pay-312-retry".to_owned(),
            issues: Vec::new(),
            commits: vec![commits[0].sha.clone()],
        };
        self.answers(format!("pull requests of {repository}"), vec![request]).await
    }
    async fn checks(&self, repository: &str, sha: &str) -> Result<Option<Checks>, Fault> {
        let run = CheckRun {
            name: "unit".to_owned(),
            outcome: Outcome::Passed,
            url: String::new(),
            tests: None,
            coverage: None,
        };
        self.answers(format!("checks of {repository}"), Some(Checks { sha: sha.to_owned(), runs: vec![run] })).await
    }
    async fn deployments(&self, repository: &str) -> Result<Vec<Deployed>, Fault> {
        self.answers(format!("deployments of {repository}"), Vec::new()).await
    }
    async fn tags(&self, _: &str) -> Result<Vec<Tag>, Fault> {
        unreachable!("a draft asks for no tags")
    }
    async fn compare(&self, _: &str, _: &str, _: Option<&str>) -> Result<Comparison, Fault> {
        unreachable!("there is a clone")
    }
    async fn clone_access(&self, _: &str) -> Result<CloneAccess, Fault> {
        unreachable!("there is a clone")
    }
    async fn publish(&self, _: &str, _: &Publication, _: &str, _: &str) -> Result<String, Fault> {
        unreachable!("a draft publishes nothing")
    }
    fn link(&self, _: &str, _: &Linked<'_>) -> String {
        String::new()
    }
    async fn check(&self, _: &[&str]) -> Vec<Check> {
        Vec::new()
    }
}

#[async_trait]
impl Tickets for Desk {
    fn name(&self) -> &'static str {
        self.name
    }
    fn takes(&self, key: &str, _: Option<&str>) -> bool {
        key.contains('#') == (self.name == "issues")
    }
    async fn tickets(&self, keys: &[String], _: Option<&str>) -> Result<TicketsFound, Fault> {
        let (readable, hidden): (Vec<&String>, Vec<&String>) = keys.iter().partition(|key| *key != "PAY-312");
        let ticket = |key: &String| Ticket {
            key: key.clone(),
            title: "Refund once".to_owned(),
            description: String::new(),
            url: String::new(),
            status: "Done".to_owned(),
            stage: Stage::Done,
            kind: String::new(),
            assignees: Vec::new(),
            acceptance: Vec::new(),
            fix_versions: Vec::new(),
            links: Vec::new(),
            labels: Vec::new(),
        };
        let unreadable = |key: &String| Unreadable { key: key.clone(), why: "is hidden".to_owned() };
        let found = TicketsFound {
            tickets: readable.into_iter().map(ticket).collect(),
            unreadable: hidden.into_iter().map(unreadable).collect(),
        };
        self.answers(format!("tickets {}", keys.join(" ")), found).await
    }
    async fn publish(&self, _: &str, _: &str, _: &str) -> Result<String, Fault> {
        unreachable!("a draft publishes nothing")
    }
    fn link(&self, _: &str) -> String {
        String::new()
    }
    async fn check(&self) -> Vec<Check> {
        Vec::new()
    }
}

/// `web` needs `payments`; both are in the catalogue.
fn catalogue() -> Vec<Workspace> {
    let mut payments = Service::plain("payments", "/srv/payments".into());
    payments.source.remote = Some(Remote { host: "github".to_owned(), name: "acme/pay".to_owned() });
    payments.tickets = vec!["PAY".to_owned()];
    let mut web = Service::plain("web", "/srv/web".into());
    web.depends_on = vec![Dependency { service: "payments".to_owned(), through: "api".to_owned() }];
    vec![Workspace::plain("shop", vec![payments, web])]
}

async fn gathered(host: &Arc<Desk>, jira: &Arc<Desk>, issues: &Arc<Desk>) -> (Collected, Duration) {
    let (hosts, workspaces) = ([host.clone() as Arc<dyn CodeHost>], catalogue());
    let trackers = [jira.clone() as Arc<dyn Tickets>, issues.clone() as Arc<dyn Tickets>];
    let sources = Sources { changes: &Clone, hosts: &hosts, trackers: &trackers, workspaces: &workspaces };
    let begun = Instant::now();
    let modules = [(workspaces[0].services[0].clone(), RangeAsk::default())];
    let collected = collect(sources, &modules, &|_| ()).await.map(|mut collected| collected.remove(0));
    (collected.expect("the clone can be read"), begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_that_does_not_have_to_and_nobody_is_asked_twice() {
    let (host, jira, issues) = (Desk::new("github", true), Desk::new("jira", true), Desk::new("issues", true));
    let (collected, took) = gathered(&host, &jira, &issues).await;
    // Reading the clone (2), then the requests of its commits (1), then all tickets (1); checks and deployments beside it.
    assert_eq!(took, ANSWER * 4);
    assert_eq!(host.asked(), ["checks of acme/pay", "deployments of acme/pay", "pull requests of acme/pay"]);
    assert_eq!(jira.asked(), ["tickets PAY-311 PAY-312"], "the key of the request's branch is asked with the others");
    assert_eq!(issues.asked(), ["tickets #7"]);

    let background = &collected.background;
    assert_eq!(background.gaps, []);
    assert_eq!(background.tickets.iter().map(|ticket| ticket.key.as_str()).collect::<Vec<_>>(), ["PAY-311", "#7"]);
    assert_eq!(background.unreadable.iter().map(|ticket| ticket.key.as_str()).collect::<Vec<_>>(), ["PAY-312"]);
    assert_eq!(background.affected.iter().map(|other| other.service.as_str()).collect::<Vec<_>>(), ["web"]);
    assert_eq!(collected.changes.commits[0].pull_requests, [12]);
    assert_eq!(collected.changes.commits[0].body, "The gateway drops calls.");
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_answer_is_a_gap_and_the_rest_is_there() {
    let (host, jira, issues) = (Desk::new("github", false), Desk::new("jira", false), Desk::new("issues", true));
    let (collected, _) = gathered(&host, &jira, &issues).await;
    let gaps: Vec<&str> = collected.background.gaps.iter().map(|gap| gap.sentence.as_str()).collect();
    assert_eq!(
        gaps,
        [
            "`github` failed (502), so the note does not know what continuous integration says about this revision.",
            "`github` failed (502), so the note does not know where earlier versions run.",
            "`github` failed (502), so pull requests are known by what the commits say about them only.",
            "`jira` failed (502), so 1 ticket is known by key only.",
        ]
    );
    assert_eq!(collected.background.tickets.len(), 1, "the other tracker answered");
    assert_eq!(collected.changes.commits.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_on_no_host_asks_none() {
    let (host, jira) = (Desk::new("github", true), Desk::new("jira", true));
    let (hosts, mut workspaces) = ([host.clone() as Arc<dyn CodeHost>], catalogue());
    workspaces[0].services[0].source.remote = None;
    let trackers = [jira as Arc<dyn Tickets>];
    let sources = Sources { changes: &Clone, hosts: &hosts, trackers: &trackers, workspaces: &workspaces };
    let modules = [(workspaces[0].services[0].clone(), RangeAsk::default())];
    let collected = collect(sources, &modules, &|_| ()).await.map(|mut collected| collected.remove(0));
    assert_eq!(collected.expect("the clone can be read").background.gaps, []);
    assert_eq!(host.asked(), Vec::<String>::new());
}
