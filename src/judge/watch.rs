//! Look by look through the hours after a change, never ahead: which findings last, and how is every service by that?

use super::canary::Pair;
use super::series::{Kind, Series};
use super::signal::{DAY, Signal};
use super::state::{Finding, State, finding, lasting, of_kind, of_release, of_service};
use super::suspects::Symptom;
use super::verdict::Judged;
use std::collections::{BTreeMap, BTreeSet};

/// The last half hour before the change is looked at as if it were one.
pub const GATE: i64 = 1_800;
/// A disaster is called within minutes: so long, each minute is looked at where each was measured.
const QUICK: i64 = 1_800;
const MINUTE: i64 = 60;
const BLOCK: i64 = 300;
/// Windows of a look, in seconds.
const RECENT: i64 = 1_800;
const SHORT: i64 = 600;
/// With a shorter history blocks are minutes: there would be too few of five.
const SHORT_HISTORY: i64 = 6 * 3_600;

/// The chance that any of a release's signals is called worse at any look although nothing is.
pub const BUDGET: f64 = 0.05;
/// Looks of a watch that are independent of each other, about.
const LOOKS: f64 = 12.0;
/// More signals than that are a crowd.
const CROWD: usize = 60;

/// What one signal came to at one look.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalLook {
    pub service: String,
    pub signal: String,
    pub kind: Kind,
    pub judged: Judged,
}

/// A finding that goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lasting {
    pub finding: Finding,
    /// Seconds since the change at which the window began in which it was first seen.
    pub onset: i64,
    /// It lasts long enough to count.
    pub firm: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ServiceLook {
    pub service: String,
    pub state: State,
    pub kinds: Vec<(Kind, State, Option<Lasting>)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Seconds since the change.
    pub after: i64,
    pub state: State,
    pub services: Vec<ServiceLook>,
    pub signals: Vec<SignalLook>,
}

enum Source {
    Alone {
        slow: Signal,
        quick: Option<Signal>,
    },
    /// Two versions side by side.
    Beside(Pair),
}

struct Watched {
    service: String,
    signal: String,
    kind: Kind,
    source: Source,
}

/// One change under watch.
pub struct Watch {
    signals: Vec<Watched>,
    bar: f64,
    /// Seconds between two looks.
    every: i64,
    /// First seen, by service and kind; minute looks apart.
    seen: BTreeMap<(String, Kind), i64>,
    seen_quickly: BTreeMap<(String, Kind), i64>,
    last: Option<Look>,
}

impl Watch {
    /// `at`: the change. Series may reach beyond it; looks do not look ahead.
    pub fn new(series: &[Series], at: i64) -> Self {
        let mut steps: Vec<i64> = series.iter().map(Series::step).collect();
        steps.sort_unstable();
        let every = steps.get(steps.len() / 2).copied().unwrap_or(BLOCK).max(BLOCK);
        let mut signals = Vec::new();
        for (named, versions) in by_name(series) {
            let watched = |source| Watched {
                service: named.0.to_owned(),
                signal: named.1.to_owned(),
                kind: versions[0].kind,
                source,
            };
            signals.push(watched(source(series, &versions, at)));
        }
        let bar = bar(signals.len());
        Self { signals, bar, every, seen: BTreeMap::new(), seen_quickly: BTreeMap::new(), last: None }
    }

    /// Seconds between two full looks.
    pub fn every(&self) -> i64 {
        self.every
    }

    pub fn signals(&self) -> usize {
        self.signals.len()
    }

    /// Looks at what is known `after` so many seconds. Times have to come in order; between full looks, and where nobody measured by the
    /// minute, a minute brings nothing.
    pub fn look(&mut self, after: i64) -> Option<Look> {
        let look = if after % self.every == 0 {
            Some(self.full(after))
        } else if after <= QUICK && after % MINUTE == 0 {
            self.quick(after)
        } else {
            None
        };
        if let Some(look) = &look {
            self.last = Some(look.clone());
        }
        look
    }

