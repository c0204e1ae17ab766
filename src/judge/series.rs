//! What was measured: samples of one signal of one service, cleaned, and put into blocks of time that begin at the change.

use std::collections::BTreeMap;

/// What a signal tells of. Which way is worse, what counts as an effect and how values are compared follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Failures as a rate, a count or a share of requests. More is worse.
    Errors,
    /// How long something takes. More is worse.
    Latency,
    /// How much is asked of it. Less is worse, and so is twice as much.
    Traffic,
    /// How full a resource is. More is worse.
    Saturation,
    /// Neither way is better.
    Other,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Errors, Kind::Latency, Kind::Traffic, Kind::Saturation, Kind::Other];

    pub fn name(self) -> &'static str {
        match self {
            Self::Errors => "errors",
            Self::Latency => "latency",
            Self::Traffic => "traffic",
            Self::Saturation => "saturation",
            Self::Other => "other",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Read from a signal's name, as exporters and dashboards commonly write it.
    pub fn guessed(signal: &str) -> Self {
        let name = signal.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let parts: Vec<&str> = name.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
        let is = |words: &[&str]| parts.iter().any(|part| words.contains(part));
        let quantile = |part: &&str| {
            part.strip_prefix('p')
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if has(&["error", "fail", "exception", "5xx", "crash", "reject", "availab", "success", "unavailable"])
            || is(&["err", "errs", "4xx", "503", "500", "dropped", "drops", "timeouts"])
        {
            Self::Errors
        } else if has(&["latenc", "duration", "response_time", "resp_time", "elapsed", "rtt"])
            || is(&["ms", "delay", "lat"])
            || parts.iter().any(quantile)
        {
            Self::Latency
        } else if has(&["request", "throughput", "traffic", "rps", "qps", "tps", "transactions", "ingress", "hits"])
            || is(&["load", "rate", "rpm", "calls", "workload", "count"])
        {
            Self::Traffic
        } else if has(&["cpu", "memor", "saturat", "utili", "queue", "disk", "heap", "threads", "pool", "usage"])
            || is(&["mem", "util", "socket", "sockets", "backlog", "lag"])
        {
            Self::Saturation
        } else {
            Self::Other
        }
    }
}

/// Does a signal of this name tell how much went well, so that less is worse?
pub fn counts_success(signal: &str) -> bool {
    let name = signal.to_lowercase();
    name.contains("success") || (name.contains("availab") && !name.contains("unavailab"))
}

/// One signal of one service, of one version where the source tells versions apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub service: String,
    pub signal: String,
    pub kind: Kind,
    pub version: Option<String>,
    /// Unix seconds and value, in order of time.
    pub samples: Vec<(i64, f64)>,
}

impl Series {
    /// Takes samples as they come: out of order, twice, not a number, a counter that only grows.
    pub fn new(service: &str, signal: &str, kind: Kind, version: Option<String>, samples: Vec<(i64, f64)>) -> Self {
        let kept: BTreeMap<i64, f64> = samples.into_iter().filter(|(_, value)| value.is_finite()).collect();
        let mut samples: Vec<(i64, f64)> = kept.into_iter().collect();
        if is_counter(signal, &samples) {
            samples = rates(&samples);
        }
        if kind == Kind::Errors && counts_success(signal) {
            // A share of what went well, of one or of a hundred.
            let whole = if samples.iter().any(|(_, value)| *value > 1.5) { 100.0 } else { 1.0 };
            samples.iter_mut().for_each(|(_, value)| *value = (whole - *value).max(0.0) / whole);
        }
        Self { service: service.to_owned(), signal: signal.to_owned(), kind, version, samples }
    }

    /// Samples by time; of two at once the later one stands.
    pub fn in_order(mut self) -> Self {
        self.samples.sort_by_key(|(time, _)| *time);
        self.samples.dedup_by_key(|(time, _)| *time);
        self
    }

    /// The usual distance of two samples in seconds.
    pub fn step(&self) -> i64 {
        let mut steps: Vec<i64> = self.samples.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        steps.sort_unstable();
        steps.get(steps.len() / 2).copied().unwrap_or(60).max(1)
    }
}

/// Named as one, and never less but where the process began again.
fn is_counter(signal: &str, samples: &[(i64, f64)]) -> bool {
    let named = signal.ends_with("_total") || signal.ends_with("_count") || signal.ends_with("_sum");
    let falls = samples.windows(2).filter(|pair| pair[1].1 < pair[0].1).count();
    let rises = samples.windows(2).filter(|pair| pair[1].1 > pair[0].1).count();
    named && samples.len() > 10 && falls * 20 <= samples.len() && rises * 4 >= samples.len()
}

/// Per second. After a reset a counter began at nothing.
fn rates(samples: &[(i64, f64)]) -> Vec<(i64, f64)> {
    let rate = |pair: &[(i64, f64)]| {
        let ((from, before), (at, now)) = (pair[0], pair[1]);
        let grown = if now < before { now } else { now - before };
        (at, grown / (at - from).max(1) as f64)
    };
    samples.windows(2).map(rate).collect()
}

/// Medians over blocks of equal length; block 0 begins at the change, blocks before it have negative numbers.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// Seconds of one block.
    pub length: i64,
    /// Number of the first block.
    pub first: i64,
    values: Vec<f64>,
}

impl Blocks {
    /// NaN where nothing was measured.
    pub fn of(samples: &[(i64, f64)], at: i64, length: i64) -> Self {
        let number = |time: i64| (time - at).div_euclid(length);
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
            return Self { length, first: 0, values: Vec::new() };
        };
        let first = number(first.0);
        let mut values = vec![f64::NAN; usize::try_from(number(last.0) - first + 1).unwrap_or(0)];
        let mut rest = samples;
        while let Some((time, _)) = rest.first() {
            let block = number(*time);
            let size = rest.iter().take_while(|(time, _)| number(*time) == block).count();
            let mut inside: Vec<f64> = rest[..size].iter().map(|(_, value)| *value).collect();
            values[usize::try_from(block - first).unwrap_or(0)] = median(&mut inside);
            rest = &rest[size..];
        }
        Self { length, first, values }
    }

    pub fn end(&self) -> i64 {
        self.first + self.values.len() as i64
    }

    pub fn get(&self, block: i64) -> f64 {
        usize::try_from(block - self.first).ok().and_then(|place| self.values.get(place)).copied().unwrap_or(f64::NAN)
    }

    /// What was measured in these blocks.
    pub fn within(&self, from: i64, until: i64) -> impl Iterator<Item = f64> + '_ {
        let place = |block: i64| (block - self.first).clamp(0, self.values.len() as i64) as usize;
        self.values[place(from)..place(until).max(place(from))].iter().copied().filter(|value| !value.is_nan())
    }

    pub fn map(&self, change: impl Fn(i64, f64) -> f64) -> Self {
        let values = (self.first..).zip(&self.values).map(|(block, value)| change(block, *value)).collect();
        Self { length: self.length, first: self.first, values }
    }
}

/// NaN of nothing.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// Between the two nearest in proportion. NaN of nothing.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_unstable_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    below + (above - below) * place.fract()
}
