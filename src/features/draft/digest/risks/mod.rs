//! What can go wrong? One file per kind of risk, each a function from the reading to risks with their evidence.

mod checks;
mod config;
mod deletion;
mod dependency;
mod environment;
mod flag;
mod found;
mod infrastructure;
mod keys;
mod kubernetes;
mod live;
mod lost;
mod migration;
mod mode;
mod permission;
mod public_items;
mod reviews;
mod routes;
mod schedule;
mod schema;
mod secret_spans;
mod size;
mod submodule;
mod tests_touched;
mod tickets;

pub use keys::LIMITING;
pub use public_items::{RemovedItem, removed_items};

use super::plain;
use super::reading::Reading;
use super::side_by_side::side_by_side;
use crate::domain::digest::Risk;
use crate::domain::fact::FactId;

/// Everything that looks for risks. A new kind of risk is one line here.
const LOOKS: &[fn(&Reading) -> Vec<Risk>] = &[
    secret_spans::look,
    migration::look,
    public_items::look,
    routes::look,
    schema::look,
    permission::look,
    mode::look,
    environment::look,
    config::look,
    infrastructure::look,
    kubernetes::look,
    dependency::look,
    flag::look,
    schedule::look,
    deletion::look,
    lost::look,
    checks::look,
    tickets::look,
    reviews::look,
    live::look,
    submodule::look,
    tests_touched::look,
    size::look,
];

/// More commits than this beside one risk tell a reader nothing.
const MOST_FACTS: usize = 12;

/// All risks, highest severity first, then in the order of telling, numbered `risk:1`, ….
pub fn risks(reading: &Reading) -> Vec<Risk> {
    let mut risks: Vec<Risk> = side_by_side(LOOKS.len(), |at| LOOKS[at](reading)).into_iter().flatten().collect();
    risks.sort_by(|left, right| right.severity.cmp(&left.severity).then(left.kind.cmp(&right.kind)));
    for (index, risk) in risks.iter_mut().enumerate() {
        risk.id = FactId::risk(index + 1);
        let evidence: Vec<String> = risk.evidence.iter().map(|evidence| evidence.path.clone()).collect();
        risk.facts.extend(facts(reading, &evidence));
        let mut known = std::collections::HashSet::new();
        risk.facts.retain(|fact| known.insert(fact.clone()));
        risk.facts.truncate(MOST_FACTS);
    }
    risks
}

/// The pull requests and commits that touched these files, then the files.
fn facts(reading: &Reading, paths: &[String]) -> Vec<FactId> {
    let mut facts = Vec::new();
    for path in paths {
        for index in reading.touched_by.get(path.as_str()).into_iter().flatten().take(3) {
            let commit = &reading.changes.commits[*index];
            facts.extend(commit.pull_requests.first().map(|number| FactId::pull_request(*number)));
            facts.push(FactId::commit(commit.short()));
        }
    }
    let mut facts: Vec<FactId> = facts.into_iter().take(MOST_FACTS - 4).collect();
    facts.extend(paths.iter().filter(|path| !path.is_empty()).take(4).map(|path| FactId::file(&plain::path(path))));
    facts
}
