//! Checks, deployments and tags, and that nothing is sent twice that has not changed.

use super::{client, host, nothing_refused, sha};
use crate::support::fakes::github::FakeGithub;
use crate::support::fakes::github::state::Deployment;
use crate::support::repo::Repo;
use slipway::domain::checks::Outcome;
use slipway::ports::code_host::CodeHost;

#[tokio::test]
async fn checks_tell_what_failed_and_what_was_measured() {
    let fake = FakeGithub::start().await;
    {
        let mut state = fake.state();
        let web = state.repository("acme/web");
        web.checked(&sha(1), "unit", "failure", "120 passed, 2 failed, 3 skipped");
        web.checked(&sha(1), "coverage", "success", "Coverage: 81.2% (-0.4%)");
        // Run again: only the newest of a name counts.
        web.checked(&sha(1), "lint", "failure", "");
        web.checked(&sha(1), "lint", "success", "");
    }
    let checks = host(&fake).checks("acme/web", &sha(1)).await.expect("GitHub answers").expect("something ran");
    let told: Vec<(&str, Outcome)> = checks.runs.iter().map(|run| (run.name.as_str(), run.outcome)).collect();
    assert_eq!(told, [("coverage", Outcome::Passed), ("lint", Outcome::Passed), ("unit", Outcome::Failed)]);
    let tests = checks.runs[2].tests.expect("they were counted");
    assert_eq!((tests.passed, tests.failed, tests.skipped), (120, 2, 3));
    let coverage = checks.runs[0].coverage.expect("it was measured");
    assert!((coverage.percent - 81.2).abs() < 0.01 && (coverage.change.expect("told") + 0.4).abs() < 0.01);
    assert_eq!(host(&fake).checks("acme/web", &sha(2)).await.expect("GitHub answers"), None, "nothing ran there");
    nothing_refused(&fake);
}

#[tokio::test]
async fn of_each_environment_the_newest_deployment_counts() {
    let fake = FakeGithub::start().await;
    let deployment = |environment: &str, n: u64, at: &str, state| Deployment {
        environment: environment.to_owned(),
        sha: sha(n),
        reference: format!("v{n}"),
        at: at.to_owned(),
        state,
    };
    fake.state().repository("acme/web").deployments = vec![
        deployment("production", 1, "2026-11-01T10:00:00Z", "INACTIVE"),
        deployment("production", 2, "2026-11-08T10:00:00Z", "SUCCESS"),
        deployment("staging", 3, "2026-11-09T10:00:00Z", "FAILURE"),
    ];
    let found = host(&fake).deployments("acme/web").await.expect("GitHub answers");
    let told: Vec<(&str, &str, &str)> =
        found.iter().map(|one| (one.environment.as_str(), one.name.as_str(), one.state.as_str())).collect();
    assert_eq!(told, [("staging", "v3", "failure"), ("production", "v2", "success")]);
    nothing_refused(&fake);
}

#[tokio::test]
async fn tags_are_read_to_the_last_page_and_annotated_ones_lead_to_their_commit() {
    let fake = FakeGithub::start().await;
    let repo = Repo::named("web");
    repo.commit("Begin", &[("a", "1\n")]);
    for n in 0..230 {
        repo.git(&["tag", &format!("build-{n:03}")]);
    }
    repo.git(&["tag", "-a", "v1", "-m", "the first"]);
    fake.state().repository("acme/web").git = Some(repo.path().to_owned());
    let tags = host(&fake).tags("acme/web").await.expect("GitHub answers");
    assert_eq!(tags.len(), 231);
    assert!(tags.iter().all(|tag| tag.sha == repo.head()));
    let v1 = tags.iter().find(|tag| tag.name == "v1").expect("it is there");
    assert_eq!(v1.by.as_ref().map(|by| by.name.as_str()), Some("Release"));
    assert_eq!(fake.calls(), ["query tags of acme/web"; 3]);
    nothing_refused(&fake);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web").checked(&sha(1), "unit", "success", "");
    let github = client(&fake);
    let path = format!("repos/acme/web/commits/{}/check-runs", sha(1));
    let first: serde_json::Value = github.get("acme/web", &path).await.expect("GitHub answers");
    let again: serde_json::Value = github.get("acme/web", &path).await.expect("GitHub answers");
    assert_eq!(first, again, "a 304 stands for what was answered before");
    fake.state().repository("acme/web").checked(&sha(1), "lint", "failure", "");
    let changed: serde_json::Value = github.get("acme/web", &path).await.expect("GitHub answers");
    assert_eq!((first["total_count"].as_u64(), changed["total_count"].as_u64()), (Some(1), Some(2)));
    assert_eq!(fake.not_modified(), 1);
}
