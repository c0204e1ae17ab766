//! Who answers for a service that may feel a change is told, and what they say stands on the card.

use crate::support::shop::everywhere;
use crate::support::world::{Seen, World};

/// The message for the owners of `checkout`.
async fn told(somebody: &crate::support::somebody::Somebody) -> Seen {
    somebody.waits_for(None, "what owners are told", |message| message.text.contains("checkout may feel it")).await
}

fn owners(world: &World) -> impl Future<Output = Vec<slipway::domain::owner::Owner>> {
    let records = world.records.clone();
    async move { records.notes.get(1).await.expect("readable").expect("there").0.owners }
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_acknowledge_once_and_are_asked_again_about_another_release() {
    everywhere(async |_, world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
        kim.says("/release draft api@v8.0..v8.1").await;
        let asked = told(&lee).await;
        assert!(asked.text.contains("Breaking: /v1/refunds is gone"), "{}", asked.text);
        let card = kim.waits_for(None, "the count", |message| message.text.contains("0 of 1 acknowledged")).await;

        lee.presses(&asked, "Acknowledge").await;
        let card = kim
            .waits_for(None, "the answer", |message| {
                message.id == card.id && message.text.contains("1 of 1 acknowledged")
            })
            .await;
        kim.waits_for(Some(&card.id), "who", |message| message.text.contains("lee acknowledged for")).await;
        let settled = lee.waits_for(None, "no buttons", |message| message.text.contains("Acknowledged by lee")).await;
        assert_eq!((settled.id == asked.id, settled.buttons.len()), (true, 0), "the same message, without its buttons");

        // A release that reaches further is another question.
        kim.says("/release add 1 web@v3.1..v3.2").await;
        let again =
            lee.waits_for(None, "another question", |message| message.text.contains("so please look again")).await;
        assert_eq!((again.id == asked.id, again.buttons.len()), (true, 3));
        assert_eq!(owners(&world).await[0].answer, None);
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_stands_on_the_card_and_a_question_is_answered_where_it_was_asked() {
    everywhere(async |_, world| {
        let (kim, lee) = (world.somebody("kim").await, world.somebody("lee").await);
        kim.says("/release draft api@v8.0..v8.1").await;
        let asked = told(&lee).await;
        let card = kim.waits_for(None, "the card", |message| message.text.contains("0 of 1 acknowledged")).await;

        lee.fills(&asked, "Ask", ("text", "What do you need to know?"), "Is /v2/refunds live already?").await;
        let question = kim
            .waits_for(Some(&card.id), "the question", |message| message.text.contains("Is /v2/refunds live already?"))
            .await;
        kim.fills(&question, "Answer", ("text", "Your answer"), "Since Monday.").await;
        let answered = lee.waits_for(None, "the answer", |message| message.text.contains("Since Monday.")).await;
        assert_eq!(answered.id, asked.id, "it stands where it was asked");

        lee.fills(&answered, "Object", ("text", "Why should it not go out like this?"), "checkout still calls /v1.")
            .await;
        let objected = kim
            .waits_for(None, "the objection", |message| {
                message.id == card.id && message.text.contains("checkout still calls /v1.")
            })
            .await;
        assert!(objected.text.contains("0 of 1 acknowledged, 1 objects"), "{}", objected.text);
        kim.waits_for(Some(&card.id), "the reason", |message| message.text.contains("lee objects for")).await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_what_they_do_not_need() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft web@v3.1..v3.2").await;
        kim.waits_for_card().await;
        world.settles().await;
        assert_eq!(owners(&world).await, []);
        assert!(kim.sees(None).await.iter().all(|message| !message.text.contains("may feel it")));
        world.finish().await;
    })
    .await;
}
