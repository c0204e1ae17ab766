//! `kill -9` at any moment of a draft: after the restart the draft completes, and appears once.
//!
//! The moments are spread over the whole way, from the first byte of the event to after the card: every third kill strikes
//! within the first milliseconds, where the event is on its way into the inbox. Some strike at sight: when the placeholder
//! appears, and when the card does and the note under it is still to come.

mod paid;
mod scene;
mod stop;

use crate::support::fakes::openai::Pace;
use scene::{Scene, Sight};
use std::time::{Duration, Instant};

/// Kills by the clock of each of the two long tests; each has four more at sight, and the third test its own.
const KILLS: u32 = 11;
/// Kills within one draft.
const KILLS_IN_ONE: u32 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_by_rules_outlives_a_kill_at_any_moment() {
    outlives_kills(Scene::open(None).await).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_by_a_model_outlives_a_kill_at_any_moment_and_pays_for_no_answer_twice() {
    let scene = outlives_kills(Scene::open(Some(pace(60, 4_000.0))).await).await;
    paid::assert_once(&scene);
    scene.close().await;
}

/// Each start finds a draft half done and is killed in the middle of it, or before it could begin.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_killed_again_and_again_completes_once() {
    let mut scene = Scene::open(Some(pace(100, 300.0))).await;
    scene.cut_a_release();
    let mut acknowledged = scene.ask_and_kill(Duration::from_millis(60)).await;
    for kill in 1..KILLS_IN_ONE {
        if kill.is_multiple_of(3) {
            scene.start_and_kill(Duration::from_millis(u64::from(20 * kill))).await;
            continue;
        }
        scene.restart().await;
        acknowledged = acknowledged || scene.ask().await;
        match kill % 3 {
            1 => tokio::time::sleep(Duration::from_millis(u64::from(50 * kill))).await,
            _ => scene.half_written().await,
        }
        scene.kill().await;
    }
    scene.restart().await;
    scene.arrives().await;
    assert!(paid::assert_once(&scene) > 0, "answers must have been there before a kill, or nothing was proved");
    scene.close().await;
}

/// One draft in peace to learn how long it takes, then one for each kill.
async fn outlives_kills(mut scene: Scene) -> Scene {
    scene.cut_a_release();
    let begun = Instant::now();
    assert!(scene.ask().await, "nobody disturbs it");
    scene.arrives().await;
    let whole = begun.elapsed();
    let mut unheard = 0;
    for kill in 0..KILLS {
        scene.cut_a_release();
        let acknowledged = scene.ask_and_kill(moment(kill, whole)).await;
        scene.restart().await;
        // Unheard, it is sent again as the browser would; heard, a repeat must change nothing.
        if !acknowledged || kill.is_multiple_of(2) {
            assert!(scene.ask().await, "nobody disturbs it");
        }
        unheard += u32::from(!acknowledged);
        scene.arrives().await;
    }
    for sight in [Sight::Placeholder, Sight::Card, Sight::Placeholder, Sight::Card] {
        scene.cut_a_release();
        assert!(scene.ask().await, "nobody disturbs it");
        scene.kill_at_sight(sight).await;
        scene.restart().await;
        scene.arrives().await;
    }
    println!("{KILLS} kills over {} ms, {unheard} of them before the event was acknowledged", whole.as_millis());
    scene
}

/// Every third within the first moments, the others evenly from there to a little after the end.
fn moment(kill: u32, whole: Duration) -> Duration {
    if kill.is_multiple_of(3) {
        return Duration::from_millis(u64::from(kill));
    }
    whole.mul_f64(1.1 * f64::from(kill) / f64::from(KILLS))
}

/// A model on this machine's own clock.
fn pace(first_token_ms: u64, tokens_per_second: f64) -> Pace {
    let first_token = Duration::from_millis(first_token_ms);
    Pace { first_token, spread: 0.3, reading: 1e6, writing: tokens_per_second, clock: 1.0 }
}
