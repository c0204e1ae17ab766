//! What is said about exports.

use crate::domain::message::{Block, Message, Tone};
use crate::domain::note::{Note, Revision};
use crate::domain::trouble::Trouble;
use crate::features::draft::rules::phrase::{list, name};

pub fn nothing_yet(id: u64) -> Trouble {
    Trouble::refused(format!("Note {id} was not drafted yet, so there is nothing to put anywhere."))
}

pub fn nowhere(asked: &str) -> Trouble {
    Trouble::refused(format!(
        "`{asked}` is nowhere a note can go; it can go to `release`, `pull-request`, `ticket` or `markdown`."
    ))
}

pub fn which_request(id: u64) -> Trouble {
    Trouble::refused(format!("Which pull request? Add its number, for example `/release export {id} pull-request 41`."))
}

pub fn whose_request(note: &Note, number: u64) -> Trouble {
    let first = note.modules.first().map_or("web", |module| module.service.as_str());
    Trouble::refused(format!(
        "Whose pull request {number}? Note {} covers {}; write `{first}#{number}`.",
        note.id,
        note.subject()
    ))
}

pub fn which_ticket(id: u64) -> Trouble {
    Trouble::refused(format!("Which ticket? Add its key, for example `/release export {id} ticket PAY-311`."))
}

pub fn whose_tag(tag: &str, services: &[&str]) -> Trouble {
    let names: Vec<String> = services.iter().map(|service| name(service)).collect();
    Trouble::refused(format!(
        "Whose tag is `{tag}`? The note covers {}; write `{}@{tag}`.",
        list(&names),
        services.first().unwrap_or(&"web")
    ))
}

pub fn on_no_host(note: &Note) -> Trouble {
    Trouble::refused(format!(
        "Nothing that note {} is about is on a code host that Slipway knows. Name each repository with `github = \"owner/name\"` in the workspace's file, and set `[github]` up.",
        note.id
    ))
}

pub fn not_hosted(service: &str) -> Trouble {
    Trouble::refused(format!(
        "`{service}` is on no code host that Slipway knows; name it with `github = \"owner/name\"`."
    ))
}

pub fn no_tracker(key: &str) -> Trouble {
    Trouble::refused(format!(
        "No tracker takes `{key}`. A Jira key looks like `PAY-311`, an issue like `owner/name#12`; set `[jira]` or `[github]` up."
    ))
}

/// In the note's thread.
pub fn stands(revision: &Revision, who: &str, links: &[String]) -> Message {
    let links: Vec<String> = links.iter().map(|link| format!("[{link}]({link})")).collect();
    Message::text(format!("{who} put revision {} where others read it: {}", revision.number, links.join(", ")))
}

pub fn failed(who: &str, sentence: &str) -> Message {
    Message::default().with(Block::Callout {
        tone: Tone::Caution,
        markdown: format!("**What {who} wanted to put out does not stand there.** {sentence}"),
    })
}
