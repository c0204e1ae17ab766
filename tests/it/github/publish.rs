//! What is put on GitHub stands there once, and what people wrote around it stays.

use super::{host, nothing_refused};
use crate::support::fakes::github::FakeGithub;
use crate::support::fakes::github::state::Release;
use slipway::ports::code_host::{CodeHost, Publication};

#[tokio::test]
async fn a_release_gets_the_note_once_beside_what_people_wrote() {
    let fake = FakeGithub::start().await;
    {
        let mut state = fake.state();
        // Its release is on the second page.
        let releases =
            (0..150).map(|n| Release { id: 1_000 + n, tag: format!("old-{n}"), body: String::new(), draft: false });
        state.repository("acme/web").releases.extend(releases);
        let thanks = "Thanks to everybody.".to_owned();
        state.repository("acme/web").releases.push(Release {
            id: 5,
            tag: "v3.2".to_owned(),
            body: thanks,
            draft: false,
        });
    }
    let host = host(&fake);
    let to = Publication::Release { tag: "v3.2".to_owned() };
    for text in ["# Web v3.2\n\nOne.", "# Web v3.2\n\nTwo.", "# Web v3.2\n\nTwo."] {
        host.publish("acme/web", &to, "note/7", text).await.expect("it is put there");
    }
    let body = fake.state().repository("acme/web").releases.last().expect("there").body.clone();
    assert_eq!(body, "Thanks to everybody.\n\n<!-- slipway:note/7 -->\n# Web v3.2\n\nTwo.\n<!-- /slipway:note/7 -->");
    let changes = fake.calls().into_iter().filter(|call| !call.starts_with("GET")).count();
    assert_eq!(changes, 2, "what stands there already is not written again");

    let to = Publication::Release { tag: "v3.3".to_owned() };
    host.publish("acme/web", &to, "note/8", "New.").await.expect("it is made");
    host.publish("acme/web", &to, "note/8", "Newer.").await.expect("it is found again, although it is a draft");
    let made: Vec<(bool, bool)> = {
        let mut state = fake.state();
        let all = &state.repository("acme/web").releases;
        all.iter().filter(|one| one.tag == "v3.3").map(|one| (one.draft, one.body.contains("Newer."))).collect()
    };
    assert_eq!(made, [(true, true)]);
    nothing_refused(&fake);
}

#[tokio::test]
async fn a_pull_request_gets_one_comment() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web").merges(41, "Show refunds", &super::sha(1));
    let host = host(&fake);
    let to = Publication::PullRequest { number: 41 };
    let first = host.publish("acme/web", &to, "note/7", "One.").await.expect("it is put there");
    let second = host.publish("acme/web", &to, "note/7", "Two.").await.expect("it is edited");
    assert_eq!(first, second, "one link, because it is one comment");
    let bodies: Vec<String> =
        fake.state().repository("acme/web").comments[&41].iter().map(|one| one.body.clone()).collect();
    assert_eq!(bodies, ["<!-- slipway:note/7 -->\nTwo.\n<!-- /slipway:note/7 -->"]);
    let nowhere = Publication::PullRequest { number: 99 };
    assert!(host.publish("acme/web", &nowhere, "note/7", "One.").await.is_err());
    nothing_refused(&fake);
}
