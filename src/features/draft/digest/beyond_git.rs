//! Does a change read better for what others know about it? Stories with pull requests, tickets, checks and deployments.

use super::story::Story;
use crate::domain::change::Author;
use crate::domain::checks::{CheckRun, Checks, Coverage, Deployed, Outcome, TestCounts};
use crate::domain::digest::Intent;
use crate::domain::pull_request::{PullRequest, Review, Verdict};
use crate::domain::service::{Affected, Dependency};
use crate::domain::ticket::{Criterion, Stage, Ticket, TicketLink, Unreadable};
use chrono::DateTime;

fn request(number: u64, title: &str) -> PullRequest {
    PullRequest {
        number,
        title: title.to_owned(),
        body: String::new(),
        url: String::new(),
        author: Author { name: "dev".to_owned(), email: String::new() },
        merged_at: None,
        labels: Vec::new(),
        reviews: Vec::new(),
        branch: String::new(),
        issues: Vec::new(),
        commits: Vec::new(),
    }
}

fn ticket(key: &str, status: &str, stage: Stage) -> Ticket {
    Ticket {
        key: key.to_owned(),
        title: "Refund twice when the gateway is slow".to_owned(),
        description: String::new(),
        url: String::new(),
        status: status.to_owned(),
        stage,
        kind: "Bug".to_owned(),
        assignees: Vec::new(),
        acceptance: Vec::new(),
        fix_versions: Vec::new(),
        links: Vec::new(),
        labels: Vec::new(),
    }
}

fn run(name: &str, outcome: Outcome) -> CheckRun {
    CheckRun { name: name.to_owned(), outcome, url: String::new(), tests: None, coverage: None }
}

fn text(story: &Story, id: &str) -> String {
    let digest = story.digest();
    let fact = digest.facts.iter().find(|fact| fact.id.0 == id);
    fact.unwrap_or_else(|| panic!("{id} may be cited: {:?}", digest.facts)).text.clone()
}

#[test]
fn the_request_says_what_its_commits_do_not() {
    let mut story = Story::new().commit("wip", "", &["src/refund.rs"]).commit("more (#12)", "", &["src/refund.rs"]);
    story.changes.commits.iter_mut().for_each(|commit| commit.pull_requests = vec![12]);
    let mut asked = request(12, "Retry refunds when the gateway is slow");
    asked.body = "The gateway drops one call in a thousand, so we try again.".to_owned();
    asked.labels = vec!["type: bug".to_owned()];
    asked.branch = "pay-311-retry".to_owned();
    story.background.requests = vec![asked];
    story.background.tickets = vec![ticket("PAY-311", "Done", Stage::Done), ticket("PAY-31", "Done", Stage::Done)];

    let digest = story.digest();
    let item = &digest.items[0];
    assert_eq!((item.id.0.as_str(), item.title.as_str()), ("pr:#12", "Retry refunds when the gateway is slow"));
    assert_eq!(item.detail, "The gateway drops one call in a thousand, so we try again.");
    assert_eq!((item.intent, item.tickets.as_slice()), (Intent::Fix, &["PAY-311".to_owned()][..]));
    assert_eq!(text(&story, "t:PAY-311"), "PAY-311: Refund twice when the gateway is slow (Done)");
    assert!(digest.risks.is_empty(), "all is well: {:?}", digest.risks);
}

#[test]
fn a_label_breaks_and_the_subject_does_not_say_it_again() {
    let mut story =
        Story::new().commit("feat!: drop v1 (#3)", "", &["a.rs"]).commit("Rename the flag (#4)", "", &["b.rs"]);
    for (at, number) in [(0, 3), (1, 4)] {
        let commits = vec![story.changes.commits[at].sha.clone()];
        let labels = vec!["breaking-change".to_owned()];
        let title = story.changes.commits[at].subject.trim_end_matches(char::is_alphanumeric).to_owned();
        story.background.requests.push(PullRequest { labels, commits, ..request(number, &title) });
    }
    let told: Vec<String> =
        story.digest().breaking.iter().map(|breaking| format!("{} ({})", breaking.text, breaking.how)).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].ends_with("(label `breaking-change`)"), "{told:?}");
}

#[test]
fn what_did_not_pass_is_a_risk_and_what_was_counted_a_fact() {
    let mut story = Story::new().commit("Retry refunds", "", &["src/refund.rs"]);
    let unit = CheckRun {
        tests: Some(TestCounts { passed: 1_201, failed: 3, skipped: 0 }),
        ..run("unit-tests", Outcome::Failed)
    };
    let coverage = CheckRun {
        coverage: Some(Coverage { percent: 78.94, change: Some(-2.31) }),
        ..run("coverage", Outcome::Passed)
    };
    let runs =
        vec![run("lint", Outcome::Passed), unit, run("e2e", Outcome::Running), coverage, run("docs", Outcome::Skipped)];
    story.background.checks = Some(Checks { sha: "0".repeat(40), runs });

    assert_eq!(
        story.risks(),
        [
            "High Continuous integration failed on `v1.1.0`: `unit-tests`",
            "Medium Continuous integration is still running on `v1.1.0`: `e2e`",
            "Low Coverage falls by 2.3 points to 78.9 %",
        ]
    );
    let told: Vec<String> =
        story.digest().outside.checks.iter().map(|fact| format!("{} {}", fact.id, fact.text)).collect();
    assert_eq!(
        told,
        [
            "ci:1 `unit-tests` failed on `v1.1.0`",
            "ci:2 `unit-tests` ran 1204 tests: 1201 passed, 3 failed",
            "ci:3 `e2e` is still running on `v1.1.0`",
            "ci:4 `coverage` measured 78.9 % of lines covered, 2.3 points less than before",
            "ci:5 2 checks passed on `v1.1.0`",
        ]
    );
}

