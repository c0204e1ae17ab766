//! Is one signal worse than it would have been without the change?
//!
//! **Scale.** Values are compared as logarithms of `value + small`, so that an effect is a ratio; `small` keeps nothing and next to
//! nothing apart from an effect. **Expectation.** Two predictors compete: the signal stays as it was just before the change, or it does
//! what it did at the same time of the earlier days (the median of up to seven), moved to today's level. What a predictor does not explain
//! of a block is its *residual*; the *effect* is the median of the residuals of a window after the change, less their median in the two
//! hours before it. **Normal.** The same is computed for every moment before the change at which a change might have been: placebos in time,
//! as in synthetic-control studies (Abadie, Diamond, Hainmueller 2010). Their spread has the signal's noise, its autocorrelation and the
//! drift of its days in it, at exactly this distance from the change and with a window of exactly this length; the predictor whose
//! placebos spread less is taken. The spread is the largest of three: the median deviation, the 90th and the 99th percentile, each scaled as if
//! it were a normal's with a heavier tail, and it is drawn towards a prior of its kind where placebos are few. **Verdict.** An effect is one
//! that is larger than what matters for its kind, larger than the placebos by as much as the budget of false alarms asks, and not mostly
//! there already just before the change.

use super::kinds::{matters, prior, requests, rests_on, scale};
use super::series::{Blocks, Kind, Series, median, quantile};
use super::verdict::{Against, Judged, Numbers, Verdict};
use std::collections::HashMap;
use std::rc::Rc;

/// The prior counts as much as so many independent placebos.
const PRIOR_WEIGHT: f64 = 4.0;
const MOST_WEIGHT: f64 = 60.0;
/// Fewer placebos than that say nothing of a spread.
const FEW: usize = 8;
/// With fewer than that both predictors have to agree.
const MANY: usize = 40;
/// Placebos that are looked at; a longer history is looked at in strides.
const LOOKED_AT: i64 = 600;
/// Days that are looked back on.
const DAYS: i64 = 7;
pub(super) const DAY: i64 = 86_400;
/// The time before the change to which the time after it is compared.
const BEFORE: i64 = 7_200;
/// Just before the change: what was off then did not begin with it.
const EVE: i64 = 900;
/// Judged by the time before alone, a daily rise may be taken for an effect: so much an hour is allowed for, up to a limit.
const DRIFT_PER_HOUR: f64 = 0.10;
const DRIFT_MOST: f64 = 0.60;
/// Requests on which a figure has to rest, and failures that are no accident.
const REQUESTS: f64 = 12.0;
const FAILURES: f64 = 10.0;
const COUNTED: f64 = 100.0;
/// Nothing becomes so much quicker; as a logarithm.
const UNANSWERED: f64 = -2.5;

/// One signal with what was before the change, ready to be looked at again and again.
pub struct Signal {
    kind: Kind,
    /// Added to a value before its logarithm.
    small: f64,
    raw: Blocks,
    /// As logarithms: the residuals of "it stays as it was".
    values: Blocks,
    /// The residuals of "as on the days before"; nothing where there was no day.
    seasonal: Option<Blocks>,
    days: usize,
    step: i64,
    /// An effect on a share is one of points too.
    points: Option<f64>,
    /// Requests of each block, where the service's traffic is known.
    requests: Option<Blocks>,
    /// Share of the requests that the figure rests on.
    rests_on: f64,
    /// It counts things: how far it strays by chance is known.
    whole: bool,
    rolled: HashMap<(bool, i64), Rc<Vec<f64>>>,
}

/// What a predictor says of a window.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    pub size: f64,
    /// How far it was off already just before the change.
    pub eve: f64,
    pub spread: f64,
    pub drift: f64,
    pub placebos: usize,
    pub against: Against,
}

impl Signal {
    /// `at`: the change. `length`: seconds of one block. Nothing later than the change is used for what is normal.
    pub fn new(series: &Series, traffic: Option<&Series>, at: i64, length: i64) -> Self {
        let raw = Blocks::of(&series.samples, at, length);
        let known: Vec<f64> = raw.within(i64::MIN / 2, 0).collect();
        let (small, points) = scale(series.kind, &known);
        let values = raw.map(|_, value| (value.max(0.0) + small).ln());
        let day = (DAY + length / 2) / length;
        let days = (-values.first / day).clamp(0, DAYS);
        let before = BEFORE / length.min(BEFORE);
        let seasonal = (days > 0).then(|| values.map(|block, value| value - expected(&values, block, day)));
        // Without the time before the change there is nothing to move to today's level.
        let seasonal = seasonal.filter(|residuals| residuals.within(-before.max(2), 0).count() as i64 * 2 >= before);
        Self {
            kind: series.kind,
            small,
            raw,
            values,
            seasonal,
            days: usize::try_from(days).unwrap_or(0),
            step: series.step(),
            points,
            requests: traffic.filter(|_| series.kind != Kind::Traffic).map(|traffic| requests(traffic, at, length)),
            rests_on: rests_on(&series.signal),
            whole: known.iter().all(|value| value.fract() == 0.0),
            rolled: HashMap::new(),
        }
    }

