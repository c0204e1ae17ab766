//! `slipway replay`: the judge over what was measured once, look by look and never ahead.

use crate::judge::series::Series;
use crate::judge::state::{Finding, State};
use crate::judge::suspects::{Graph, Suspect, rank};
use crate::judge::verdict::{Judged, Numbers};
use crate::judge::watch::{GATE, Look, SignalLook, Watch};
use std::collections::BTreeMap;

/// A watch of so long.
pub const DAY: i64 = 86_400;
const MINUTE: i64 = 60;

pub struct Replay {
    pub(super) at: i64,
    pub(super) until: i64,
    /// How it was just before the change.
    pub(super) gate: State,
    pub(super) checkpoints: Vec<(i64, Look)>,
    /// The worst that services came to, and since when.
    pub(super) services: BTreeMap<String, (State, i64)>,
    /// Since when signals are worse, or were.
    pub(super) since: BTreeMap<(String, String), i64>,
    /// What signals came to where their kind got worse, and when.
    pub(super) worst: BTreeMap<(String, String), (i64, SignalLook)>,
    /// What signals came to when they could be judged last.
    pub(super) lately: BTreeMap<(String, String), (i64, SignalLook)>,
    pub(super) last: Option<Look>,
    pub(super) worst_state: State,
    pub(super) first_alarm: Option<i64>,
    pub(super) first_unstable: Option<i64>,
    pub(super) suspects: Vec<Suspect>,
    pub(super) considered: usize,
    pub(super) every: i64,
    pub(super) signals: usize,
}

/// Minute by minute from `at` to `until`.
pub fn replay(series: &[Series], graph: &Graph, at: i64, until: i64, checkpoints: &[i64]) -> Replay {
    let gate = gate(series, graph, at).now();
    Replay { gate, ..watched(series, graph, at, until, checkpoints) }
}

/// The last half hour before `at`, as if it began with a change.
pub fn gate(series: &[Series], graph: &Graph, at: i64) -> Replay {
    watched(series, graph, at - GATE, at, &[])
}

fn watched(series: &[Series], graph: &Graph, at: i64, until: i64, checkpoints: &[i64]) -> Replay {
    let mut watch = Watch::new(series, at);
    let mut told = Replay {
        at,
        until,
        gate: State::NotEnough,
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
        if checkpoints.contains(&after)
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

    /// Signals that are shown as pictures: those that got worse, the worst first; else one of each service.
    pub fn shown(&self, most: usize) -> Vec<(&str, &str, &Numbers)> {
        fn numbers(one: &SignalLook) -> Option<(&str, &str, &Numbers)> {
            match &one.judged {
                Judged::Told(_, numbers) => Some((&one.service, &one.signal, numbers)),
                _ => None,
            }
        }
        let mut worse: Vec<&SignalLook> = self.worst.values().map(|(_, one)| one).collect();
        worse.sort_by(|one, other| strength(&other.judged).total_cmp(&strength(&one.judged)));
        let mut found: Vec<_> = worse.into_iter().filter_map(numbers).take(most).collect();
        if found.is_empty() {
            for (_, one) in self.lately.values() {
                if !found.iter().any(|(service, _, _)| *service == one.service) && found.len() < most {
                    found.extend(numbers(one));
                }
            }
        }
        found
    }

    /// What a signal came to when it could be judged last.
    pub fn lately(&self, service: &str, signal: &str) -> Option<&Judged> {
        let named = |one: &&SignalLook| one.service == service && one.signal == signal;
        let last = || self.last.iter().flat_map(|look| &look.signals).find(named).map(|one| &one.judged);
        self.lately.get(&(service.to_owned(), signal.to_owned())).map(|(_, one)| &one.judged).or_else(last)
    }

    pub fn unstable_now(&self) -> impl Iterator<Item = &str> {
        let services = self.last.iter().flat_map(|look| &look.services);
        services.filter(|one| one.state == State::Unstable).map(|one| one.service.as_str())
    }

    /// `latency_p95 is much worse since +2m (×2.41)`: the clearest finding of a service.
    pub fn because(&self, service: &str) -> String {
        let of = self.worst.iter().filter(|((one, _), _)| one == service);
        let clearest =
            of.max_by(|(_, (_, one)), (_, (_, other))| strength(&one.judged).total_cmp(&strength(&other.judged)));
        let Some((named, (after, one))) = clearest else { return "it is unstable".to_owned() };
        let since = short(self.since.get(named).copied().unwrap_or(*after));
        match &one.judged {
            Judged::Told(verdict, numbers) => {
                format!("`{}` is {} since {since} (×{:.2})", one.signal, verdict.name(), numbers.ratio)
            }
            _ => format!("`{}` is not measured any more since {since}", one.signal),
        }
    }

    /// When a service began to be worse, in seconds since the change.
    pub fn began(&self, service: &str) -> Option<i64> {
        self.since.iter().filter(|((of, _), _)| of == service).map(|(_, since)| *since).min()
    }

    /// Where it most likely began, where several got worse.
    pub fn origin(&self) -> Option<&str> {
        self.suspects.first().filter(|_| self.considered > 1).map(|suspect| suspect.service.as_str())
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
}

pub(super) fn strength(judged: &Judged) -> f64 {
    match judged {
        Judged::Told(_, numbers) => numbers.score.abs(),
        Judged::Vanished { .. } => f64::INFINITY,
        Judged::NotEnough(_) => 0.0,
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

/// `+10m`, `+4h`, `+14h10m`.
pub fn short(after: i64) -> String {
    match (after / 3_600, after % 3_600 / 60) {
        (0, minutes) => format!("+{minutes}m"),
        (hours, 0) => format!("+{hours}h"),
        (hours, minutes) => format!("+{hours}h{minutes}m"),
    }
}

pub fn figure(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (3 - value.abs().log10().floor() as i64).clamp(0, 9) as usize };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