#[test]
fn green_checks_and_closed_tickets_raise_nothing() {
    let mut story = Story::new().commit("Retry refunds", "", &["src/refund.rs"]);
    story.background.checks = Some(Checks { sha: "0".repeat(40), runs: vec![run("unit-tests", Outcome::Passed)] });
    story.background.tickets =
        vec![ticket("PAY-311", "Done", Stage::Done), ticket("PAY-312", "Parked", Stage::Unknown)];
    story.background.requests = vec![PullRequest {
        reviews: vec![Review { by: "lee".to_owned(), verdict: Verdict::Approved }],
        ..request(12, "Retry refunds")
    }];
    assert_eq!(story.risks(), Vec::<String>::new());
}

#[test]
fn open_tickets_blockers_and_unticked_criteria_are_told_apart() {
    let mut story = Story::new().commit("Retry refunds", "", &["src/refund.rs"]);
    let link = |how: &str, key: &str, stage: Stage| TicketLink {
        how: how.to_owned(),
        key: key.to_owned(),
        title: String::new(),
        stage,
    };
    let mut open = ticket("PAY-311", "In Progress", Stage::InProgress);
    open.links = vec![
        link("is blocked by", "OPS-9", Stage::ToDo),
        link("is blocked by", "OPS-8", Stage::Done),
        link("blocks", "OPS-7", Stage::ToDo),
    ];
    let mut done = ticket("PAY-312", "Done", Stage::Done);
    done.acceptance =
        [Some(true), Some(false), None].map(|met| Criterion { text: "A refund is sent once".to_owned(), met }).to_vec();
    story.background.tickets = vec![open, done];
    assert_eq!(
        story.risks(),
        [
            "Medium 1 ticket of this change is not done: `PAY-311` (In Progress)",
            "Medium `PAY-311` waits for `OPS-9`, which is not done",
            "Low Acceptance criteria are not ticked although the ticket is done: `PAY-312` (1 of 3)",
        ]
    );
}

#[test]
fn an_objection_that_still_stands_is_told_and_a_settled_one_is_not() {
    let mut story = Story::new().commit("Retry refunds", "", &["src/refund.rs"]);
    let reviewed = |number, verdict| PullRequest {
        reviews: vec![Review { by: "lee".to_owned(), verdict }],
        ..request(number, "Retry refunds")
    };
    story.background.requests = vec![
        reviewed(12, Verdict::ChangesRequested),
        reviewed(13, Verdict::Dismissed),
        reviewed(14, Verdict::Approved),
    ];
    assert_eq!(story.risks(), ["Medium `#12` was merged although `lee` asked for changes"]);
}

#[test]
fn what_runs_in_production_is_compared_with_where_the_range_begins() {
    let live = |environment: &str, name: &str, sha: &str, state: &str| {
        let mut story = Story::new().commit("Retry refunds", "", &["src/refund.rs"]);
        story.changes.range.from.sha = "f".repeat(40);
        story.changes.range.to.sha = story.changes.commits[0].sha.clone();
        story.background.deployed = vec![Deployed {
            environment: environment.to_owned(),
            sha: sha.to_owned(),
            name: name.to_owned(),
            at: DateTime::from_timestamp(1_795_000_000, 0).expect("a moment"),
            state: state.to_owned(),
            url: String::new(),
        }];
        story
    };
    assert_eq!(live("production", "v1.0.0", &"f".repeat(40), "success").risks(), Vec::<String>::new());
    assert_eq!(
        live("prod-eu", "v0.9.0", &"e".repeat(40), "success").risks(),
        ["Medium `prod-eu` runs `v0.9.0`, not `v1.0.0`"]
    );
    assert_eq!(live("staging", "v0.9.0", &"e".repeat(40), "success").risks(), Vec::<String>::new());
    assert_eq!(live("production", "v0.9.0", &"e".repeat(40), "failure").risks(), Vec::<String>::new());
    assert_eq!(
        text(&live("production", "v0.9.0", &"e".repeat(40), "failure"), "env:production"),
        "The last deployment to `production`, `v0.9.0` (eeeeeee) on 18 November 2026, 11:06 UTC, is reported as `failure`"
    );
}

#[test]
fn who_may_feel_it_and_what_could_not_be_read_are_facts() {
    let mut story = Story::new().commit("Retry refunds", "", &["src/refund.rs"]);
    let step = |service: &str, through: &str| Dependency { service: service.to_owned(), through: through.to_owned() };
    story.background.affected = vec![Affected {
        service: "web".to_owned(),
        workspace: "shop".to_owned(),
        owners: vec!["team-web".to_owned()],
        path: vec![step("checkout", "api"), step("payments", "")],
    }];
    let hidden = |key: &str| Unreadable { key: key.to_owned(), why: "does not exist or is hidden".to_owned() };
    story.background.unreadable = vec![hidden("PAY-8"), hidden("PAY-9")];
    assert_eq!(
        text(&story, "dep:web"),
        "`web` needs `checkout` (`api`), which needs `payments` and may feel this; `team-web` answers for it"
    );
    assert_eq!(text(&story, "gap:1"), "Tickets `PAY-8`, `PAY-9` (each): does not exist or is hidden.");
    assert_eq!(text(&story, "t:PAY-8"), "PAY-8");
}
