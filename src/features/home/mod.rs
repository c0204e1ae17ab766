//! A person's front page: what waits for them, what they made, what is on watch, and what the week holds.

mod words;

use crate::domain::approval::{Approval, approval};
use crate::domain::message::Message;
use crate::domain::note::{Note, Revision, State, Writer};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::domain::watch::Watch;
use crate::features::agenda::{lines, week};
use crate::features::{Context, Permission, store_trouble};

/// How far back the page looks, in notes of everybody.
const LOOKED_AT: usize = 200;
const SHOWN: usize = 10;

/// A note with its newest revision, if it has one.
struct Entry {
    note: Note,
    latest: Option<Revision>,
}

pub async fn page(context: &Context, person: &Person) -> Result<Message, Trouble> {
    let mut waiting = Vec::new();
    let mut mine = Vec::new();
    for note in context.records.notes.list(LOOKED_AT, None).await.map_err(store_trouble)? {
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let entry = Entry { note, latest };
        if let Some(why) = entry.waits_for(person).or_else(|| entry.may_approve(context, person)) {
            waiting.push((entry, why));
        } else if entry.note.created_by.is(person) {
            mine.push(entry);
        }
    }
    waiting.truncate(SHOWN);
    mine.truncate(SHOWN);
    let may_draft = context.permissions.allow(Permission::Draft, person);
    let zone = context.calendars.home;
    let (_, from, until) = week(context.clock.now().with_timezone(&zone).date_naive(), zone);
    let agenda = context.agenda(zone, from, until).await?;
    let week = words::Week { lines: lines(&agenda.entries, zone), url: format!("{}/calendar", context.public_url) };
    let watches = context.records.watches.list(LOOKED_AT).await.map_err(store_trouble)?;
    let watched: Vec<Watch> = watches.into_iter().filter(|watch| watch.end.is_none()).take(SHOWN).collect();
    Ok(words::page(&waiting, &mine, &watched, &week, may_draft, |id| context.note_url(id)))
}

/// Why a note waits for somebody.
enum Waits {
    /// Sections they edited no longer follow from the change.
    Decide(Vec<String>),
    /// The draft they asked for could not be made.
    Failed(String),
    /// This person asked for an approval that they may give.
    Approve(String),
}

impl Entry {
    fn waits_for(&self, person: &Person) -> Option<Waits> {
        let asked = self.note.created_by.is(person);
        if let (State::Failed, Some(sentence), true) = (self.note.state, &self.note.failure, asked) {
            return Some(Waits::Failed(sentence.clone()));
        }
        let stale = self.latest.iter().flat_map(|revision| &revision.sections).filter(|section| {
            let theirs = matches!(&section.writer, Writer::Person(writer) if writer.is(person));
            section.stale.is_some() && (asked || theirs)
        });
        let titles: Vec<String> = stale.map(|section| section.title.clone()).collect();
        (!titles.is_empty()).then_some(Waits::Decide(titles))
    }

    fn may_approve(&self, context: &Context, person: &Person) -> Option<Waits> {
        let Approval::Requested(asked) = approval(&self.note, self.latest.as_ref()?) else { return None };
        let may = context.permissions.allow(Permission::Approve, person)
            && !self.note.is_by(person)
            && context.policy.is_reviewer(person);
        may.then(|| Waits::Approve(asked.by.name.clone()))
    }

    fn title(&self) -> String {
        match (&self.latest, self.note.state) {
            (Some(revision), _) => revision.title().to_owned(),
            (None, State::Drafting) => "being drafted".to_owned(),
            (None, _) => "was not drafted".to_owned(),
        }
    }
}
