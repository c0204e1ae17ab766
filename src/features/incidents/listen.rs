//! What is said in incident channels, or told over the webhook: reports are remembered, their threads and edits followed, what is
//! deleted is forgotten.

use super::file::incident;
use super::recap::recap;
use super::worth::{is_history, is_incident, says_over};
use super::{embed, word, words};
use crate::domain::incident::{Copy, Incident, Reply};
use crate::domain::message::{Heard, Place, Said, What};
use crate::domain::notice::Reported;
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::{Context, Plan, spoken, store_trouble, watching};
use crate::ports::store::Expect;
use crate::records::Fate;
use crate::retrieval::terms;
use chrono::TimeDelta;
use std::collections::HashSet;

/// Posts within this time may be of one incident.
const TOGETHER: TimeDelta = TimeDelta::hours(12);
/// How many of the newest are compared.
const COMPARED: usize = 30;
/// Share of words that two posts of one incident have in common.
const ALIKE: f64 = 0.6;
/// A thread is followed so far; what it says later is in the chat. All replies together.
pub const REPLIES: usize = 400;
const LETTERS: usize = 60_000;

/// Nobody waits for an answer to what is said to others, and none is given.
pub async fn heard(context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
    match &heard.what {
        What::Message { text } => said(context, heard, text).await,
        What::Edited { message, text } => edited(context, heard, message, text).await,
        What::Deleted { message } => deleted(context, &heard.place, message).await,
        What::Gone => gone(context, &heard.place).await,
        _ => Ok(Plan::nothing()),
    }
}

pub fn is_listened_to(context: &Context, place: &Place) -> bool {
    context.incident_channels.contains(&channel(place))
}

fn channel(place: &Place) -> Place {
    Place { thread: None, ..place.clone() }
}

async fn said(context: &Context, heard: &Heard, text: &str) -> Result<Plan, Trouble> {
    let Some(message) = heard.message() else { return Ok(Plan::nothing()) };
    let room = channel(&heard.place);
    if !context.incident_channels.contains(&room) {
        return Ok(Plan::nothing());
    }
    let incidents = &context.records.incidents;
    // A post in a forum is its thread's first message.
    if let Some(root) = heard.place.thread.as_ref().filter(|root| *root != message) {
        return match incidents.told_by(&room, root).await.map_err(store_trouble)? {
            Some(id) => replied(context, heard, id, message, text).await,
            None => Ok(Plan::nothing()),
        };
    }
    let text = masked(text).into_owned();
    // The post that an alert is over is not an incident of its own.
    if says_over(&text)
        && let Some(known) = same_as(context, &text).await?
    {
        return copied(context, heard, known, message, true).await;
    }
    if !is_incident(&text, by_machine(heard)) {
        return Ok(Plan::nothing());
    }
    if let Some(known) = same_as(context, &text).await? {
        return copied(context, heard, known, message, false).await;
    }
    let link = link(context, &heard.place, message);
    let id = incidents.last_id().await.map_err(store_trouble)? + 1;
    let new = Incident { message: Some(message.to_owned()), place: room, ..incident(context, heard, id, &text, link) };
    // What is told as history has been looked into by people.
    let over = new.recap.ended.is_some();
    let language = spoken::language(context, None, &text);
    let plan = keep_new(context, new).await?;
    Ok(if over { plan } else { plan.write(watching::is_it_us(context, id, language).await?) })
}

/// What its thread says now, read again: words that changed, replies that are new or gone. `None`: all is known already.
pub fn read_again(context: &Context, known: &Incident, said: Vec<Said>) -> Option<Incident> {
    let mut said = said.into_iter();
    let mut now = Incident { replies: Vec::new(), ..known.clone() };
    now.text = masked(&said.next()?.text).into_owned();
    add(context, &mut now, said);
    for reply in &mut now.replies {
        let before = known.replies.iter().find(|before| before.message == reply.message);
        reply.at = before.map_or(reply.at, |before| before.at);
    }
    again(context, &mut now);
    (now.text != known.text || now.replies != known.replies).then_some(now)
}

pub async fn keep_new(context: &Context, new: Incident) -> Result<Plan, Trouble> {
    let ops = context.records.incidents.take_ids(new.id).await.map_err(store_trouble)?;
    let plan = keep(context, &new, Expect::Absent).await?;
    Ok(Plan { ops: [ops, plan.ops].concat(), ..plan })
}

