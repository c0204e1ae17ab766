//! `slipway replay`: the judge over what was measured once, look by look and never ahead.

use crate::judge::series::Series;
use crate::judge::state::{Finding, State};
use crate::judge::suspects::{Graph, Suspect, rank};
use crate::judge::verdict::{Judged, Numbers};
use crate::judge::watch::{BUDGET, CHECKPOINTS, GATE, Look, SignalLook, Watch};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A watch of so long.
pub const DAY: i64 = 86_400;
const MINUTE: i64 = 60;

pub struct Replay {
    at: i64,
    until: i64,
    /// How it was just before the change.
    gate: State,
    checkpoints: Vec<(i64, Look)>,
    /// The worst that services came to, and since when.
    services: BTreeMap<String, (State, i64)>,
    /// Since when signals are worse, or were.
    since: BTreeMap<(String, String), i64>,
    /// What signals came to where their kind got worse, and when.
    worst: BTreeMap<(String, String), (i64, SignalLook)>,
    /// What signals came to when they could be judged last.
    lately: BTreeMap<(String, String), (i64, SignalLook)>,
    last: Option<Look>,
    worst_state: State,
    first_alarm: Option<i64>,
    first_unstable: Option<i64>,
    suspects: Vec<Suspect>,
    considered: usize,
    every: i64,
    signals: usize,
}

/// Minute by minute from `at` to `until`.
pub fn replay(series: &[Series], graph: &Graph, at: i64, until: i64) -> Replay {
    let gate = {
        let mut watch = Watch::new(series, at - GATE);
        (1..=GATE / MINUTE)
            .filter_map(|minute| watch.look(minute * MINUTE))
            .last()
            .map_or(State::NotEnough, |look| look.state)
    };
    let mut watch = Watch::new(series, at);
    let mut told = Replay {
        at,
        until,
        gate,
        checkpoints: Vec::new(),
        services: BTreeMap::new(),
        since: BTreeMap::new(),
        worst: BTreeMap::new(),
        lately: BTreeMap::new(),
        last: None,
        worst_state: State::NotEnough,
        first_alarm: None,
        first_unstable: None,
        suspects: Vec::new(),
        considered: 0,
        every: watch.every(),
        signals: watch.signals(),
    };
    for minute in 1..=(until - at) / MINUTE {
        let after = minute * MINUTE;
        if let Some(look) = watch.look(after) {
            told.take(&look, graph);
            told.last = Some(look);
        }
        if CHECKPOINTS.contains(&after)
            && let Some(last) = &told.last
        {
            told.checkpoints.push((after, last.clone()));
        }
    }
    told
}

impl Replay {
    fn take(&mut self, look: &Look, graph: &Graph) {
        for one in look.signals.iter().filter(|one| matches!(one.judged, Judged::Told(..))) {
            self.lately.insert((one.service.clone(), one.signal.clone()), (look.after, one.clone()));
        }
        for service in &look.services {
            let known = self.services.entry(service.service.clone()).or_insert((service.state, look.after));
            // What could not be told at first may be told later.
            if service.state > known.0 || known.0 == State::NotEnough {
                *known = (service.state, look.after);
            }
            let got_worse = |kind| {
                let found = service.kinds.iter().find(|(one, _, _)| *one == kind);
                found.is_some_and(|(_, _, lasting)| lasting.is_some_and(|lasting| lasting.finding >= Finding::Worse))
            };
            let of_service = look.signals.iter().filter(|one| one.service == service.service);
            for signal in of_service.filter(|one| one.judged.is_worse() && got_worse(one.kind)) {
                let key = (signal.service.clone(), signal.signal.clone());
                self.since.entry(key.clone()).or_insert(look.after);
                let known =
                    self.worst.get(&key).is_some_and(|(_, known)| strength(&known.judged) >= strength(&signal.judged));
                if !known {
                    self.worst.insert(key, (look.after, signal.clone()));
                }
            }
        }
        self.worst_state = match (look.state, self.worst_state) {
            (now, State::NotEnough) => now,
            (State::NotEnough, before) => before,
            (now, before) => now.max(before),
        };
        if look.state >= State::MostlyStable {
            self.first_alarm.get_or_insert(look.after);
        }
        if look.state == State::Unstable && self.first_unstable.is_none() {
            self.first_unstable = Some(look.after);
            self.suspect(look, graph);
        } else if self.suspects.is_empty() && look.state == State::MostlyStable {
            self.suspect(look, graph);
        }
    }

