//! Every no of GitHub's says what happened, to what, and what to do.

use super::{client, host, sha, with};
use crate::support::fakes::github::tokens::TOKEN;
use crate::support::fakes::github::{FakeGithub, Trouble};
use slipway::adapters::code_host::github::GithubHost;
use slipway::adapters::github::Identity;
use slipway::domain::trouble::{Fault, Refusal};
use slipway::ports::code_host::CodeHost;

fn sentence(fault: Fault) -> String {
    match fault {
        Fault::Refused(Refusal(sentence)) => sentence,
        other => panic!("nobody can mend {other:?}"),
    }
}

#[tokio::test]
async fn gone_renamed_and_forbidden_are_told_apart() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web");
    fake.state().repository("acme/old");
    fake.state().renames("acme/old", "acme/new");
    fake.state().repository("acme/secret").hidden = true;
    let host = host(&fake);
    let told = async |repository: &str| sentence(host.checks(repository, &sha(1)).await.expect_err("no"));
    assert_eq!(
        told("acme/nowhere").await,
        "`acme/nowhere` is not on GitHub, or hidden from Slipway's token; check its name in the workspace's file and what the token may read"
    );
    assert!(told("acme/secret").await.contains("or hidden from Slipway's token"));
    assert_eq!(
        told("acme/old").await,
        "`acme/old` is called `acme/new` on GitHub now; write that into the workspace's file"
    );
    // Queries say it in another way than REST, and mean the same.
    assert!(sentence(host.deployments("acme/nowhere").await.expect_err("no")).contains("is not on GitHub"));
    assert!(sentence(host.tags("acme/secret").await.expect_err("no")).contains("or hidden from"));
    let fails = host.check(&["acme/web", "acme/nowhere"]).await;
    assert_eq!(fails.len(), 1);
    assert!(fails[0].sentence.starts_with("`acme/nowhere`: "), "{}", fails[0].sentence);
}

#[tokio::test]
async fn what_a_token_lacks_is_named() {
    let fake = FakeGithub::start().await;
    fake.state().repository("acme/web");
    for (trouble, told) in [
        (
            Trouble::Scope { has: "read:org", needs: "repo, public_repo" },
            "the token lacks the scope `repo`, which `acme/web` needs; add it to the token",
        ),
        (
            Trouble::SingleSignOn,
            "the token is not authorised for the single sign-on of `acme/web`'s organisation; authorise it in GitHub's settings",
        ),
    ] {
        fake.next([trouble]);
        let fault = host(&fake).deployments("acme/web").await.expect_err("no");
        assert_eq!(sentence(fault), told);
    }
    let wrong = with(&fake, Identity::Token("ghp_worthless".to_owned().into()));
    let told = sentence(GithubHost::new(wrong).deployments("acme/web").await.expect_err("no"));
    assert!(told.contains("does not accept the token") && !told.contains("ghp_worthless"), "{told}");
}

#[tokio::test]
async fn an_address_that_is_none_of_githubs_is_told_before_anybody_asks() {
    let wrong = |url: &str| {
        let options = slipway::adapters::github::GithubOptions {
            api_url: url.to_owned(),
            identity: Identity::Token(TOKEN.to_owned().into()),
        };
        slipway::adapters::github::Github::new(options).err().expect("it is no address")
    };
    assert_eq!(
        wrong("github.com"),
        "`github.com` is not the address of a GitHub API, such as `https://api.github.com`"
    );
    let fake = FakeGithub::start().await;
    drop(client(&fake));
}
