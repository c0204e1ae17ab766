//! As an App: a token per owner, asked for once, renewed before it ends.

use super::{nothing_refused, with};
use crate::support::fakes::github::FakeGithub;
use crate::support::fakes::github::tokens::App;
use ring::signature::{KeyPair as _, RsaKeyPair};
use rustls::pki_types::PrivatePkcs1KeyDer;
use rustls::pki_types::pem::PemObject as _;
use slipway::adapters::code_host::github::GithubHost;
use slipway::adapters::github::{AppKey, Identity};
use slipway::domain::trouble::{Fault, Refusal};
use slipway::ports::code_host::CodeHost;
use slipway::wiring::system_clock;

/// A key that opens nothing: it was made for these tests.
const KEY: &str = include_str!("app-key.pem");

async fn world(minutes: i64) -> (FakeGithub, GithubHost) {
    let fake = FakeGithub::start().await;
    for name in ["acme/web", "acme/api", "globex/pay"] {
        fake.state().repository(name);
    }
    let der = PrivatePkcs1KeyDer::from_pem_slice(KEY.as_bytes()).expect("a key");
    let pair = RsaKeyPair::from_der(der.secret_pkcs1_der()).expect("a key");
    fake.tokens().app = Some(App {
        id: "4711".to_owned(),
        key: pair.public_key().as_ref().to_vec(),
        installed: vec!["acme".to_owned()],
        suspended: false,
        minutes,
    });
    let key = AppKey::new("4711", &KEY.to_owned().into(), system_clock()).expect("a key");
    let host = GithubHost::new(with(&fake, Identity::App(Box::new(key))));
    (fake, host)
}

fn sentence(fault: Fault) -> String {
    match fault {
        Fault::Refused(Refusal(sentence)) => sentence,
        other => panic!("nobody can mend {other:?}"),
    }
}

#[tokio::test]
async fn an_owner_s_token_is_asked_for_once_however_many_want_it() {
    let (fake, host) = world(60).await;
    let asked = ["acme/web", "acme/api", "acme/web"].map(|name| host.deployments(name));
    for found in futures::future::join_all(asked).await {
        found.expect("it may be read");
    }
    assert_eq!(fake.tokens().given(), 1);
    nothing_refused(&fake);
}

#[tokio::test]
async fn a_token_that_ends_soon_is_renewed_first() {
    // Less than a minute left: it would end on the way.
    let (fake, host) = world(0).await;
    for _ in 0..2 {
        host.deployments("acme/web").await.expect("it may be read");
    }
    assert_eq!(fake.tokens().given(), 2);
}

#[tokio::test]
async fn an_app_that_is_not_installed_or_suspended_or_not_itself_is_told_so() {
    let (fake, host) = world(60).await;
    assert_eq!(
        sentence(host.deployments("globex/pay").await.expect_err("not there")),
        "Slipway's GitHub App is not installed for `globex/pay`; install it there, or check the name"
    );
    fake.tokens().app.as_mut().expect("there").suspended = true;
    assert!(
        sentence(host.deployments("acme/web").await.expect_err("suspended"))
            .contains("is suspended for `acme/web`'s owner")
    );
    fake.tokens().app.as_mut().expect("there").id = "another".to_owned();
    assert!(sentence(host.deployments("acme/api").await.expect_err("unknown")).contains("id and private key together"));
    let no_key = AppKey::new("4711", &"no key".to_owned().into(), system_clock()).err();
    assert!(no_key.expect("it is none").contains("is not an RSA key in PEM form"));
}
