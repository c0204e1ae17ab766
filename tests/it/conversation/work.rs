//! Work that changes no code: its note comes from the template of its type, its time, and what is served right now.

use crate::support::repo::Repo;
use crate::support::served::{Made, Served};
use crate::support::shop::{Shop, everywhere, everywhere_with};
use crate::support::somebody::is_card;
use crate::support::world::World;
use chrono::{Datelike, TimeDelta, Utc};
use slipway::config::Config;

/// A day a while ahead, as people type it and as the note tells it.
fn ahead() -> (String, String) {
    let day = (Utc::now() + TimeDelta::days(20)).date_naive();
    (day.format("%Y-%m-%d").to_string(), day.format("%-d %B %Y").to_string())
}

/// The shop's catalogue, and leave to look at `pay.example.com`, which is this server.
fn looking(shop: &Shop, served: &Served) -> Config {
    let mut config = shop.config("");
    config.certificates.hosts = vec![format!("pay.example.com:{}", served.address.port())];
    config.certificates.addresses.insert("pay.example.com".to_owned(), vec![served.address]);
    let authorities = config.data_dir.join("authorities.pem");
    std::fs::write(&authorities, &served.pem).expect("writable");
    config.certificates.authorities = Some(authorities);
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_s_renewal_says_when_the_served_one_ends_and_what_to_do() {
    let next_year = Utc::now().year() + 1;
    let made = Made { names: vec!["pay.example.com".to_owned()], ends: next_year, self_signed: false };
    let served = Served::with(made).await;
    everywhere_with(
        |shop| looking(shop, &served),
        async |_, world| {
            let kim = world.somebody("kim").await;
            let (typed, told) = ahead();
            kim.says(&format!(
                "/release work \"renew certificate of pay.example.com\" --at \"{typed} 10:00\" --for 30m"
            ))
            .await;
            let card = kim.waits_for_card().await;
            assert!(card.text.contains(&format!("Renew certificate of pay.example.com, {told}")), "{}", card.text);
            assert!(card.text.contains(&format!("ends on 15 January {next_year}")), "{}", card.text);
            assert!(card.text.contains(&format!("{told}, 10:00 to 10:30 (UTC), 30 minutes")), "{}", card.text);

            let page = world.person("lee").await.page("/n/1").await;
            assert!(page.contains("How this note came to be") && !page.contains("How much it saw"), "no code was read");
            assert!(!page.contains(">Repositories<"), "nor is there a repository to fill in");
            let note = world.records.notes.latest(1).await.expect("readable").expect("there");
            let target = note.text("target");
            assert!(target.contains("Example Authority") && target.contains("ECDSA P-256"), "{target}");
            assert!(!target.contains("does not cover") && !target.contains("authority that this machine"), "{target}");
            let list = |key: &str| note.section(key).expect("there").value.as_array().expect("a list").len();
            assert_eq!((list("steps"), list("before"), list("after"), list("open_points")), (5, 5, 4, 3));
            assert!(
                note.text("rollback_scenario").contains("1. Put the old certificate, chain and key back and reload")
            );
            assert_eq!(note.text("rollback_strategy"), "SWITCH_BACK");
            assert!(note.remarks[0].contains("certificate renewal"), "{:?}", note.remarks);

            // What people write stays when the time moves.
            kim.says("/release edit 1 purpose \"The old authority closes.\"").await;
            kim.waits_for(None, "the edit", |message| {
                is_card(message) && message.text.contains("The old authority closes.")
            })
            .await;
            kim.says(&format!("/release plan 1 --at \"{typed} 22:00\"")).await;
            let moved = kim
                .waits_for(None, "the new time", |message| is_card(message) && message.text.contains("22:00 to 22:30"))
                .await;
            assert!(moved.id == card.id && moved.text.contains("The old authority closes."), "{}", moved.text);
            kim.waits_for(Some(&card.id), "who moved it", |message| message.text.contains("kim moved it")).await;
            world.finish().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_nobody_allowed_is_not_looked_at_and_the_note_says_so() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        kim.says("/release work \"renew certificate of internal.example.com\"").await;
        let card = kim.waits_for_card().await;
        assert!(card.text.contains("No time was said yet"), "{}", card.text);
        kim.waits_for(Some(&card.id), "the gap", |message| {
            message.text.contains("is not among hosts of [certificates]")
        })
        .await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_certificate_is_told() {
    let (past, next) = (Utc::now().year() - 1, Utc::now().year() + 1);
    for (made, told) in [
        (Made { names: vec!["pay.example.com".to_owned()], ends: past, self_signed: false }, "ended on 15 January"),
        (
            Made { names: vec!["shop.example.com".to_owned()], ends: next, self_signed: false },
            "does not cover `pay.example.com`",
        ),
        (Made { names: vec!["pay.example.com".to_owned()], ends: next, self_signed: true }, "vouches for itself"),
    ] {
        let served = Served::with(made).await;
        let (shop, store) = (Shop::new(), slipway::wiring::memory_store());
        let world = World::on(Repo::named("elsewhere"), looking(&shop, &served), store).await;
        let kim = world.somebody("kim").await;
        kim.says("/release work \"renew certificate of pay.example.com\"").await;
        kim.waits_for_card().await;
        let note = world.records.notes.latest(1).await.expect("readable").expect("there");
        assert!(note.text("target").contains(told), "{}", note.text("target"));
        world.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_a_service_tells_who_depends_on_it_and_its_owners() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        kim.says("/release work \"upgrade postgres 14 to 15\" --service api").await;
        let card = kim.waits_for_card().await;
        let note = world.records.notes.latest(1).await.expect("readable").expect("there");
        let effects = note.text("effects_on_services");
        assert!(effects.contains("`web` needs `api` and may feel this") && effects.contains("`checkout`"), "{effects}");
        assert!(note.text("target").contains("the database of `api`"), "{}", note.text("target"));
        assert!(card.text.contains("0 of 1 acknowledged"), "{}", card.text);
        kim.waits_for(None, "what owners are told", |message| message.text.contains("checkout may feel it")).await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_in_a_request_for_work_has_its_sentence() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        for (said, answer) in [
            ("/release work", "What is done?"),
            ("/release work \"x\" --at \"2020-01-01 10:00\"", "is over: it is"),
            ("/release work \"x\" --at \"2027-02-30 10:00\"", "is in no calendar"),
            ("/release work \"x\" --at \"tomorrow 10:00\" --for 0m", "is no time at all"),
            ("/release work \"x\" --type certficate-renewal", "did you mean certificate-renewal"),
            ("/release work \"x\" --service wbe", "did you mean web"),
            ("/release plan 1", "When?"),
            ("/release plan 1 --at \"tomorrow 10:00\"", "There is no note 1"),
        ] {
            kim.says(said).await;
            kim.hears_somewhere(answer).await;
        }
        assert_eq!(world.records.notes.list(10, None).await.expect("readable").len(), 0, "nothing was drafted");
        world.finish().await;
    })
    .await;
}
