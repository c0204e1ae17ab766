//! The catalogue, as people ask for it.

use crate::support::shop::everywhere;

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
