//! Which of the known changes may have caused this? Pure: by who needs whom, by the time between, by what both are about, and by what was
//! measured after each change.
//!
//! Four factors are multiplied, so that one that speaks clearly against a change is not outvoted by three that say nothing.

use crate::domain::language::Language;
use crate::domain::watch::State;
use crate::features::spoken::names;
use crate::features::texts as text;
use crate::retrieval::classes::Told;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Below this a change is not named.
pub const NAMED_FROM: f64 = 0.15;
/// From this on it is probable.
pub const PROBABLE_FROM: f64 = 0.45;
/// Steps of a dependency that are followed.
const FAR: usize = 4;
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

/// What goes wrong.
pub struct Symptom {
    /// Where it shows; empty: nobody said.
    pub services: Vec<String>,
    pub told: Told,
    pub text: String,
    /// Unix seconds.
    pub began: i64,
}

/// A change as far as it matters here.
pub struct Candidate {
    pub services: Vec<String>,
    pub at: i64,
    pub until: Option<i64>,
    pub told: Told,
    /// Names of what it touches, as people write them: `legacy_id`.
    pub touches: BTreeSet<String>,
    pub sampled: Sampled,
}

/// What was measured after it.
#[derive(Debug, Clone, PartialEq)]
pub enum Sampled {
    /// Nothing is measured of its services, or it could not be judged.
    Unknown,
    Judged {
        state: State,
        finding: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// Its place among the candidates.
    pub candidate: usize,
    pub score: f64,
    pub supports: Vec<String>,
    pub against: Vec<String>,
}

/// Who needs whom, through what: `checkout` needs `payments`.
pub struct Needs(HashMap<String, Vec<String>>);

impl Needs {
    pub fn new(edges: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut needs: HashMap<String, Vec<String>> = HashMap::new();
        for (caller, callee) in edges {
            needs.entry(caller).or_default().push(callee);
        }
        Self(needs)
    }

    /// From the one that needs to the one that is needed, both included; the shortest way.
    fn path(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut waiting = VecDeque::from([vec![from.to_owned()]]);
        let mut seen = BTreeSet::from([from.to_owned()]);
        while let Some(path) = waiting.pop_front() {
            let last = path.last()?;
            if last == to {
                return Some(path);
            }
            if path.len() > FAR {
                continue;
            }
            for next in self.0.get(last).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    waiting.push_back([path.clone(), vec![next.clone()]].concat());
                }
            }
        }
        None
    }
}

/// Those that may have caused it, the likeliest first; what began after it is none.
pub fn rank(symptom: &Symptom, candidates: &[Candidate], needs: &Needs, language: Language) -> Vec<Weighed> {
    let possible = candidates.iter().enumerate().filter(|(_, one)| one.at <= symptom.began + 5 * MINUTE);
    let mut weighed: Vec<Weighed> = possible.map(|(place, one)| weigh(place, one, symptom, needs, language)).collect();
    // Of two that weigh the same the later one.
    weighed.sort_by(|one, other| {
        other
            .score
            .total_cmp(&one.score)
            .then_with(|| candidates[other.candidate].at.cmp(&candidates[one.candidate].at))
    });
    weighed
}

fn weigh(place: usize, one: &Candidate, symptom: &Symptom, needs: &Needs, language: Language) -> Weighed {
    let (mut supports, mut against) = (Vec::new(), Vec::new());
    let factors = [
        by_path(one, symptom, needs, language, &mut supports, &mut against),
        by_lag(one, symptom, language, &mut supports, &mut against),
        by_fit(one, symptom, language, &mut supports, &mut against),
        by_samples(one, language, &mut supports, &mut against),
    ];
    Weighed { candidate: place, score: factors.iter().product(), supports, against }
}

fn by_path(
    one: &Candidate,
    symptom: &Symptom,
    needs: &Needs,
    language: Language,
    supports: &mut Vec<String>,
    against: &mut Vec<String>,
) -> f64 {
    if symptom.services.is_empty() {
        against.push(text::US_NO_SERVICE.plain(language));
        return 0.5;
    }
    if one.services.is_empty() {
        against.push(text::US_NOBODY_SAID.plain(language));
        return 0.35;
    }
    if let Some(same) = one.services.iter().find(|name| symptom.services.contains(name)) {
        supports.push(text::US_SAME.of(language, &[("service", same)]));
        return 1.0;
    }
    let pairs = || symptom.services.iter().flat_map(|shows| one.services.iter().map(move |changed| (shows, changed)));
    let down = pairs().filter_map(|(shows, changed)| needs.path(shows, changed)).min_by_key(Vec::len);
    if let Some(path) = down {
        let way = path.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
        supports.push(text::US_NEEDS.of(language, &[("path", &way)]));
        return 0.8_f64.powi(i32::try_from(path.len() - 1).unwrap_or(1));
    }
    let up = pairs().filter_map(|(shows, changed)| needs.path(changed, shows)).min_by_key(Vec::len);
    if let Some(path) = up {
        let way = path.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
        against.push(text::US_CALLS.of(language, &[("path", &way)]));
        return 0.3;
    }
    let shows = symptom.services.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    against.push(text::US_NO_PATH.of(language, &[("services", &shows)]));
    0.05
}

fn by_lag(
    one: &Candidate,
    symptom: &Symptom,
    language: Language,
    supports: &mut Vec<String>,
    against: &mut Vec<String>,
) -> f64 {
    let lag = symptom.began - one.at;
    if one.until.is_some_and(|until| symptom.began <= until && lag >= 0) {
        supports.push(text::US_UNDER_WAY.plain(language));
        return 1.0;
    }
    // A minute or two are the clocks', not the change's.
    let told = span(lag.max(0), language);
    let (weight, near) = match lag {
        i64::MIN..=1_800 => (1.0, true),
        1_801..=7_200 => (0.8, true),
        7_201..=21_600 => (0.5, false),
        21_601..=86_400 => (0.25, false),
        _ => (0.1, false),
    };
    let sentence = text::US_LAG.of(language, &[("lag", &told)]);
    if near {
        supports.push(sentence)
    } else {
        against.push(sentence)
    }
    weight
}