    /// Seconds of one block.
    pub fn length(&self) -> i64 {
        self.raw.length
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn logarithms(&self) -> &Blocks {
        &self.values
    }

    /// So that both can be compared.
    pub(super) fn on_the_scale_of(self, other: &Self) -> Self {
        let small = other.small;
        let values = self.raw.map(|_, value| (value.max(0.0) + small).ln());
        Self { small, values, points: other.points, ..self }
    }

    fn blocks(&self, seconds: i64) -> i64 {
        (seconds / self.raw.length).max(1)
    }

    /// Was anything measured lately, as of so many seconds after the change?
    pub fn is_measured(&self, now: i64) -> bool {
        let end = now / self.raw.length;
        self.raw.within(end - self.blocks(EVE.max(2 * self.step)), end).next().is_some()
    }

    /// Looks at the window from `from` to `now`, seconds since the change. `bar`: how many spreads of its placebos an effect must exceed.
    pub fn look(&mut self, from: i64, now: i64, bar: f64) -> Judged {
        let (begin, end) = ((from / self.raw.length).max(0), now / self.raw.length);
        let before = self.blocks(BEFORE).max(3);
        let known = self.values.within(i64::MIN / 2, 0).count();
        let earlier = self.values.within(-before, 0).count() as i64;
        let after = self.values.within(begin, end).count() as i64;
        if known == 0 {
            return Judged::NotEnough("it was not measured before the change");
        }
        if end <= begin {
            return Judged::NotEnough("nothing was measured since the change yet");
        }
        if after * 3 < end - begin || after == 0 {
            return self.missing(end, earlier, before);
        }
        if known < 3 || (earlier < 3 && self.seasonal.is_none()) {
            return Judged::NotEnough("it was measured too seldom before the change");
        }
        if let Some(why) = self.too_little(begin, end, before) {
            return Judged::NotEnough(why);
        }
        let mut effects = vec![self.effect(Against::Before, begin, end, before)];
        if self.seasonal.is_some() {
            effects.push(self.effect(Against::Days(self.days), begin, end, before));
        }
        let effects: Vec<Effect> = effects.into_iter().flatten().collect();
        let rank = |effect: &Effect| effect.spread + if effect.placebos < FEW { 1.0 } else { 0.0 };
        let Some(best) = effects.iter().min_by(|one, other| rank(one).total_cmp(&rank(other))) else {
            return Judged::NotEnough("nothing is known that it could be compared with");
        };
        // Little is known: then what it was just before and what it was yesterday must say the same.
        let agree =
            |other: &Effect| other.size.signum() == best.size.signum() && other.size.abs() * 2.0 >= best.size.abs();
        let sure = (best.placebos >= MANY && self.days >= 3) || effects.iter().all(agree);
        self.verdict(best, sure, begin, end, bar)
    }

    /// It stopped. A finding only where it was steady and where nothing else explains it.
    fn missing(&self, end: i64, earlier: i64, before: i64) -> Judged {
        let steady = earlier * 5 >= before * 4;
        let last = self.raw.end().min(end);
        let silent = (end - last) * self.raw.length;
        let (mut longest, mut gap) = (0, 0);
        for block in self.raw.first.max(-self.blocks(2 * DAY))..0 {
            gap = if self.raw.get(block).is_nan() { gap + 1 } else { 0 };
            longest = longest.max(gap);
        }
        let unusual = silent >= (3 * self.step).max(600) && silent > 2 * longest * self.raw.length;
        if steady && unusual && self.kind == Kind::Traffic {
            return Judged::Vanished { since: last.max(0) * self.raw.length };
        }
        Judged::NotEnough("too little was measured since the change")
    }

    /// Figures that rest on a handful of requests stray by chance.
    fn too_little(&self, begin: i64, end: i64, before: i64) -> Option<&'static str> {
        if self.kind == Kind::Traffic {
            let day = self.blocks(DAY).min(-self.raw.first);
            let used = self.raw.within(-day, 0).filter(|value| *value > 0.0).count() as i64;
            return (used * 2 < day).then_some("it is used too seldom to tell");
        }
        let requests = self.requests.as_ref()?;
        let now: f64 = requests.within(begin, end).sum();
        let earlier: Vec<f64> = requests.within(-before, 0).collect();
        let usual = earlier.iter().sum::<f64>() / earlier.len().max(1) as f64 * (end - begin) as f64;
        (now.min(usual) * self.rests_on < REQUESTS).then_some("too few requests to tell")
    }

