//! What does a person decide with when a section they edited no longer follows from the change?
//!
//! One message a section in the note's thread: both texts, and a button for each. Once decided, it says how.

use crate::domain::message::{Block, Button, ButtonStyle, Message, Tone};
use crate::domain::note::{Note, Revision, Section, Stale};
use crate::features::Saying;
use crate::features::draft::{section, told};

/// The messages that differ after a revision: of sections newly marked, marked for another text, and settled.
pub fn says(note: &Note, old: &Revision, new: &Revision) -> Vec<Saying> {
    let changed = |section: &Section| {
        let before = old.section(&section.key);
        match &section.stale {
            Some(stale)
                if before.is_none_or(|before| before.stale != section.stale || before.value != section.value) =>
            {
                Some(choice(note, section, stale))
            }
            None if before.is_some_and(|before| before.stale.is_some()) => Some(settled(section, new)),
            _ => None,
        }
    };
    let said = new.sections.iter().filter_map(|section| Some((section, changed(section)?)));
    said.flat_map(|(section, message)| told::detail(note, &format!("note/{}/stale/{}", note.id, section.key), &message))
        .collect()
}

fn choice(note: &Note, section: &Section, stale: &Stale) -> Message {
    let button = |action: &str, label: &str, style| Button {
        action: action.to_owned(),
        value: format!("{}:{}", note.id, section.key),
        label: label.to_owned(),
        style,
        confirm: None,
    };
    Message::default()
        .with(Block::Callout {
            tone: Tone::Caution,
            markdown: format!("**`{}` may be out of date.** {}", section.title, stale.why),
        })
        .with(Block::Text { markdown: format!("**As edited**\n\n{}", quoted(&section::as_text(&section.value))) })
        .with(Block::Text { markdown: format!("**As drafted now**\n\n{}", quoted(&section::as_text(&stale.proposal))) })
        .with(Block::Buttons {
            buttons: vec![
                button("note.keep", "Keep the edited text", ButtonStyle::Primary),
                button("note.take", "Take the new text", ButtonStyle::Plain),
                button("note.edit", "Write another", ButtonStyle::Plain),
            ],
        })
}

fn settled(section: &Section, new: &Revision) -> Message {
    Message::text(format!("`{}` is up to date again since revision {}: {}.", section.title, new.number, new.what))
}

/// Line by line, so that a list of entries stays a list of lines.
fn quoted(text: &str) -> String {
    if text.trim().is_empty() {
        return "> *nothing*".to_owned();
    }
    let lines: Vec<String> = text.trim().lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}
