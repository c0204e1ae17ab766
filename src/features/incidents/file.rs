//! "File as incident": the message somebody points at is kept whole, with its link.

use crate::domain::incident::{Incident, Recap};
use crate::domain::message::{Heard, Place, Quoted, Said};
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Press};
use crate::features::incidents::listen;
use crate::features::incidents::recap::recap;
use crate::features::incidents::words as say;
use crate::features::incidents::worth::is_history;
use crate::features::plan::{at, only};
use crate::features::{Context, Plan, store_trouble};
use crate::ports::store::Expect;
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
        let filed = say::filed(&incident);
        let plan = listen::keep_new(context, incident).await?;
        Ok(plan.say(format!("incident/{id}/filed"), only(&heard.place, &heard.person), filed))
    })
}

/// `@slipway file this` in a thread files the thread, or what was said there since; `file this: WHAT` files those words.
pub async fn said(context: &Context, heard: &Heard, text: &str) -> Result<Plan, Trouble> {
    if !context.permissions.allow(Permission::File, &heard.person) {
        return Err(say::may_not_file());
    }
    let incidents = &context.records.incidents;
    let id = incidents.last_id().await.map_err(store_trouble)? + 1;
    let new = match (&heard.place.thread, text.trim()) {
        (None, "") => return Err(say::nothing_to_file()),
        (Some(root), "") => {
            let room = Place { thread: None, ..heard.place.clone() };
            if let Some(known) = incidents.told_by(&room, root).await.map_err(store_trouble)? {
                return since(context, heard, known, &room, root).await;
            }
            thread(context, heard, id, room, root).await?
        }
        (_, text) => incident(context, heard, id, text, None),
    };
    let filed = say::filed(&new);
    let plan = listen::keep_new(context, new).await?;
    Ok(plan.say(format!("incident/{id}/filed"), at(&heard.place), filed))
}

/// All that was said there so far. What is said later is followed only in incident channels: elsewhere nobody listens.
async fn thread(context: &Context, heard: &Heard, id: u64, room: Place, root: &str) -> Result<Incident, Trouble> {
    let mut said = read(context, &heard.place).await?.into_iter();
    let first = said.next().ok_or_else(say::nothing_to_file)?;
    let link = context.chats.iter().find(|chat| chat.name() == room.platform).and_then(|chat| chat.link(&room, root));
    let mut new = incident(context, heard, id, &first.text, link);
    (new.place, new.message) = (room, Some(root.to_owned()));
    listen::add(context, &mut new, said);
    Ok(new)
}

/// The thread was filed before: what it says now is what is kept.
async fn since(context: &Context, heard: &Heard, id: u64, room: &Place, root: &str) -> Result<Plan, Trouble> {
    let known = context.records.incidents.get(id).await.map_err(store_trouble)?;
    // A second post of the same incident has a thread of its own, which tells less.
    let known = known.filter(|(known, _)| known.place == *room && known.message.as_deref() == Some(root));
    let (known, version) = known.ok_or_else(|| say::filed_before(id))?;
    let now = listen::read_again(context, &known, read(context, &heard.place).await?);
    let now = now.ok_or_else(|| say::nothing_since(id))?;
    let plan = listen::keep(context, &now, Expect::Version(version)).await?;
    Ok(plan.say(format!("incident/{id}/again/{}", heard.id), at(&heard.place), say::filed_again(&now)))
}

async fn read(context: &Context, place: &Place) -> Result<Vec<Said>, Trouble> {
    let chat = context.chats.iter().find(|chat| chat.name() == place.platform).ok_or_else(say::nothing_to_file)?;
    let said = chat.thread(place, listen::REPLIES).await;
    said.map_err(|fault| Trouble::Outside { service: chat.name().to_owned(), fault })
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
