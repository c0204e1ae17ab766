//! Slack keeps the promises of every chat platform.

use super::scene::{Patient, Scene};
use crate::contract::chat::keeps_the_contract;
use crate::support::fakes::slack::Person;
use slipway::domain::person::Person as Captain;

/// What a person reads, without the line that says which part of how many a message is.
async fn read(person: &Person, root: Option<String>) -> Vec<String> {
    let part = regex::Regex::new(r" Part \d+ of \d+$").expect("a pattern");
    let seen = person.sees(root.as_deref()).await;
    seen.into_iter().map(|message| part.replace(&message.text, "").into_owned()).collect()
}

#[tokio::test]
async fn it_keeps_the_contract_of_a_chat() {
    let scene = Scene::open().await;
    scene.fake.expect_refused("channel_not_found");
    let kim = scene.fake.person("kim");
    let captain = Captain { platform: "slack".to_owned(), id: kim.id.clone(), name: kim.name() };
    keeps_the_contract(&Patient(scene.slack.clone()), &scene.releases(), &captain, |root| {
        let kim = kim.clone();
        async move { read(&kim, root).await }
    })
    .await;

    let lee = scene.fake.person("lee");
    assert_eq!(read(&lee, None).await, ["The note"], "a whisper is nobody else's");
}
