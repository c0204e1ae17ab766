//! GitHub asks to be left alone for a while: so it is, for as long as it says and no longer.

use super::{client, host, sha};
use crate::support::fakes::github::{FakeGithub, Trouble};
use slipway::domain::trouble::Fault;
use slipway::ports::code_host::CodeHost;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_limit_on_behaviour_is_waited_for_as_told() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web");
    fake.next([Trouble::Secondary { retry_after: Some(2) }]);
    let begun = Instant::now();
    host(&fake).deployments("acme/web").await.expect("it answers in the end");
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(6), "{took:?}");
    assert_eq!(fake.calls().len(), 2, "no call before its time");
}

#[tokio::test]
async fn the_hours_calls_come_back_when_github_says_so_and_everybody_waits_with_the_first() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web");
    let github = client(&fake);
    fake.next([Trouble::Primary { seconds: 2 }]);
    let begun = Instant::now();
    let ask = |n: u64| {
        let github = github.clone();
        async move {
            if n > 0 {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            let path = format!("repos/acme/web/commits/{}/check-runs", sha(n));
            github.get::<serde_json::Value>("acme/web", &path).await.map(|_| begun.elapsed())
        }
    };
    let (first, second) = tokio::join!(ask(0), ask(1));
    for took in [first.expect("it answers"), second.expect("it answers")] {
        assert!(took >= Duration::from_secs(2), "{took:?}");
    }
    assert_eq!(fake.calls().len(), 3, "the second did not try in vain");
}

#[tokio::test]
async fn a_limit_that_lasts_longer_than_anybody_waits_is_told() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web");
    fake.next([Trouble::Primary { seconds: 1_800 }]);
    let begun = Instant::now();
    let fault = host(&fake).deployments("acme/web").await.expect_err("not within a minute");
    assert!(matches!(fault, Fault::Busy { retry_after: Some(wait) } if wait > Duration::from_secs(1_700)), "{fault:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "nobody is kept waiting for what cannot come in time");
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_server_that_stumbles_is_asked_again_and_one_that_lies_down_is_told() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web");
    fake.next([Trouble::Status(502), Trouble::Status(503)]);
    host(&fake).deployments("acme/web").await.expect("the third try");
    assert_eq!(fake.calls().len(), 3);
    fake.next([Trouble::Status(500), Trouble::Status(500), Trouble::Status(500), Trouble::Status(500)]);
    let fault = host(&fake).deployments("acme/web").await.expect_err("it lies down");
    assert_eq!(fault, Fault::Failed { status: 500 });
    assert_eq!(fake.calls().len(), 4, "and is left alone");
}
