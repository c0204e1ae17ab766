//! All that drafting says, beside the card.

use crate::domain::message::{Block, Message, Tone};
use crate::domain::note::{Note, Revision, Section, State, Writer};
use crate::domain::trouble::{Fault, Trouble};
use crate::features::draft::rules::phrase::count;
use crate::features::draft::steps::Stage;
use crate::records::RevisionSummary;

pub fn no_services() -> Trouble {
    Trouble::refused(
        "No service is configured, so there is nothing to draft for. Start Slipway inside a git repository, with `--repo PATH`, or name services in `config/workspaces/*.toml`.",
    )
}

pub fn which_service<'a>(known: impl Iterator<Item = &'a str>) -> Trouble {
    Trouble::refused(format!(
        "Which service? Name one of {}, for example `/release draft {}`.",
        listed(known),
        "SERVICE"
    ))
}

pub fn unknown_service<'a>(asked: &str, near: Option<&str>, known: impl Iterator<Item = &'a str>) -> Trouble {
    Trouble::refused(match near {
        Some(near) => format!("There is no service `{asked}`; did you mean `{near}`? Type `/release draft {near}`."),
        None => format!("There is no service `{asked}`. Known here: {}.", listed(known)),
    })
}

pub fn two_workspaces(one: &str, its: &str, other: &str, others: &str) -> Trouble {
    Trouble::refused(format!(
        "`{one}` belongs to workspace `{its}` and `{other}` to `{others}`. A note is one workspace's; draft one for each."
    ))
}

pub fn twice(service: &str) -> Trouble {
    Trouble::refused(format!("`{service}` was named twice. Keep the range that is meant."))
}

pub fn stray_range(range: &str, service: &str) -> Trouble {
    Trouble::refused(format!(
        "`{range}` stands beside several services, so it is not clear whose it is. Write it behind its service: `{service}@{range}`."
    ))
}

pub fn work_has_no_modules(id: u64) -> Trouble {
    Trouble::refused(format!("Note {id} is about work that changes no code, so no service can be added to it."))
}

pub fn not_a_module(note: &Note, service: &str) -> Trouble {
    Trouble::refused(format!("`{service}` is not in note {}; it covers {}.", note.id, note.subject()))
}

pub fn last_module(note: &Note) -> Trouble {
    Trouble::refused(format!("{} is all that note {} covers, so it cannot be dropped.", note.subject(), note.id))
}

pub fn already_in(note: &Note, module: &str) -> Trouble {
    Trouble::refused(format!(
        "Note {} covers `{module}` already. `/release regenerate {}` drafts it again.",
        note.id, note.id
    ))
}

pub fn service_is_gone(name: &str) -> Trouble {
    Trouble::refused(format!(
        "Service `{name}` is no longer configured, so its note cannot be drafted again. Add it to `config/workspaces/*.toml` and restart."
    ))
}

pub fn already_drafting(id: u64) -> Trouble {
    Trouble::refused(format!("Note {id} is being drafted right now; its card shows how far it is."))
}

/// At most ten names in backticks, and how many more there are.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let shown: Vec<String> = names.iter().take(10).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(shown.len());
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// Gaps of a note: who did not answer, and what the note does without.
pub fn no_checks(host: &str, fault: &Fault) -> String {
    format!("`{host}` {fault}, so the note does not know what continuous integration says about this revision.")
}

pub fn no_deployments(host: &str, fault: &Fault) -> String {
    format!("`{host}` {fault}, so the note does not know where earlier versions run.")
}

pub fn no_requests(host: &str, fault: &Fault) -> String {
    format!("`{host}` {fault}, so pull requests are known by what the commits say about them only.")
}

pub fn no_tickets(tracker: &str, asked: usize, fault: &Fault) -> String {
    format!(
        "`{tracker}` {fault}, so {} known by key only.",
        if asked == 1 { "1 ticket is".to_owned() } else { format!("{asked} tickets are") }
    )
}

/// What a step is called while it runs.
pub fn step(stage: Stage, detail: &str) -> String {
    let what = match stage {
        Stage::Collect => "Collect commits and diffs",
        Stage::Digest => "Read the change",
        Stage::Compress => "Compress the context",
        Stage::Generate => "Write the note",
        Stage::Check => "Check every sentence",
    };
    if detail.is_empty() { what.to_owned() } else { format!("{what} · {detail}") }
}

pub fn regeneration_failed(sentence: &str) -> Message {
    Message::default().with(Block::Callout {
        tone: Tone::Caution,
        markdown: format!("**The note was not drafted again and stays as it was.** {sentence}"),
    })
}

