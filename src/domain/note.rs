//! A note: what a team agrees to release, section by section, with who wrote each and which revision it is.

use crate::domain::background::Background;
use crate::domain::change::{Range, RangeAsk};
use crate::domain::digest::Seen;
use crate::domain::fact::{Fact, FactId};
use crate::domain::message::Place;
use crate::domain::owner::Owner;
use crate::domain::person::Person;
use crate::domain::review::{Decision, Grade};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Application code goes out.
    Deployment,
    /// Infrastructure work: database upgrade, server replacement, certificate renewal.
    Work,
}

impl Kind {
    pub const ALL: [Kind; 2] = [Kind::Deployment, Kind::Work];
    pub fn name(self) -> &'static str {
        match self {
            Kind::Deployment => "deployment",
            Kind::Work => "work",
        }
    }
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Who made a revision or a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "who", rename_all = "snake_case")]
pub enum Writer {
    Rules,
    /// The model's name as configured.
    Model(String),
    Person(Person),
}

/// One field of the note's schema with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The property's name in the schema, unique over all groups: `rollback_scenario`.
    pub key: String,
    /// The group it stands in: `noteDetails`.
    pub group: String,
    /// What people read above the group: `Checklists`.
    pub group_title: String,
    /// What people read above it: `Rollback scenario`.
    pub title: String,
    pub value: Value,
    /// What Slipway last generated for it: the base of a three-way merge with a person's edits.
    pub generated: Value,
    pub writer: Writer,
    /// Set when the change under it moved on and the merge was not clean.
    pub stale: Option<Stale>,
    /// Facts the value cites, in order of appearance; the value itself is stored without the brackets.
    pub cites: Vec<FactId>,
}

impl Section {
    /// Did a person change it since it was generated?
    pub fn edited(&self) -> bool {
        matches!(self.writer, Writer::Person(_))
    }
}

/// A section whose text no longer follows from the change; the newly generated text waits beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stale {
    pub why: String,
    pub proposal: Value,
}

/// What a note says at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// 1, 2, 3 …
    pub number: u32,
    pub at: DateTime<Utc>,
    pub writer: Writer,
    /// Why it exists: `drafted`, `regenerated`, ``edited `Rollback scenario` ``.
    pub what: String,
    pub sections: Vec<Section>,
    /// What goes out, in the order of the note's modules; empty for work that changes no code.
    pub modules: Vec<Released>,
    pub seen: Seen,
    pub risks: Vec<crate::domain::digest::Risk>,
    pub breaking: Vec<crate::domain::digest::Breaking>,
    /// Every fact a section cites, so that the page can show them after the repository moved on.
    pub facts: Vec<Fact>,
    /// Sentences for the reader about how it came to be: what was dropped, which model failed and what answered instead.
    pub remarks: Vec<String>,
}

/// One module of a revision, as it was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Released {
    pub service: String,
    pub range: Range,
    /// What others knew about it then; long texts are cut, their length was for the draft.
    #[serde(default)]
    pub background: Background,
}

impl Revision {
    /// `v2.3.0..v2.4.0`, or each module with its range; empty for work that changes no code.
    pub fn label(&self) -> String {
        match self.modules.as_slice() {
            [only] => only.range.label(),
            several => {
                let named = several.iter().map(|module| format!("{} {}", module.service, module.range.label()));
                named.collect::<Vec<_>>().join(", ")
            }
        }
    }
    pub fn section(&self, key: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }
    /// The section's value as text; empty when it is missing or not text.
    pub fn text(&self, key: &str) -> &str {
        self.section(key).and_then(|section| section.value.as_str()).unwrap_or_default()
    }
    pub fn title(&self) -> &str {
        self.text("title")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The placeholder stands; the first revision is on its way.
    Drafting,
    Drafted,
    /// The draft could not be made; `Note::failure` says why.
    Failed,
}

/// The living record. Revisions are kept beside it, one record each, and never change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub id: u64,
    pub kind: Kind,
    pub workspace: String,
    /// What goes out, to regenerate by: one module, or several that go out together. Empty for work that changes no code.
    pub modules: Vec<Module>,
    /// Infrastructure work in words.
    #[serde(default)]
    pub work: Option<Work>,
    /// When it is meant to happen.
    #[serde(default)]
    pub planned: Option<Planned>,
    pub state: State,
    pub failure: Option<String>,
    /// Number of the newest revision; 0 before the first.
    pub revision: u32,
    pub created_by: Person,
    pub created_at: DateTime<Utc>,
    /// Where its card lives; details go to that message's thread.
    pub place: Place,
    /// Where else it stands and is kept current, perhaps on another platform.
    #[serde(default)]
    pub followers: Vec<Follower>,
    /// Who asked for the draft that runs or ran last, if not the first.
    #[serde(default)]
    pub asked_again_by: Option<Person>,
    /// The tags that drafted it, in the order in which they came; empty when a person asked.
    #[serde(default)]
    pub tags: Vec<ReleaseTag>,
    /// Those who answer for services that may feel it, and what they said.
    #[serde(default)]
    pub owners: Vec<Owner>,
    /// How its newest review came out.
    #[serde(default)]
    pub reviewed: Option<Reviewed>,
    /// What its people agreed in the thread and wanted kept, oldest first.
    #[serde(default)]
    pub agreed: Vec<Agreed>,
    /// Since when it is live, as somebody or something told.
    #[serde(default)]
    pub live: Option<Live>,
    /// How it is since it went live, as far as it is watched.
    #[serde(default)]
    pub watched: Option<Watched>,
    /// What reviewers were asked and decided, oldest first.
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// In their words.
    pub text: String,
    pub by: Person,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub at: DateTime<Utc>,
    /// When it was told, perhaps much later.
    pub told_at: DateTime<Utc>,
    pub by: Person,
}