fn by_fit(
    one: &Candidate,
    symptom: &Symptom,
    language: Language,
    supports: &mut Vec<String>,
    against: &mut Vec<String>,
) -> f64 {
    let named: Vec<String> =
        one.touches.iter().filter(|name| names(&symptom.text, name)).map(|name| format!("`{name}`")).take(3).collect();
    if !named.is_empty() {
        supports.push(text::US_NAMED.of(language, &[("names", &named.join(", "))]));
    }
    let components =
        one.told.components.iter().filter(|class| symptom.told.components.contains(class)).map(|class| class.name());
    let changes =
        one.told.changes.iter().filter(|class| symptom.told.changes.contains(class)).map(|class| class.name());
    let shared: Vec<&str> = components.chain(changes).collect();
    if !shared.is_empty() {
        supports.push(text::US_ALIKE.of(language, &[("classes", &shared.join(", "))]));
    }
    if named.is_empty() && shared.is_empty() {
        against.push(text::US_NO_FIT.plain(language));
    }
    0.6 + 0.3 * shared.len().min(2) as f64 + if named.is_empty() { 0.0 } else { 0.5 }
}

fn by_samples(one: &Candidate, language: Language, supports: &mut Vec<String>, against: &mut Vec<String>) -> f64 {
    match &one.sampled {
        Sampled::Unknown | Sampled::Judged { state: State::NotEnough, .. } => {
            against.push(text::US_NOT_MEASURED.plain(language));
            1.0
        }
        Sampled::Judged { state: State::Stable, .. } => {
            against.push(text::US_STABLE.plain(language));
            0.25
        }
        Sampled::Judged { finding, .. } => {
            let finding = finding.clone().unwrap_or_else(|| text::STATE_UNSTABLE.plain(language));
            supports.push(text::US_WORSE.of(language, &[("finding", &finding)]));
            1.6
        }
    }
}

/// `2 h 5 min`
fn span(seconds: i64, language: Language) -> String {
    let (hours, minutes) = (seconds / HOUR, seconds % HOUR / MINUTE);
    let hour = text::HOURS.of(language, &[("n", &hours)]);
    let minute = text::MINUTES.of(language, &[("n", &minutes)]);
    match (hours, minutes) {
        (0, _) => minute,
        (_, 0) => hour,
        _ => format!("{hour} {minute}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::classes::told;

    fn symptom(services: &[&str], text: &str) -> Symptom {
        let services = services.iter().map(|name| (*name).to_owned()).collect();
        Symptom { services, told: told(text, ""), text: text.to_owned(), began: 100 * HOUR }
    }

    fn change(service: &str, before: i64, about: &str) -> Candidate {
        Candidate {
            services: vec![service.to_owned()],
            at: 100 * HOUR - before,
            until: None,
            told: told(about, ""),
            touches: BTreeSet::new(),
            sampled: Sampled::Unknown,
        }
    }

    fn shop() -> Needs {
        let needs = [("checkout", "payments"), ("payments", "ledger"), ("search", "catalogue")];
        Needs::new(needs.map(|(caller, callee)| (caller.to_owned(), callee.to_owned())))
    }

    fn order(symptom: &Symptom, candidates: &[Candidate]) -> Vec<usize> {
        rank(symptom, candidates, &shop(), Language::English).iter().map(|one| one.candidate).collect()
    }

    #[test]
    fn what_it_needs_comes_before_what_it_does_not() {
        let slow = symptom(&["checkout"], "checkout is slow, timeouts from the database");
        let candidates = [
            change("search", 10 * MINUTE, "copy"),
            change("ledger", 20 * MINUTE, "schema migration of the database"),
            change("checkout", 23 * HOUR, "copy"),
        ];
        assert_eq!(order(&slow, &candidates)[0], 1);
        let weighed = rank(&slow, &candidates, &shop(), Language::English);
        assert!(weighed[0].score >= PROBABLE_FROM, "{weighed:#?}");
        assert!(weighed[0].supports[0].contains("`checkout` → `payments` → `ledger`"), "{:?}", weighed[0].supports);
        let search = weighed.iter().find(|one| one.candidate == 0).expect("weighed");
        assert!(search.score < NAMED_FROM && search.against[0].contains("No dependency"), "{search:?}");
    }

    #[test]
    fn a_later_change_is_none_and_a_stable_one_hardly() {
        let slow = symptom(&["payments"], "payments answers errors");
        let mut calm = change("payments", 10 * MINUTE, "copy");
        calm.sampled = Sampled::Judged { state: State::Stable, finding: None };
        let mut worse = change("ledger", 40 * MINUTE, "copy");
        worse.sampled =
            Sampled::Judged { state: State::Unstable, finding: Some("errors of `ledger` worse since +2m".to_owned()) };
        let candidates = [change("payments", -HOUR, "copy"), calm, worse];
        assert_eq!(order(&slow, &candidates), [2, 1], "what went out later is not there at all");
    }

    #[test]
    fn a_name_that_the_post_says_weighs() {
        let slow = symptom(&["payments"], "payments: unknown column legacy_id");
        let mut named = change("payments", HOUR, "copy");
        named.touches.insert("legacy_id".to_owned());
        let candidates = [change("payments", 50 * MINUTE, "copy"), named];
        assert_eq!(order(&slow, &candidates), [1, 0]);
    }
}
