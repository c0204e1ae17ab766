//! WHAT THE BOT CAN DO: one folder per thing, and the tables that list them.

pub mod agenda;
pub mod ask;
pub mod calendar;
pub mod digests;
pub mod draft;
pub mod happened;
pub mod help;
pub mod home;
pub mod incidents;
pub mod load;
pub mod note;
pub mod numbers;
pub mod phrase;
pub mod plan;
pub mod radius;
pub mod recall;
pub mod review;
pub mod reviewing;
pub mod services;
pub mod spoken;
pub mod tags;
pub mod talk;
pub mod texts;
pub mod told;
pub mod watch;
pub mod watching;
pub mod words;

use crate::domain::message::{Heard, Place};
use crate::domain::notice::Notice;
use crate::domain::person::Person;
use crate::domain::service::{Service, Workspace};
use crate::domain::trouble::Trouble;
use crate::ports::certificates::Certificates;
use crate::ports::changes::Changes;
use crate::ports::chat::Chat;
use crate::ports::clock::Clock;
use crate::ports::code_host::CodeHost;
use crate::ports::embedder::Embedder;
use crate::ports::feeds::Feeds;
use crate::ports::model::Model;
use crate::ports::store::StoreError;
use crate::ports::tickets::Tickets;
use crate::prompt::Asker;
use crate::records::Records;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::borrow::Cow;
use std::sync::Arc;

pub use ask::{Action, Command, Job, Permission, Request, Spoken};
pub use plan::{Plan, Saying};

/// Every command, in the order help tells them. Parsing, help, completion and permissions derive from it.
pub const COMMANDS: &[&Command] = &[
    &draft::command::DRAFT,
    &draft::command::REGENERATE,
    &draft::work::command::WORK,
    &draft::work::plan::PLAN,
    &draft::modules::ADD,
    &draft::modules::DROP,
    &draft::edit::EDIT,
    &draft::show::SHOW,
    &draft::show::NOTES,
    &draft::export::command::EXPORT,
    &draft::follow::FOLLOW,
    &draft::follow::UNFOLLOW,
    &review::command::REVIEW,
    &review::approve::APPROVAL,
    &review::slot::SLOT,
    &review::command::RULES,
    &calendar::command::CALENDAR,
    &draft::habits::command::PREFERENCES,
    &tags::command::TAGS,
    &watch::command::DEPLOYED,
    &digests::command::DIGEST,
    &services::command::SERVICES,
    &incidents::command::INCIDENTS,
    &help::command::STATUS,
    &help::command::HELP,
];

/// What is understood in plain words, the first that fits.
pub const SPOKEN: &[&Spoken] = &[
    &draft::by_words::EDIT,
    &watch::us::US,
    &review::spoken::RULE,
    &talk::agreed::AGREE,
    &talk::agreed::UNPIN,
    &talk::agreed::AGREED,
    &talk::thread::MISSED,
    &talk::thread::HAND_OVER,
    &incidents::postmortem::POSTMORTEM,
    &talk::chatter::THANKS,
    &talk::chatter::HELLO,
    &talk::lookups::freeze::FREEZE,
    &talk::lookups::verdict::VERDICT,
    &talk::lookups::approvers::APPROVERS,
    &talk::lookups::watched::WATCHED,
    &talk::lookups::last_three::LAST_THREE,
    &talk::lookups::similar::SIMILAR,
    &talk::lookups::left_out::LEFT_OUT,
    &talk::lookups::on_call::ON_CALL,
    &talk::lookups::changed::CHANGED,
    &talk::lookups::live::LIVE,
];

/// What no pattern fits.
pub const QUESTION: &Spoken = &talk::question::QUESTION;

