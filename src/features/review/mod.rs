//! Reviewing a note: gather what is known, hold it against the rules, the calendar and past incidents, grade it, say it.

pub mod approve;
pub mod backtest;
pub mod command;
mod difference;
pub mod facts;
pub mod file;
pub mod job;
mod judge;
pub mod opinion;
pub mod policy;
pub mod remind;
mod rulebook;
pub mod rules;
mod similar;
pub mod slot;
pub mod spoken;
mod traffic;
mod words;

pub use judge::judged;

use crate::domain::calendar::Entry;
use crate::domain::incident::Incident;
use crate::domain::note::{Note, Revision};
use crate::domain::review::{Overlap, Review};
use crate::domain::trouble::Trouble;
use crate::features::agenda::Agenda;
use crate::features::{Context, load, store_trouble};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use facts::{Active, Ends, Facts};
use std::collections::BTreeMap;

/// Around the planned time, for the load and what happens the same day.
const AROUND: TimeDelta = TimeDelta::days(3);
/// An incident that nobody called resolved is taken for over after this.
const FORGOTTEN: TimeDelta = TimeDelta::days(3);
const LOOKED_AT: usize = 50;
/// Hosts of one note that are asked for their certificate.
const HOSTS: usize = 5;

/// Everything a review rests on, owned.
pub struct Gathered {
    pub zone: Tz,
    pub agenda: Agenda,
    pub active: Vec<Active>,
    pub certificates: Vec<Ends>,
    pub asked_lines: Vec<String>,
    pub unchecked: Vec<String>,
}

impl Gathered {
    pub fn facts<'a>(&'a self, context: &'a Context, note: &'a Note, revision: &'a Revision) -> Facts<'a> {
        Facts {
            note,
            revision,
            now: context.clock.now(),
            zone: self.zone,
            workspaces: &context.workspaces,
            agenda: &self.agenda.entries,
            active: &self.active,
            decisions: &note.decisions,
            certificates: &self.certificates,
            asked_lines: &self.asked_lines,
            reviewers: &context.policy.reviewers,
        }
    }
}

pub async fn gather(context: &Context, note: &Note, revision: &Revision) -> Result<Gathered, Trouble> {
    let now = context.clock.now();
    let zone = zone(context, note);
    let when = note.planned.as_ref().map_or(now, |planned| planned.from);
    let mut agenda = context.agenda(zone, when - AROUND, when + AROUND + TimeDelta::days(1)).await?;
    agenda.entries.retain(|entry| entry.note != Some(note.id) || note.id == 0);
    let mut unchecked = std::mem::take(&mut agenda.gaps);
    let certificates = certificates(context, note, revision, &mut unchecked).await;
    let template = note.work.as_ref().and_then(|work| context.templates.named(&work.template));
    let asked_lines = template.map(|template| asked_lines(&template.before)).unwrap_or_default();
    Ok(Gathered { zone, agenda, active: active(context, now).await?, certificates, asked_lines, unchecked })
}

pub fn zone(context: &Context, note: &Note) -> Tz {
    let planned = note.planned.as_ref().map(|planned| planned.zone);
    let home = context.workspaces.iter().find(|space| space.name == note.workspace).map(|space| space.time_zone);
    planned.or(home).unwrap_or(Tz::UTC)
}

/// A template's lines have names to be filled in; what is asked is the rest.
fn asked_lines(lines: &[String]) -> Vec<String> {
    lines.iter().filter(|line| !line.contains('{')).cloned().collect()
}

/// Incidents heard lately that nobody called over. What was imported is history.
async fn active(context: &Context, now: DateTime<Utc>) -> Result<Vec<Active>, Trouble> {
    let newest = context.records.incidents.list(LOOKED_AT).await.map_err(store_trouble)?;
    let is_active = |incident: &Incident| {
        let posted = incident.place.platform != "import";
        posted && incident.recap.ended.is_none() && now - incident.filed_at < FORGOTTEN
    };
    let active = newest.into_iter().filter(is_active).map(|incident| Active {
        id: incident.id,
        // That something is broken is said; what, only where it was told.
        title: match context.recall.is_seen_from(&incident, None) {
            true => incident.title(60),
            false => "told in a restricted channel".to_owned(),
        },
        services: incident.recap.services.clone(),
        since: incident.filed_at,
    });
    Ok(active.collect())
}

