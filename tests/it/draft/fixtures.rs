//! Commits, pull requests and tickets in a folder each, and beside them the note that they come to: read whole, as people do.
//!
//! A note that comes out otherwise is left in `target/fixtures`, to be read, and taken over where it is better.

use crate::support::fakes::github::{FakeGithub, tokens::TOKEN};
use crate::support::fakes::jira::{self, FakeJira};
use crate::support::repo::Repo;
use async_trait::async_trait;
use chrono::{DateTime, TimeZone, Utc};
use serde::Deserialize;
use serde_json::json;
use slipway::adapters::changes::git::Git;
use slipway::adapters::code_host::github::GithubHost;
use slipway::adapters::github::{Github, GithubOptions, Identity};
use slipway::adapters::tickets::jira::{Account, Jira, JiraOptions};
use slipway::domain::change::RangeAsk;
use slipway::domain::message::StepState;
use slipway::domain::note::Kind;
use slipway::domain::service::{Dependency, Remote, Service, Workspace};
use slipway::features::draft::Ask;
use slipway::features::draft::collect::Sources;
use slipway::features::draft::markdown::{Meta, markdown};
use slipway::features::draft::schemas::Schemas;
use slipway::features::draft::steps::{Drafting, Observer, Stage, draft};
use slipway::features::draft::work::{Knowledge, template::Templates};
use slipway::ports::clock::Clock;
use slipway::ports::code_host::CodeHost;
use slipway::ports::tickets::Tickets;
use slipway::prompt::Asker;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// `change.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    commits: Vec<Committed>,
    #[serde(default)]
    tickets: Vec<Ticket>,
    /// Names of services that need this one.
    #[serde(default)]
    needed_by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Committed {
    message: String,
    files: BTreeMap<String, String>,
    tag: Option<String>,
    /// The pull request that brought it.
    request: Option<u64>,
    #[serde(default)]
    labels: Vec<String>,
    /// What a check said of it.
    check: Option<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ticket {
    key: String,
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    hidden: bool,
}

struct Noon;

#[async_trait]
impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2031, 5, 6, 12, 0, 0).single().expect("a moment")
    }
    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

struct Nobody;

impl Observer for Nobody {
    fn stage(&self, _: Stage, _: StepState, _: &str) {}
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/draft/fixtures")
}

#[tokio::test]
async fn every_change_comes_to_the_note_beside_it() {
    let mut read = 0;
    let mut other = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("there are fixtures").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(entry.path().join("change.toml")).expect("a change");
        let change: Change = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let drafted = drafted(change).await;
        let expected = std::fs::read_to_string(entry.path().join("note.md")).unwrap_or_default();
        if drafted != expected {
            let left = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fixtures");
            std::fs::create_dir_all(&left).expect("writable");
            std::fs::write(left.join(format!("{name}.md")), &drafted).expect("writable");
            let differs = drafted.lines().zip(expected.lines()).find(|(drafted, expected)| drafted != expected);
            other.push(format!("{name}: {differs:?}; the whole note is in target/fixtures/{name}.md"));
        }
        read += 1;
    }
    assert!(read >= 2, "the fixtures were found");
    assert!(other.is_empty(), "{other:#?}");
}

async fn drafted(change: Change) -> String {
    let (repo, github, jira) = (Repo::named("pay"), FakeGithub::start().await, FakeJira::data_center().await);
    for one in &change.commits {
        let files: Vec<(&str, &str)> = one.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        repo.commit(&one.message, &files);
        if let Some(tag) = &one.tag {
            repo.tag(tag);
        }
        let mut state = github.state();
        let home = state.repository("acme/pay");
        if let Some(number) = one.request {
            let title = one.message.lines().next().unwrap_or_default().replace(&format!(" (#{number})"), "");
            home.merges(number, &title, &repo.head()).labels = one.labels.clone();
        }
        if let Some((name, summary)) = &one.check {
            home.checked(&repo.head(), name, "success", summary);
        }
    }
    for ticket in &change.tickets {
        let mut state = jira.state();
        let issue = state.issue(&ticket.key, &ticket.title);
        issue.fields["description"] = json!(ticket.description);
        if ticket.done {
            issue.fields["status"] = json!({ "name": "Done", "statusCategory": { "key": "done" } });
        }
        issue.hidden = ticket.hidden;
    }
    let revision = by_rules(&repo, &github, &jira, &change.needed_by).await;
    assert_eq!((github.complaints(), jira.complaints()), (Vec::new(), Vec::new()));
    markdown(&revision, &Meta { id: Some(1), kind: Kind::Deployment, service: "pay".to_owned() })
}

async fn by_rules(
    repo: &Repo,
    github: &FakeGithub,
    jira: &FakeJira,
    needed_by: &[String],
) -> slipway::domain::note::Revision {
    let identity = Identity::Token(TOKEN.to_owned().into());
    let client =
        Github::new(GithubOptions { api_url: github.url().to_owned(), identity }).expect("it can be spoken to");
    let hosts: Vec<Arc<dyn CodeHost>> = vec![Arc::new(GithubHost::new(Arc::new(client)))];
    let account = Account::Token(jira::TOKEN.to_owned().into());
    let options = JiraOptions { url: jira.url().to_owned(), account, acceptance_field: None };
    let trackers: Vec<Arc<dyn Tickets>> = vec![Arc::new(Jira::new(options).expect("an address"))];
    let mut pay = Service::plain("pay", repo.path().to_owned());
    pay.operators = vec!["pay on-call".to_owned()];
    pay.source.remote = Some(Remote { host: "github".to_owned(), name: "acme/pay".to_owned() });
    let needs = || vec![Dependency { service: "pay".to_owned(), through: "http".to_owned() }];
    let others = needed_by.iter().map(|name| Service {
        depends_on: needs(),
        owners: vec![format!("team-{name}")],
        ..Service::plain(name, PathBuf::new())
    });
    let workspaces = [Workspace::plain("shop", others.chain([pay.clone()]).collect())];
    let (git, schemas, templates, asker) =
        (Git::new(), Schemas::load(None).expect("built in"), Templates::load(None).expect("built in"), Asker::none());
    let drafting = Drafting {
        sources: Sources { changes: &git, hosts: &hosts, trackers: &trackers, workspaces: &workspaces },
        clock: &Noon,
        asker: &asker,
        embedder: None,
        schemas: &schemas,
        context_tokens: 2_300,
        knowledge: Knowledge { templates: &templates, certificates: None },
    };
    let end = |name: &str| Some(name.to_owned());
    let ask = Ask {
        kind: Kind::Deployment,
        modules: vec![(pay, RangeAsk { from: end("v1.0.0"), to: end("v1.1.0") })],
        work: None,
        memory: Default::default(),
        asked_by: end("release engineer"),
        number: 1,
    };
    draft(drafting, &ask, &Nobody).await.expect("it can be drafted").revision
}
