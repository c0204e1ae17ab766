//! How does a neutral message look in Discord? Content, embeds and components as JSON, within Discord's limits, as several
//! pages if need be.
//!
//! A few plain words are content. A card, or what is longer than content may be, is an embed: its title is the heading,
//! its bar has the colour of the worst tone, and the tone's word is in the text. All of a card is in the description, in
//! the order it was said; Discord's own fields would put everything else above them and take twice the lines on a phone.

mod buttons;
mod card;
mod chapter;
#[cfg(test)]
mod checked;
mod files;
mod form;
#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod heard;
pub mod ids;
pub mod limits;
mod markdown;
pub mod steps;
#[cfg(test)]
mod tests;

pub use buttons::question;
pub use form::{Modal, modal, submitted, whole};
pub use ids::{Id, Kept, Purpose, Read};

use crate::adapters::chat::compose;
use crate::adapters::chat::script::{Kind, Line, code, read, width, write};
use crate::domain::message::{Attachment, Block, Message};
use markdown::Markdown;
use serde_json::Value;

/// One message of Discord's. Mentions are off in the text itself; the adapter sends `allowed_mentions: {"parse": []}` too.
/// Addresses are written so that they have no preview: it must not suppress embeds, or ours would go as well.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub content: String,
    pub embeds: Vec<Value>,
    pub components: Vec<Value>,
    /// Sent along under these names, which an embed's image refers to; `alt` is the attachment's description.
    pub files: Vec<Attachment>,
    /// Kept by the adapter before the page is sent, for when a button is pressed.
    pub kept: Vec<Kept>,
}

/// The pages of a message, head first. Links that begin with `/` lead to our own pages under `base_url`.
pub fn pages(message: &Message, base_url: &str) -> Vec<Page> {
    if let Some(lines) = plain_lines(message, base_url) {
        let content = write(&lines, &Markdown);
        if width(&content) <= limits::CONTENT {
            return card::with_buttons(content, message);
        }
    }
    card::pages(chapter::chapters(message, Some(base_url)))
}

/// CommonMark as Discord's Markdown, however long.
pub fn markdown(markdown: &str) -> String {
    write(&read(markdown, None), &Markdown)
}

/// The lines of a message that is nothing but words; with a card's furniture it is a card, however short.
fn plain_lines(message: &Message, base_url: &str) -> Option<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    for block in &message.blocks {
        let new = match block {
            Block::Text { markdown } => read(markdown, Some(base_url)),
            Block::Footnote { markdown } => compose::footnote(markdown, Some(base_url)),
            Block::Code { language, text } => code(language, text),
            Block::Divider if !lines.is_empty() => vec![Line { kind: Kind::Rule, ..Line::default() }],
            Block::Divider | Block::Buttons { .. } => Vec::new(),
            _ => return None,
        };
        chapter::append(&mut lines, new);
    }
    Some(lines)
}
