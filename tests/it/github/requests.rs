//! Which pull requests brought these commits? In as few calls as it takes, however many there are.

use super::{commit, host, nothing_refused, sha};
use crate::support::fakes::github::FakeGithub;
use slipway::domain::pull_request::Verdict;
use slipway::ports::code_host::CodeHost;

#[tokio::test]
async fn commits_lead_to_their_requests_and_one_merged_a_moment_ago_is_looked_up_by_its_number() {
    let fake = FakeGithub::start().await;
    {
        let mut state = fake.state();
        let web = state.repository("acme/web");
        let first = web.merges(41, "Show refunds", &sha(3));
        first.commits = vec![sha(1), sha(2), sha(3)];
        first.body = "Shows them.\n<!-- a template's comment -->".to_owned();
        first.labels = vec!["breaking-change".to_owned()];
        first.reviews =
            vec![("lee".to_owned(), "APPROVED".to_owned()), ("kim".to_owned(), "CHANGES_REQUESTED".to_owned())];
        first.closes = vec![7];
        // GitHub does not know yet which commits it brought.
        web.merges(42, "Keep baskets", &sha(4)).commits.clear();
        // The subject names it, but it is somebody else's number.
        web.merges(9, "Years ago", &sha(99)).commits.clear();
        web.opens(7, "Refunds are invisible");
    }
    let commits = [
        commit(&sha(4), "Keep baskets (#42)", &[42]),
        commit(&sha(3), "Merge pull request #41", &[41]),
        commit(&sha(2), "tests, see #9", &[9]),
        commit(&sha(1), "show them", &[]),
        commit(&sha(5), "pushed without a request", &[]),
    ];
    let found = host(&fake).pull_requests("acme/web", &commits).await.expect("GitHub answers");
    let told: Vec<(u64, Vec<String>)> = found.iter().map(|one| (one.number, one.commits.clone())).collect();
    assert_eq!(told, [(42, vec![sha(4)]), (41, vec![sha(3), sha(2), sha(1)])]);
    let first = &found[1];
    assert_eq!((first.title.as_str(), first.body.as_str()), ("Show refunds", "Shows them."));
    assert_eq!(
        (first.labels.as_slice(), first.issues.as_slice()),
        (["breaking-change".to_owned()].as_slice(), ["#7".to_owned()].as_slice())
    );
    let verdicts: Vec<Verdict> = first.reviews.iter().map(|review| review.verdict).collect();
    assert_eq!(verdicts, [Verdict::Approved, Verdict::ChangesRequested]);
    assert_eq!(fake.calls(), ["query pull requests of 5 commits of acme/web", "query 3 pull requests of acme/web"]);
    nothing_refused(&fake);
}

#[tokio::test]
async fn a_thousand_requests_are_forty_calls_and_at_most_twelve_at_a_time() {
    let fake = FakeGithub::start().await;
    let mut commits = Vec::new();
    for number in 1..=1_000 {
        fake.state().repository("acme/web").merges(number, &format!("Change {number}"), &sha(number));
        commits.push(commit(&sha(number), &format!("Change {number} (#{number})"), &[number]));
    }
    fake.answers_after(std::time::Duration::from_millis(20));
    let found = host(&fake).pull_requests("acme/web", &commits).await.expect("GitHub answers");
    assert_eq!(found.len(), 1_000);
    let calls = fake.calls();
    // 1,000 commits and 1,000 requests in batches of 50 each.
    assert_eq!(calls.len(), 40);
    assert!((2..=12).contains(&fake.most_in_flight()), "{} at a time", fake.most_in_flight());
    nothing_refused(&fake);
}