    /// Medians of all windows of so many blocks, by the block they begin with.
    fn rolling(&mut self, against: Against, size: i64) -> Rc<Vec<f64>> {
        let key = (against == Against::Before, size);
        if let Some(known) = self.rolled.get(&key) {
            return known.clone();
        }
        let residuals = self.residuals(against);
        let mut inside = Vec::new();
        let medians = (residuals.first..residuals.end()).map(|place| {
            inside.clear();
            inside.extend(residuals.within(place, place + size));
            median(&mut inside)
        });
        let medians = Rc::new(medians.collect::<Vec<f64>>());
        self.rolled.insert(key, medians.clone());
        medians
    }

    fn residuals(&self, against: Against) -> &Blocks {
        match (&self.seasonal, against) {
            (Some(seasonal), Against::Days(_)) => seasonal,
            _ => &self.values,
        }
    }

    fn effect(&mut self, against: Against, begin: i64, end: i64, before: i64) -> Option<Effect> {
        let window = end - begin;
        let (levels, windows) = (self.rolling(against, before), self.rolling(against, window));
        let residuals = self.residuals(against);
        let middle = |from: i64, until: i64| {
            let mut inside: Vec<f64> = residuals.within(from, until).collect();
            (!inside.is_empty()).then(|| median(&mut inside))
        };
        let level = middle(-before, 0)?;
        let size = middle(begin, end)? - level;
        let eve = middle(-self.blocks(EVE).min(before / 2).max(1), 0)? - level;

        // From the first moment with a time before it to the last that was over at the change. Where the history is too short for
        // this distance a nearer one stands for it, and strays grow with the root of the distance.
        let first = residuals.first + before;
        let reach = (-first - MANY as i64).clamp(window, end.max(window));
        let farther = (end as f64 / reach as f64).sqrt().max(1.0);
        let stride = ((-reach - first) / LOOKED_AT).max(1);
        let rolled = |medians: &[f64], place: i64| {
            let found = usize::try_from(place - residuals.first).ok().and_then(|place| medians.get(place)).copied();
            found.filter(|value| !value.is_nan())
        };
        let mut strays: Vec<f64> = Vec::new();
        let mut place = first;
        while place <= -reach {
            if let (Some(level), Some(then)) =
                (rolled(&levels, place - before), rolled(&windows, place + reach - window))
            {
                strays.push(((then - level) * farther).abs());
            }
            place += stride;
        }
        let placebos = strays.len();
        let (seen, weight) = if placebos < FEW {
            (self.noise(residuals, before, window), 2.0)
        } else {
            let independent = placebos as f64 * stride as f64 / window.max(1) as f64;
            (spread(&mut strays), independent.min(MOST_WEIGHT))
        };
        let prior = prior(self.kind);
        let spread = ((weight * seen * seen + PRIOR_WEIGHT * prior * prior) / (weight + PRIOR_WEIGHT)).sqrt();
        let hours = (end * self.raw.length) as f64 / 3_600.0;
        // Where whole days are behind the placebos, the daily cycle is in them.
        let cycle_known = against != Against::Before || -residuals.first * self.raw.length >= 2 * DAY;
        let drift = if cycle_known { 0.0 } else { (DRIFT_PER_HOUR * hours).min(DRIFT_MOST) };
        Some(Effect { size, eve, spread, drift, placebos, against })
    }

    /// How far a difference of medians strays, from how much blocks before the change differ.
    fn noise(&self, residuals: &Blocks, before: i64, window: i64) -> f64 {
        let mut inside: Vec<f64> = residuals.within(-before.max(10), 0).collect();
        let middle = median(&mut inside);
        let mut strays: Vec<f64> = inside.iter().map(|value| (value - middle).abs()).collect();
        let single = (1.4826 * median(&mut strays)).max(quantile(&mut strays, 0.9) / 1.645);
        let together = (1.0 / window.max(1) as f64 + 1.0 / inside.len().max(1) as f64).sqrt();
        // Neighbours are alike (a lag-1 correlation of about a half is usual): fewer are independent than there are.
        single * (together * 1.7).min(1.0)
    }

