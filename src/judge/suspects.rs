//! Where did it begin? A symptom is followed along the graph of who calls whom: what is slow because of what it calls is not the cause.

use std::collections::{BTreeMap, BTreeSet};

/// Who calls whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    calls: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    pub fn new(edges: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (caller, callee) in edges {
            if caller != callee {
                calls.entry(caller).or_default().insert(callee);
            }
        }
        Self { calls }
    }

    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Directly, or through others.
    pub fn calls(&self, caller: &str, callee: &str) -> bool {
        self.below(caller).contains(callee)
    }

    /// All that it calls, and what those call.
    fn below(&self, service: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![service];
        while let Some(next) = open.pop() {
            for callee in self.calls.get(next).into_iter().flatten() {
                if callee != service && found.insert(callee.as_str()) {
                    open.push(callee);
                }
            }
        }
        found
    }
}

/// A service that is worse than before.
#[derive(Debug, Clone, PartialEq)]
pub struct Symptom {
    pub service: String,
    /// `errors`, `latency`.
    pub what: String,
    /// How clearly: the effect in bars it had to exceed.
    pub strength: f64,
    /// Seconds since the change.
    pub onset: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    pub service: String,
    pub score: f64,
    /// For it and against it, a sentence each.
    pub evidence: Vec<String>,
    pub against: Vec<String>,
}

/// How many are named.
const NAMED: usize = 3;
/// Clearer than that is clear.
const CLEAR: f64 = 4.0;
/// What is explained by something it calls keeps so much of its score.
const EXPLAINED: f64 = 0.3;

/// The likeliest origins first. `look`: seconds between two looks, within which two onsets are one.
pub fn rank(symptoms: &[Symptom], graph: &Graph, look: i64) -> Vec<Suspect> {
    let first = symptoms.iter().map(|symptom| symptom.onset).min().unwrap_or(0);
    let mut suspects: Vec<Suspect> =
        symptoms.iter().map(|symptom| weigh(symptom, symptoms, graph, first, look)).collect();
    suspects.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.service.cmp(&other.service)));
    suspects.truncate(NAMED);
    suspects
}

fn weigh(symptom: &Symptom, all: &[Symptom], graph: &Graph, first: i64, look: i64) -> Suspect {
    let minutes = symptom.onset / 60;
    let mut score = symptom.strength.clamp(0.0, CLEAR);
    let when = if minutes == 0 { "right with the change".to_owned() } else { format!("from +{minutes} m") };
    let mut evidence = vec![format!("its {} got worse {when}", symptom.what)];
    let mut against = Vec::new();
    let later = (symptom.onset - first) / look.max(1);
    if later > 1 {
        score /= 1.0 + later as f64 / 6.0;
        against.push(format!("others got worse {} minutes earlier", (symptom.onset - first) / 60));
    }
    if graph.is_empty() {
        return Suspect { service: symptom.service.clone(), score, evidence, against };
    }
    let below = graph.below(&symptom.service);
    let causes: Vec<&str> = all
        .iter()
        .filter(|other| below.contains(other.service.as_str()) && other.onset <= symptom.onset + look)
        .map(|other| other.service.as_str())
        .collect();
    if causes.is_empty() {
        evidence.push("nothing that it calls got worse".to_owned());
    } else {
        score *= EXPLAINED;
        against.push(format!("{}, which it calls, got worse too", listed(&causes)));
    }
    let explains: Vec<&str> = all
        .iter()
        .filter(|other| {
            other.service != symptom.service && graph.below(&other.service).contains(symptom.service.as_str())
        })
        .map(|other| other.service.as_str())
        .collect();
    if !explains.is_empty() {
        score += explains.len().min(4) as f64 * 0.5;
        evidence.push(format!(
            "it explains {}, which call{} it",
            listed(&explains),
            if explains.len() == 1 { "s" } else { "" }
        ));
    }
    Suspect { service: symptom.service.clone(), score, evidence, against }
}

fn listed(names: &[&str]) -> String {
    match names {
        [one, two, three, _, ..] => format!("`{one}`, `{two}`, `{three}` and {} more", names.len() - 3),
        _ => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
