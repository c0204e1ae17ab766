//! `/release` as people type it in Discord, what it offers them, and the menu of a message.

use super::house::House;
use crate::support::fakes::discord::{FakeDiscord, Manner, Outcome};
use slipway::domain::message::{Message, Quoted, What};
use slipway::ports::chat::Chat;
use std::sync::atomic::Ordering;
use std::time::Duration;

fn command(heard: &slipway::domain::message::Heard) -> &str {
    match &heard.what {
        What::Command { words } => words,
        other => panic!("a command was to be heard, not {other:?}"),
    }
}

#[tokio::test]
async fn options_reach_the_bot_as_the_words_people_would_type() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.says("/release draft service:payments range:v1..v2 kind:work").await;
    kim.says("/release draft range:v1..v2").await;
    kim.says("/release edit text:say \"no\" to it note:7 section:rollback").await;
    kim.says("/release help").await;
    let heard = house.hears(4).await;
    let words: Vec<&str> = heard.iter().map(command).collect();
    assert_eq!(
        words,
        ["draft payments v1..v2 --kind work", "draft --range v1..v2", r#"edit 7 rollback "say \"no\" to it""#, "help"]
    );
    assert_eq!(heard[0].place, house.place("releases"));
    assert_eq!((heard[0].person.name.as_str(), heard[0].person.id.as_str()), ("kim", kim.id().to_string().as_str()));
    assert!(heard[0].id.starts_with("interaction/"));
    house.closes().await;
}

#[tokio::test]
async fn what_is_not_registered_cannot_be_typed() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    for (typed, why) in [
        ("/release drat", "no `drat`"),
        ("/release draft payments", "belongs to no option"),
        ("/release draft kind:wrok", "cannot be `wrok`"),
        ("/release edit note:7", "`section` is required"),
    ] {
        assert!(kim.tries(typed).await.expect_err(typed).contains(why), "{typed}");
    }
    house.closes().await;
}

#[tokio::test]
async fn words_are_completed_while_they_are_typed() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    // The ear completes the first word only; what the bot completes is its own test.
    let offered = kim.completes("/release help command:").await;
    assert_eq!(offered, [] as [(String, String); 0], "nothing fits `help `");
    house.closes().await;
}

#[tokio::test]
async fn a_command_is_answered_to_its_author_alone_until_something_is_there_to_see() {
    let house = House::open().await;
    let (kim, lee) = (house.fake.person("kim"), house.fake.person("lee"));
    let Outcome::Said(thinking) = kim.commands("/release draft").await else { panic!("an answer") };
    assert!(thinking.whisper && thinking.text == "Slipway is thinking…", "{thinking:?}");
    assert_eq!(lee.sees(None), []);
    let heard = house.hears(1).await;

    // The card stands in the channel: it is the answer, and the placeholder goes.
    house.patient().post(&heard[0].place, "note/7/card", &Message::text("The card")).await.expect("posted");
    let begun = std::time::Instant::now();
    while kim.sees(None).len() > 1 && begun.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((kim.sees(None)[0].text.as_str(), lee.sees(None).len()), ("The card", 1));

    // An answer for one person takes the placeholder's place.
    kim.says("/release help").await;
    let heard = house.hears(2).await.remove(1);
    let key = format!("help/{}", heard.id);
    for _ in 0..2 {
        house.patient().whisper(&heard.place, &heard.person, &key, &Message::text("All commands")).await.expect("said");
    }
    let seen = kim.sees(None);
    assert_eq!(seen.iter().map(|seen| seen.text.as_str()).collect::<Vec<_>>(), ["The card", "All commands"]);
    assert!(seen[1].whisper);
    assert_eq!(lee.sees(None).len(), 1);
    house.closes().await;
}

#[tokio::test]
async fn an_answer_is_not_taken_away_in_place_of_the_placeholder() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.says("/release help").await;
    let heard = house.hears(1).await.remove(0);
    // The answer is on its way while something visible makes the placeholder superfluous.
    let original = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original";
    house.fake.next(original, Manner::Slow(Duration::from_millis(800)));
    let (chat, place, key) = (house.patient(), house.place("releases"), format!("help/{}", heard.id));
    let (card, told) = (Message::text("The card"), Message::text("All commands"));
    let (said, posted) = tokio::join!(chat.whisper(&heard.place, &heard.person, &key, &told), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        chat.post(&place, "note/7/card", &card).await
    });
    said.expect("said");
    posted.expect("posted");
    tokio::time::sleep(Duration::from_millis(600)).await;
    let mut texts: Vec<String> = kim.sees(None).into_iter().map(|seen| seen.text).collect();
    texts.sort();
    assert_eq!(texts, ["All commands", "The card"]);
    house.closes().await;
}

#[tokio::test]
async fn a_command_whose_result_is_elsewhere_says_that_it_was_taken() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.says("/release regenerate note:7").await;
    let told = kim.hears("Taken: /release regenerate 7").await;
    assert!(told.whisper);
    // And when the answer comes after all, it takes the line's place.
    let heard = house.hears(1).await.remove(0);
    let key = format!("reply/discord/{}", heard.id);
    house.patient().whisper(&heard.place, &heard.person, &key, &Message::text("Note 7 is gone")).await.expect("said");
    assert_eq!(kim.sees(None).iter().map(|seen| seen.text.as_str()).collect::<Vec<_>>(), ["Note 7 is gone"]);
    house.closes().await;
}