/// A pager, a monitor or a script says so, so nothing is weighed. The next report with the same id is of the same incident.
pub async fn reported(context: &Context, heard: &Heard, report: &Reported) -> Result<Plan, Trouble> {
    let incidents = &context.records.incidents;
    let text = match report.text.trim() {
        "" => report.title.clone(),
        text => format!("{}\n\n{text}", report.title.trim()),
    };
    let text = masked(&text).into_owned();
    let known = match incidents.told_by(&heard.place, &report.id).await.map_err(store_trouble)? {
        Some(id) => incidents.get(id).await.map_err(store_trouble)?,
        None => None,
    };
    let now = context.clock.now();
    if let Some((mut incident, version)) = known {
        if incident.place == heard.place {
            incident.text = text;
            incident.link = report.url.clone().or(incident.link);
            again(context, &mut incident);
        }
        // Told open again, it is not over whatever was said before.
        incident.recap.ended = report.resolved.then(|| incident.recap.ended.unwrap_or(now));
        return keep(context, &incident, Expect::Version(version)).await;
    }
    if let Some((mut incident, version)) = same_as(context, &text).await? {
        let (place, message, link) = (heard.place.clone(), report.id.clone(), report.url.clone());
        incident.copies.push(Copy { place, message, link });
        if report.resolved {
            incident.recap.ended = incident.recap.ended.or(Some(now));
        }
        return keep(context, &incident, Expect::Version(version)).await;
    }
    let id = incidents.last_id().await.map_err(store_trouble)? + 1;
    let mut new = incident(context, heard, id, &text, report.url.clone());
    new.message = Some(report.id.clone());
    new.recap.ended = report.resolved.then(|| new.recap.ended.unwrap_or(now));
    keep_new(context, new).await
}

/// Apps have ids of their own kind, or none.
fn by_machine(heard: &Heard) -> bool {
    heard.person.platform == "slack" && heard.person.id.starts_with('B')
        || heard.person.name.to_lowercase().contains("alert")
}

fn link(context: &Context, place: &Place, message: &str) -> Option<String> {
    let chat = context.chats.iter().find(|chat| chat.name() == place.platform)?;
    chat.link(place, message)
}

pub async fn keep(context: &Context, incident: &Incident, expect: Expect) -> Result<Plan, Trouble> {
    let ops = context.records.incidents.write(&[Fate::Keep(incident, expect)]).await.map_err(store_trouble)?;
    let plan = Plan::nothing().write(ops).write(embed::soon(context, TimeDelta::zero()).await?);
    Ok(plan.write(word::soon(context, incident.id).await?))
}

/// A recent incident that this text tells of too, posted elsewhere or again.
async fn same_as(context: &Context, text: &str) -> Result<Option<(Incident, u64)>, Trouble> {
    let now = context.clock.now();
    let own: HashSet<String> = terms::terms(text).into_iter().collect();
    for incident in context.records.incidents.list(COMPARED).await.map_err(store_trouble)? {
        if now - incident.filed_at > TOGETHER || incident.message.is_none() {
            continue;
        }
        let other: HashSet<String> = terms::terms(&incident.text).into_iter().collect();
        let shared = own.intersection(&other).count() as f64;
        if shared >= ALIKE * own.len().max(1) as f64 && shared >= ALIKE * 0.5 * other.len() as f64 {
            return context.records.incidents.get(incident.id).await.map_err(store_trouble);
        }
    }
    Ok(None)
}

async fn copied(
    context: &Context,
    heard: &Heard,
    known: (Incident, u64),
    message: &str,
    over: bool,
) -> Result<Plan, Trouble> {
    let (mut incident, version) = known;
    let link = link(context, &heard.place, message);
    incident.copies.push(Copy { place: channel(&heard.place), message: message.to_owned(), link });
    if over && incident.recap.ended.is_none() {
        incident.recap.ended = Some(context.clock.now());
    }
    keep(context, &incident, Expect::Version(version)).await
}

async fn replied(context: &Context, heard: &Heard, id: u64, message: &str, text: &str) -> Result<Plan, Trouble> {
    let Some((mut incident, version)) = context.records.incidents.get(id).await.map_err(store_trouble)? else {
        return Ok(Plan::nothing());
    };
    let at = context.clock.now();
    let said = Said { message: message.to_owned(), person: heard.person.clone(), text: text.to_owned(), at };
    if !add(context, &mut incident, std::iter::once(said)) {
        return Ok(Plan::nothing());
    }
    keep(context, &incident, Expect::Version(version)).await
}

/// Takes up what is said in an incident's thread, as long as there is room. False: nothing of it.
pub fn add(context: &Context, incident: &mut Incident, said: impl Iterator<Item = Said>) -> bool {
    let before = incident.replies.len();
    let mut letters: usize = incident.replies.iter().map(|reply| reply.text.len()).sum();
    for Said { message, person, text, at } in said {
        let text = masked(&text).into_owned();
        letters += text.len();
        if incident.replies.len() >= REPLIES || letters > LETTERS {
            tracing::debug!(incident = incident.id, "a thread is long enough; later messages are not kept");
            break;
        }
        incident.replies.push(Reply { message, who: person.name, text, at });
    }
    again(context, incident);
    incident.replies.len() > before
}

