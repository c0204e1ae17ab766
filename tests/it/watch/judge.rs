//! What the judge finds, when, and what it does not blame on the change.

use crate::support::simulated::{BEGIN, DAY, HOUR, series, service, values};
use slipway::judge::series::{Kind, Series};
use slipway::judge::state::State;
use slipway::judge::suspects::{Graph, rank};
use slipway::judge::verdict::{Against, Judged, Verdict};
use slipway::judge::watch::{Look, Watch};

/// At noon of the fifth day.
const AT: i64 = BEGIN + 4 * DAY + 12 * HOUR;
const SINCE: i64 = 4 * DAY + 12 * HOUR;

/// All looks of so many hours.
fn looks(series: &[Series], hours: i64) -> Vec<Look> {
    let mut watch = Watch::new(series, AT);
    (1..=hours * 60).filter_map(|minute| watch.look(minute * 60)).collect()
}

fn first(looks: &[Look], state: State) -> Option<i64> {
    looks.iter().find(|look| look.state >= state).map(|look| look.after / 60)
}

fn judged<'a>(look: &'a Look, signal: &str) -> &'a Judged {
    &look.signals.iter().find(|one| one.signal == signal).expect("it is watched").judged
}

#[test]
fn days_on_which_nothing_happens_raise_no_alarm() {
    let alarms = (1..=20)
        .filter(|seed| first(&looks(&service("shop", *seed, 300, 6, |_, _| 1.0), 24), State::MostlyStable).is_some());
    let alarms = alarms.count();
    // One in twenty is the budget of a watch.
    assert!(alarms <= 1, "{alarms} of 20 quiet days raised an alarm");
}

#[test]
fn a_disaster_is_called_within_minutes_and_says_its_numbers() {
    let broken = |signal: &str, time| if signal == "error_ratio" && time >= SINCE { 60.0 } else { 1.0 };
    let looks = looks(&service("shop", 3, 60, 6, broken), 1);
    let minute = first(&looks, State::Unstable).expect("it is called");
    // The first full look is after five.
    assert!(minute <= 4, "after {minute} minutes");
    let last = looks.last().expect("it looked");
    let Judged::Told(Verdict::MuchWorse, numbers) = judged(last, "error_ratio") else { panic!("{last:#?}") };
    assert!((0.06..0.2).contains(&numbers.measured) && numbers.baseline < 0.01, "{numbers:?}");
    assert!(numbers.high < numbers.measured && numbers.score > numbers.bar && numbers.placebos > 100, "{numbers:?}");
    assert!(matches!(judged(last, "latency_p95"), Judged::Told(Verdict::Same, _)), "the others are as they were");
}

#[test]
fn half_as_slow_again_is_found_and_what_began_before_is_not_blamed() {
    let slower =
        |from: i64| move |signal: &str, time| if signal.starts_with("latency") && time >= from { 1.5 } else { 1.0 };
    let found = looks(&service("shop", 5, 60, 6, slower(SINCE)), 4);
    let minute = first(&found, State::Unstable).expect("it is found");
    assert!(minute <= 120, "after {minute} minutes");
    let before = looks(&service("shop", 5, 60, 6, slower(SINCE - 40 * 60)), 4);
    assert_eq!(first(&before, State::MostlyStable), None, "it began 40 minutes before the change");
}

#[test]
fn what_gets_quicker_is_better_and_nothing_is_wrong_with_it() {
    let quicker = |signal: &str, time| if signal.starts_with("latency") && time >= SINCE { 0.5 } else { 1.0 };
    let looks = looks(&service("shop", 7, 60, 6, quicker), 4);
    assert_eq!(first(&looks, State::MostlyStable), None);
    let last = looks.last().expect("it looked");
    assert!(matches!(judged(last, "latency_p50"), Judged::Told(Verdict::Better, _)), "{last:#?}");
}

