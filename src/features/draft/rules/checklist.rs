//! What must be done before and after, because of what was found?

use super::phrase::{entry, short};
use super::story::{Story, WayBack};
use crate::domain::digest::{Intent, Item, Risk, RiskKind, Severity, Wanted};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// Entries per list that a person still reads.
const MOST: usize = 14;
/// Subjects named in one entry before the rest is counted.
const SUBJECTS: usize = 3;

pub fn before(story: &Story<'_>, field: &Field) -> Option<Value> {
    let mut list = List::default();
    for risk in ordered(story) {
        for task in before_risk(story, risk) {
            list.add(task, &risk.id);
        }
    }
    for breaking in story.announced().into_iter().take(4) {
        list.add(Task::about("Check that callers are ready", &breaking.text), &breaking.id);
    }
    for breaking in story.removed() {
        list.add(Task::about("Check that nobody outside uses what is removed", &breaking.text), &breaking.id);
    }
    if let WayBack::Careful(risk) = story.way_back() {
        list.add("Make sure that somebody who knows this part is reachable while it rolls out", &risk.id);
    }
    if story.is_published() {
        list.add(
            format!("Check that what is packaged for {} installs on a clean machine", story.to()),
            &story.range()[0],
        );
    } else if !story.is_quiet() && !story.is_first() {
        let text = format!("Check that the artifact of {} is still there to go back to", story.from());
        list.add(text, &story.range()[0]);
    }
    super::entries(list.written(), field)
}

pub fn after(story: &Story<'_>, field: &Field) -> Option<Value> {
    let mut list = List::default();
    let range = &story.range()[0];
    let service = &story.name();
    if story.is_published() {
        list.add(format!("Install {service} {} as a user does and check the version it reports", story.to()), range);
    } else {
        list.add(format!("Check that every instance of {service} reports {}", story.to()), range);
        for risk in ordered(story) {
            for task in after_risk(story, risk) {
                list.add(task, &risk.id);
            }
        }
    }
    let tried = |item: &&&Item| !matches!(item.intent, Intent::Deprecation | Intent::Revert);
    if let Some(first) = story.visible().iter().find(tried).filter(|_| !story.is_quiet()) {
        list.add(format!("Try it once by hand: {}", short(&first.title, 120)), &first.id);
    }
    for (ticket, criterion) in criteria(story) {
        list.add(format!("Check for {}: {}", ticket.key, short(criterion.trim_end_matches('.'), 160)), &ticket.id);
    }
    // Issues named `#12` are closed by the merge itself.
    let tickets: Vec<&String> = story.digest.tickets.iter().filter(|key| !key.starts_with('#')).collect();
    if let Some(first) = tickets.first() {
        let text = match tickets.len() {
            1 => format!("Move {first} on, and tell whoever asked for it"),
            many => format!("Move the {many} tickets of this release on, {first} first"),
        };
        list.add(text, &story.fact(FactId::ticket(first)));
    }
    super::entries(list.written(), field)
}

/// What was asked for and is to be seen once it is out: of each ticket a few, those that nobody ticked first.
fn criteria<'a>(story: &Story<'a>) -> Vec<(&'a Wanted, &'a str)> {
    const ALL: usize = 6;
    const EACH: usize = 2;
    let of = |ticket: &'a Wanted| {
        let mut criteria: Vec<_> = ticket.criteria.iter().collect();
        criteria.sort_by_key(|criterion| criterion.met == Some(true));
        criteria.into_iter().take(EACH).map(move |criterion| (ticket, criterion.text.as_str()))
    };
    story.digest.outside.tickets.iter().flat_map(of).take(ALL).collect()
}

/// Most severe first, in the order of telling.
fn ordered<'a>(story: &Story<'a>) -> Vec<&'a Risk> {
    let mut risks: Vec<&Risk> = story.digest.risks.iter().collect();
    risks.sort_by_key(|risk| (std::cmp::Reverse(risk.severity), risk.kind));
    risks
}

/// One thing to do, and to what: the same thing for several subjects is one entry.
struct Task {
    what: String,
    subject: String,
}

impl Task {
    fn about(what: impl Into<String>, subject: &str) -> Self {
        Self { what: what.into(), subject: short(subject.trim_end_matches('.'), 140) }
    }
}

impl From<String> for Task {
    fn from(what: String) -> Self {
        Self { what, subject: String::new() }
    }
}

impl From<&str> for Task {
    fn from(what: &str) -> Self {
        what.to_owned().into()
    }
}

/// Entries in order, each once, with their subjects and all facts that ask for them.
#[derive(Default)]
struct List(Vec<(String, Vec<String>, Vec<FactId>)>);

impl List {
    fn add(&mut self, task: impl Into<Task>, id: &FactId) {
        let Task { what, subject } = task.into();
        let at = self.0.iter().position(|(other, ..)| *other == what).unwrap_or_else(|| {
            self.0.push((what, Vec::new(), Vec::new()));
            self.0.len() - 1
        });
        let (_, subjects, ids) = &mut self.0[at];
        if !subject.is_empty() && !subjects.contains(&subject) {
            subjects.push(subject);
        }
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }

