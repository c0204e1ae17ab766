//! "File as incident": the message somebody points at is kept whole, with its link.

use crate::domain::incident::Incident;
use crate::domain::message::Quoted;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Press};
use crate::features::incidents::words as say;
use crate::features::plan::only;
use crate::features::{Context, Plan, store_trouble};
use futures::future::BoxFuture;

pub const FILE: Action = Action { name: "incident.file", needs: Permission::File, run: file, form: None };

fn file<'a>(context: &'a Context, press: Press<'a>) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let Quoted { text, link } = Quoted::of(press.value);
        if text.trim().is_empty() {
            return Err(say::nothing_to_file());
        }
        let incidents = &context.records.incidents;
        if let Some(link) = &link
            && let Some(id) = incidents.filed_from(link).await.map_err(store_trouble)?
        {
            return Err(say::filed_before(id));
        }
        let (id, ops) = incidents.next_id().await.map_err(store_trouble)?;
        let heard = press.heard;
        let incident = Incident {
            id,
            text,
            link,
            place: heard.place.clone(),
            filed_by: heard.person.clone(),
            filed_at: context.clock.now(),
        };
        Ok(Plan::nothing().write(ops).write(incidents.add(&incident)).say(
            format!("incident/{id}/filed"),
            only(&heard.place, &heard.person),
            say::filed(&incident),
        ))
    })
}
