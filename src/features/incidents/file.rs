//! "File as incident": the message somebody points at is kept whole, with its link.

use crate::domain::incident::{Incident, Recap};
use crate::domain::message::{Heard, Place, Quoted, Said, What};
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Press};
use crate::features::incidents::listen;
use crate::features::incidents::recap::recap;
use crate::features::incidents::words as say;
use crate::features::incidents::worth::is_history;
use crate::features::plan::{at, only};
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
        let heard = press.heard;
        let id = incidents.last_id().await.map_err(store_trouble)? + 1;
        let incident = incident(context, heard, id, &text, link);
        let filed = say::filed(&incident);
        let plan = listen::keep_new(context, incident).await?;
        Ok(plan.say(format!("incident/{id}/filed"), only(&heard.place, &heard.person), filed))
    })
}

/// `@slipway file this` in a thread files the thread; `file this: WHAT` files those words.
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
                return Err(say::filed_before(known));
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
    let chat = context.chats.iter().find(|chat| chat.name() == room.platform).ok_or_else(say::nothing_to_file)?;
    let said = chat.thread(&heard.place, listen::REPLIES).await;
    let said = said.map_err(|fault| Trouble::Outside { service: chat.name().to_owned(), fault })?;
    // Who asks for it to be filed tells nothing of what happened.
    let mut said = said.into_iter().filter(|said| !is_asking(heard, said));
    let first = said.next().ok_or_else(say::nothing_to_file)?;
    let mut new = incident(context, heard, id, &first.text, chat.link(&room, root));
    (new.place, new.message) = (room, Some(root.to_owned()));
    listen::add(context, &mut new, said);
    Ok(new)
}

/// Is this the message that was heard? Not every platform's events name their message.
fn is_asking(heard: &Heard, said: &Said) -> bool {
    let asked = |words: &str| said.person.id == heard.person.id && said.text.trim_end().ends_with(words.trim());
    match (&heard.what, heard.message()) {
        (_, Some(message)) => message == said.message,
        (What::Mention { words }, None) => !words.trim().is_empty() && asked(words),
        _ => false,
    }
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