    fn full(&mut self, after: i64) -> Look {
        let bar = self.bar;
        let signals: Vec<SignalLook> = self
            .signals
            .iter_mut()
            .map(|watched| SignalLook {
                service: watched.service.clone(),
                signal: watched.signal.clone(),
                kind: watched.kind,
                judged: watched.look(after, bar),
            })
            .collect();
        let signals = self.unless_silent(signals, after);
        let crowd = signals.len() > CROWD;
        let mut services = Vec::new();
        let mut seen = BTreeMap::new();
        for (service, kinds) in by_kind(&signals) {
            let mut told = Vec::new();
            for (kind, judged) in kinds {
                let finding = finding(judged.iter().copied());
                let key = (service.to_owned(), kind);
                let lasting = (finding >= Finding::Worse).then(|| {
                    let begin = self.seen.get(&key).copied().unwrap_or((after - SHORT.max(self.every)).max(0));
                    seen.insert(key.clone(), begin);
                    let first = (begin + SHORT.max(self.every)).min(after);
                    let firm = after - first >= lasting(finding, begin, self.every, crowd);
                    Lasting { finding, onset: begin, firm }
                });
                let firm = lasting.is_some_and(|lasting| lasting.firm);
                told.push((kind, of_kind(kind, finding, firm), lasting));
            }
            let state = of_service(&told.iter().map(|(_, state, _)| *state).collect::<Vec<_>>());
            services.push(ServiceLook { service: service.to_owned(), state, kinds: told });
        }
        self.seen = seen;
        let state = of_release(&services.iter().map(|service| service.state).collect::<Vec<_>>());
        Look { after, state, services, signals }
    }

    /// Where hardly anything is measured any more, it is the source that is gone: of the services that says nothing.
    fn unless_silent(&self, mut signals: Vec<SignalLook>, after: i64) -> Vec<SignalLook> {
        let alive = |at: i64| self.signals.iter().filter(|watched| watched.is_measured(at)).count();
        if alive(after) * 5 > alive(0) {
            return signals;
        }
        for one in signals.iter_mut().filter(|one| matches!(one.judged, Judged::Vanished { .. })) {
            one.judged = Judged::NotEnough("nothing at all is measured any more, so it may be the source");
        }
        signals
    }

    /// Only what is much worse in two minutes on end; everything else is as it was at the last full look.
    fn quick(&mut self, after: i64) -> Option<Look> {
        let bar = self.bar;
        let signals: Vec<SignalLook> = self
            .signals
            .iter_mut()
            .filter_map(|watched| {
                let judged = watched.look_quickly(after, bar)?;
                let (service, signal) = (watched.service.clone(), watched.signal.clone());
                Some(SignalLook { service, signal, kind: watched.kind, judged })
            })
            .collect();
        let mut seen = BTreeMap::new();
        let mut services = Vec::new();
        for (service, kinds) in by_kind(&signals) {
            for (kind, judged) in kinds {
                if finding(judged.iter().copied()) != Finding::MuchWorse {
                    continue;
                }
                let key = (service.to_owned(), kind);
                let onset = self.seen_quickly.get(&key).copied().unwrap_or(after - MINUTE);
                let firm = after - onset >= 2 * MINUTE;
                seen.insert(key, onset);
                if of_kind(kind, Finding::MuchWorse, firm) == State::Unstable {
                    let lasting = Lasting { finding: Finding::MuchWorse, onset, firm };
                    let kinds = vec![(kind, State::Unstable, Some(lasting))];
                    services.push(ServiceLook { service: service.to_owned(), state: State::Unstable, kinds });
                }
            }
        }
        self.seen_quickly = seen;
        if services.is_empty() {
            return None;
        }
        let found: BTreeSet<String> = services.iter().map(|service| service.service.clone()).collect();
        let others = self.last.iter().flat_map(|last| &last.services).filter(|other| !found.contains(&other.service));
        services.extend(others.cloned().collect::<Vec<_>>());
        Some(Look { after, state: State::Unstable, services, signals })
    }
}

impl Look {
    /// The services that got worse, for `suspects`.
    pub fn symptoms(&self) -> Vec<Symptom> {
        let strength = |service: &str, kind: Kind| {
            let of = self.signals.iter().filter(|one| one.service == service && one.kind == kind);
            let strengths = of.map(|one| match &one.judged {
                Judged::Told(_, numbers) if one.judged.is_worse() => numbers.score.abs() / numbers.bar,
                Judged::Vanished { .. } => 3.0,
                _ => 0.0,
            });
            strengths.fold(0.0, f64::max)
        };
        let worst = |service: &ServiceLook| {
            let found = service.kinds.iter().filter_map(|(kind, _, lasting)| Some((*kind, (*lasting)?)));
            let symptoms = found.map(|(kind, lasting)| Symptom {
                service: service.service.clone(),
                what: kind.name().to_owned(),
                strength: strength(&service.service, kind),
                onset: lasting.onset,
            });
            symptoms.max_by(|one, other| one.strength.total_cmp(&other.strength))
        };
        self.services.iter().filter_map(worst).collect()
    }
}

