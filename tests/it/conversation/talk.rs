//! Questions in plain words, answered from records, on every platform and without a model.

use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, everywhere, everywhere_with, payments};
use slipway::config::Config;

async fn drafted(world: &World) -> (Somebody, Seen) {
    let kim = world.somebody("kim").await;
    kim.says("/release draft v1.0.0..v1.1.0").await;
    let card = kim.waits_for_card().await;
    world.settles().await;
    (kim, card)
}

/// Says it under the card and waits for the answer.
async fn asks(person: &Somebody, card: &Seen, question: &str, answer: &str) -> Seen {
    person.says_in(&card.id, &format!("@Slipway {question}")).await;
    person.waits_for(Some(&card.id), answer, |message| message.bot && message.text.contains(answer)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_answers_what_its_note_knows() {
    everywhere(async |world| {
        let (kim, card) = drafted(&world).await;
        let verdict = asks(&kim, &card, "why is this risky?", "standards are met").await;
        assert!(verdict.text.contains("Instead:"), "{}", verdict.text);
        assert!(!verdict.whisper, "everybody in the thread may read it");
        asks(&kim, &card, "who approves it?", "Nobody was asked yet").await;
        asks(&kim, &card, "what did we leave out?", "files were read to the end").await;
        asks(&kim, &card, "who is on call for it?", "Slipway knows no rota").await;
        asks(&kim, &card, "what is on watch?", "Nothing is on watch now.").await;
        asks(&kim, &card, "is there a freeze?", "there is no freeze now").await;
        asks(&kim, &card, "show rule two-operators", "two-operators").await;
        asks(&kim, &card, "what changed since yesterday?", "Nothing changed since").await;
        asks(&kim, &card, "what is live?", "nobody told Slipway what is live").await;
        asks(&kim, &card, "what happened to the last three?", "Nothing of it went live under watch yet.").await;
        asks(&kim, &card, "did this happen before?", "incidents that are remembered is like it").await;
        asks(&kim, &card, "노트 1은 왜 위험해?", "충족").await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_questions_in_one_are_three_answers_in_one_message() {
    everywhere(async |world| {
        let (kim, card) = drafted(&world).await;
        let said = asks(
            &kim,
            &card,
            "what is live? is there a freeze? who approves it? what is on watch?",
            "Only the first three",
        )
        .await;
        for part in ["What is live", "there is no freeze now", "Who may approve"] {
            assert!(said.text.contains(part), "`{part}` in {}", said.text);
        }
        assert!(!said.text.contains("on watch now"), "{}", said.text);
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chatter_gets_a_line_and_what_is_not_understood_says_what_is() {
    everywhere(async |world| {
        let (kim, card) = drafted(&world).await;
        asks(&kim, &card, "thanks, great work!", "Gladly.").await;
        asks(&kim, &card, "> why is this risky?", "That is only a quote.").await;
        let told =
            asks(&kim, &card, "oh wonderful, another release on a Friday evening", "I cannot make out what you ask.")
                .await;
        assert!(
            told.text.contains("what is live of payments?") && told.text.contains("No model is set up"),
            "{}",
            told.text
        );
        asks(&kim, &card, "why is note 99 risky?", "There is no note 99.").await;
        kim.says("@Slipway darft v1.0.0..v1.1.0").await;
        kim.hears_somewhere("did you mean").await;
        // What people say to each other stays theirs.
        let before = kim.sees(Some(&card.id)).await.len();
        kim.says_in(&card.id, "why is this risky?").await;
        world.settles().await;
        assert_eq!(kim.sees(Some(&card.id)).await.len(), before + 1, "nobody was asked");
        world.finish().await;
    })
    .await;
}

/// Every one of many at once is answered, and each once.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_questions_in_a_moment_are_fifty_answers() {
    everywhere_with(payments, &Config::default(), async |world| {
        let (kim, card) = drafted(&world).await;
        for _ in 0..50 {
            kim.says_in(&card.id, "@Slipway is there a freeze?").await;
        }
        // Slack takes one message a second.
        let begun = std::time::Instant::now();
        let answers = async || {
            let said = kim.sees(Some(&card.id)).await;
            said.iter().filter(|message| message.bot && message.text.contains("there is no freeze now")).count()
        };
        while answers().await < 50 && begun.elapsed().as_secs() < 90 {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        world.settles().await;
        assert_eq!(answers().await, 50);
        world.finish().await;
    })
    .await;
}
