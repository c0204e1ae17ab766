//! A preference that somebody does not want: heeded no longer, and not learnt again.

use super::{taught, words as say};
use crate::domain::message::{Heard, Message};
use crate::domain::preference::{Origin, Standing};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Planning, Press};
use crate::features::draft::told;
use crate::features::{Context, Plan, store_trouble};

/// Under what was learnt.
pub const FORGET: Action = Action { name: "preference.forget", needs: Permission::Edit, run: pressed, form: None };

fn pressed<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (workspace, id) = press.value.rsplit_once(':').unwrap_or((press.value, ""));
        let id = id.parse().map_err(|_| say::unknown(id, workspace))?;
        let (plan, _) = forget(context, press.heard, workspace, id).await?;
        Ok(plan)
    })
}

/// With the message that says so, which what was learnt also shows in its own place.
pub async fn forget(context: &Context, heard: &Heard, workspace: &str, id: u64) -> Result<(Plan, Message), Trouble> {
    let records = &context.records;
    let (mut wishes, version) = records.preferences.of(workspace).await.map_err(store_trouble)?;
    let one = wishes.all.iter_mut().find(|one| one.id == id);
    let one = one.ok_or_else(|| say::unknown(&id.to_string(), workspace))?;
    if !one.is_active() {
        return Err(say::settled(one));
    }
    one.standing = Standing::Forgotten { by: heard.person.clone() };
    let message = say::forgotten(one, context.schemas.of(one.kind), &heard.person.name);
    let under = match &one.origin {
        Origin::Learnt { under, .. } => records.notes.get(*under).await.map_err(store_trouble)?,
        Origin::Stated { .. } => None,
    };
    let mut plan = Plan::nothing().write(records.preferences.put(workspace, &wishes, version));
    if let Some((note, _)) = under {
        plan.says.extend(told::detail(&note, &taught::key(&note, id), &message));
    }
    Ok((plan, message))
}
