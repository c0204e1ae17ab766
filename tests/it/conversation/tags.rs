//! A pushed tag drafts a note by itself; tags of one release join one note; whatever else happens to tags has its sentence.

use crate::support::repo::Repo;
use crate::support::shop::{Delivery, Shop, everywhere_with, on_github};
use crate::support::somebody::is_card;
use crate::support::world::{Platform, World};

/// What came before anybody looked is nobody's news: the first look is over when both repositories are known.
async fn looked(world: &World) {
    let begun = std::time::Instant::now();
    loop {
        let mut known = 0;
        for name in ["acme/web", "acme/api"] {
            let remote = slipway::domain::service::Remote { host: "github".to_owned(), name: name.to_owned() };
            known += usize::from(world.records.tags.first_look(&remote).await.expect("readable").is_some());
        }
        if known == 2 {
            return;
        }
        assert!(begun.elapsed().as_secs() < 20, "nobody looked");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

fn release_web(shop: &Shop, tag: &str) -> String {
    shop.web.commit("fix(basket): keep what was in it (#42)", &[("src/keep.ts", "export const keep = 1;\n")]).tag(tag);
    shop.web.head()
}

fn release_api(shop: &Shop, tag: &str) -> String {
    shop.api.commit("feat(pay): pay in two parts (#14)", &[("src/parts.rs", "pub fn parts() {}\n")]).tag(tag);
    shop.api.head()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tags_become_one_note_and_what_people_wrote_survives_the_second() {
    everywhere_with(
        |shop| shop.with_tags(""),
        async |shop, world| {
            let kim = world.somebody("kim").await;
            looked(&world).await;
            let sha = release_web(shop, "v3.3");
            let delivery = Delivery::push("d-1", "acme/web", "v3.3", Some(&sha), "lee");
            assert_eq!(delivery.arrives(&world.url).await, 202);
            let card = kim.waits_for_card().await;
            assert!(card.text.contains("web v3.3"), "{}", card.text);

            kim.says("/release edit 1 summary \"Baskets keep what was in them.\"").await;
            kim.waits_for(None, "the edit", |message| message.bot && message.text.contains("keep what was in them."))
                .await;

            let sha = release_api(shop, "v8.2");
            assert_eq!(Delivery::push("d-2", "acme/api", "v8.2", Some(&sha), "lee").arrives(&world.url).await, 202);
            let both = kim
                .waits_for(None, "both", |message| is_card(message) && message.text.contains("api v8.2 and web v3.3"))
                .await;
            assert_eq!(both.id, card.id, "the same note, edited in place");
            assert!(both.text.contains("Baskets keep what was in them."), "{}", both.text);
            kim.waits_for(Some(&card.id), "who joined", |message| message.text.contains("lee pushed")).await;
            kim.waits_for(Some(&card.id), "what was kept", |message| message.text.contains("Kept as edited: Summary"))
                .await;

            // The same delivery again, and the same push told under another id: nothing more is said.
            let said = kim.sees(None).await.len();
            for id in ["d-2", "d-3"] {
                assert_eq!(Delivery::push(id, "acme/api", "v8.2", Some(&sha), "lee").arrives(&world.url).await, 202);
            }
            world.settles().await;
            assert_eq!(kim.sees(None).await.len(), said);
            assert_eq!(world.records.notes.list(10, None).await.expect("readable").len(), 1);
            world.finish().await;
        },
    )
    .await;
}

/// The whole of it against a GitHub: what it knows of the pull requests, issues and checks stands in the note, and every call
/// that was made is here.
#[tokio::test(flavor = "multi_thread")]
async fn two_tags_on_github_become_one_note_of_what_github_knows_and_these_are_the_calls() {
    for platform in Platform::ALL {
        println!("on {platform:?}:");
        let shop = Shop::new();
        let mut config = shop.with_tags("");
        let github = on_github(&shop, &mut config).await;
        let store = slipway::wiring::memory_store();
        let world = World::play(platform, Repo::named("elsewhere"), config, store).await;
        let kim = world.somebody("kim").await;
        looked(&world).await;
        assert_eq!(sorted(github.calls()), ["query tags of acme/api", "query tags of acme/web"], "the first look");

        let sha = release_web(&shop, "v3.3");
        {
            let mut state = github.state();
            let web = state.repository("acme/web");
            web.merges(42, "Keep what was in the basket", &sha).closes = vec![7];
            web.opens(7, "Baskets forget").body = "- [ ] kept over a restart".to_owned();
            web.checked(&sha, "unit", "failure", "");
        }
        Delivery::push("d-1", "acme/web", "v3.3", Some(&sha), "lee").arrives(&world.url).await;
        let card = kim.waits_for_card().await;
        assert!(card.text.contains("Continuous integration failed on v3.3"), "{}", card.text);
        let first = [
            "GET /repos/acme/web/commits/SHA/check-runs",
            "GET /repos/acme/web/commits/SHA/status",
            "query 1 issues of acme/web",
            "query 1 pull requests of acme/web",
            "query deployments of acme/web",
            "query pull requests of 1 commits of acme/web",
            // What the delivery told is asked for before it is believed.
            "query tags of acme/web",
        ];
        assert_eq!(sorted(github.calls()), first);

        kim.says("/release edit 1 summary \"Baskets keep what was in them.\"").await;
        kim.waits_for(None, "the edit", |message| message.bot && message.text.contains("keep what was in them.")).await;

        let sha = release_api(&shop, "v8.2");
        github.state().repository("acme/api").merges(14, "Pay in two parts", &sha).labels = vec!["breaking".to_owned()];
        Delivery::push("d-2", "acme/api", "v8.2", Some(&sha), "lee").arrives(&world.url).await;
        let both = kim
            .waits_for(None, "both", |message| is_card(message) && message.text.contains("api v8.2 and web v3.3"))
            .await;
        assert_eq!(both.id, card.id, "the same note, edited in place");
        assert!(both.text.contains("Baskets keep what was in them."), "{}", both.text);
        kim.waits_for(Some(&card.id), "what was kept", |message| message.text.contains("Kept as edited: Summary"))
            .await;

        let note = world.records.notes.latest(1).await.expect("readable").expect("there");
        assert!(note.text("checks").contains("`unit` failed on `v3.3`"), "{}", note.text("checks"));
        assert!(note.section("after").expect("there").value.to_string().contains("kept over a restart"));
        assert!(note.text("deployment_order").contains("2. `web`"), "{}", note.text("deployment_order"));
        let api = first.map(|call| call.replace("acme/web", "acme/api"));
        let own = api.iter().filter(|call| !call.contains("issues")).map(String::as_str);
        // Answers that cannot have changed since are not asked for in full: a 304 is a call, and costs nothing.
        let again = first.iter().copied().filter(|call| !call.contains("tags"));
        let mut second: Vec<&str> = own.chain(again).collect();
        second.sort_unstable();
        assert_eq!(sorted(github.calls()), second);
        assert_eq!(github.complaints(), Vec::<String>::new());
        world.finish().await;
    }
}

/// In the order of the alphabet, because some are on their way at the same time; object names by what they are.
fn sorted(calls: Vec<String>) -> Vec<String> {
    let named = |call: String| {
        let is_sha = |part: &str| part.len() == 40 && part.bytes().all(|digit| digit.is_ascii_hexdigit());
        let parts: Vec<&str> = call.split('/').map(|part| if is_sha(part) { "SHA" } else { part }).collect();
        parts.join("/")
    };
    let mut calls: Vec<String> = calls.into_iter().map(named).collect();
    calls.sort();
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_a_deleted_and_a_second_tag_each_have_their_sentence() {
    everywhere_with(
        |shop| shop.with_tags(""),
        async |shop, world| {
            let kim = world.somebody("kim").await;
            looked(&world).await;
            let first = release_web(shop, "v3.3");
            Delivery::push("d-1", "acme/web", "v3.3", Some(&first), "lee").arrives(&world.url).await;
            let card = kim.waits_for_card().await;

            shop.web.git(&["tag", "release-2026-11", "v3.3"]);
            Delivery::push("d-2", "acme/web", "release-2026-11", Some(&first), "lee").arrives(&world.url).await;
            kim.waits_for(Some(&card.id), "the other name", |message| {
                message.text.contains("names the same commit as")
            })
            .await;

            shop.web.commit("fix(basket): forget nothing (#43)", &[("src/keep.ts", "export const keep = 2;\n")]);
            shop.web.git(&["tag", "-f", "v3.3"]);
            let moved = shop.web.head();
            Delivery::push("d-3", "acme/web", "v3.3", Some(&moved), "lee").arrives(&world.url).await;
            kim.waits_for(Some(&card.id), "the move", |message| {
                message.text.contains("was moved from") && message.text.contains(&moved[..7])
            })
            .await;
            kim.waits_for(None, "drafted again", |message| message.bot && message.text.contains("Forget nothing"))
                .await;
            // The push that was overtaken arrives last: what is true now stays.
            Delivery::push("d-0", "acme/web", "v3.3", Some(&first), "lee").arrives(&world.url).await;

            shop.web.git(&["tag", "-d", "v3.3"]);
            Delivery::push("d-4", "acme/web", "v3.3", None, "lee").arrives(&world.url).await;
            kim.waits_for(Some(&card.id), "the end", |message| message.text.contains("was deleted. The note stays"))
                .await;

            kim.says("/release tags").await;
            kim.hears("another name for").await;
            assert_eq!(world.records.notes.list(10, None).await.expect("readable").len(), 1);
            world.finish().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn releases_that_come_apart_are_two_notes() {
    everywhere_with(
        |shop| shop.with_tags("join_within = \"0s\""),
        async |shop, world| {
            let kim = world.somebody("kim").await;
            looked(&world).await;
            let sha = release_web(shop, "v3.3");
            Delivery::push("d-1", "acme/web", "v3.3", Some(&sha), "lee").arrives(&world.url).await;
            kim.waits_for_card().await;
            let sha = release_api(shop, "v8.2");
            Delivery::push("d-2", "acme/api", "v8.2", Some(&sha), "lee").arrives(&world.url).await;
            kim.waits_for(None, "another card", |message| is_card(message) && message.text.contains("api v8.2:")).await;
            // Two releases of one service are never one note, however near they come.
            shop.api.commit("fix(pay): round (#15)", &[("src/round.rs", "pub fn round() {}\n")]).tag("v8.3");
            Delivery::push("d-3", "acme/api", "v8.3", Some(&shop.api.head()), "lee").arrives(&world.url).await;
            kim.waits_for(None, "a third card", |message| is_card(message) && message.text.contains("api v8.3:")).await;
            assert_eq!(world.records.notes.list(10, None).await.expect("readable").len(), 3);
            world.finish().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_name_joins_what_the_window_would_not() {
    everywhere_with(
        |shop| shop.with_tags("join_within = \"0s\""),
        async |shop, world| {
            let kim = world.somebody("kim").await;
            looked(&world).await;
            let sha = release_web(shop, "2026.11");
            Delivery::push("d-1", "acme/web", "2026.11", Some(&sha), "lee").arrives(&world.url).await;
            kim.waits_for_card().await;
            let sha = release_api(shop, "2026.11");
            Delivery::push("d-2", "acme/api", "2026.11", Some(&sha), "lee").arrives(&world.url).await;
            kim.waits_for(None, "both", |message| {
                is_card(message) && message.text.contains("api 2026.11 and web 2026.11")
            })
            .await;
            world.finish().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_or_about_nothing_of_ours_is_not_heard() {
    let shop = Shop::new();
    let config = shop.with_tags("");
    let store = slipway::wiring::memory_store();
    let world = World::on(crate::support::repo::Repo::named("elsewhere"), config, store).await;
    let kim = world.somebody("kim").await;
    looked(&world).await;
    let sha = release_web(&shop, "v3.3");
    let genuine = Delivery::push("d-1", "acme/web", "v3.3", Some(&sha), "lee");
    let forged = Delivery {
        body: genuine.body.replace("lee", "kim"),
        ..Delivery::push("d-1", "acme/web", "v3.3", Some(&sha), "lee")
    };
    assert_eq!(forged.arrives(&world.url).await, 401);
    let unsigned =
        Delivery { signature: String::new(), ..Delivery::push("d-1", "acme/web", "v3.3", Some(&sha), "lee") };
    assert_eq!(unsigned.arrives(&world.url).await, 401);
    let elsewhere = Delivery::push("d-9", "acme/elsewhere", "v1", Some(&sha), "lee");
    assert_eq!(elsewhere.arrives(&world.url).await, 202);
    world.settles().await;
    assert_eq!(kim.sees(None).await.len(), 0, "nobody is told anything");
    assert_eq!(world.records.notes.list(10, None).await.expect("readable").len(), 0);
    // What was refused did no harm to the true one.
    assert_eq!(genuine.arrives(&world.url).await, 202);
    kim.waits_for_card().await;
    world.finish().await;
}
