//! How does a neutral message look in Slack? Block Kit as JSON, within Slack's limits, as several pages if need be.

mod blocks;
mod buttons;
#[cfg(test)]
mod checked;
mod form;
#[cfg(test)]
mod heard;
mod home;
pub mod limits;
mod literal;
mod mrkdwn;
mod pack;
#[cfg(test)]
mod tests;

pub use crate::adapters::chat::inputs::settled;
pub use buttons::action;
pub use form::{modal, submitted};
pub use home::home;

use crate::adapters::chat::cut::shorten;
use crate::adapters::chat::script::{read, width, write};
use crate::domain::message::{Attachment, Message};
use blocks::{Piece, pieces, sections};
use serde_json::{Value, json};

/// One message of Slack's.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What a notification and a screen reader say instead of the blocks; escaped, to be sent with `mrkdwn: false`.
    pub text: String,
    /// Never empty. Where a file belongs stands a context block with the id `file/0`, `file/1`, …: its name and, for who
    /// cannot see it, what it shows. The adapter uploads `files` into the message's thread and leaves the block, or
    /// puts an image block (`slack_file`, `alt_text`) in its place.
    pub blocks: Vec<Value>,
    /// Files of this page; the index is the number in the id of their block.
    pub files: Vec<Attachment>,
}

/// The pages of a message, head first. Links that begin with `/` lead to our own pages under `base_url`.
pub fn pages(message: &Message, base_url: &str) -> Vec<Page> {
    let mut found = pieces(message, Some(base_url));
    if found.is_empty() {
        found = sections(read("There is nothing to show here.", None), true);
    }
    pack::pack(found).into_iter().map(page).collect()
}

/// CommonMark as Slack's mrkdwn, however long.
pub fn mrkdwn(markdown: &str) -> String {
    write(&read(markdown, None), &mrkdwn::Mrkdwn)
}

fn page(pieces: Vec<Piece>) -> Page {
    let text = fallback(&pieces);
    let mut page = Page { text, blocks: Vec::new(), files: Vec::new() };
    for mut piece in pieces {
        if let Some(file) = piece.file {
            piece.block["block_id"] = json!(format!("file/{}", page.files.len()));
            page.files.push(file);
        }
        page.blocks.push(piece.block);
    }
    page
}

fn fallback(pieces: &[Piece]) -> String {
    let texts: Vec<&str> = pieces.iter().map(|piece| piece.plain.trim()).filter(|text| !text.is_empty()).collect();
    let text = crate::adapters::chat::mention::calm(&texts.join("\n"));
    let mut limit = limits::FALLBACK;
    loop {
        let escaped = mrkdwn::escape(&shorten(&text, limit));
        match width(&escaped) {
            0 => return "A message without words.".to_owned(),
            width if width <= limits::FALLBACK => return escaped,
            // Escaped characters are at most five times as long.
            width => limit = limit * limits::FALLBACK / width - 1,
        }
    }
}
