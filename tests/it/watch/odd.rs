//! Measurements as they come: gaps, zeros, resets, numbers that are none, services born today.

use crate::support::simulated::{BEGIN, DAY, HOUR, series, service, values};
use slipway::judge::series::Series;
use slipway::judge::state::State;
use slipway::judge::verdict::Judged;
use slipway::judge::watch::{Look, Watch};

const AT: i64 = BEGIN + 4 * DAY + 12 * HOUR;
const SINCE: i64 = 4 * DAY + 12 * HOUR;

fn after(series: &[Series], hours: i64) -> (State, Look) {
    let mut watch = Watch::new(series, AT);
    let looks: Vec<Look> = (1..=hours * 60).filter_map(|minute| watch.look(minute * 60)).collect();
    let worst = looks.iter().map(|look| look.state).filter(|state| *state != State::NotEnough).max();
    let last = looks.last().expect("it looked").clone();
    (worst.unwrap_or(State::NotEnough), last)
}

#[test]
fn no_data_is_not_enough_and_never_stable() {
    assert_eq!(after(&[], 1).0, State::NotEnough);
    let born_today = service("shop", 1, 60, 6, |_, _| 1.0).into_iter().map(|mut one| {
        one.samples.retain(|(time, _)| *time >= AT);
        one
    });
    let (worst, last) = after(&born_today.collect::<Vec<_>>(), 4);
    assert_eq!(worst, State::NotEnough);
    assert!(
        last.signals.iter().all(|one| one.judged == Judged::NotEnough("it was not measured before the change")),
        "{last:#?}"
    );
}

#[test]
fn zeros_gaps_and_numbers_that_are_none_raise_no_alarm() {
    let zeros = series("shop", "errors", (0..6 * DAY / 60).map(|minute| (BEGIN + minute * 60, 0.0)).collect());
    assert_eq!(after(&[zeros], 6).0, State::Stable);

    let mut odd = service("shop", 2, 60, 6, |_, _| 1.0);
    for one in &mut odd {
        let (name, kind) = (one.signal.clone(), one.kind);
        let samples = one.samples.iter().enumerate().filter(|(place, _)| place % 50 > 12).map(
            |(place, (time, value))| match place % 97 {
                0 => (*time, f64::NAN),
                1 => (*time, f64::INFINITY),
                2 => (*time, f64::NEG_INFINITY),
                _ => (*time, *value),
            },
        );
        // Out of order, and some twice.
        let mut samples: Vec<(i64, f64)> = samples.collect();
        samples.reverse();
        samples.extend_from_within(..100);
        *one = Series::new("shop", &name, kind, None, samples);
    }
    assert_eq!(after(&odd, 6).0, State::Stable);
}

#[test]
fn a_counter_that_begins_again_is_no_drop_in_traffic() {
    let rates = values(51, 80.0, 60, 6, |_| 1.0);
    let mut counted = 0.0;
    let counter: Vec<(i64, f64)> = rates
        .iter()
        .map(|(time, rate)| {
            // The process starts anew with the change, and each night.
            if *time == AT || (*time - BEGIN) % DAY == 0 {
                counted = 0.0;
            }
            counted += rate * 60.0;
            (*time, counted)
        })
        .collect();
    let (worst, last) = after(&[series("shop", "http_requests_total", counter)], 6);
    assert_eq!(worst, State::Stable, "{last:#?}");
}

#[test]
fn a_service_used_once_a_night_is_judged_by_nobody() {
    let nightly = |time: i64| if (time % DAY) < HOUR { 40.0 } else { 0.0 };
    let samples = (0..6 * DAY / 60).map(|minute| (BEGIN + minute * 60, nightly(minute * 60))).collect();
    let (worst, last) = after(&[series("batch", "requests", samples)], 24);
    assert_eq!(worst, State::NotEnough, "{last:#?}");
}

#[test]
fn a_few_requests_tell_nothing_of_a_quantile() {
    let slow = |signal: &str, time| if signal.starts_with("latency") && time >= SINCE { 4.0 } else { 1.0 };
    let mut seldom = service("tool", 61, 60, 6, slow);
    // One request in ten minutes.
    seldom[0] = series("tool", "requests_per_second", values(62, 1.0 / 600.0, 60, 6, |_| 1.0));
    let (worst, last) = after(&seldom, 4);
    assert!(worst <= State::NotEnough, "{worst:?} {last:#?}");
    let told = last.signals.iter().filter(|one| one.judged == Judged::NotEnough("too few requests to tell")).count();
    assert_eq!(told, 3, "all but the traffic: {last:#?}");
}

#[test]
fn with_two_hours_of_history_a_disaster_is_found_and_a_rising_morning_is_not_one() {
    let short = |effect: fn(&str, i64) -> f64| -> Vec<Series> {
        let cut = |mut one: Series| {
            one.samples.retain(|(time, _)| *time >= AT - 2 * HOUR);
            one
        };
        service("shop", 71, 60, 6, effect).into_iter().map(cut).collect()
    };
    let (worst, _) = after(&short(|_, _| 1.0), 8);
    assert!(worst <= State::NotEnough, "{worst:?}");
    let (worst, _) =
        after(&short(|signal, time| if signal.starts_with("latency") && time >= SINCE { 4.0 } else { 1.0 }), 2);
    assert_eq!(worst, State::Unstable);
}
