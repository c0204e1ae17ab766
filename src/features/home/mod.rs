//! A person's front page: what waits for them, and what they made.

mod words;

use crate::domain::message::Message;
use crate::domain::note::{Note, Revision, State, Writer};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
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
        if let Some(why) = entry.waits_for(person) {
            waiting.push((entry, why));
        } else if same(&entry.note.created_by, person) {
            mine.push(entry);
        }
    }
    waiting.truncate(SHOWN);
    mine.truncate(SHOWN);
    let may_draft = context.permissions.allow(Permission::Draft, person);
    Ok(words::page(&waiting, &mine, may_draft, |id| context.note_url(id)))
}

/// Why a note waits for somebody.
enum Waits {
    /// Sections they edited no longer follow from the change.
    Decide(Vec<String>),
    /// The draft they asked for could not be made.
    Failed(String),
}

impl Entry {
    fn waits_for(&self, person: &Person) -> Option<Waits> {
        let asked = same(&self.note.created_by, person);
        if let (State::Failed, Some(sentence), true) = (self.note.state, &self.note.failure, asked) {
            return Some(Waits::Failed(sentence.clone()));
        }
        let stale = self.latest.iter().flat_map(|revision| &revision.sections).filter(|section| {
            let theirs = matches!(&section.writer, Writer::Person(writer) if same(writer, person));
            section.stale.is_some() && (asked || theirs)
        });
        let titles: Vec<String> = stale.map(|section| section.title.clone()).collect();
        (!titles.is_empty()).then_some(Waits::Decide(titles))
    }

    fn title(&self) -> String {
        match (&self.latest, self.note.state) {
            (Some(revision), _) => revision.title().to_owned(),
            (None, State::Drafting) => "being drafted".to_owned(),
            (None, _) => "was not drafted".to_owned(),
        }
    }
}

/// A name may change; the platform's id does not.
fn same(one: &Person, other: &Person) -> bool {
    (&one.platform, &one.id) == (&other.platform, &other.id)
}
