//! What is going on, told by the clock: shown to its author first, silent when there is nothing, and never twice.

use crate::support::metrics::{Measured, Shape};
use crate::support::somebody::Somebody;
use crate::support::world::{Seen, World, everywhere, everywhere_with, payments};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use slipway::ports::clock::Clock as _;

/// Puts the bot's clock a moment before the next time that it is so late.
fn until(world: &World, time: &str) -> DateTime<Utc> {
    let time = NaiveTime::parse_from_str(time, "%H:%M").expect("a time");
    let now = world.clock.now();
    let today = now.date_naive().and_time(time).and_utc();
    let next = if today > now + TimeDelta::seconds(10) { today } else { today + Days::new(1) };
    world.clock.goes_on_by(next - now - TimeDelta::seconds(1));
    next
}

/// So many hours from now, so that no test meets the minute in which it runs.
fn in_hours(world: &World, hours: i64) -> String {
    (world.clock.now() + TimeDelta::hours(hours)).format("%H:%M").to_string()
}

async fn digests(person: &Somebody, text: &str) -> Vec<Seen> {
    person.sees_said().await.into_iter().filter(|message| message.text.contains(text)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_shown_to_its_author_first_then_told_by_the_clock_and_silent_without_news() {
    everywhere(async |world| {
        let kim = world.somebody("kim").await;
        let time = in_hours(&world, 5);
        kim.says(&format!("/release digest daily --at {time} --services payments")).await;
        let trial = kim.hears_somewhere("Only you see this.").await;
        assert!(
            trial.text.contains(&format!("daily, {time} (UTC), only payments, silent when there is nothing")),
            "{}",
            trial.text
        );
        assert!(trial.text.contains("Nothing is on watch, nothing waits"), "{}", trial.text);
        assert!(digests(&kim, "Today · ").await.is_empty(), "nobody else sees one");
        kim.presses(&trial, "Post it here from now on").await;
        kim.hears_somewhere("Digest 1 is posted here from now on").await;
        world.settles().await;

        // A day with nothing in it.
        until(&world, &time);
        tokio::time::sleep(std::time::Duration::from_secs(7)).await;
        world.settles().await;
        assert!(digests(&kim, "digest 1 by kim").await.is_empty(), "nothing to say says nothing");

        kim.says("/release draft v1.0.0..v1.1.0").await;
        let card = kim.waits_for_card().await;
        world.settles().await;
        let planned = world.clock.now() + TimeDelta::hours(25);
        kim.says(&format!("/release plan 1 --at \"{}\" --for 45m", planned.format("%Y-%m-%d %H:%M"))).await;
        kim.waits_for(Some(&card.id), "the plan", |message| message.text.contains("kim planned it")).await;
        world.settles().await;
        until(&world, &time);
        let is_said = |message: &Seen| !message.whisper && message.text.contains("digest 1 by kim");
        let told = kim.waits_for(None, "the digest", is_said).await;
        for part in ["Planned", " · deployment · note 1:", "⚠", "Not approved."] {
            assert!(told.text.contains(part), "`{part}` in {}", told.text);
        }
        world.settles().await;
        assert_eq!(digests(&kim, "digest 1 by kim").await.len(), 1, "once");

        kim.says("/release digest").await;
        let listed = kim.hears_somewhere("Digests of this channel").await;
        assert!(listed.text.contains(&format!("1 · daily, {time} (UTC), only payments")), "{}", listed.text);
        kim.says("/release digest stop 1").await;
        kim.hears_somewhere("Digest 1 is not posted any more.").await;
        until(&world, &time);
        tokio::time::sleep(std::time::Duration::from_secs(7)).await;
        world.settles().await;
        assert_eq!(digests(&kim, "digest 1 by kim").await.len(), 1, "it is stopped");
        world.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_tells_what_is_on_watch_where_to_look_and_who_may_roll_back() {
    let measured = Measured::open(Shape::SlowSince(Utc::now() - TimeDelta::hours(2))).await;
    everywhere_with(payments, &measured.config(), async |world| {
        let kim = world.somebody("kim").await;
        kim.says("/release draft v1.0.0..v1.1.0").await;
        let card = kim.waits_for_card().await;
        kim.says("/release edit 1 operators kim, lee").await;
        world.settles().await;
        let at = (Utc::now() - TimeDelta::hours(2)).timestamp();
        kim.says(&format!("/release deployed 1 --at {at}")).await;
        kim.waits_for(Some(&card.id), "the alarm", |message| message.text.contains("is unstable after note 1.")).await;
        world.settles().await;
        kim.says("/release digest handover --at \"0 8,20 * * *\"").await;
        let trial = kim.hears_somewhere("Only you see this.").await;
        for part in [
            "On-call hand-over",
            "On watch",
            "unstable",
            "live since",
            "next checkpoint",
            "Look at latency_p",
            "May roll back: kim, lee.",
        ] {
            assert!(trial.text.contains(part), "`{part}` in {}", trial.text);
        }
        kim.presses(&trial, "Drop it").await;
        kim.hears_somewhere("Digest 1 is not posted any more.").await;
        world.finish().await;
    })
    .await;
}

/// What falls into quiet hours comes at their end, and a line says that there is nothing where somebody wants one.
#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_put_a_digest_off_and_whoever_wants_a_line_has_one() {
    let world = World::new().await;
    let kim = world.somebody("kim").await;
    let (from, time, end) = (in_hours(&world, 3), in_hours(&world, 5), in_hours(&world, 7));
    kim.says(&format!("/release digest weekly --at {time} --quiet {from}-{end} --empty line")).await;
    let trial = kim.hears_somewhere(&format!("quiet {from}–{end}, a line when there is nothing")).await;
    kim.presses(&trial, "Post it here from now on").await;
    kim.hears_somewhere("Digest 1 is posted here from now on").await;
    world.settles().await;
    until(&world, &time);
    tokio::time::sleep(std::time::Duration::from_secs(7)).await;
    world.settles().await;
    assert!(digests(&kim, "digest 1 by kim").await.is_empty(), "it is quiet");
    until(&world, &end);
    let told =
        kim.waits_for(None, "the digest", |message| !message.whisper && message.text.contains("digest 1 by kim")).await;
    assert!(told.text.contains("The week · ") && told.text.contains("nothing went wrong"), "{}", told.text);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_in_a_digest_has_its_sentence() {
    let world = World::new().await;
    let kim = world.somebody("kim").await;
    for (words, sentence) in [
        ("digest dayly", "dayly is no digest. Did you mean daily"),
        ("digest daily --at soon", "soon is no schedule. Write"),
        ("digest daily --at \"* * * * *\"", "is oftener than every half hour"),
        ("digest daily --quiet late", "late are no quiet hours."),
        ("digest daily --services paiments", "There is no service paiments"),
        ("digest stop", "Which one? For example /release digest stop 2"),
        ("digest stop 9", "There is no digest 9."),
        ("digest show x", "x is no number of a digest."),
        ("digest", "No digest is posted in this channel."),
    ] {
        kim.says(&format!("/release {words}")).await;
        kim.hears_somewhere(sentence).await;
    }
    world.finish().await;
}