#[test]
fn traffic_that_stops_is_a_finding_and_a_source_that_stops_is_none() {
    let mut both = service("shop", 9, 60, 6, |_, _| 1.0);
    both.extend(service("bank", 10, 60, 6, |_, _| 1.0));
    let ends = |series: &mut Series| series.samples.retain(|(time, _)| *time < AT + HOUR);
    let mut stopped = both.clone();
    stopped.iter_mut().filter(|one| one.service == "shop" && one.kind == Kind::Traffic).for_each(ends);
    let told = looks(&stopped, 4);
    let minute = first(&told, State::Unstable).expect("it is found");
    assert!((70..=150).contains(&minute), "after {minute} minutes");
    assert!(matches!(
        judged(told.last().expect("it looked"), "requests_per_second"),
        Judged::Told(..) | Judged::Vanished { .. }
    ));

    let mut silent = both;
    silent.iter_mut().for_each(ends);
    let told = looks(&silent, 4);
    assert_eq!(first(&told, State::MostlyStable), None);
    assert_eq!(told.last().expect("it looked").state, State::NotEnough, "nothing known is not stable");
}

#[test]
fn a_new_version_is_held_against_the_old_one_beside_it() {
    let version = |name: &str, samples: Vec<(i64, f64)>| {
        Series::new("shop", "latency_p95", Kind::Latency, Some(name.to_owned()), samples)
    };
    // A day on which everything is three times as slow, old and new alike.
    let storm = |time| if time >= SINCE - HOUR { 3.0 } else { 1.0 };
    let old = values(21, 0.2, 60, 6, storm);
    let new = |times: f64| -> Vec<(i64, f64)> {
        let other = values(22, 1.0, 60, 6, |_| 1.0);
        let noise = other.iter().map(|(_, value)| 1.0 + (value - 1.0) * 0.1);
        old.iter()
            .zip(noise)
            .filter(|((time, _), _)| *time >= AT)
            .map(|((time, value), noise)| (*time, value * noise * times))
            .collect()
    };
    let like = looks(&[version("1", old.clone()), version("2", new(1.0))], 2);
    assert_eq!(first(&like, State::MostlyStable), None, "the storm is both's");
    let slower = looks(&[version("1", old.clone()), version("2", new(1.7))], 2);
    assert!(
        first(&slower, State::Unstable).is_some_and(|minute| minute <= 30),
        "{:?}",
        first(&slower, State::Unstable)
    );
    let Judged::Told(_, numbers) = judged(slower.last().expect("it looked"), "latency_p95") else { panic!("told") };
    assert_eq!(numbers.against, Against::OldVersion);
}

#[test]
fn a_symptom_is_followed_to_what_it_calls() {
    let slow = |signal: &str, time| if signal.starts_with("latency") && time >= SINCE { 2.5 } else { 1.0 };
    let mut all = service("shop", 31, 60, 6, slow);
    all.extend(service("pay", 32, 60, 6, slow));
    all.extend(service("search", 33, 60, 6, |_, _| 1.0));
    let graph =
        Graph::new([("shop", "pay"), ("shop", "search")].map(|(one, other)| (one.to_owned(), other.to_owned())));
    let looks = looks(&all, 2);
    let look =
        looks.iter().find(|look| look.state == State::Unstable && look.symptoms().len() == 2).expect("both are seen");
    let suspects = rank(&look.symptoms(), &graph, 300);
    assert_eq!(suspects[0].service, "pay", "{suspects:#?}");
    assert!(suspects[0].evidence.contains(&"it explains `shop`, which calls it".to_owned()), "{suspects:#?}");
    assert!(suspects[1].against.contains(&"`pay`, which it calls, got worse too".to_owned()), "{suspects:#?}");
}

#[test]
fn saturation_alone_is_no_outage() {
    let full = |time| if time >= SINCE { 1.9 } else { 1.0 };
    let mut all = service("shop", 41, 60, 6, |_, _| 1.0);
    all.push(series(
        "shop",
        "memory_utilization",
        values(42, 0.4, 60, 6, full).into_iter().map(|(time, value)| (time, value.min(1.0))).collect(),
    ));
    let looks = looks(&all, 6);
    assert!(first(&looks, State::MostlyStable).is_some(), "it is told");
    assert_eq!(first(&looks, State::Unstable), None, "and nobody is woken");
}
