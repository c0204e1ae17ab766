//! The catalogue, as people ask for it.

use crate::support::repo::Repo;
use crate::support::shop::{Shop, everywhere, on_github};
use crate::support::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_told_in_lines_and_one_service_whole() {
    everywhere(async |_, world| {
        let kim = world.somebody("kim").await;
        kim.says("/release services").await;
        let all = kim.hears("team-checkout").await;
        for told in ["shop", "team-web", "needs api", "(http)"] {
            assert!(all.text.contains(told), "{told} in {}", all.text);
        }
        kim.says("/release services api").await;
        let one = kim.hears("Needed by").await;
        for told in ["acme/api", "team-api", "web", "checkout"] {
            assert!(one.text.contains(told), "{told} in {}", one.text);
        }
        kim.says("/release services apii").await;
        kim.hears("did you mean api").await;
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_cannot_hear_and_a_copy_that_is_not_made_yet_are_told_apart() {
    let shop = Shop::new();
    let mut config = shop.config("channel = \"slack:C0SILENT\"");
    let folder = config.workspaces.clone().expect("a catalogue");
    let more = "name = \"more\"\n[[services]]\nname = \"afar\"\ngithub = \"acme/afar\"\n";
    std::fs::write(folder.join("more.toml"), more).expect("writable");
    let github = on_github(&shop, &mut config).await;
    github.state().repository("acme/afar");
    let world = World::with(Repo::named("elsewhere"), config).await;
    let kim = world.somebody("kim").await;
    kim.says("/release status").await;
    let told = kim.hears("slack is not set up here").await.text;
    assert!(told.contains("shop is told in slack:C0SILENT"), "{told}");
    assert!(told.contains("afar was not read yet; the first draft makes our copy of it"), "{told}");
    world.finish().await;
}