#[tokio::test]
async fn what_could_not_be_written_down_is_said_at_once() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    house.ear.deaf.store(true, Ordering::SeqCst);
    let said = kim.commands("/release draft").await.said();
    assert!(said.whisper && said.text.starts_with("Slipway could not write down what you did"), "{said:?}");
    house.closes().await;
}

#[tokio::test]
async fn every_answer_comes_within_discord_s_three_seconds_and_after_it_was_written_down() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    for _ in 0..20 {
        kim.says("/release status").await;
    }
    house.hears(20).await;
    let answered = house.fake.state().log.interactions.clone();
    assert_eq!(answered.len(), 20);
    assert!(answered.iter().all(|one| one.took.is_some_and(|took| took < Duration::from_secs(1))), "{answered:?}");
    house.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_commands_at_once_are_all_answered_in_time() {
    let house = House::open().await;
    let people: Vec<_> = (0..300).map(|number| house.fake.person(&format!("person-{number}"))).collect();
    let outcomes = futures::future::join_all(people.iter().map(|person| person.commands("/release status"))).await;
    assert!(
        outcomes.iter().all(|outcome| matches!(outcome, Outcome::Said(_))),
        "nobody is told that nothing responded"
    );
    assert_eq!(house.hears(300).await.len(), 300);
    house.closes().await;
}

#[tokio::test]
async fn an_answer_that_comes_after_fifteen_minutes_is_written_to_them_directly() {
    let house = House::open().await;
    let kim = house.fake.person("kim");
    kim.says("/release help").await;
    let heard = house.hears(1).await.remove(0);
    house.fake.passes(Duration::from_secs(20 * 60));
    let key = format!("help/{}", heard.id);
    house.patient().whisper(&heard.place, &heard.person, &key, &Message::text("All commands")).await.expect("said");
    let direct = kim.in_direct().sees(None);
    assert_eq!(direct[0].lines, "You asked in #releases\nAll commands");
    assert_eq!(house.fake.take_refused()[0].code, 50_027, "the token had run out");
    house.closes().await;
}

#[tokio::test]
async fn a_message_s_menu_files_it_as_an_incident_and_drafts_from_it() {
    let house = House::open().await;
    let (kim, lee) = (house.fake.person("kim"), house.fake.person("lee"));
    let message = lee.writes("payments answers 500 since 10:04");
    kim.picks(&message, "File as incident").await.said();
    let heard = house.hears(1).await.remove(0);
    let What::Pressed { action, value, .. } = &heard.what else { panic!("a press: {heard:?}") };
    let quoted = Quoted::of(value);
    assert_eq!(action, "incident.file");
    assert_eq!(quoted.text, "payments answers 500 since 10:04");
    let channel = house.fake.channel("releases");
    assert_eq!(quoted.link, Some(format!("https://discord.com/channels/{}/{channel}/{message}", house.fake.guild())));
    let told = Message::text("Filed as incident 1");
    house.patient().whisper(&heard.place, &heard.person, "incident/1/filed", &told).await.expect("said");
    assert_eq!(kim.sees(None).last().expect("an answer").text, "Filed as incident 1");
    house.closes().await;
}

#[tokio::test]
async fn commands_are_registered_again_only_when_they_changed_or_the_server_forgot_them() {
    let house = House::open().await;
    let registered = |house: &House| {
        let state = house.fake.state();
        let calls = state.log.calls_to("PUT", "/applications/{application_id}/guilds/{guild_id}/commands");
        calls.filter(|call| call.status == 200).count()
    };
    assert_eq!(registered(&house), 1);
    let house = house.restarts().await;
    assert_eq!(registered(&house), 1, "nothing changed");
    let guild = house.fake.guild();
    house.notices(&format!("server/{guild}"), true).await;
    house.fake.kick(guild);
    house.notices(&format!("server/{guild}"), false).await;
    house.fake.invite(guild);
    house.notices(&format!("server/{guild}"), true).await;
    house
        .fake
        .until("a registration", |state| {
            state.log.calls_to("PUT", "/applications/{application_id}/guilds/{guild_id}/commands").count() == 2
        })
        .await;
    house.closes().await;
}

#[tokio::test]
async fn without_servers_in_the_configuration_the_command_is_everywhere_and_in_direct_messages() {
    let house = House::with(FakeDiscord::start().await, |options| options.guilds = vec![]).await;
    let kim = house.fake.person("kim").in_direct();
    kim.says("/release help").await;
    let heard = house.hears(1).await.remove(0);
    assert_eq!((command(&heard), heard.place.thread.clone()), ("help", None));
    assert_eq!(heard.place.channel, kim.place());
    house.patient().whisper(&heard.place, &heard.person, "k", &Message::text("Here")).await.expect("said");
    assert_eq!(kim.sees(None).last().expect("an answer").text, "Here");
    house.closes().await;
}

#[tokio::test]
async fn a_server_that_does_not_take_commands_is_named_with_what_to_do() {
    let fake = FakeDiscord::start().await;
    let guild = fake.guild();
    fake.state().guilds.get_mut(&guild).expect("it is there").commands_allowed = false;
    let house = House::with(fake, |_| {}).await;
    let told = house.notices(&format!("commands/{guild}"), false).await.expect("a sentence");
    assert!(told.contains(&guild.to_string()) && told.contains("`applications.commands`"), "{told}");
    assert_eq!(house.fake.take_refused()[0].code, 50_001);
    house.closes().await;
}
