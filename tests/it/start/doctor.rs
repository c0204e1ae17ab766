//! `slipway doctor` says of each thing whether it works, and ends with 4 when something that is set up does not.

use super::{Ended, ended, shown};
use crate::support::fakes::openai::FakeOpenAi;
use crate::support::process::{Setup, slipway};
use crate::support::repo::Repo;
use crate::support::world::payments;

async fn doctor(repo: &Repo, model: Option<&str>) -> Ended {
    let data = tempfile::tempdir().expect("a temporary directory");
    let mut command = slipway(&["doctor"]);
    command.arg("--data-dir").arg(data.path()).arg("--repo").arg(repo.path());
    if let Some(url) = model {
        command.env("SLIPWAY_MODEL_BASE_URL", url).env("SLIPWAY_MODELS", "small");
    }
    ended(command).await
}

/// The line about a thing, with its mark.
fn line<'a>(ended: &'a Ended, what: &str) -> &'a str {
    let found = ended.out.lines().find(|line| line.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(what)));
    found.unwrap_or_else(|| panic!("no line about {what} in:\n{}", ended.out))
}

#[tokio::test]
async fn without_a_model_everything_that_is_set_up_works() {
    let repo = payments();
    let ended = doctor(&repo, None).await;
    assert_eq!(line(&ended, "configuration:"), "✓ configuration: none given; everything has its default");
    assert!(line(&ended, "store:").starts_with('✓'), "{}", ended.out);
    assert!(line(&ended, "git:").starts_with("✓ git: git 2."), "{}", ended.out);
    assert_eq!(
        line(&ended, "service payments:"),
        format!("✓ service payments: `{}`, next draft would cover `v1.0.0..v1.1.0`", shown(repo.path()))
    );
    assert_eq!(line(&ended, "model:"), "– model: not configured; rules write every note");
    assert!(line(&ended, "embedder:").starts_with("– embedder: not configured"), "{}", ended.out);
    assert_eq!(ended.out.lines().last(), Some("Everything that is set up works."));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_answers_works_and_one_that_does_not_is_named() {
    let repo = payments();
    let fake = FakeOpenAi::start().await;
    let ended = doctor(&repo, Some(&fake.base_url())).await;
    assert!(line(&ended, "model:").starts_with('✓') && line(&ended, "model:").contains("`small`"), "{}", ended.out);
    assert_eq!(ended.code, Some(0), "{}", ended.out);

    // A port that was free a moment ago: nobody answers there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it is bound");
    let ended = doctor(&repo, Some(&format!("http://{nobody}/v1"))).await;
    assert_eq!(line(&ended, "model:"), "✗ model: the server could not be reached; rules write until it answers");
    assert!(line(&ended, "service payments:").starts_with('✓'), "the rest is still looked at: {}", ended.out);
    assert_eq!(ended.out.lines().last(), Some("1 of 9 checks failed."));
    assert_eq!(ended.code, Some(4));
}

#[tokio::test]
async fn a_repository_that_is_none_is_named() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let data = home.path().join("data");
    let mut command = slipway(&["doctor", "--repo", "/nowhere/payments"]);
    command.arg("--data-dir").arg(&data);
    let ended = ended(command).await;
    assert!(
        line(&ended, "service payments:").starts_with("✗ service payments: There is no `/nowhere/payments`."),
        "{}",
        ended.out
    );
    assert_eq!(ended.code, Some(4), "{}", ended.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_running_bot_its_store_is_left_alone_and_nothing_fails() {
    let (repo, data) = (payments(), tempfile::tempdir().expect("a temporary directory"));
    let bot = Setup::new(data.path(), repo.path(), None).start().await;
    let mut command = slipway(&["doctor"]);
    command.arg("--data-dir").arg(data.path()).arg("--repo").arg(repo.path());
    let ended = ended(command).await;
    assert_eq!(
        line(&ended, "store:"),
        format!("– store: `{}` was not looked at: a running Slipway has it", shown(data.path()))
    );
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    drop(bot);
}
