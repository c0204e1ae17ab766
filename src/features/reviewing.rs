//! A note changed: it is to be reviewed again, and its card to be told. Jobs, because features do not call each other.

use crate::domain::note::{Note, Revision};
use crate::domain::trouble::Trouble;
use crate::features::{Context, agenda, store_trouble, watching};
use crate::ports::store::Op;
use crate::records::NewJob;
use serde_json::json;

/// The jobs' names: `features/review` and `features/draft` run them.
pub const REVIEW: &str = "review";
pub const FACE: &str = "note.face";

/// The note is another one from this transaction on: its place in the calendar moves with it, so that a review that runs at the same time
/// sees it, and it is reviewed. `because`: tells this change from others.
pub async fn changed(context: &Context, note: &Note, revision: &Revision, because: &str) -> Result<Vec<Op>, Trouble> {
    let place = agenda::entry(note, revision);
    let mut ops = context.records.calendar.place(note.id, place.as_ref()).await.map_err(store_trouble)?;
    ops.extend(again(context, note.id, because).await?);
    ops.extend(watching::gate(context, note).await?);
    Ok(ops)
}

/// Reviews the note as it will be once this transaction is through.
pub async fn again(context: &Context, note: u64, because: &str) -> Result<Vec<Op>, Trouble> {
    queue(context, REVIEW, note, because).await
}

/// Says the note's card again.
pub async fn face(context: &Context, note: &Note, because: &str) -> Result<Vec<Op>, Trouble> {
    queue(context, FACE, note.id, because).await
}

async fn queue(context: &Context, name: &str, note: u64, because: &str) -> Result<Vec<Op>, Trouble> {
    let job = NewJob {
        name: name.to_owned(),
        key: format!("{name}/{note}/{because}"),
        lane: format!("{name}/{note}"),
        payload: json!({ "note": note }),
        due: context.clock.now(),
    };
    context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)
}
