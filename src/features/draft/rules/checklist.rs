//! What must be done before and after, because of what was found?

use super::phrase::{entry, short};
use super::story::{Story, WayBack};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// Entries per list that a person still reads.
const MOST: usize = 14;

pub fn before(story: &Story<'_>, field: &Field) -> Option<Value> {
    let mut list = List::default();
    for risk in ordered(story) {
        for text in before_risk(story, risk) {
            list.add(text, &risk.id);
        }
    }
    for breaking in story.digest.breaking.iter().take(3) {
        list.add(format!("Check that callers are ready for this: {}", short(&breaking.text, 120)), &breaking.id);
    }
    if let WayBack::Careful(risk) = story.way_back() {
        list.add("Make sure that somebody who knows this part is reachable while it rolls out".to_owned(), &risk.id);
    }
    if !story.is_quiet() && !story.is_first() {
        let text = format!("Check that the artifact of {} is still there to go back to", story.from());
        list.add(text, &story.range()[0]);
    }
    super::entries(list.written(), field)
}

pub fn after(story: &Story<'_>, field: &Field) -> Option<Value> {
    let mut list = List::default();
    let range = &story.range()[0];
    list.add(format!("Check that every instance of {} reports {}", story.material.service.name, story.to()), range);
    for risk in ordered(story) {
        for text in after_risk(story, risk) {
            list.add(text, &risk.id);
        }
    }
    if let Some(first) = story.visible().first().filter(|_| !story.is_quiet()) {
        list.add(format!("Try it once by hand: {}", short(&first.title, 120)), &first.id);
    }
    let fixes = story.digest.tickets.len();
    if let Some(ticket) = story.digest.tickets.first() {
        let text = match fixes {
            1 => format!("Move {ticket} on, and tell whoever asked for it"),
            many => format!("Move the {many} tickets of this release on, {ticket} first"),
        };
        list.add(text, &FactId::ticket(ticket));
    }
    super::entries(list.written(), field)
}

/// Most severe first, in the order of telling.
fn ordered<'a>(story: &Story<'a>) -> Vec<&'a Risk> {
    let mut risks: Vec<&Risk> = story.digest.risks.iter().collect();
    risks.sort_by_key(|risk| (std::cmp::Reverse(risk.severity), risk.kind));
    risks
}

/// Entries in order, each once, with all facts that ask for it.
#[derive(Default)]
struct List(Vec<(String, Vec<FactId>)>);

impl List {
    fn add(&mut self, text: String, id: &FactId) {
        match self.0.iter_mut().find(|(other, _)| *other == text) {
            Some((_, ids)) if !ids.contains(id) && ids.len() < 6 => ids.push(id.clone()),
            Some(_) => {}
            None => self.0.push((text, vec![id.clone()])),
        }
    }

    fn written(self) -> Vec<String> {
        self.0.into_iter().take(MOST).map(|(text, ids)| entry(&text, &ids)).collect()
    }
}

fn before_risk(story: &Story<'_>, risk: &Risk) -> Vec<String> {
    let subject = short(risk.title.trim_end_matches('.'), 140);
    let low = risk.severity == Severity::Low;
    match risk.kind {
        RiskKind::Secret => vec![format!(
            "Revoke and replace the credential before anything else; removing the line is not enough ({subject})"
        )],
        RiskKind::Migration if risk.reversible == Some(false) => vec![
            format!("Take a backup and prove that it restores ({subject})"),
            format!("Agree who decides to repair forward, because {} does not run on the new schema", story.from()),
        ],
        RiskKind::Migration => vec![
            "Run the migration on a copy of production data and note how long it takes and what it locks".to_owned(),
        ],
        RiskKind::Schema if risk.reversible == Some(false) => {
            vec![format!("Take a backup and prove that it restores ({subject})")]
        }
        RiskKind::Api | RiskKind::Schema if !low => {
            vec![format!("Ask every consumer of it and wait for their word ({subject})")]
        }
        RiskKind::Permission if !low => vec![format!("Show it to somebody responsible for security ({subject})")],
        RiskKind::Config if !low => {
            vec![format!("Check the setting in every environment the release goes to ({subject})")]
        }
        RiskKind::Infrastructure if !low => {
            vec![format!("Check that the plan or dry run shows this and nothing else ({subject})")]
        }
        RiskKind::Dependency if !low => vec![format!("Read the upgrade notes ({subject})")],
        RiskKind::FeatureFlag => vec![format!("Check the state of the flag in every environment ({subject})")],
        RiskKind::Schedule => vec![format!("Check that no run of the job is due during the rollout ({subject})")],
        RiskKind::Deletion if !low => {
            vec![format!("Check by logs or a search over callers that nothing uses it any more ({subject})")]
        }
        RiskKind::LostCommits => {
            vec![format!("Bring the missing commits over, or agree that they may leave ({subject})")]
        }
        RiskKind::Submodule => vec!["Check that the submodules point to commits that are pushed and meant".to_owned()],
        RiskKind::Tests if !low => vec![format!("Try the untested part by hand on staging ({subject})")],
        RiskKind::Size if !low => {
            vec!["Ask whether it can go out in smaller parts; if not, plan a longer watch".to_owned()]
        }
        _ => Vec::new(),
    }
}

fn after_risk(story: &Story<'_>, risk: &Risk) -> Vec<String> {
    let subject = short(risk.title.trim_end_matches('.'), 140);
    let low = risk.severity == Severity::Low;
    match risk.kind {
        RiskKind::Secret => {
            vec!["Check that the old credential no longer works and that its audit log shows no foreign use".to_owned()]
        }
        RiskKind::Migration => {
            vec!["Check that the migration is recorded as done in every environment and that lock waits are back to normal".to_owned()]
        }
        RiskKind::Api | RiskKind::Schema if !low => {
            vec!["Check that no caller gets 4xx responses that it did not get before".to_owned()]
        }
        RiskKind::Permission if !low => {
            vec![format!("Try access once with and once without the right ({subject})")]
        }
        RiskKind::Config if !low => {
            vec!["Check that the running instances have the new configuration, not the old".to_owned()]
        }
        RiskKind::Infrastructure if !low => {
            vec!["Check that nothing of the old environment is left running without a reason".to_owned()]
        }
        RiskKind::Dependency if !low => {
            vec!["Check the logs for warnings and deprecations that were not there before".to_owned()]
        }
        RiskKind::FeatureFlag => vec!["Note when each flag is to be removed".to_owned()],
        RiskKind::Schedule => vec![format!("Check that the next run came on time ({subject})")],
        RiskKind::LostCommits => {
            vec![format!("Bring the hotfixes of {} to the main line, or file a ticket for each", story.from())]
        }
        RiskKind::Tests if !low => vec!["File a ticket for the missing tests".to_owned()],
        _ => Vec::new(),
    }
}
