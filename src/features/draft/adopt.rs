//! One press drafts the note of what went live without one.

use super::command::begin;
use crate::domain::change::RangeAsk;
use crate::domain::note::{Kind, Module, Note};
use crate::domain::trouble::Trouble;
use crate::domain::watch::Adopted;
use crate::features::ask::{Action, Permission, Planning, Press};
use crate::features::{Context, Plan, store_trouble, watching};
use crate::ports::store::Expect;
use crate::records::NewJob;
use serde_json::json;

pub const ADOPT: Action = Action { name: watching::ADOPT, needs: Permission::Draft, run: adopt, form: None };

fn adopt<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (mut seen, version) = watching::unannounced(context, press.value).await?;
        let Some((space, service)) = context.service(&seen.service) else {
            return Err(Trouble::refused(format!("`{}` is no longer in the catalogue.", seen.service)));
        };
        let (id, ops) = context.records.notes.next_id().await.map_err(store_trouble)?;
        let (person, now) = (press.heard.person.clone(), context.clock.now());
        let mut note = Note::new(id, Kind::Deployment, &space.name, person.clone(), seen.place.clone(), now);
        let ask = RangeAsk { from: None, to: Some(seen.revision.clone()) };
        note.modules = vec![Module { service: service.name.clone(), ask }];
        seen.answer = Some(Adopted::As { note: id, by: person });
        let watched = NewJob {
            name: watching::ADOPTED.to_owned(),
            key: format!("{}/{id}", watching::ADOPTED),
            lane: format!("{}/{id}", watching::ADOPTED),
            payload: json!({ "note": id, "at": seen.at.timestamp(), "of": press.value }),
            due: now,
        };
        let drafted = begin(context, &note).await?;
        let plan = Plan::nothing()
            .write(ops)
            .write(context.records.watches.put_unannounced(&seen, Expect::Version(version)))
            .write(context.records.jobs.enqueue_once(&watched).await.map_err(store_trouble)?)
            .write(drafted.ops);
        Ok(Plan { says: drafted.says, ..plan })
    })
}
