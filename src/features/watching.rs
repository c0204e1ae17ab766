//! What a watch and the rest of the bot want from each other. Jobs, because features do not call each other.

use crate::domain::language::Language;
use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::domain::watch::{Adopted, Unannounced};
use crate::features::{Context, store_trouble};
use crate::ports::store::Op;
use crate::records::NewJob;
use chrono::TimeDelta;
use serde_json::json;

/// The jobs' names: `features/incidents` and `features/watch` run them.
pub const EXPERIENCE: &str = "incidents.experience";
pub const GATE: &str = "watch.gate";
pub const US: &str = "watch.us";

/// The job that begins the watch of what was adopted, and the button by which somebody adopts it: `features/draft` draws the note.
pub const ADOPTED: &str = "watch.adopted";
pub const ADOPT: &str = "deployment.adopt";

/// How long before it is to happen a service is looked at.
pub const BEFORE: TimeDelta = TimeDelta::minutes(30);

/// What a button of the question is about, `service revision`, as long as nobody answered it.
pub async fn unannounced(context: &Context, value: &str) -> Result<(Unannounced, u64), Trouble> {
    let (service, revision) = value.split_once(' ').unwrap_or((value, ""));
    let found = context.records.watches.unannounced(service, revision).await.map_err(store_trouble)?;
    let (seen, version) =
        found.ok_or_else(|| Trouble::refused("Nothing is known of this deployment any more.".to_owned()))?;
    match &seen.answer {
        None => Ok((seen, version)),
        Some(Adopted::As { note, by }) => {
            Err(Trouble::refused(format!("{} had note {note} drafted for it already.", by.name)))
        }
        Some(Adopted::NotNeeded { by }) => {
            Err(Trouble::refused(format!("{} said already that it needs no note.", by.name)))
        }
    }
}

/// An incident was told in a channel: is it one of our changes?
pub async fn is_it_us(context: &Context, incident: u64, language: Language) -> Result<Vec<Op>, Trouble> {
    let job = NewJob {
        name: US.to_owned(),
        key: format!("{US}/incident/{incident}"),
        lane: format!("{US}/incident/{incident}"),
        payload: json!({ "incident": incident, "language": language }),
        due: context.clock.now(),
    };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}

/// A day under watch went badly: it is to be remembered.
pub async fn lived_through(context: &Context, note: &Note, since: i64) -> Result<Vec<Op>, Trouble> {
    let job = NewJob {
        name: EXPERIENCE.to_owned(),
        key: format!("{EXPERIENCE}/{}/{since}", note.id),
        lane: EXPERIENCE.to_owned(),
        payload: json!({ "note": note.id }),
        due: context.clock.now(),
    };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}

/// Its services are looked at just before the time it is planned for, where they are measured at all.
pub async fn gate(context: &Context, note: &Note) -> Result<Vec<Op>, Trouble> {
    let Some(planned) = &note.planned else { return Ok(Vec::new()) };
    let is_measured = |name: &str| context.signals.iter().any(|one| one.service == name);
    let now = context.clock.now();
    if planned.from <= now || !note.services().any(is_measured) {
        return Ok(Vec::new());
    }
    let planned = planned.from;
    let job = NewJob {
        name: GATE.to_owned(),
        key: format!("{GATE}/{}/{}", note.id, planned.timestamp()),
        lane: format!("{GATE}/{}", note.id),
        payload: json!({ "note": note.id, "planned": planned.timestamp() }),
        due: (planned - BEFORE).max(now),
    };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}
