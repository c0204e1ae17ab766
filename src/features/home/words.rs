//! All that the front page says.

use super::{Entry, Waits};
use crate::domain::message::{Block, Button, ButtonStyle, Message};
use crate::domain::watch::{State, Watch};

pub(super) struct Week {
    pub lines: String,
    /// Of the calendar's page.
    pub url: String,
}

pub(super) fn page(
    waiting: &[(Entry, Waits)],
    mine: &[Entry],
    watched: &[Watch],
    week: &Week,
    may_draft: bool,
    url: impl Fn(u64) -> String,
) -> Message {
    let mut page = Message::default();
    if may_draft {
        page = page.with(Block::Buttons {
            buttons: vec![Button {
                action: "note.draft".to_owned(),
                value: String::new(),
                label: "Draft a note".to_owned(),
                style: ButtonStyle::Primary,
                confirm: None,
            }],
        });
    }
    let heading = |text: &str| Block::Heading { text: text.to_owned() };
    let link = |entry: &Entry| {
        format!("[Note {}]({}) · {} · {}", entry.note.id, url(entry.note.id), entry.note.subject(), entry.title())
    };
    let waits: Vec<String> =
        waiting.iter().map(|(entry, why)| format!("- {}  \n  {}", link(entry), reason(why))).collect();
    page = page.with(heading("Waiting for you")).with(lines(&waits, "Nothing waits for you."));
    let notes: Vec<String> = mine.iter().map(|entry| format!("- {}", link(entry))).collect();
    let watches: Vec<String> = watched
        .iter()
        .map(|watch| {
            let state = watch.state.map_or("not judged yet", State::name);
            let (id, live) = (watch.note, watch.at.format("%-d %b %H:%M"));
            format!("- [Note {id}]({}) · {} · {state} · live since {live} UTC", url(id), watch.services.join(", "))
        })
        .collect();
    page.with(heading("Your notes"))
        .with(lines(&notes, "You have no note yet. `/release draft` in a channel makes the first."))
        .with(heading("On watch"))
        .with(lines(&watches, "No change is watched."))
        .with(heading("This week"))
        .with(Block::Text { markdown: format!("{}\n\n[The calendar]({})", week.lines, week.url) })
        .with(Block::Footnote { markdown: "`/release help` lists what you can do.".to_owned() })
}

fn lines(lines: &[String], none: &str) -> Block {
    Block::Text { markdown: if lines.is_empty() { none.to_owned() } else { lines.join("\n") } }
}

fn reason(why: &Waits) -> String {
    match why {
        Waits::Decide(titles) => {
            let names: Vec<String> = titles.iter().map(|title| format!("`{title}`")).collect();
            format!("{} was edited and the change moved on: choose a text in its thread.", names.join(", "))
        }
        Waits::Approve(who) => format!("{who} asks for approval; the review in its thread has the buttons."),
        Waits::Failed(sentence) => format!("It was not drafted. {sentence}"),
    }
}