/// Condensed anew from all that was said; when it was over stays known.
fn again(context: &Context, incident: &mut Incident) {
    let services: Vec<&str> = context.services().map(|(_, service)| service.name.as_str()).collect();
    let over = incident.replies.iter().find(|reply| says_over(&reply.text)).map(|reply| reply.at);
    let over = over.or_else(|| is_history(&incident.text).then_some(incident.filed_at));
    let ended = over.or(incident.recap.ended);
    incident.recap = recap(&incident.title(200), &incident.whole(), &services, Some(incident.filed_at));
    incident.recap.ended = incident.recap.ended.or(ended);
}

async fn edited(context: &Context, heard: &Heard, message: &str, text: &str) -> Result<Plan, Trouble> {
    let room = channel(&heard.place);
    let incidents = &context.records.incidents;
    let root = heard.place.thread.as_deref().unwrap_or(message);
    let Some(id) = incidents.told_by(&room, root).await.map_err(store_trouble)? else {
        // What is an incident only by its newer words is one from now on.
        let now =
            Heard { id: format!("message/{message}"), what: What::Message { text: text.to_owned() }, ..heard.clone() };
        return said(context, &now, text).await;
    };
    let Some((mut incident, version)) = incidents.get(id).await.map_err(store_trouble)? else {
        return Ok(Plan::nothing());
    };
    let text = masked(text).into_owned();
    if incident.message.as_deref() == Some(message) && incident.place == room {
        incident.text = text;
    } else if let Some(reply) = incident.replies.iter_mut().find(|reply| reply.message == message) {
        reply.text = text;
    } else {
        return Ok(Plan::nothing());
    }
    again(context, &mut incident);
    keep(context, &incident, Expect::Version(version)).await
}

/// The incident goes with the message it began with; a reply or a copy goes alone.
async fn deleted(context: &Context, place: &Place, message: &str) -> Result<Plan, Trouble> {
    let room = channel(place);
    let incidents = &context.records.incidents;
    let root = place.thread.as_deref().unwrap_or(message);
    let Some(id) = incidents.told_by(&room, root).await.map_err(store_trouble)? else { return Ok(Plan::nothing()) };
    let Some((incident, version)) = incidents.get(id).await.map_err(store_trouble)? else { return Ok(Plan::nothing()) };
    let left = if incident.message.as_deref() == Some(message) && incident.place == room {
        None
    } else {
        let mut left = incident.clone();
        left.replies.retain(|reply| reply.message != message);
        left.copies.retain(|copy| copy.message != message || copy.place != room);
        Some(left)
    };
    without(context, vec![(incident, version, left)]).await
}

/// A channel takes all with it that was told there, a thread its replies.
async fn gone(context: &Context, place: &Place) -> Result<Plan, Trouble> {
    let room = channel(place);
    let mut changed = Vec::new();
    for incident in context.records.incidents.list(usize::MAX).await.map_err(store_trouble)? {
        let here = incident.place == room;
        let left = match &place.thread {
            None if here => None,
            None => {
                let copies = incident.copies.iter().filter(|copy| copy.place != room).cloned().collect();
                Some(Incident { copies, ..incident.clone() })
            }
            Some(root) if here && incident.message.as_ref() == Some(root) => {
                Some(Incident { replies: Vec::new(), ..incident.clone() })
            }
            Some(_) => continue,
        };
        if left.as_ref() != Some(&incident)
            && let Some((incident, version)) =
                context.records.incidents.get(incident.id).await.map_err(store_trouble)?
        {
            changed.push((incident, version, left));
        }
    }
    without(context, changed).await
}

/// Incidents as they were, and what is left of them, if anything.
async fn without(context: &Context, changed: Vec<(Incident, u64, Option<Incident>)>) -> Result<Plan, Trouble> {
    let mut left = Vec::new();
    for (before, version, after) in changed {
        match after {
            None => tracing::info!(incident = before.id, "{}", words::FORGOTTEN_WITH_ITS_MESSAGE),
            Some(ref same) if *same == before => continue,
            Some(_) => {}
        }
        let after = after.map(|mut after| {
            again(context, &mut after);
            after
        });
        left.push((before, version, after));
    }
    if left.is_empty() {
        return Ok(Plan::nothing());
    }
    // Its old pointers go with it, the ones that stay are written again.
    let fates = left.iter().flat_map(|(before, version, after)| {
        let kept = after.as_ref().map(|after| Fate::Keep(after, Expect::Version(*version)));
        std::iter::once(Fate::Forget(before)).chain(kept)
    });
    let ops = context.records.incidents.write(&fates.collect::<Vec<_>>()).await.map_err(store_trouble)?;
    Ok(Plan::nothing().write(ops).write(embed::soon(context, TimeDelta::zero()).await?))
}
