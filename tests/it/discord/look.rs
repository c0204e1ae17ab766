//! What do the bot's messages look like in Discord? A page per scene in `target/tmp`, to be judged by eye.

use super::whole::{Whole, is_card};
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_in_a_channel_is_drawn_as_people_see_it() {
    let whole = Whole::new().await;
    let kim = whole.fake.person("kim");
    kim.writes("Shall we release today?");
    kim.says("/release draft range:v1.0.0..v1.1.0").await;
    let card = kim.waits_for(None, "the card", is_card).await;
    kim.waits_for(Some(&card.id), "the note", |seen| seen.text.contains("Rollback scenario")).await;
    kim.says("/release help").await;
    kim.hears("/release draft").await;
    kim.says("/release edit note:7 section:rollback text:\"go back\"").await;
    kim.hears("7").await;
    let list = kim.presses(&card, "Edit").await.said();
    let page = whole.fake.page(&kim.place(), Some(&kim));
    for part in [card.text.split(' ').next().expect("a word"), "Only you can see this", "class=select", "class=thread"]
    {
        assert!(page.contains(part), "`{part}` in the page");
    }
    assert!(!list.selects.is_empty());
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("discord.html");
    std::fs::write(&file, page).expect("the target directory can be written");
    whole.closes().await;
}
