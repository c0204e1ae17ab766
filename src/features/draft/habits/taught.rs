//! What does an edit teach? Written together with the edit, told under its note.

use super::learn::{WINDOW, given_up, habits};
use super::words;
use crate::domain::note::{Note, Revision};
use crate::domain::preference::{Origin, Preference, Standing};
use crate::domain::trouble::Trouble;
use crate::features::draft::told;
use crate::features::{Context, Plan, store_trouble};

/// `new` is how the note stands from now on.
pub async fn taught(context: &Context, note: &Note, new: &Revision) -> Result<Plan, Trouble> {
    let (mut wishes, version) = context.records.preferences.of(&note.workspace).await.map_err(store_trouble)?;
    let mut notes = context.records.notes.recent(&note.workspace, note.kind, WINDOW).await.map_err(store_trouble)?;
    for (id, revision) in &mut notes {
        if *id == note.id {
            *revision = new.clone();
        }
    }
    let mut plan = Plan::nothing();
    for (id, against) in given_up(&notes, note.kind, &wishes.all) {
        let Some(one) = wishes.all.iter_mut().find(|one| one.id == id) else { continue };
        one.standing = Standing::Withdrawn { notes: against };
        plan.says.extend(told::detail(note, &format!("{}/given-up", key(note, id)), &words::given_up(one)));
    }
    let schema = context.schemas.of(note.kind);
    for habit in habits(&notes, schema, note.kind, &wishes.all) {
        let learnt = Preference {
            id: wishes.next_id(),
            kind: note.kind,
            section: habit.section,
            services: habit.services,
            wish: habit.wish,
            origin: Origin::Learnt { notes: habit.notes, under: note.id, at: context.clock.now() },
            standing: Standing::Active,
        };
        let message = words::learnt(&learnt, schema, &note.workspace);
        plan.says.extend(told::detail(note, &key(note, learnt.id), &message));
        wishes.all.push(learnt);
    }
    if !plan.says.is_empty() {
        plan.ops.extend(context.records.preferences.put(&note.workspace, &wishes, version));
    }
    Ok(plan)
}

/// The key of the message that tells what was learnt.
pub fn key(note: &Note, id: u64) -> String {
    format!("note/{}/preference/{id}", note.id)
}