/// What a regeneration did, for the thread.
pub fn regenerated(note: &Note, old: &Revision, new: &Revision, url: &str) -> Message {
    let who = &note.asked_again_by.as_ref().unwrap_or(&note.created_by).name;
    let kept: Vec<String> =
        new.sections.iter().filter(|section| section.edited()).map(|section| format!("`{}`", section.title)).collect();
    let changed = new
        .sections
        .iter()
        .filter(|section| old.section(&section.key).is_none_or(|before| before.value != section.value))
        .count();
    let mut text = match changed {
        0 => format!(
            "Revision {}: drafted again for {who}; the text is the same as in revision {}.",
            new.number, old.number
        ),
        _ => format!("Revision {}: drafted again for {who}; {} changed.", new.number, count(changed, "section")),
    };
    if !kept.is_empty() {
        text.push_str(&format!(" Kept as edited: {}.", kept.join(", ")));
    }
    Message::text(format!("{text} [Compare on the note's page]({url}/r/{})", new.number))
}

pub fn already_followed(id: u64) -> Trouble {
    Trouble::refused(format!(
        "Note {id} has its card here already, and it is kept current. `/release show {id}` shows a copy."
    ))
}

pub fn not_followed(id: u64, is_home: bool) -> Trouble {
    Trouble::refused(if is_home {
        format!("Note {id} was drafted here, so its card stays here.")
    } else {
        format!("Note {id} is not followed here. `/release follow {id}` begins.")
    })
}

pub fn no_longer_followed(note: &Note) -> Message {
    Message::text(format!("Note {} is no longer followed here; its card stands as it is.", note.id))
}

pub fn nothing_to_edit(note: &Note) -> Trouble {
    Trouble::refused(match note.state {
        State::Drafting => format!("Note {} is still being drafted; edit it when its card is complete.", note.id),
        _ => format!(
            "Note {} was never drafted, so there is nothing to edit. `/release regenerate {}` tries again.",
            note.id, note.id
        ),
    })
}

pub fn no_such_section(key: &str) -> Trouble {
    Trouble::refused(format!("This note has no section `{key}`; it may have been drafted with an older schema."))
}

/// For a button that somebody else was faster with: what happened instead, newest first in `history`.
pub fn decided_before(section: &Section, history: &[RevisionSummary]) -> Trouble {
    let named = format!("`{}`", section.title);
    let decision = history.iter().find_map(|revision| match &revision.writer {
        Writer::Person(person) if revision.what.contains(&named) => Some((revision, &person.name)),
        _ => None,
    });
    Trouble::refused(match decision {
        Some((revision, who)) => {
            format!("{named} was decided meanwhile: in revision {} {who} {}.", revision.number, revision.what)
        }
        None => format!("{named} is up to date again, so there is nothing to decide."),
    })
}

pub fn nothing_changed(id: u64) -> Trouble {
    Trouble::refused(format!("Nothing was changed in note {id}: every section reads as it did before."))
}

/// The text that could not be saved is given back, so that nothing typed is lost.
pub fn changed_meanwhile(section: &Section, now: &Revision, text: &str) -> Trouble {
    let by = match &now.section(&section.key).map(|section| &section.writer) {
        Some(Writer::Person(person)) => person.name.clone(),
        _ => "a new draft".to_owned(),
    };
    Trouble::refused(format!(
        "`{}` was changed by {by} while your form was open, so nothing was saved. Open Edit again to see theirs. Yours was:\n\n{}",
        section.title,
        text.lines().map(|line| format!("> {line}\n")).collect::<String>(),
    ))
}

/// What an edit did, for the thread.
pub fn edited(revision: &Revision, who: &str, url: &str) -> Message {
    Message::text(format!(
        "Revision {}: {who} {}. [Compare on the note's page]({url}/r/{})",
        revision.number, revision.what, revision.number
    ))
}

pub fn none_yet() -> Message {
    Message::text("There is no note yet. Type `/release draft` to make the first.")
}

/// One line per note, newest first.
pub fn list(notes: &[(Note, Option<String>)], url: impl Fn(u64) -> String) -> Message {
    let lines: Vec<String> = notes
        .iter()
        .map(|(note, title)| {
            let what = match (note.state, title) {
                (_, Some(title)) => title.clone(),
                (State::Drafting, None) => "being drafted".to_owned(),
                (_, None) => "was not drafted".to_owned(),
            };
            format!("- [Note {}]({}) · {} · {what}", note.id, url(note.id), note.subject())
        })
        .collect();
    Message::default()
        .with(Block::Heading { text: "Newest notes".to_owned() })
        .with(Block::Text { markdown: lines.join("\n") })
}
