//! How is each kind of block drawn? Exhaustively: a new kind does not compile until it has a drawing.

use super::super::Web;
use super::super::files::{is_image, plain};
use super::super::record::id;
use super::super::session;
use crate::domain::message::{Attachment, Block, Button, ButtonStyle, Message, StepState, Tone};
use crate::page::markdown::{Manner, html, line};
use crate::page::visible::visible;
use minijinja::Value;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Piece {
    Heading { html: Value },
    Text { html: Value },
    Footnote { html: Value },
    Typed { html: Value },
    Command { text: String },
    Fields { fields: Vec<(String, Value)> },
    Code { language: String, text: String },
    Details { summary: Value, html: Value },
    Buttons { buttons: Vec<ShownButton> },
    Image { src: String, alt: String },
    File { src: String, name: String, about: String, label: String },
    Progress { steps: Vec<ShownStep>, done: usize, total: usize },
    Callout { tone: &'static str, word: &'static str, html: Value },
    Divider,
}

#[derive(Debug, Clone, Serialize)]
pub struct ShownButton {
    action: String,
    value: String,
    label: String,
    style: &'static str,
    confirm: Option<String>,
    /// The event's id if it is pressed without a script.
    id: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ShownStep {
    html: Value,
    state: &'static str,
}

pub fn pieces(web: &Web, number: u64, message: &Message) -> Vec<Piece> {
    let base = web.options.base();
    let told = |markdown: &str| safe(html(markdown, Manner { own: Some(&base), typed: false }));
    let mut files = 0;
    let mut next_file = || {
        files += 1;
        files - 1
    };
    let piece = |block: &Block| match block {
        Block::Heading { text } => Piece::Heading { html: safe(line(text)) },
        Block::Text { markdown } => Piece::Text { html: told(markdown) },
        Block::Footnote { markdown } => Piece::Footnote { html: told(markdown) },
        Block::Fields { fields } => {
            let pair = |(name, value): &(String, String)| (visible(name).into_owned(), told(value));
            Piece::Fields { fields: fields.iter().map(pair).collect() }
        }
        Block::Code { language, text } => {
            Piece::Code { language: visible(language).into_owned(), text: visible(text).into_owned() }
        }
        Block::Details { summary, markdown } => Piece::Details { summary: safe(line(summary)), html: told(markdown) },
        Block::Buttons { buttons } => Piece::Buttons { buttons: buttons.iter().map(button).collect() },
        Block::Image { attachment } | Block::File { attachment } => attached(number, next_file(), attachment),
        Block::Progress { steps } => Piece::Progress {
            done: steps.iter().filter(|s| matches!(s.state, StepState::Done | StepState::Skipped)).count(),
            total: steps.len(),
            steps: steps.iter().map(|s| ShownStep { html: safe(line(&s.text)), state: step(s.state) }).collect(),
        },
        Block::Callout { tone, markdown } => {
            let (tone, word) = tone_words(*tone);
            Piece::Callout { tone, word, html: told(markdown) }
        }
        Block::Divider => Piece::Divider,
    };
    message.blocks.iter().map(piece).collect()
}

pub fn typed(web: &Web, number: u64, text: &str, files: &[Attachment]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if text.starts_with("/release") {
        pieces.push(Piece::Command { text: visible(text).into_owned() });
    } else if !text.is_empty() {
        let base = web.options.base();
        pieces.push(Piece::Typed { html: safe(html(text, Manner { own: Some(&base), typed: true })) });
    }
    pieces.extend(files.iter().enumerate().map(|(index, file)| attached(number, index, file)));
    pieces
}

fn attached(number: u64, index: usize, attachment: &Attachment) -> Piece {
    let src = format!("/files/{}/{index}/{}", id(number), plain(&attachment.name));
    if is_image(attachment) {
        return Piece::Image { src, alt: visible(&attachment.alt).into_owned() };
    }
    let name = visible(&attachment.name).into_owned();
    let ending = name.rsplit_once('.').map_or("file", |(_, ending)| ending);
    let label = ending.chars().take(4).collect::<String>().to_uppercase();
    let about = if attachment.alt == attachment.name { String::new() } else { visible(&attachment.alt).into_owned() };
    Piece::File { src, name, about, label }
}

fn button(button: &Button) -> ShownButton {
    ShownButton {
        action: button.action.clone(),
        value: button.value.clone(),
        label: visible(&button.label).into_owned(),
        style: style(button.style),
        confirm: button.confirm.clone(),
        id: session::random(12),
    }
}

pub fn style(style: ButtonStyle) -> &'static str {
    match style {
        ButtonStyle::Plain => "quiet",
        ButtonStyle::Primary => "primary",
        ButtonStyle::Danger => "danger",
    }
}

fn step(state: StepState) -> &'static str {
    match state {
        StepState::Waiting => "waiting",
        StepState::Running => "running",
        StepState::Done => "done",
        StepState::Skipped => "skipped",
    }
}

fn tone_words(tone: Tone) -> (&'static str, &'static str) {
    match tone {
        Tone::Plain => ("plain", "Note"),
        Tone::Good => ("good", "Good"),
        Tone::Caution => ("caution", "Caution"),
        Tone::Danger => ("danger", "Danger"),
    }
}

fn safe(html: String) -> Value {
    Value::from_safe_string(html)
}