/// What hosts that the note names serve now. A host that does not answer is said, not guessed.
async fn certificates(context: &Context, note: &Note, revision: &Revision, unchecked: &mut Vec<String>) -> Vec<Ends> {
    let Some(certificates) = &context.certificates else { return Vec::new() };
    let mut words: Vec<String> = revision
        .sections
        .iter()
        .filter_map(|section| section.value.as_str())
        .flat_map(|text| text.split(|letter: char| letter.is_whitespace() || "`,;()\"'<>".contains(letter)))
        .map(|word| word.trim_end_matches(['.', ':', '/']).trim_start_matches("https://").to_owned())
        .collect();
    words.extend(note.work.iter().flat_map(|work| work.what.split_whitespace()).map(str::to_owned));
    let mut hosts = BTreeMap::new();
    for host in words.iter().filter_map(|word| crate::domain::certificate::Host::read(word)) {
        hosts.insert((host.name.clone(), host.port), host);
    }
    let mut found = Vec::new();
    for host in hosts.into_values().filter(|host| certificates.allowed(host).is_some()).take(HOSTS) {
        match certificates.served(&host).await {
            Ok(served) => {
                let ends = served.into_iter().flatten().map(|one| one.certificate.not_after).min();
                match ends {
                    Some(at) => found.push(Ends { host: host.name.clone(), at }),
                    None => unchecked.push(format!(
                        "The certificate of `{}` could not be looked at: none of its addresses answered.",
                        host.name
                    )),
                }
            }
            Err(fault) => {
                unchecked.push(format!("The certificate of `{}` could not be looked at: it {fault}.", host.name))
            }
        }
    }
    found
}

/// The whole review of one revision, as number `number`.
pub async fn review(context: &Context, note: &Note, revision: &Revision, number: u32) -> Result<Review, Trouble> {
    let gathered = gather(context, note, revision).await?;
    let facts = gathered.facts(context, note, revision);
    let trusted = opinion::trust(context).await?;
    let mut review = judged(&facts, &context.policy, &trusted, number);
    let points = similar::points(note, revision);
    let now: Vec<u64> = gathered.active.iter().map(|active| active.id).collect();
    match similar::find(context, &now, &points).await {
        Ok(similar) => review.similar = similar,
        Err(trouble) => review.unchecked.push(format!("Past incidents could not be compared: {trouble}.")),
    }
    review.unchecked.extend(similar::by_what(&context.recall.means().await?));
    review.unchecked.extend(gathered.unchecked.iter().cloned());
    review.overlaps = overlaps(&facts);
    let planned = facts.planned().map(|(from, _)| from.with_timezone(&facts.zone).date_naive());
    review.load = planned.map(|day| load::week(facts.agenda, facts.zone, day));
    Ok(review)
}

/// What else happens while it is planned, the nearest relation first.
fn overlaps(facts: &Facts<'_>) -> Vec<Overlap> {
    let Some((from, until)) = facts.planned() else { return Vec::new() };
    let day = |at: DateTime<Utc>| at.with_timezone(&facts.zone).date_naive();
    let own = facts.services();
    let neighbours = facts.neighbours();
    let relation = |entry: &Entry| -> Option<(u8, String)> {
        let has = |name: &str| entry.services.iter().any(|own| own == name);
        let at_once = entry.overlaps(from, until);
        Some(match () {
            () if own.iter().any(|name| has(name)) => (0, "the same service".to_owned()),
            () if let Some((name, how)) = neighbours.iter().find(|(name, _)| has(name)) => {
                (1, format!("`{name}`: {how}"))
            }
            () if at_once => (2, "at the same time".to_owned()),
            () if day(entry.from) == day(from) => (3, "the same day".to_owned()),
            () => return None,
        })
    };
    let busy = facts.agenda.iter().filter(|entry| entry.kind.is_busy());
    let mut found: Vec<(u8, Overlap)> = busy
        .filter_map(|entry| {
            let (rank, relation) = relation(entry)?;
            // A neighbour that moves another week is no overlap.
            (entry.overlaps(from, until) || day(entry.from) == day(from)).then(|| {
                let (title, services) = (entry.title.clone(), entry.services.clone());
                (rank, Overlap { title, note: entry.note, services, from: entry.from, until: entry.until, relation })
            })
        })
        .collect();
    found.sort_by_key(|(rank, overlap)| (*rank, overlap.from));
    found.into_iter().map(|(_, overlap)| overlap).take(10).collect()
}
