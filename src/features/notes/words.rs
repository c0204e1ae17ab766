//! All that finding notes says.

use crate::domain::message::{Block, Message};
use crate::domain::note::{Note, State};

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
            format!("- [Note {}]({}) · `{}` · {what}", note.id, url(note.id), note.service)
        })
        .collect();
    Message::default().with(Block::Heading { text: "Newest notes".to_owned() }).with(Block::Text { markdown: lines.join("\n") })
}
