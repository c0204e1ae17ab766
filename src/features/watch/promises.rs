//! What does the note promise, and was it kept? "p95 of `search` falls" becomes a check of a signal; what cannot be read as one is left alone.

use super::replay::{Replay, figure};
use super::signals::Asked;
use crate::domain::note::Revision;
use crate::domain::watch::{Answer, Kept};
use crate::judge::series::Kind;
use crate::judge::verdict::{Judged, Numbers};
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

/// One expectation as it is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// The note's own words.
    pub text: String,
    /// Services and signals it is about.
    pub of: Vec<(String, String)>,
    pub expects: Expects,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expects {
    Falls,
    Rises,
    Stays,
    Below(f64),
    Above(f64),
}

/// Sections in which people say what will come of it.
const TOLD_IN: [&str; 8] =
    ["summary", "purpose", "changes", "impact", "effects_on_services", "monitoring_scenario", "checks", "signals"];
/// More than that is no promise but a dashboard.
const MOST: usize = 6;

/// What is to be done, looked at or feared is no promise.
static NO_PROMISE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(if|whether|when|unless|until|watch|look|check|compare|alert|roll(ed|ing)? ?back|in case|may|might|could|can|was|were|had|used to|fix(es|ed)?)\b|\?",
    )
});
static BOUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?P<below>below|under|less than|lower than|at most|not exceed|<=?|≤)|(?P<above>above|over|more than|at least|>=?|≥))\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|milliseconds?|seconds?|s\b|%|percent)?",
    )
});
static STAYS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(stays?|remains?|unchanged|as before|steady|no worse|(does|do|will|should) not (change|rise|grow|increase|get worse|go up|fall|drop))\b",
    )
});
static FALLS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(falls?|drops?|decreases?|shrinks?|halves?|goes down|go down|is lower|improves?|gets? (faster|lower|better))\b",
    )
});
static RISES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(rises?|grows?|increases?|doubles?|goes up|go up|is higher)\b"));
static QUANTILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bp(50|75|90|95|99)\b"));
static LATENCY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(latency|latencies|response times?|durations?|p(50|75|90|95|99))\b"));
static ERRORS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(errors?|error (rate|ratio)|failures?|failed requests|5xx)\b"));
static TRAFFIC: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(traffic|throughput|requests? (rate|per second)|requests|rps|qps)\b"));
static SATURATION: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(cpu|memory|heap|disk|saturation|connections)\b"));

fn pattern(words: &str) -> Regex {
    Regex::new(&format!("(?i){words}")).expect("the pattern is ours")
}

/// The promises of a note that can be held against what is measured of these services.
pub fn promises(revision: &Revision, measured: &[Asked]) -> Vec<Promise> {
    let mut found: Vec<Promise> = Vec::new();
    for key in TOLD_IN {
        for sentence in revision.section(key).map(|section| sentences(&section.value)).unwrap_or_default() {
            if let Some(promise) = read(&sentence, measured).filter(|new| !found.iter().any(|one| one.text == new.text))
            {
                found.push(promise);
            }
        }
    }
    found.truncate(MOST);
    found
}

fn sentences(value: &Value) -> Vec<String> {
    let lines: Vec<&str> = match value {
        Value::String(text) => text.lines().collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let of_line = lines.into_iter().flat_map(|line| line.split(". ").flat_map(|part| part.split("; ")));
    let bare =
        |part: &str| part.trim().trim_start_matches(['-', '*', '#', ' ']).trim_end_matches(['.', ' ']).to_owned();
    of_line.map(bare).filter(|sentence| !sentence.is_empty()).collect()
}

fn read(sentence: &str, measured: &[Asked]) -> Option<Promise> {
    if NO_PROMISE.is_match(sentence) || sentence.chars().count() > 200 {
        return None;
    }
    let named: Vec<&Asked> = measured.iter().filter(|one| speaks_of(sentence, &one.service)).collect();
    let candidates: Vec<&Asked> = if named.is_empty() { measured.iter().collect() } else { named };
    let meant: Vec<&Asked> = candidates.into_iter().filter(|one| is_meant(sentence, one)).collect();
    let first = meant.first()?;
    let expects = expects(sentence, &first.signal)?;
    let of = meant.iter().map(|one| (one.service.clone(), one.signal.clone())).collect();
    Some(Promise { text: sentence.to_owned(), of, expects })
}

/// As a word of its own: `api` is not spoken of in "rapid".
fn speaks_of(sentence: &str, name: &str) -> bool {
    let (sentence, name) = (sentence.to_lowercase(), name.to_lowercase());
    let is_word =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || "-_/".contains(letter));
    sentence.match_indices(&name).any(|(at, _)| {
        !is_word(sentence[..at].chars().next_back()) && !is_word(sentence[at + name.len()..].chars().next())
    })
}