/// Every button and form.
pub const ACTIONS: &[&Action] = &[
    &draft::command::REGENERATE_PRESSED,
    &draft::form::DRAFT_FORM,
    &draft::form::DRAFT_ASKED,
    &draft::edit::EDIT_SECTION,
    &draft::edit::SAVE_SECTION,
    &draft::edit::TAKE_PROPOSAL,
    &draft::edit::KEEP_MINE,
    &draft::by_words::APPLY,
    &draft::by_words::DISCARD,
    &draft::by_words::UNDO,
    &draft::habits::forget::FORGET,
    &talk::question::STOP,
    &talk::question::GOOD,
    &talk::question::BAD,
    &draft::owners::answer::ACKNOWLEDGE,
    &draft::owners::answer::OBJECT,
    &draft::owners::answer::OBJECTED,
    &draft::owners::answer::ASK,
    &draft::owners::answer::ASKED,
    &draft::owners::answer::REPLY,
    &draft::owners::answer::REPLIED,
    &draft::adopt::ADOPT,
    &watch::seen::NOT_NEEDED,
    &digests::command::LIVE,
    &digests::command::STOP,
    &incidents::file::FILE,
    &review::approve::ASK_PRESSED,
    &review::approve::APPROVE_PRESSED,
    &review::approve::CHANGES_ASKED,
    &review::approve::CHANGES_SENT,
    &review::approve::OVERRIDE_ASKED,
    &review::approve::OVERRIDE_SENT,
    &review::opinion::RELEVANT,
    &review::opinion::NOT_RELEVANT,
];

/// Everything that happens later or for long.
pub const JOBS: &[&Job] = &[
    &draft::job::DRAFT,
    &draft::tagged::TAGGED,
    &draft::export::EXPORT_JOB,
    &tags::look::LOOK,
    &incidents::embed::EMBED,
    &incidents::experience::EXPERIENCE,
    &review::job::REVIEW,
    &draft::face::FACE,
    &incidents::word::WORD,
    &review::remind::REMIND,
    &calendar::feeds::READ,
    &watch::look::LOOK,
    &watch::gate::GATE,
    &watch::us::LOOK,
    &talk::thread::READ,
    &talk::question::ANSWER,
    &watch::seen::ADOPTED,
    &watch::versions::VERSIONS,
    &digests::post::POST,
];

/// What is to be queued when the process starts.
pub const AT_START: &[for<'a> fn(&'a Context) -> ask::Planning<'a>] =
    &[tags::look::at_start, incidents::embed::at_start, calendar::feeds::at_start, watch::versions::at_start];

/// What was said in plain words, as the command it means.
pub fn meant(said: &str) -> Cow<'_, str> {
    match said.split_once(char::is_whitespace) {
        Some(("file" | "File", what)) if what.starts_with("this") || what.starts_with("that") => {
            format!("incidents file {what}").into()
        }
        _ => said.into(),
    }
}

/// What another system told of its own accord, to whoever it concerns.
pub fn noticed<'a>(context: &'a Context, heard: &'a Heard, notice: &'a Notice) -> ask::Planning<'a> {
    match notice {
        Notice::Tag(tag) => Box::pin(tags::notice::noticed(context, heard, tag)),
        Notice::Deployment(deployed) => Box::pin(watch::seen::noticed(context, heard, deployed)),
        Notice::Incident(reported) => Box::pin(incidents::listen::reported(context, heard, reported)),
    }
}

/// Is what people say to each other there somebody's business?
pub fn is_listened_to(context: &Context, heard: &Heard) -> bool {
    incidents::listen::is_listened_to(context, &heard.place)
}

/// What people said to each other where the bot listens.
pub fn overheard<'a>(context: &'a Context, heard: &'a Heard) -> ask::Planning<'a> {
    Box::pin(incidents::listen::heard(context, heard))
}

