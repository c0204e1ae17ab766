//! What was changed in a span of time, as far as we were told: deployments with and without a note, works, other calendars, tags.

use super::{Context, store_trouble};
use crate::domain::calendar::EntryKind;
use crate::domain::note::{Note, Revision, State};
use crate::domain::trouble::Trouble;
use crate::domain::watch::{Unannounced, Watch};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// So far back the records are looked through.
const LOOKED_AT: usize = 300;

/// One change.
pub struct Happened {
    pub at: DateTime<Utc>,
    /// When it is over, where that is known: work and entries of other calendars last.
    pub until: Option<DateTime<Utc>>,
    pub what: Kinds,
    pub title: String,
    /// Empty: nobody said.
    pub services: Vec<String>,
}

pub enum Kinds {
    /// Told to be live.
    Deployed {
        note: Box<Note>,
        revision: Option<Box<Revision>>,
        watch: Option<Box<Watch>>,
    },
    /// In the calendar for this time; nobody told that it happened.
    Planned {
        note: Box<Note>,
        revision: Option<Box<Revision>>,
    },
    Unannounced(Box<Unannounced>),
    /// From another calendar, by its name.
    Outside(String),
    /// A tag that no note and no deployment is known of.
    Tag,
}

/// Oldest first; each change once.
pub async fn between(context: &Context, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Happened>, Trouble> {
    let mut found = Vec::new();
    let mut told: BTreeSet<u64> = BTreeSet::new();
    let records = &context.records;
    for note in records.notes.list(LOOKED_AT, None).await.map_err(store_trouble)? {
        let Some((at, over)) = when(&note) else { continue };
        if over.unwrap_or(at) < from || at > until {
            continue;
        }
        let revision = records.notes.latest(note.id).await.map_err(store_trouble)?.map(Box::new);
        let (title, services) = (title(&note, revision.as_deref()), note.services().map(str::to_owned).collect());
        let what = if note.live.is_some() {
            told.insert(note.id);
            let watch = records.watches.get(note.id).await.map_err(store_trouble)?.map(|(watch, _)| Box::new(watch));
            Kinds::Deployed { note: Box::new(note), revision, watch }
        } else {
            Kinds::Planned { note: Box::new(note), revision }
        };
        found.push(Happened { at, until: over, what, title, services });
    }
    for seen in records.watches.all_unannounced(LOOKED_AT).await.map_err(store_trouble)? {
        let noted = matches!(seen.answer, Some(crate::domain::watch::Adopted::As { note, .. }) if told.contains(&note));
        if noted || seen.at < from || seen.at > until {
            continue;
        }
        found.push(Happened {
            at: seen.at,
            until: None,
            title: format!("{} {}", seen.service, seen.called()),
            services: vec![seen.service.clone()],
            what: Kinds::Unannounced(Box::new(seen)),
        });
    }
    let agenda = context.agenda(context.calendars.home, from, until).await?;
    for entry in agenda.entries.into_iter().filter(|entry| entry.kind == EntryKind::Outside) {
        found.push(Happened {
            at: entry.from,
            until: Some(entry.until),
            title: entry.title,
            services: entry.services,
            what: Kinds::Outside(entry.source),
        });
    }
    found.extend(tags(context, from, until, &found).await?);
    found.sort_by(|one, other| (one.at, &one.title).cmp(&(other.at, &other.title)));
    Ok(found)
}

/// Tags that were seen then and of which nothing else tells.
async fn tags(
    context: &Context,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    known: &[Happened],
) -> Result<Vec<Happened>, Trouble> {
    let mut found = Vec::new();
    for (_, service) in context.services() {
        let all = context.records.tags.all(&service.source.repository()).await.map_err(store_trouble)?;
        for (tag, _) in all {
            let there = tag.came.get(&service.name).is_none_or(|came| *came == crate::records::Outcome::There);
            let is_told = known.iter().any(|one| one.services.contains(&service.name) && one.says(&tag.name));
            if !there && tag.sha.is_some() && !is_told && tag.seen_at >= from && tag.seen_at <= until {
                let title = format!("{} {}", service.name, tag.name);
                let services = vec![service.name.clone()];
                found.push(Happened { at: tag.seen_at, until: None, what: Kinds::Tag, title, services });
            }
        }
    }
    Ok(found)
}

impl Happened {
    /// Does it go out under this name?
    fn says(&self, tag: &str) -> bool {
        match &self.what {
            Kinds::Deployed { revision, .. } | Kinds::Planned { revision, .. } => {
                revision.iter().any(|revision| revision.modules.iter().any(|module| module.range.to.name == tag))
            }
            Kinds::Unannounced(seen) => seen.revision == tag,
            _ => false,
        }
    }

    pub fn note(&self) -> Option<&Note> {
        match &self.what {
            Kinds::Deployed { note, .. } | Kinds::Planned { note, .. } => Some(note),
            _ => None,
        }
    }

    pub fn revision(&self) -> Option<&Revision> {
        match &self.what {
            Kinds::Deployed { revision, .. } | Kinds::Planned { revision, .. } => revision.as_deref(),
            _ => None,
        }
    }
}

/// When it went live; else when it is planned for, and how long it takes.
fn when(note: &Note) -> Option<(DateTime<Utc>, Option<DateTime<Utc>>)> {
    match (&note.live, &note.planned) {
        (Some(live), _) => Some((live.at, None)),
        (None, Some(planned)) if note.state == State::Drafted => {
            Some((planned.from, Some(planned.until().unwrap_or(planned.from + TimeDelta::minutes(30)))))
        }
        _ => None,
    }
}

fn title(note: &Note, revision: Option<&Revision>) -> String {
    revision
        .map(|revision| revision.title().to_owned())
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| note.subject())
}