fn is_meant(sentence: &str, one: &Asked) -> bool {
    if speaks_of(sentence, &one.signal) {
        return true;
    }
    match one.kind {
        Kind::Latency => {
            let quantile = QUANTILE.find(sentence).map(|found| found.as_str().to_lowercase());
            LATENCY.is_match(sentence) && quantile.is_none_or(|wanted| one.signal.to_lowercase().contains(&wanted))
        }
        Kind::Errors => ERRORS.is_match(sentence),
        Kind::Traffic => TRAFFIC.is_match(sentence),
        Kind::Saturation => {
            let word = SATURATION.find(sentence).map(|found| found.as_str().to_lowercase());
            word.is_some_and(|word| word == "saturation" || one.signal.to_lowercase().contains(&word))
        }
        Kind::Other => false,
    }
}

fn expects(sentence: &str, signal: &str) -> Option<Expects> {
    if let Some(found) = BOUND.captures(sentence) {
        let number: f64 = found["number"].parse().ok()?;
        let unit = found.name("unit").map(|unit| unit.as_str().to_lowercase());
        let bound = in_unit_of(signal, number, unit.as_deref())?;
        let below = found.name("below").is_some();
        return Some(if below { Expects::Below(bound) } else { Expects::Above(bound) });
    }
    match () {
        () if STAYS.is_match(sentence) => Some(Expects::Stays),
        () if FALLS.is_match(sentence) => Some(Expects::Falls),
        () if RISES.is_match(sentence) => Some(Expects::Rises),
        () => None,
    }
}

/// Prometheus measures in seconds and in shares of one, unless a name says otherwise. `None`: the unit does not fit.
fn in_unit_of(signal: &str, number: f64, unit: Option<&str>) -> Option<f64> {
    let signal = signal.to_lowercase();
    let in_milliseconds = signal.ends_with("_ms") || signal.contains("millisecond");
    let in_percent = signal.contains("percent");
    match unit {
        None => Some(number),
        Some("%" | "percent") if in_percent => Some(number),
        Some("%" | "percent") => {
            (signal.contains("ratio") || signal.contains("availability") || signal.contains("rate"))
                .then_some(number / 100.0)
        }
        Some(unit) if unit.starts_with("ms") || unit.starts_with("milli") => {
            Some(if in_milliseconds { number } else { number / 1_000.0 })
        }
        Some(_) => Some(if in_milliseconds { number * 1_000.0 } else { number }),
    }
}

/// Was it kept, as far as the newest look can tell? With several signals the one that says no decides.
pub fn answer(promise: &Promise, told: &Replay) -> Answer {
    let answers: Vec<(Kept, String)> = promise
        .of
        .iter()
        .map(|(service, signal)| match told.lately(service, signal) {
            Some(Judged::Told(_, numbers)) => (
                kept(promise.expects, numbers),
                format!("`{signal}` of `{service}` is {}", measured(promise.expects, numbers)),
            ),
            Some(Judged::NotEnough(why)) => (Kept::Unknown, format!("`{signal}` of `{service}`: {why}")),
            Some(Judged::Vanished { .. }) => (Kept::No, format!("`{signal}` of `{service}` is not measured any more")),
            None => (Kept::Unknown, format!("`{signal}` of `{service}` was not judged")),
        })
        .collect();
    let worst =
        [Kept::No, Kept::Unknown, Kept::Yes].into_iter().find(|kept| answers.iter().any(|(one, _)| one == kept));
    let worst = worst.unwrap_or(Kept::Unknown);
    let why = answers.into_iter().find(|(kept, _)| *kept == worst).map(|(_, why)| why).unwrap_or_default();
    Answer { text: promise.text.clone(), kept: worst, why }
}