/// What features work with. Built once by `wiring`, shared by everything.
pub struct Context {
    pub records: Records,
    /// Past incidents, by likeness.
    pub recall: recall::Recall,
    pub clock: Arc<dyn Clock>,
    pub changes: Arc<dyn Changes>,
    pub hosts: Vec<Arc<dyn CodeHost>>,
    pub trackers: Vec<Arc<dyn Tickets>>,
    pub asker: Asker,
    /// Only to say whether it can be reached; questions go through `asker`.
    pub model: Option<Arc<dyn Model>>,
    pub embedder: Option<Arc<dyn Embedder>>,
    pub workspaces: Vec<Workspace>,
    pub schemas: draft::schemas::Schemas,
    pub templates: draft::work::template::Templates,
    pub certificates: Option<Arc<dyn Certificates>>,
    /// Budget of the compressed context, in tokens.
    pub context_tokens: usize,
    pub permissions: Permissions,
    /// What notes are held to.
    pub policy: review::policy::Policy,
    /// Channels in which incidents are told.
    pub incident_channels: Vec<Place>,
    pub calendars: agenda::Calendars,
    /// What is measured of which service.
    pub signals: Vec<watch::signals::Asked>,
    /// When a change is judged after it is live, and when the thread is told, in seconds.
    pub checkpoints: Vec<i64>,
    pub tell_at: Vec<i64>,
    /// Environments in which a deployment counts, in small letters.
    pub live_in: Vec<String>,
    pub feeds: Option<Arc<dyn Feeds>>,
    /// The beginning of every link to a page of ours: `http://127.0.0.1:8787`.
    pub public_url: String,
    /// How often repositories are looked at for new tags; `None` where only webhooks tell of them.
    pub look_for_tags: Option<TimeDelta>,
    /// Where people talk.
    pub chats: Vec<Arc<dyn Chat>>,
    /// Where whoever runs the bot is told of trouble.
    pub admin: Option<Place>,
}

/// Who may do what; `*` is everybody.
#[derive(Debug, Clone)]
pub struct Permissions {
    pub draft: Vec<String>,
    pub edit: Vec<String>,
    pub file: Vec<String>,
    pub approve: Vec<String>,
    pub overrule: Vec<String>,
}

impl Permissions {
    pub fn allow(&self, needs: Permission, person: &Person) -> bool {
        let list = match needs {
            Permission::Read => return true,
            Permission::Draft => &self.draft,
            Permission::Edit => &self.edit,
            Permission::File => &self.file,
            Permission::Approve => &self.approve,
            Permission::Override => &self.overrule,
        };
        let name = format!("{}:{}", person.platform, person.id);
        list.iter().any(|entry| entry == "*" || *entry == name)
    }
}

/// A failing store on the way to an answer: a conflict is for the caller to try again, the rest is ours.
pub fn store_trouble(error: StoreError) -> Trouble {
    Trouble::Bug(error.into())
}

impl Context {
    pub fn drafting(&self) -> draft::steps::Drafting<'_> {
        draft::steps::Drafting {
            sources: draft::collect::Sources {
                changes: &*self.changes,
                hosts: &self.hosts,
                trackers: &self.trackers,
                workspaces: &self.workspaces,
            },
            clock: &*self.clock,
            asker: &self.asker,
            embedder: self.embedder.as_deref(),
            schemas: &self.schemas,
            context_tokens: self.context_tokens,
            knowledge: draft::work::Knowledge {
                templates: &self.templates,
                certificates: self.certificates.as_deref(),
            },
        }
    }

    /// Everything in the calendar that touches this time.
    pub async fn agenda(&self, zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<agenda::Agenda, Trouble> {
        agenda::between(&self.records, &self.calendars, zone, from, until).await.map_err(store_trouble)
    }

    /// The clock that a note's people look at.
    pub fn zone_of(&self, note: Option<&crate::domain::note::Note>) -> Tz {
        let space = note.and_then(|note| self.workspaces.iter().find(|space| space.name == note.workspace));
        space.map_or(self.calendars.home, |space| space.time_zone)
    }

    /// The service of that name, with its workspace.
    pub fn service(&self, name: &str) -> Option<(&Workspace, &Service)> {
        self.services().find(|(_, service)| service.name == name)
    }

    pub fn services(&self) -> impl Iterator<Item = (&Workspace, &Service)> {
        self.workspaces.iter().flat_map(|space| space.services.iter().map(move |service| (space, service)))
    }

    pub fn note_url(&self, id: u64) -> String {
        format!("{}/n/{id}", self.public_url)
    }
}
