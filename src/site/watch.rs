//! What of a watch stands on a note's page: its day as one bar, every service with its signals, the pictures, and what the note promised.

use super::Missing;
use crate::domain::watch::{Chart, Checkpoint, End, Kept, Report, State, Watch};
use crate::records::Records;
use axum::extract::{Path, State as Shared};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use minijinja::{Value, context};
use std::sync::Arc;

/// `None`: it was never watched, or nothing was judged yet.
pub async fn view(records: &Records, note: u64) -> Result<Option<Value>, Missing> {
    let Some((watch, _)) = records.watches.get(note).await? else { return Ok(None) };
    let Some(report) = records.watches.report(note).await? else { return Ok(None) };
    let charts = records.watches.charts(note).await?;
    let state = watch.state.unwrap_or(State::NotEnough);
    let services = services(&report, &charts);
    let of_state = |state: State| services.iter().filter(|(own, _)| *own == state).count();
    let tabs = [State::Unstable, State::MostlyStable, State::Stable, State::NotEnough]
        .map(|state| context! { name => state.name(), key => key(state), count => of_state(state) });
    let promises = report.promises.iter().map(|promise| {
        let tone = match promise.kept {
            Kept::Yes => "good",
            Kept::No => "danger",
            Kept::Unknown => "plain",
        };
        context! { tone, told => promise.kept.name(), text => promise.text.as_str(), why => promise.why.as_str() }
    });
    Ok(Some(context! {
        note, state => state.name(), tone => tone(state), live => watch.at.format("%-d %b %Y, %H:%M UTC").to_string(),
        by => watch.by.name.as_str(), at => report.at.format("%-d %b, %H:%M UTC").to_string(),
        after => after((report.at - watch.at).num_seconds()), end => end(&watch), phases => phases(&watch, (report.at - watch.at).num_seconds()),
        findings => &report.findings, suspects => &report.suspects, advice => &report.advice, gaps => &report.gaps,
        promises => promises.collect::<Vec<_>>(), all => services.len(), tabs => tabs.to_vec(),
        services => services.into_iter().map(|(_, service)| service).collect::<Vec<_>>(),
        budget => report.told["false_alarm_budget"].as_f64().unwrap_or_default() * 100.0,
        signals => report.told["judged_signals"].as_u64(),
    }))
}

/// `3 h 5 min`
fn after(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn end(watch: &Watch) -> String {
    match &watch.end {
        None => format!("watched until {} UTC", (watch.at + chrono::TimeDelta::days(1)).format("%-d %b %H:%M")),
        Some(End::Over) => "the day is over".to_owned(),
        Some(End::Stopped(person)) => format!("stopped by {}", person.name),
        Some(End::HandedTo(note)) => format!("handed to note {note}, which changes the same"),
    }
}

/// Before the change, up to each checkpoint, and now.
fn phases(watch: &Watch, now: i64) -> Vec<Value> {
    let judged = |after: i64| watch.checkpoints.iter().find(|one| one.after == after).map(|one: &Checkpoint| one.state);
    let mut phases = vec![("before".to_owned(), watch.before)];
    let (over, to_come): (Vec<i64>, Vec<i64>) = watch.plan.iter().partition(|at| **at <= now);
    phases.extend(over.into_iter().map(|at| (format!("+{}", after(at)), judged(at))));
    if watch.end.is_none() {
        phases.push(("now".to_owned(), watch.state));
    }
    phases.extend(to_come.into_iter().map(|at| (format!("+{}", after(at)), None)));
    let drawn = phases.into_iter().map(|(label, state)| {
        let told = state.map_or("not yet", State::name);
        context! { label, told, key => state.map_or("none", key), mark => state.map_or("", State::mark) }
    });
    drawn.collect()
}

/// The worst first, each with its signals and pictures.
fn services(report: &Report, charts: &[Chart]) -> Vec<(State, Value)> {
    let nothing = Vec::new();
    let list = |name: &str| report.told[name].as_array().unwrap_or(&nothing);
    let mut found: Vec<(State, Value)> = list("services")
        .iter()
        .map(|service| {
            let name = service["service"].as_str().unwrap_or_default();
            let state = named(service["state"].as_str().unwrap_or_default());
            let now = named(service["now"].as_str().unwrap_or_default());
            let signals: Vec<Value> =
                list("signals").iter().filter(|signal| signal["service"] == name).map(signal).collect();
            let of_service = charts.iter().enumerate().filter(|(_, chart)| chart.service == name);
            let charts = of_service.map(|(place, chart)| context! { place, told => chart.told.as_str() });
            let drawn = context! {
                name, key => key(state), tone => tone(state), state => state.name(), now => now.name(), worse => state >= State::MostlyStable,
                signals, charts => charts.collect::<Vec<_>>(),
            };
            (state, drawn)
        })
        .collect();
    found.sort_by_key(|(state, _)| std::cmp::Reverse(*state));
    found
}

fn signal(told: &serde_json::Value) -> Value {
    let verdict = told["verdict"].as_str().unwrap_or_default();
    let tone = match verdict {
        "worse" => "caution",
        "much_worse" => "danger",
        "better" => "good",
        _ => "plain",
    };
    let number = |name: &str| told[name].as_f64().map(crate::features::watch::replay::figure);
    let band = number("low").zip(number("high")).map(|(low, high)| format!("{low} to {high}"));
    context! {
        name => told["signal"].as_str(), verdict => verdict.replace('_', " "), tone, measured => number("measured"),
        baseline => number("baseline"), band, ratio => told["ratio"].as_f64().map(|ratio| format!("×{ratio:.2}")),
        why => told["rule"].as_str().or(told["why"].as_str()), now => told["now"].as_str().map(|now| now.replace('_', " ")),
    }
}

fn named(key: &str) -> State {
    [State::Stable, State::MostlyStable, State::Unstable]
        .into_iter()
        .find(|state| self::key(*state) == key.replace('_', "-"))
        .unwrap_or(State::NotEnough)
}

/// As the stylesheet calls it.
fn key(state: State) -> &'static str {
    match state {
        State::Stable => "stable",
        State::NotEnough => "not-enough",
        State::MostlyStable => "mostly-stable",
        State::Unstable => "unstable",
    }
}

fn tone(state: State) -> &'static str {
    match state {
        State::Stable => "good",
        State::NotEnough => "plain",
        State::MostlyStable => "caution",
        State::Unstable => "danger",
    }
}

/// One of a watch's pictures.
pub async fn chart(
    Shared(records): Shared<Arc<Records>>,
    Path((note, address)): Path<(u64, String)>,
) -> Result<Response, Missing> {
    let place: usize = address.strip_suffix(".png").and_then(|place| place.parse().ok()).unwrap_or(usize::MAX);
    let charts = records.watches.charts(note).await?;
    let png = charts.get(place).and_then(|chart| base64::engine::general_purpose::STANDARD.decode(&chart.png).ok());
    let png = png.ok_or_else(|| Missing::Note(note.to_string()))?;
    let headers: [(HeaderName, HeaderValue); 2] = [
        (CONTENT_TYPE, HeaderValue::from_static("image/png")),
        // The next checkpoint draws it anew.
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, png).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_after_the_change_read_like_times() {
        assert_eq!([600, 3_600, 11_100].map(after), ["10 min", "1 h", "3 h 5 min"]);
    }

    #[test]
    fn states_are_found_again_by_the_name_that_programs_read() {
        for state in [State::Stable, State::NotEnough, State::MostlyStable, State::Unstable] {
            assert_eq!(named(&state.name().replace(' ', "_")), state);
        }
    }
}
