//! All that the memory of incidents says.

use crate::domain::incident::Incident;
use crate::domain::message::{Block, Message};
use crate::domain::trouble::Trouble;
use crate::features::incidents::import::{Kept, PLATFORM};
use crate::features::phrase::counted;
use crate::features::recall::{Found, Means};
use crate::retrieval::terms;

/// For the log: nobody asked.
pub const FORGOTTEN_WITH_ITS_MESSAGE: &str = "an incident was forgotten, because its message was deleted";

pub fn nothing_to_file() -> Trouble {
    Trouble::refused(
        "There is no text to file. Mention Slipway with `file this` in the thread that tells what happened, write what happened after `file this:`, or use “File as incident” in a message's menu.",
    )
}

pub fn filed_before(id: u64) -> Trouble {
    Trouble::refused(format!("That message is filed already, as incident {id}. `/release incidents {id}` shows it."))
}

pub fn nothing_since(id: u64) -> Trouble {
    Trouble::refused(format!(
        "This thread is incident {id} already, and nothing was said in it since. `/release incidents {id}` shows it."
    ))
}

pub fn no_such(id: u64) -> Trouble {
    Trouble::refused(format!("There is no incident {id}. `/release incidents` lists the newest."))
}

pub fn may_not_file() -> Trouble {
    Trouble::refused(
        "You may see incidents, not file them. Whoever runs Slipway can add you to `permissions.file` in its configuration.",
    )
}

pub fn may_not_forget() -> Trouble {
    Trouble::refused("You may see incidents, not forget them. Whoever may file them can.")
}

pub fn forgotten(incident: &Incident) -> Message {
    Message::text(format!(
        "Incident {} is forgotten: {}. Reviews do not name it any more.",
        incident.id,
        name(incident)
    ))
}

pub fn filed(incident: &Incident) -> Message {
    let mut message = Message::text(format!("Filed as incident {}: {}", incident.id, name(incident)));
    if !incident.recap.lesson.is_empty() {
        message = message.with(Block::Text { markdown: format!("Lesson: {}", shown_as_said(&incident.recap.lesson)) });
    }
    message.with(Block::Footnote {
        markdown: format!(
            "Reviews of similar changes name it. `/release incidents {}` shows what was kept.",
            incident.id
        ),
    })
}

pub fn filed_again(incident: &Incident) -> Message {
    let mut message = Message::text(format!(
        "Incident {} is as its thread says now, with {}: {}",
        incident.id,
        counted(incident.replies.len(), "reply", "replies"),
        name(incident)
    ));
    if !incident.recap.lesson.is_empty() {
        message = message.with(Block::Text { markdown: format!("Lesson: {}", shown_as_said(&incident.recap.lesson)) });
    }
    message
}

pub fn list(incidents: &[Incident], all: usize) -> Message {
    if incidents.is_empty() {
        return Message::text(
            "No incident is remembered yet. In Slack and Discord, a message's menu has “File as incident”; `slipway incidents import` reads postmortems.",
        );
    }
    let lines: Vec<String> = incidents
        .iter()
        .map(|incident| {
            let from = match incident.place.platform.as_str() {
                PLATFORM => format!("from {}", incident.place.channel),
                _ => format!("filed by {}", incident.filed_by.name),
            };
            format!("- {} · {} · {} · {from}", incident.id, incident.dated(), name(incident))
        })
        .collect();
    let mut message = Message::default()
        .with(Block::Heading { text: "Incidents".to_owned() })
        .with(Block::Text { markdown: lines.join("\n") });
    if all > incidents.len() {
        message = message.with(Block::Footnote {
            markdown: format!(
                "The newest {} of {all}. `/release incidents WORDS` finds those that are like your words.",
                incidents.len()
            ),
        });
    }
    message
}

/// What one comes to.
pub fn shown(incident: &Incident, (relevant, judged): (usize, usize)) -> Message {
    let recap = &incident.recap;
    let parts = [
        ("What happened", &recap.happened),
        ("Impact", &recap.impact),
        ("Cause", &recap.cause),
        ("Trigger", &recap.trigger),
        ("Fix", &recap.fix),
        ("Lesson", &recap.lesson),
    ];
    let lines: Vec<String> = parts
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| format!("- **{label}:** {}", shown_as_said(text)))
        .collect();
    let mut kinds: Vec<&str> = recap.components.iter().map(|one| one.name()).collect();
    kinds.extend(recap.changes.iter().map(|one| one.name()));
    kinds.extend(recap.failures.iter().map(|one| one.name()));
    let mut fields = vec![("When".to_owned(), incident.dated())];
    if !recap.services.is_empty() {
        fields.push(("Services".to_owned(), recap.services.join(", ")));
    }
    if !kinds.is_empty() {
        fields.push(("About".to_owned(), kinds.join(", ")));
    }
    if judged > 0 {
        fields.push(("Found relevant in reviews".to_owned(), format!("{relevant} of {judged}")));
    }
    let mut message = Message::default()
        .with(Block::Text { markdown: format!("**Incident {}:** {}", incident.id, name(incident)) })
        .with(Block::Fields { fields });
    if !lines.is_empty() {
        message = message.with(Block::Text { markdown: lines.join("\n") });
    }
    let more = incident.replies.len();
    let from = match more {
        0 => "Condensed from one message.".to_owned(),
        1 => "Condensed from a message and one reply.".to_owned(),
        more => format!("Condensed from a message and {more} replies."),
    };
    message.with(Block::Footnote { markdown: from })
}