    fn written(self) -> Vec<String> {
        self.0.into_iter().take(MOST).map(|(what, subjects, ids)| entry(&told(&what, &subjects), &ids)).collect()
    }
}

/// `Read the upgrade notes: A; B; and 2 more`
fn told(what: &str, subjects: &[String]) -> String {
    let shown = subjects.iter().take(SUBJECTS).map(String::as_str).collect::<Vec<_>>().join("; ");
    match subjects.len() {
        0 => what.to_owned(),
        n if n > SUBJECTS => format!("{what}: {shown}; and {} more", n - SUBJECTS),
        _ => format!("{what}: {shown}"),
    }
}

fn before_risk(story: &Story<'_>, risk: &Risk) -> Vec<Task> {
    let about = |what: &str| Task::about(what, &risk.title);
    let low = risk.severity == Severity::Low;
    match risk.kind {
        RiskKind::Secret if risk.severity < Severity::High => {
            vec![about("Find out whether it opens anything; if it does, revoke and replace it before anything else")]
        }
        RiskKind::Secret => {
            vec![about("Revoke and replace the credential before anything else; removing the line is not enough")]
        }
        RiskKind::Migration if risk.reversible == Some(false) => vec![
            about("Take a backup and prove that it restores"),
            format!("Agree who decides to repair forward, because {} does not run on the new schema", story.from())
                .into(),
        ],
        RiskKind::Migration => {
            vec![about("Try it on a copy of production data and note how long it takes and what it locks")]
        }
        RiskKind::Schema if risk.reversible == Some(false) => {
            vec![about("Take a backup and prove that it restores")]
        }
        RiskKind::Api | RiskKind::Schema if !low => {
            vec![about("Ask every consumer and wait for their word")]
        }
        RiskKind::Permission if !low => vec![about("Show this to somebody responsible for security")],
        RiskKind::Config if !low => {
            vec![about("Check the setting in every environment the release goes to")]
        }
        RiskKind::Infrastructure if !low => {
            vec![about("Check that the plan or dry run shows this and nothing else")]
        }
        RiskKind::Dependency if !low => vec![about("Read the upgrade notes")],
        RiskKind::FeatureFlag => vec![about("Check the state of the flag in every environment")],
        RiskKind::Schedule => vec![about("Check that no run of the job is due during the rollout")],
        RiskKind::Deletion if !low => {
            vec![about("Check by logs or a search over callers that nothing uses this any more")]
        }
        RiskKind::LostCommits => {
            vec![about("Bring the missing commits over, or agree that they may leave")]
        }
        RiskKind::Checks if risk.severity == Severity::High => {
            vec![about("Find out why it failed, and wait until it passes or write down who lets it go out without")]
        }
        RiskKind::Checks if !low => vec![about("Wait until it has passed")],
        RiskKind::Ticket if !low => vec![about("Ask whether it may go out before that is done")],
        RiskKind::Review => vec![about("Ask whether the objection is settled")],
        RiskKind::Live if !low => vec![about("Check that the range is the one that is meant")],
        RiskKind::Submodule => vec!["Check that the submodules point to commits that are pushed and meant".into()],
        RiskKind::Tests if !low => vec![about("Try the untested part by hand on staging")],
        RiskKind::Size if !low => {
            vec!["Ask whether it can go out in smaller parts; if not, plan a longer watch".into()]
        }
        _ => Vec::new(),
    }
}

fn after_risk(story: &Story<'_>, risk: &Risk) -> Vec<Task> {
    let about = |what: &str| Task::about(what, &risk.title);
    let low = risk.severity == Severity::Low;
    match risk.kind {
        RiskKind::Secret if risk.severity == Severity::High => {
            vec!["Check that the old credential no longer works and that its audit log shows no foreign use".into()]
        }
        RiskKind::Migration => {
            vec!["Check that the migration is recorded as done in every environment and that lock waits are back to normal".into()]
        }
        RiskKind::Api | RiskKind::Schema if !low => {
            vec!["Check that no caller gets 4xx responses that it did not get before".into()]
        }
        RiskKind::Permission if !low => {
            vec![about("Try access once with and once without the right")]
        }
        RiskKind::Config if !low => {
            vec!["Check that the running instances have the new configuration, not the old".into()]
        }
        RiskKind::Infrastructure if !low => {
            vec!["Check that nothing of the old environment is left running without a reason".into()]
        }
        RiskKind::Dependency if !low => {
            vec!["Check the logs for warnings and deprecations that were not there before".into()]
        }
        RiskKind::FeatureFlag => vec!["Note when each flag is to be removed".into()],
        RiskKind::Schedule => vec![about("Check that the next run came on time")],
        RiskKind::LostCommits => {
            vec![format!("Bring the hotfixes of {} to the main line, or file a ticket for each", story.from()).into()]
        }
        RiskKind::Tests if !low => vec!["File a ticket for the missing tests".into()],
        _ => Vec::new(),
    }
}
