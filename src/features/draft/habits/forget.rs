//! A preference that somebody does not want: heeded no longer, and not learnt again.

use super::{taught, words as say};
use crate::domain::message::Heard;
use crate::domain::preference::{Preference, Standing};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Planning, Press};
use crate::features::{Context, Plan, store_trouble};

/// Under what was learnt.
pub const FORGET: Action = Action { name: "preference.forget", needs: Permission::Edit, run: pressed, form: None };

/// The message it stands under says so from then on.
fn pressed<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (workspace, id) = press.value.rsplit_once(':').unwrap_or((press.value, ""));
        let (mut wishes, version) = context.records.preferences.of(workspace).await.map_err(store_trouble)?;
        let one = id.parse().ok().and_then(|id| wishes.find(id)).ok_or_else(|| say::unknown(id, workspace))?;
        forget(one, press.heard)?;
        let mut plan = Plan::nothing();
        plan.says = taught::face(context, workspace, one).await?;
        Ok(plan.write(context.records.preferences.put(workspace, &wishes, version)))
    })
}

pub fn forget(one: &mut Preference, heard: &Heard) -> Result<(), Trouble> {
    if !one.is_active() {
        return Err(say::settled(one));
    }
    one.standing = Standing::Forgotten { by: heard.person.clone() };
    Ok(())
}
