//! A day under watch went badly: it is to be remembered. A job, because features do not call each other.

use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::features::{Context, store_trouble};
use crate::ports::store::Op;
use crate::records::NewJob;
use serde_json::json;

/// The job's name: `features/incidents` runs it.
pub const EXPERIENCE: &str = "incidents.experience";

pub async fn through(context: &Context, note: &Note, since: i64) -> Result<Vec<Op>, Trouble> {
    let job = NewJob {
        name: EXPERIENCE.to_owned(),
        key: format!("{EXPERIENCE}/{}/{since}", note.id),
        lane: EXPERIENCE.to_owned(),
        payload: json!({ "note": note.id }),
        due: context.clock.now(),
    };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}
