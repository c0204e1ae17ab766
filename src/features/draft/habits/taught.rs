//! What does an edit teach? Written together with the edit, told under its note.

use super::learn::{WINDOW, given_up, habits};
use super::words;
use crate::domain::note::{Note, Revision};
use crate::domain::preference::{Origin, Preference, Standing};
use crate::domain::trouble::Trouble;
use crate::features::draft::told;
use crate::features::{Context, Plan, Saying, store_trouble};

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
        let Some(one) = wishes.find(id) else { continue };
        one.standing = Standing::Withdrawn { notes: against };
        plan.says.extend(told::detail(note, &format!("{}/given-up", key(note.id, id)), &words::given_up(one)));
        plan.says.extend(face(context, &note.workspace, one).await?);
    }
    let schema = context.schemas.of(note.kind);
    for habit in habits(&notes, schema, note.kind, &wishes.all) {
        let learnt = Preference {
            id: wishes.next_id(),
            kind: note.kind,
            section: habit.section,
            services: habit.services,
            wish: habit.wish,
            origin: Origin::Learnt { notes: habit.notes, at: context.clock.now() },
            told_under: Some(note.id),
            standing: Standing::Active,
        };
        plan.says.extend(face(context, &note.workspace, &learnt).await?);
        wishes.all.push(learnt);
    }
    if !plan.says.is_empty() {
        plan.ops.extend(context.records.preferences.put(&note.workspace, &wishes, version));
    }
    Ok(plan)
}

/// What was learnt, as it stands, where it was told; nothing for what was stated.
pub async fn face(context: &Context, workspace: &str, one: &Preference) -> Result<Vec<Saying>, Trouble> {
    let Some(under) = one.told_under else { return Ok(Vec::new()) };
    let Some((note, _)) = context.records.notes.get(under).await.map_err(store_trouble)? else { return Ok(Vec::new()) };
    let message = words::face(one, context.schemas.of(one.kind), workspace);
    Ok(told::detail(&note, &key(under, one.id), &message))
}

fn key(note: u64, preference: u64) -> String {
    format!("note/{note}/preference/{preference}")
}
