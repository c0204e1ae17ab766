//! `kill -TERM` in the middle of a draft: the bot ends well and soon, and the draft completes, once.

use super::pace;
use super::scene::Scene;
use crate::support::fakes::openai::Manner;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_a_draft_come_to_its_end_and_its_card_is_there_after_the_restart() {
    let mut scene = Scene::open(Some(pace(100, 2_000.0))).await;
    scene.cut_a_release();
    assert!(scene.ask().await, "nobody disturbs it");
    tokio::time::sleep(Duration::from_millis(150)).await;
    let said = scene.stop().await;
    assert!(said.contains("Slipway has stopped; nothing was lost."), "{said}");
    assert!(!said.contains("cut off"), "there was time enough: {said}");
    scene.restart().await;
    scene.arrives().await;
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_waits_for_a_silent_model_is_cut_off_by_a_stop_and_completes_after_the_restart() {
    let mut scene = Scene::open(Some(pace(50, 4_000.0))).await;
    scene.fake.as_ref().expect("there is a model").always("small", Manner::Silent);
    scene.cut_a_release();
    assert!(scene.ask().await, "nobody disturbs it");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let said = scene.stop().await;
    assert!(said.contains("runs again at the next start"), "{said}");
    scene.fake.as_ref().expect("there is a model").always("small", Manner::Sensible);
    scene.restart().await;
    scene.arrives().await;
    scene.close().await;
}
