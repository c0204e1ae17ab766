//! Issues as tickets: in batches, each key answered once.

use super::{client, nothing_refused, sha};
use crate::support::fakes::github::FakeGithub;
use slipway::adapters::tickets::github_issues::GithubIssues;
use slipway::domain::ticket::Stage;
use slipway::ports::tickets::Tickets;

#[tokio::test]
async fn issues_are_read_in_batches_and_what_is_none_says_why() {
    let fake = FakeGithub::start().await;
    {
        let mut state = fake.state();
        let web = state.repository("acme/web");
        for number in 1..=60 {
            web.opens(number, &format!("Wish {number}")).closed = (number % 2 == 0).then_some("COMPLETED");
        }
        let first = web.opens(1, "Refunds are invisible");
        first.body = "As a customer…\n\n- [x] shown in the basket\n- [ ] shown in the mail".to_owned();
        first.assignees = vec!["lee".to_owned()];
        first.labels = vec!["bug".to_owned()];
        web.merges(61, "A pull request", &sha(1));
        state.repository("acme/api").opens(5, "Say what will be paid").closed = Some("NOT_PLANNED");
        state.repository("acme/secret").hidden = true;
    }
    let issues = GithubIssues::new(client(&fake));
    let mut keys: Vec<String> = (1..=61).map(|number| format!("#{number}")).collect();
    keys.extend(["acme/api#5", "acme/api#6", "acme/secret#1"].map(str::to_owned));
    let found = issues.tickets(&keys, Some("acme/web")).await.expect("GitHub answers");
    assert_eq!(found.tickets.len() + found.unreadable.len(), keys.len(), "every key once");
    let unread: Vec<&str> = found.unreadable.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(unread, ["acme/api#6", "acme/secret#1", "#61"]);
    let ticket = |key: &str| found.tickets.iter().find(|one| one.key == key).expect("it was read");
    let first = ticket("#1");
    assert_eq!(
        (first.title.as_str(), first.stage, first.kind.as_str()),
        ("Refunds are invisible", Stage::InProgress, "bug")
    );
    let criteria: Vec<(&str, Option<bool>)> = first.acceptance.iter().map(|one| (one.text.as_str(), one.met)).collect();
    assert_eq!(criteria, [("shown in the basket", Some(true)), ("shown in the mail", Some(false))]);
    assert_eq!((ticket("#2").stage, ticket("#3").stage), (Stage::Done, Stage::ToDo));
    assert_eq!(
        (ticket("acme/api#5").stage, ticket("acme/api#5").status.as_str()),
        (Stage::Unknown, "closed as not planned")
    );
    let mut calls = fake.calls();
    calls.sort();
    assert_eq!(
        calls,
        [
            "query 1 issues of acme/secret",
            "query 11 issues of acme/web",
            "query 2 issues of acme/api",
            "query 50 issues of acme/web",
        ]
    );
    nothing_refused(&fake);
}
