//! `/release export 7 release`, `… pull-request 41`, `… ticket PAY-311`, `… markdown`

use super::{To, job, words as say};
use crate::domain::message::{Attachment, Block, Heard, Message};
use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, NOTE, Permission, Request, word};
use crate::features::draft::markdown::{Meta, markdown};
use crate::features::draft::told;
use crate::features::words::Words;
use crate::features::{Context, Plan, note, store_trouble};
use async_trait::async_trait;

pub const EXPORT: Command = Command {
    name: "export",
    usage: "export NOTE release|pull-request|ticket|markdown [WHICH]",
    about: "Put a note on a release, a pull request or a ticket, or get it as a file. Doing it again replaces what stands there.",
    examples: &[
        "export 7 release",
        "export 7 pull-request 41",
        "export 7 pull-request web#41",
        "export 7 ticket PAY-311",
        "export 7 markdown",
    ],
    needs: Permission::Edit,
    arguments: &[
        NOTE,
        word("to", "release, pull-request, ticket or markdown", true),
        word("which", "The tag, the pull request's number or the ticket's key", false),
    ],
    parse,
    complete: note::complete_note,
};

struct Export {
    id: u64,
    to: String,
    which: Option<String>,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let (id, to, which) = match words.plain.as_slice() {
        [id, to] => (id, to, None),
        [id, to, which] => (id, to, Some(which.clone())),
        _ => {
            let said = format!(
                "Which note, and where? Usage: `/release {}`, for example `/release {}`.",
                EXPORT.usage, EXPORT.examples[0]
            );
            return Err(Misuse(said));
        }
    };
    let id = note::number(id).map_err(|trouble| Misuse(trouble.to_string()))?;
    Ok(Box::new(Export { id, to: to.clone(), which }))
}

#[async_trait]
impl Request for Export {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (note, _) = note::find(context, self.id).await?;
        if context.records.notes.latest(note.id).await.map_err(store_trouble)?.is_none() {
            return Err(say::nothing_yet(note.id));
        }
        let to = match (self.to.as_str(), &self.which) {
            ("markdown", _) => return file(context, &note, heard).await,
            ("release" | "github-release", tag) => release(context, &note, tag.as_deref())?,
            ("pull-request" | "pr", Some(which)) => pull_request(&note, which)?,
            ("pull-request" | "pr", None) => return Err(say::which_request(note.id)),
            ("ticket", Some(key)) => To::Ticket { key: ticket(context, key)? },
            ("ticket", None) => return Err(say::which_ticket(note.id)),
            (other, _) => return Err(say::nowhere(other)),
        };
        let queued = context.records.jobs.enqueue(&job::new(&note, &to, heard, context.clock.now())).await;
        let message = Message::text(format!("Note {} is on its way there; its thread tells when it stands.", note.id));
        let reply = crate::features::plan::only(&heard.place, &heard.person);
        Ok(Plan::nothing().write(queued.map_err(store_trouble)?).say(format!("export/{}", heard.id), reply, message))
    }
}

/// In the note's thread, as a file that anybody can take.
async fn file(context: &Context, note: &Note, heard: &Heard) -> Result<Plan, Trouble> {
    let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
    let Some(revision) = latest else { return Err(say::nothing_yet(note.id)) };
    let attachment = Attachment {
        name: format!("note-{}.md", note.id),
        media_type: "text/markdown".to_owned(),
        alt: format!("Note {} as Markdown", note.id),
        bytes: markdown(&revision, &Meta::of(note)).into_bytes(),
    };
    let said = format!("Note {} in revision {}, as a file for {}.", note.id, revision.number, heard.person.name);
    let message = Message::text(said).with(Block::File { attachment });
    let mut plan = Plan::nothing();
    plan.says.extend(told::detail(note, &format!("note/{}/export/markdown", note.id), &message));
    Ok(plan)
}

fn release(context: &Context, note: &Note, tag: Option<&str>) -> Result<To, Trouble> {
    let hosted = note.modules.iter().filter(|module| {
        context.service(&module.service).is_some_and(|(_, service)| job::keeper(context, service).is_some())
    });
    let hosted: Vec<&str> = hosted.map(|module| module.service.as_str()).collect();
    match (hosted.as_slice(), tag) {
        ([], _) => Err(say::on_no_host(note)),
        ([only], tag) => Ok(To::Release { service: Some((*only).to_owned()), tag: tag.map(str::to_owned) }),
        (_, None) => Ok(To::Release { service: None, tag: None }),
        (_, Some(tag)) => match tag.split_once('@').filter(|(service, _)| hosted.contains(service)) {
            Some((service, tag)) => Ok(To::Release { service: Some(service.to_owned()), tag: Some(tag.to_owned()) }),
            None => Err(say::whose_tag(tag, &hosted)),
        },
    }
}

/// `41` where only one service goes out, `web#41` where there are several.
fn pull_request(note: &Note, which: &str) -> Result<To, Trouble> {
    let (service, number) = which.rsplit_once('#').unwrap_or(("", which));
    let number: u64 = number.parse().map_err(|_| say::which_request(note.id))?;
    let named = note.modules.iter().find(|module| module.service == service);
    match (note.modules.as_slice(), named) {
        (_, Some(module)) => Ok(To::PullRequest { service: module.service.clone(), number }),
        ([only], None) if service.is_empty() => Ok(To::PullRequest { service: only.service.clone(), number }),
        _ => Err(say::whose_request(note, number)),
    }
}

fn ticket(context: &Context, key: &str) -> Result<String, Trouble> {
    let takes = |home: Option<&str>| context.trackers.iter().any(|tracker| tracker.takes(key, home));
    if takes(None) { Ok(key.to_owned()) } else { Err(say::no_tracker(key)) }
}