    fn suspect(&mut self, look: &Look, graph: &Graph) {
        let symptoms = look.symptoms();
        self.considered = symptoms.len();
        self.suspects = rank(&symptoms, graph, self.every);
    }

    /// The worst of the watch; nothing that was told is unknown because it is unknown now.
    pub fn overall(&self) -> State {
        if self.last.is_none() { State::NotEnough } else { self.worst_state }
    }

    /// At the last look.
    pub fn now(&self) -> State {
        self.last.as_ref().map_or(State::NotEnough, |look| look.state)
    }

    /// Just before the change.
    pub fn before(&self) -> State {
        self.gate
    }

    pub fn checkpoints(&self) -> impl Iterator<Item = (i64, State)> + '_ {
        self.checkpoints.iter().map(|(after, look)| (*after, look.state))
    }

    /// What got worse, a line each, the worst first.
    pub fn findings(&self) -> Vec<String> {
        let is_found =
            |service: &str| self.services.get(service).is_some_and(|(state, _)| *state >= State::MostlyStable);
        let mut found: Vec<_> = self.worst.iter().filter(|((service, _), _)| is_found(service)).collect();
        found.sort_by(|(_, (_, one)), (_, (_, other))| strength(&other.judged).total_cmp(&strength(&one.judged)));
        let line = |(named, (after, one)): &(&(String, String), &(i64, SignalLook))| {
            let since = self.since.get(*named).copied().unwrap_or(*after);
            format!("`{}` of `{}` {}", one.signal, one.service, brief(&one.judged, since))
        };
        found.iter().map(line).collect()
    }

    /// The signal that got worst, with what it came to.
    pub fn worst(&self) -> Option<(&str, &str, &Numbers)> {
        let told = self.worst.values().map(|(_, one)| one).filter(|one| matches!(one.judged, Judged::Told(..)));
        let worst = told.max_by(|one, other| strength(&one.judged).total_cmp(&strength(&other.judged)))?;
        match &worst.judged {
            Judged::Told(_, numbers) => Some((&worst.service, &worst.signal, numbers)),
            _ => None,
        }
    }

    /// Where it may have begun, a line each; nothing where only one got worse.
    pub fn origins(&self) -> Vec<String> {
        if self.considered < 2 {
            return Vec::new();
        }
        let told = self.suspects.iter().map(|suspect| {
            let against: String = suspect.against.iter().map(|why| format!("; but {why}")).collect();
            format!("`{}`: {}{against}", suspect.service, suspect.evidence.join("; "))
        });
        told.collect()
    }

    fn time(&self, after: i64) -> String {
        let at = DateTime::from_timestamp(self.at + after, 0).unwrap_or_default();
        at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    pub fn json(&self) -> Value {
        let now = |service: &str| {
            let last = self.last.iter().flat_map(|look| &look.services).find(|one| one.service == service);
            last.map_or(State::NotEnough, |one| one.state)
        };
        let services: Vec<Value> = self
            .services
            .iter()
            .map(|(service, (state, after))| {
                let since = (*state >= State::MostlyStable).then(|| self.time(*after));
                json!({ "service": service, "state": key(state.name()), "now": key(now(service).name()), "since": since })
            })
            .collect();
        let last = self.last.iter().flat_map(|look| look.signals.iter().map(|one| (look.after, one)));
        let signals: Vec<Value> = last
            .map(|(after, one)| {
                let named = (one.service.clone(), one.signal.clone());
                let worst = self.worst.get(&named).or_else(|| self.lately.get(&named));
                let (after, told) = worst.map_or((after, one), |(after, worst)| (*after, worst));
                let mut value = json!({ "service": told.service, "signal": told.signal, "kind": told.kind.name() });
                let more = self.verdict(&told.judged, after);
                if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
                    value.extend(more);
                    value.insert("now".to_owned(), json!(verdict_name(&one.judged)));
                }
                value
            })
            .collect();
        let checkpoints: Vec<Value> = self
            .checkpoints
            .iter()
            .map(|(after, look)| {
                let services: Vec<Value> = look
                    .services
                    .iter()
                    .map(|one| json!({ "service": one.service, "state": key(one.state.name()) }))
                    .collect();
                json!({ "checkpoint": short(*after), "at": self.time(*after), "state": key(look.state.name()), "services": services })
            })
            .collect();
        let suspects: Vec<Value> = self
            .suspects
            .iter()
            .map(|one| json!({ "service": one.service, "score": round(one.score), "for": one.evidence, "against": one.against }))
            .collect();
        let last = self.last.as_ref().map_or(State::NotEnough, |look| look.state);
        json!({
            "at": self.time(0),
            "until": self.time(self.until - self.at),
            "overall": key(self.overall().name()),
            "now": key(last.name()),
            "before": key(self.gate.name()),
            "first_alarm_at": self.first_alarm.map(|after| self.time(after)),
            "first_unstable_at": self.first_unstable.map(|after| self.time(after)),
            "services": services,
            "signals": signals,
            "checkpoints": checkpoints,
            "suspects": suspects,
            "considered": self.considered,
            "judged_signals": self.signals,
            "seconds_between_looks": self.every,
            "false_alarm_budget": BUDGET,
        })
    }

    fn verdict(&self, judged: &Judged, after: i64) -> Value {
        match judged {
            Judged::Told(_, numbers) => json!({
                "verdict": verdict_name(judged),
                "at": self.time(after),
                "measured": round(numbers.measured),
                "baseline": round(numbers.baseline),
                "low": round(numbers.low),
                "high": round(numbers.high),
                "ratio": round(numbers.ratio),
                "score": round(numbers.score),
                "bar": round(numbers.bar),
                "placebos": numbers.placebos,
                "window_from": self.time(numbers.from),
                "against": numbers.against.name(),
                "rule": rule(judged),
            }),
            Judged::NotEnough(why) => json!({ "verdict": verdict_name(judged), "at": self.time(after), "why": why }),
            Judged::Vanished { since } => json!({
                "verdict": verdict_name(judged), "at": self.time(after), "vanished_at": self.time(*since), "rule": rule(judged),
            }),
        }
    }

    /// For a terminal.
    pub fn told(&self) -> String {
        let mut text = format!(
            "{}: {} ({} signals of {} services, ",
            self.time(0),
            self.overall().name(),
            self.signals,
            self.services.len()
        );
        let until = self.until - self.at;
        let _ = writeln!(text, "looked at until {})", short(until));
        let _ = writeln!(text, "Before the change: {}", self.gate.name());
        let alarm = |after: Option<i64>| {
            after.map_or("never".to_owned(), |after| format!("{} ({})", short(after), self.time(after)))
        };
        let _ = writeln!(text, "First alarm: {}", alarm(self.first_alarm));
        let bar: Vec<String> =
            self.checkpoints.iter().map(|(after, look)| format!("{} {}", short(*after), look.state.name())).collect();
        if !bar.is_empty() {
            let _ = writeln!(text, "Checkpoints: {}", bar.join(" · "));
        }
        for (service, (state, after)) in self.services.iter().filter(|(_, (state, _))| *state >= State::MostlyStable) {
            let _ = writeln!(text, "\n{service}: {}, told {}", state.name(), short(*after));
            for (_, (after, one)) in self.worst.iter().filter(|((of, _), _)| of == service) {
                let _ = writeln!(text, "  {} {}", one.signal, sentence(&one.judged, *after));
            }
        }
        let unknown: Vec<&str> = self
            .services
            .iter()
            .filter(|(_, (state, _))| *state == State::NotEnough)
            .map(|(name, _)| name.as_str())
            .collect();
        if !unknown.is_empty() {
            let _ = writeln!(text, "\nNot enough data: {}", unknown.join(", "));
        }
        if !self.suspects.is_empty() {
            let _ = writeln!(text, "\nWhere it may have begun, of {} that got worse:", self.considered);
            for suspect in &self.suspects {
                let against = suspect.against.iter().map(|why| format!("; but {why}"));
                let _ = writeln!(
                    text,
                    "  {}: {}{}",
                    suspect.service,
                    suspect.evidence.join("; "),
                    against.collect::<String>()
                );
            }
        }
        text
    }
}

