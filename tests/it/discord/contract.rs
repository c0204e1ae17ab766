//! Discord keeps the promises of every chat platform.

use super::house::House;
use crate::contract::chat::keeps_the_contract;

#[tokio::test]
async fn it_keeps_the_contract_of_a_chat() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.says("/release status").await;
    let captain = house.hears(1).await[0].person.clone();
    keeps_the_contract(&house.patient(), &house.place("releases"), &captain, |root| {
        // "Slipway is thinking…" is no message yet.
        let seen = kim.sees(root.as_deref()).into_iter().filter(|seen| !seen.text.ends_with("is thinking…"));
        let texts: Vec<String> = seen.map(|seen| without_page_mark(&seen.text)).collect();
        async move { texts }
    })
    .await;
    let lee = house.fake.person("lee");
    assert!(lee.sees(None).iter().all(|seen| !seen.whisper), "a whisper is nobody else's");
    house.closes().await;
}

/// "Part 2 of 9" at the foot of a page says where it stands and not what was said.
fn without_page_mark(text: &str) -> String {
    text.rsplit_once(" Part ").filter(|(_, mark)| mark.contains(" of ")).map_or(text, |(said, _)| said).to_owned()
}