pub fn found(text: &str, found: &[Found], means: &Means) -> Message {
    if found.is_empty() {
        return Message::text(nothing_like(text, means));
    }
    let lines: Vec<String> = found
        .iter()
        .map(|found| {
            let (incident, recap) = (&found.incident, &found.incident.recap);
            let said = if recap.lesson.is_empty() { &recap.happened } else { &recap.lesson };
            format!(
                "- {} · {} · {}\n  {}\n  *{}*",
                incident.id,
                incident.dated(),
                name(incident),
                shown_as_said(said),
                shown_as_said(&found.why())
            )
        })
        .collect();
    Message::default()
        .with(Block::Heading { text: "Incidents like this".to_owned() })
        .with(Block::Text { markdown: lines.join("\n") })
        .with(Block::Footnote { markdown: by_what(means) })
}

fn nothing_like(text: &str, means: &Means) -> String {
    let like = match means.incidents {
        0 => "No incident is remembered yet.".to_owned(),
        _ if terms::terms(text).is_empty() => {
            return format!("\"{}\" has no word to look for. Say in a few words what happened.", shown_as_said(text));
        }
        1 => format!("The one incident that is remembered is not like \"{}\".", shown_as_said(text)),
        all => format!("None of {all} incidents is like \"{}\".", shown_as_said(text)),
    };
    format!("{like} {}", by_what(means))
}

/// How they were looked for: what is missing is said.
pub fn by_what(means: &Means) -> String {
    match means.embedded {
        None => "Found by words and kind; no embedder is configured, so meaning was not compared.".to_owned(),
        Some(_) if means.fails => {
            "Found by words and kind; the embedder fails, so meaning was not compared. `slipway doctor` says why."
                .to_owned()
        }
        Some(0) if means.incidents > 0 => {
            "Found by words and kind; no incident has vectors yet, so meaning was not compared.".to_owned()
        }
        Some(embedded) if embedded < means.incidents => {
            format!(
                "Found by words, kind and meaning; {} of {} incidents have no vectors yet.",
                means.incidents - embedded,
                means.incidents
            )
        }
        Some(_) => "Found by words, kind and meaning.".to_owned(),
    }
}

/// For a terminal.
pub fn found_plainly(text: &str, found: &[Found], means: &Means) -> String {
    if found.is_empty() {
        return nothing_like(text, means);
    }
    let lines = found.iter().map(|found| {
        let (incident, recap) = (&found.incident, &found.incident.recap);
        let lesson = if recap.lesson.is_empty() { String::new() } else { format!("\n      lesson: {}", recap.lesson) };
        format!(
            "{:.2}  {}  {}  {}{lesson}\n      why: {}",
            found.hit.score,
            incident.called(),
            incident.dated(),
            incident.title(100),
            found.why()
        )
    });
    let mut lines: Vec<String> = lines.collect();
    lines.push(by_what(means));
    lines.join("\n")
}

pub fn imported(kept: &Kept, means: &Means, refused: usize) -> String {
    let counted = |n: usize, what: &str| (n > 0).then(|| format!("{n} {what}"));
    let parts = [
        counted(kept.new, "new"),
        counted(kept.changed, "changed"),
        counted(kept.unchanged, "known already"),
        counted(refused, "left out"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let parts = if parts.is_empty() { "nothing to keep".to_owned() } else { parts.join(", ") };
    let remembered =
        if means.incidents == 1 { "1 incident is".to_owned() } else { format!("{} incidents are", means.incidents) };
    format!("Imported: {parts}. {remembered} remembered. {}", by_what(means).replace("Found", "They are found"))
}

pub fn not_embedded(trouble: &Trouble) -> String {
    format!(
        "Meaning was not compared: {trouble}. The incidents are kept and found by words; import again, or start the bot, to make up for it."
    )
}

/// Its title, leading to the message where that is possible.
fn name(incident: &Incident) -> String {
    let title = shown_as_said(&incident.title(80));
    match &incident.link {
        Some(link) => format!("[`{title}`]({link})"),
        None => format!("`{title}`"),
    }
}

/// What people wrote is shown, never interpreted: no marks, no mentions, no links of theirs.
fn shown_as_said(text: &str) -> String {
    let plain = |letter: char| if "`[]<>*|~".contains(letter) { '\'' } else { letter };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(plain).collect()
}
