//! "File as incident": the message somebody points at is kept whole, with its link.

use crate::domain::incident::{Incident, Recap};
use crate::domain::message::{Heard, Quoted};
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Press};
use crate::features::incidents::recap::recap;
use crate::features::incidents::words as say;
use crate::features::incidents::worth::is_history;
use crate::features::incidents::{embed, word};
use crate::features::plan::only;
use crate::features::{Context, Plan, store_trouble};
use crate::ports::store::Expect;
use crate::records::Fate;
use chrono::TimeDelta;
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
        let heard = press.heard;
        let id = incidents.last_id().await.map_err(store_trouble)? + 1;
        let incident = incident(context, heard, id, &text, link);
        let mut ops = incidents.take_ids(id).await.map_err(store_trouble)?;
        ops.extend(incidents.write(&[Fate::Keep(&incident, Expect::Absent)]).await.map_err(store_trouble)?);
        ops.extend(embed::soon(context, TimeDelta::zero()).await?);
        ops.extend(word::soon(context, id).await?);
        Ok(Plan::nothing().write(ops).say(
            format!("incident/{id}/filed"),
            only(&heard.place, &heard.person),
            say::filed(&incident),
        ))
    })
}

/// What somebody said, as it is kept: secrets masked, condensed by rules.
pub fn incident(context: &Context, heard: &Heard, id: u64, text: &str, link: Option<String>) -> Incident {
    let now = context.clock.now();
    let text = masked(text).into_owned();
    let services: Vec<&str> = context.services().map(|(_, service)| service.name.as_str()).collect();
    let mut incident = Incident {
        id,
        name: String::new(),
        headline: String::new(),
        date: String::new(),
        recap: Recap::default(),
        text,
        link,
        place: heard.place.clone(),
        filed_by: heard.person.clone(),
        filed_at: now,
        message: None,
        replies: Vec::new(),
        copies: Vec::new(),
    };
    incident.recap = recap(&incident.title(200), &incident.text, &services, Some(now));
    if is_history(&incident.text) {
        incident.recap.ended = incident.recap.ended.or(Some(now));
    }
    incident
}