fn strength(judged: &Judged) -> f64 {
    match judged {
        Judged::Told(_, numbers) => numbers.score.abs(),
        Judged::Vanished { .. } => f64::INFINITY,
        Judged::NotEnough(_) => 0.0,
    }
}

fn verdict_name(judged: &Judged) -> String {
    match judged {
        Judged::Told(verdict, _) => key(verdict.name()),
        Judged::Vanished { .. } => "much_worse".to_owned(),
        Judged::NotEnough(_) => "not_enough_data".to_owned(),
    }
}

/// As programs like it: `mostly_stable`.
fn key(name: &str) -> String {
    name.replace(' ', "_")
}

fn rule(judged: &Judged) -> String {
    match judged {
        Judged::Told(_, numbers) => format!(
            "×{:.2} against {}; {:.1} spreads where {:.1} are wanted, by {} placebos",
            numbers.ratio,
            numbers.against.name(),
            numbers.score.abs(),
            numbers.bar,
            numbers.placebos
        ),
        Judged::Vanished { .. } => "it was measured steadily before the change and is not any more".to_owned(),
        Judged::NotEnough(why) => (*why).to_owned(),
    }
}

/// For a chat.
fn brief(judged: &Judged, since: i64) -> String {
    match judged {
        Judged::Told(verdict, numbers) => format!(
            "{} since {}: {} where {} was to be expected and {} to {} is normal (×{:.2})",
            verdict.name(),
            short(since),
            figure(numbers.measured),
            figure(numbers.baseline),
            figure(numbers.low),
            figure(numbers.high),
            numbers.ratio
        ),
        Judged::Vanished { since } => format!("vanished at {}", short(*since)),
        Judged::NotEnough(why) => format!("could not be judged: {why}"),
    }
}

fn sentence(judged: &Judged, after: i64) -> String {
    match judged {
        Judged::Told(verdict, numbers) => format!(
            "{} at {}: {} where {} was to be expected (normal {} to {}), {}",
            verdict.name(),
            short(after),
            figure(numbers.measured),
            figure(numbers.baseline),
            figure(numbers.low),
            figure(numbers.high),
            rule(judged)
        ),
        Judged::Vanished { since } => format!("vanished at {}: {}", short(*since), rule(judged)),
        Judged::NotEnough(why) => format!("not enough data: {why}"),
    }
}

/// `+10m`, `+4h`.
pub fn short(after: i64) -> String {
    if after % 3_600 == 0 && after > 0 { format!("+{}h", after / 3_600) } else { format!("+{}m", after / 60) }
}

pub fn figure(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (3 - value.abs().log10().floor() as i64).clamp(0, 9) as usize };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Six figures are more than anybody measures.
fn round(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return if value.is_finite() { 0.0 } else { f64::MAX.copysign(value) };
    }
    let scale = 10_f64.powi(5 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}