fn kept(expects: Expects, numbers: &Numbers) -> Kept {
    let held = match expects {
        Expects::Falls => numbers.measured < numbers.low,
        Expects::Rises => numbers.measured > numbers.high,
        Expects::Stays => (numbers.low..=numbers.high).contains(&numbers.measured),
        Expects::Below(bound) => numbers.measured < bound,
        Expects::Above(bound) => numbers.measured > bound,
    };
    if held { Kept::Yes } else { Kept::No }
}

fn measured(expects: Expects, numbers: &Numbers) -> String {
    let now = figure(numbers.measured);
    match expects {
        Expects::Below(bound) | Expects::Above(bound) => format!("{now}; promised was {}", figure(bound)),
        _ => format!(
            "{now} where {} was to be expected and {} to {} is normal",
            figure(numbers.baseline),
            figure(numbers.low),
            figure(numbers.high)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::trouble::Fault;
    use crate::ports::metrics::{Measured, Metrics, Range};
    use async_trait::async_trait;
    use std::sync::Arc;

    struct Nobody;

    #[async_trait]
    impl Metrics for Nobody {
        fn name(&self) -> &'static str {
            "nobody"
        }
        async fn range(&self, _: &str, _: Range) -> Result<Measured, Fault> {
            Ok(Measured::default())
        }
    }

    fn shop() -> Vec<Asked> {
        let one = |service: &str, signal: &str| Asked {
            service: service.to_owned(),
            signal: signal.to_owned(),
            kind: Kind::guessed(signal),
            query: String::new(),
            source: Arc::new(Nobody),
        };
        ["search", "cart"]
            .into_iter()
            .flat_map(|name| {
                ["latency_p50", "latency_p95", "error_ratio", "requests_per_second"].map(|signal| one(name, signal))
            })
            .collect()
    }

    fn of(sentence: &str) -> Option<(Expects, Vec<String>)> {
        let promise = read(sentence, &shop())?;
        Some((promise.expects, promise.of.iter().map(|(service, signal)| format!("{service}/{signal}")).collect()))
    }

    #[test]
    fn expectations_become_checks_of_the_signals_they_name() {
        let found = |sentence| of(sentence).unwrap_or_else(|| panic!("{sentence}"));
        assert_eq!(found("p95 of `search` falls"), (Expects::Falls, vec!["search/latency_p95".to_owned()]));
        assert_eq!(found("The response time of cart stays below 250 ms").0, Expects::Below(0.25));
        assert_eq!(
            found("Error rate stays under 1 %"),
            (Expects::Below(0.01), vec!["search/error_ratio".to_owned(), "cart/error_ratio".to_owned()])
        );
        assert_eq!(found("Throughput of cart doubles").0, Expects::Rises);
        assert_eq!(found("latency_p50 of search should not rise").0, Expects::Stays);
        assert_eq!(found("Requests stay as before").0, Expects::Stays);
    }

    #[test]
    fn orders_fears_history_and_what_nobody_measures_are_no_promises() {
        for sentence in [
            "Watch whether the error rate of cart rises",
            "If p95 rises, roll back",
            "Errors may increase for a minute",
            "Fixes errors that grew under load",
            "The number of rows falls",
            "Search gets a new field",
            "Checkout is rapid",
            "p99 of search falls",
        ] {
            assert_eq!(of(sentence), None, "{sentence}");
        }
    }
}