    pub(super) fn verdict(&self, effect: &Effect, sure: bool, begin: i64, end: i64, bar: f64) -> Judged {
        let matters = matters(self.kind);
        let mut inside: Vec<f64> = self.raw.within(begin, end).collect();
        let measured = median(&mut inside);
        let baseline = ((measured.max(0.0) + self.small).ln() - effect.size).exp() - self.small;
        let edge = |matter: f64| matter.ln().max(bar * effect.spread);
        let (up, down) = (edge(matters.up), edge(1.0 / matters.down.map_or(1.0 / matters.up, |(less, _)| less)));
        let numbers = Numbers {
            measured,
            baseline: baseline.max(0.0),
            low: ((baseline + self.small) * (-down - effect.drift).exp() - self.small).max(0.0),
            high: (baseline + self.small) * (up + effect.drift).exp() - self.small,
            ratio: effect.size.exp(),
            against: effect.against,
            score: effect.size / effect.spread,
            bar,
            placebos: effect.placebos,
            from: begin * self.raw.length,
        };
        let upwards = effect.size > 0.0;
        let (size, edge) = (effect.size.abs(), if upwards { up } else { down });
        let began_before = effect.eve.signum() == effect.size.signum() && effect.eve.abs() * 2.0 > size;
        let points = self.points.is_none_or(|points| (measured - baseline).abs() >= points);
        if size <= edge || !sure || began_before || !points || !self.is_no_accident(&numbers, begin, end) {
            return Judged::Told(Verdict::Same, numbers);
        }
        if size <= edge + effect.drift {
            return Judged::NotEnough("it may be the time of day: there are not enough earlier days to compare with");
        }
        let verdict = match (upwards, &matters.down) {
            (true, _) => match matters.much_up {
                Some(much) if size > (1.6 * edge).max(much.ln()) + effect.drift => Verdict::MuchWorse,
                _ => Verdict::Worse,
            },
            (false, Some((_, much))) if size > (1.6 * edge).max(-much.ln()) + effect.drift => Verdict::MuchWorse,
            (false, Some(_)) => Verdict::Worse,
            // Nothing is answered any more: that is not quick.
            (false, None) if self.kind == Kind::Latency && effect.size < UNANSWERED => Verdict::MuchWorse,
            (false, None) => Verdict::Better,
        };
        Judged::Told(verdict, numbers)
    }

    /// What is counted strays by the root of its number.
    fn is_no_accident(&self, numbers: &Numbers, begin: i64, end: i64) -> bool {
        let beyond = |seen: f64, expected: f64| (seen - expected).abs() / (expected + 1.0).sqrt() >= numbers.bar;
        match (self.kind, &self.requests) {
            (Kind::Errors, Some(requests)) if self.points.is_some() => {
                let all: f64 = requests.within(begin, end).sum();
                let (seen, expected) = (numbers.measured * all, numbers.baseline * all);
                (seen - expected).abs() >= FAILURES && beyond(seen, expected)
            }
            (Kind::Traffic, _) if self.whole => {
                let blocks = self.raw.within(begin, end).count() as f64;
                let (seen, expected) = (numbers.measured * blocks, numbers.baseline * blocks);
                seen.max(expected) >= COUNTED && beyond(seen, expected)
            }
            _ => true,
        }
    }
}

/// Of placebos: by the middle half, by the tenth part that strays most, and by the hundredth.
fn spread(strays: &mut [f64]) -> f64 {
    let middle = 1.4826 * median(strays);
    middle.max(quantile(strays, 0.9) / 2.5).max(quantile(strays, 0.99) / 5.0)
}

/// What the days before let expect of a block; NaN where none was measured at that time.
fn expected(values: &Blocks, block: i64, day: i64) -> f64 {
    // A day of the watch itself is none of the days before.
    let earlier = (1..=DAYS).map(|back| block - back * day).filter(|then| *then < 0);
    let mut days: Vec<f64> = earlier
        .filter_map(|then| {
            let mut around: Vec<f64> = values.within(then - 1, then + 2).collect();
            (!around.is_empty()).then(|| median(&mut around))
        })
        .collect();
    median(&mut days)
}