impl Watched {
    fn look(&mut self, after: i64, bar: f64) -> Judged {
        let windows = |length: i64| {
            if length >= RECENT { (2 * length, length) } else { (RECENT, SHORT.max(2 * length)) }
        };
        match &mut self.source {
            Source::Alone { slow, .. } => {
                let (recent, short) = windows(slow.length());
                let lately = slow.look((after - recent).max(0), after, bar);
                let just_now = slow.look((after - short).max(0), after, bar);
                worse(lately, just_now)
            }
            Source::Beside(pair) => pair.look((after - 2 * RECENT).max(0), after, bar),
        }
    }

    fn is_measured(&self, after: i64) -> bool {
        match &self.source {
            Source::Alone { slow, .. } => slow.is_measured(after),
            Source::Beside(pair) => pair.is_measured(after),
        }
    }

    fn look_quickly(&mut self, after: i64, bar: f64) -> Option<Judged> {
        match &mut self.source {
            Source::Alone { quick: Some(quick), .. } => Some(quick.look((after - 5 * MINUTE).max(0), after, bar)),
            _ => None,
        }
    }
}

/// Of two windows the one that says more.
fn worse(one: Judged, other: Judged) -> Judged {
    match (&one, &other) {
        (Judged::Told(first, _), Judged::Told(second, _)) if second > first => other,
        (Judged::NotEnough(_), Judged::Told(..)) => other,
        _ => one,
    }
}

/// How many spreads an effect must exceed so that all signals over all looks stay within the budget: one-sided, by Bonferroni.
fn bar(signals: usize) -> f64 {
    upper_quantile(BUDGET / (signals.max(1) as f64 * LOOKS))
}

/// Of the standard normal: the value that is exceeded with this chance, by halving.
fn upper_quantile(chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if upper_tail(middle) > chance { low = middle } else { high = middle }
    }
    low
}

/// Abramowitz and Stegun 26.2.17, good to 7.5e-8.
fn upper_tail(value: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * value);
    let density = (-value * value / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let series = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    density * series.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t)
}

type Named<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Series>>;

fn by_name(series: &[Series]) -> Named<'_> {
    let mut named: Named<'_> = BTreeMap::new();
    for one in series {
        named.entry((one.service.as_str(), one.signal.as_str())).or_default().push(one);
    }
    named
}

fn by_kind(signals: &[SignalLook]) -> BTreeMap<&str, BTreeMap<Kind, Vec<&Judged>>> {
    let mut services: BTreeMap<&str, BTreeMap<Kind, Vec<&Judged>>> = BTreeMap::new();
    for one in signals {
        services.entry(&one.service).or_default().entry(one.kind).or_default().push(&one.judged);
    }
    services
}

fn source(all: &[Series], versions: &[&Series], at: i64) -> Source {
    let first = |series: &Series| series.samples.first().map_or(i64::MAX, |(time, _)| *time);
    let history = at - versions.iter().map(|series| first(series)).min().unwrap_or(at);
    let step = versions.iter().map(|series| series.step()).min().unwrap_or(MINUTE);
    let length = match () {
        () if step >= BLOCK => step,
        () if history >= SHORT_HISTORY => BLOCK,
        () => step.max(MINUTE),
    };
    // The new version is the one that was not there before.
    let is_new = |series: &&&Series| first(series) >= at - BLOCK;
    if let (Some(new), Some(old)) = (versions.iter().find(is_new), versions.iter().find(|series| !is_new(series)))
        && new.version.is_some()
    {
        return Source::Beside(Pair::new(new, old, at, length.min(MINUTE.max(step))));
    }
    let whole;
    let series = match versions {
        [one] => *one,
        // Versions one after the other are one service.
        several => {
            let samples = several.iter().flat_map(|series| series.samples.iter().copied()).collect();
            whole = Series { samples, version: None, ..several[0].clone() }.in_order();
            &whole
        }
    };
    let traffic = all.iter().filter(|other| other.service == series.service && other.kind == Kind::Traffic);
    let traffic = traffic.min_by_key(|other| other.signal.len());
    // Two days by the minute say enough of minutes.
    let lately = || Series {
        samples: series.samples.iter().filter(|(time, _)| *time >= at - 2 * DAY).copied().collect(),
        ..series.clone()
    };
    let quick = (length > MINUTE && step <= MINUTE).then(|| Signal::new(&lately(), traffic, at, MINUTE));
    Source::Alone { slow: Signal::new(series, traffic, at, length), quick }
}