/// The newest look at it, as far as the card tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    pub state: crate::domain::watch::State,
    pub phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Half an hour before it is to happen.
    Before,
    Since,
    /// The day is over.
    Over,
}

/// The newest review, as far as the card tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    pub number: u32,
    pub revision: u32,
    pub grade: Grade,
    pub met: usize,
    pub asked: usize,
    /// The worst reason.
    pub reason: String,
}

/// A tag that drafted a note, or joined it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseTag {
    pub service: String,
    pub name: String,
    /// The commit that the note was drafted for under this name.
    pub sha: String,
    /// Who pushed it, where that was told.
    pub by: Option<Person>,
    /// It was deleted since.
    pub gone: bool,
}

/// A service with the range that was asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    pub service: String,
    pub ask: RangeAsk,
}

/// Infrastructure work as somebody asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// In their words: `renew certificate of pay.example.com`.
    pub what: String,
    /// The name of the template for this type of work: `certificate-renewal`.
    pub template: String,
    /// Services it is done to, by name.
    pub services: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub from: DateTime<Utc>,
    pub minutes: u32,
    /// In which it was said, and is shown.
    pub zone: Tz,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    pub place: Place,
    pub person: Person,
}

impl Note {
    /// Whoever asked for it, first or last, is no second pair of eyes.
    pub fn is_by(&self, person: &Person) -> bool {
        self.created_by.is(person) || self.asked_again_by.as_ref().is_some_and(|again| again.is(person))
    }

    /// A note of which nothing is known but who wants it where; its first draft is on its way.
    pub fn new(id: u64, kind: Kind, workspace: &str, by: Person, place: Place, now: DateTime<Utc>) -> Self {
        Self {
            id,
            kind,
            workspace: workspace.to_owned(),
            modules: Vec::new(),
            work: None,
            planned: None,
            state: State::Drafting,
            failure: None,
            revision: 0,
            created_by: by,
            created_at: now,
            place,
            followers: Vec::new(),
            asked_again_by: None,
            tags: Vec::new(),
            owners: Vec::new(),
            reviewed: None,
            agreed: Vec::new(),
            live: None,
            watched: None,
            decisions: Vec::new(),
        }
    }

    /// The services it is about, by name.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        let worked_on = self.work.iter().flat_map(|work| &work.services);
        self.modules.iter().map(|module| &module.service).chain(worked_on).map(String::as_str)
    }
    /// What it is called in a sentence: `` `payments` ``, `` `web` and `api` ``, or the work in its own words.
    pub fn subject(&self) -> String {
        let names: Vec<String> = self.services().map(|name| format!("`{name}`")).collect();
        match (names.as_slice(), &self.work) {
            ([], Some(work)) => format!("\"{}\"", work.what),
            ([], None) => "nothing".to_owned(),
            ([only], _) => only.clone(),
            ([before @ .., last], _) => format!("{} and {last}", before.join(", ")),
        }
    }
    /// The key of its one living message.
    pub fn card_key(&self) -> String {
        format!("note/{}/card", self.id)
    }
    /// The key of the message in its thread that holds the whole note.
    pub fn body_key(&self) -> String {
        format!("note/{}/body", self.id)
    }
    /// The key of the message that tells what revision `number` changed.
    pub fn revision_key(&self, number: u32) -> String {
        format!("note/{}/revision/{number}", self.id)
    }
}
