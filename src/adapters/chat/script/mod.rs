//! What does a text say, line by line, before it is put into a platform's dialect?
//!
//! Markdown is read once into lines of runs; emphasis is a property of a run and not a mark in the text. So a text can
//! be cut between any two words, and each piece is still well-formed in whatever dialect it is written.

mod bold;
mod nest;
mod plain;
mod read;
mod table;
mod tidy;
mod write;

pub use nest::{Mark as NestMark, Step, nest};
pub use plain::plain;
pub use read::{Base, read};
pub use tidy::{sheltered, tidy, trim};
pub use write::{Tongue, cost, write};

use crate::page::visible::visible;
use std::sync::Arc;

/// One line of a text. Every style ends with it, as chat platforms want it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Inside how many block quotes it stands.
    pub quote: usize,
    /// Inside how many lists it stands.
    pub depth: usize,
    /// Only on the first line of a list item.
    pub mark: Option<Mark>,
    /// A blank line stands before it.
    pub gap: bool,
    pub kind: Kind,
    pub runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Bullet,
    Number(u64),
    Task(bool),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Text,
    Heading(u8),
    /// Small print.
    Small,
    /// A line of a code block.
    Code {
        language: Arc<str>,
        /// The first line of its block.
        first: bool,
    },
    Rule,
}

/// A stretch of text in one style.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    pub text: String,
    pub style: Style,
    /// An address that may be a link.
    pub link: Option<Arc<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    pub bold: bool,
    pub italic: bool,
    pub strike: bool,
    pub code: bool,
}

impl Style {
    pub const BOLD: Self = Self { bold: true, italic: false, strike: false, code: false };
    pub const CODE: Self = Self { bold: false, italic: false, strike: false, code: true };

    pub fn and(self, other: Self) -> Self {
        Self {
            bold: self.bold && other.bold,
            italic: self.italic && other.italic,
            strike: self.strike && other.strike,
            code: self.code && other.code,
        }
    }

    pub fn emphasis(self) -> Self {
        Self { code: false, ..self }
    }
}

impl Run {
    pub fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style, link: None }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Style::default())
    }

    /// Code spans and links are kept whole as long as they fit.
    pub fn is_whole(&self) -> bool {
        self.style.code || self.link.is_some()
    }
}

impl Line {
    pub fn of(runs: Vec<Run>) -> Self {
        Self { runs, ..Self::default() }
    }

    pub fn is_code(&self) -> bool {
        matches!(self.kind, Kind::Code { .. })
    }

    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// Plain words in which names stand in backticks: the names as code, nothing else interpreted.
pub fn named(text: &str) -> Vec<Run> {
    let shown = one_line(&visible(text));
    let parts: Vec<&str> = shown.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![Run::plain(shown.clone())];
    }
    let runs = parts.iter().enumerate().filter(|(_, part)| !part.is_empty());
    runs.map(|(index, part)| Run::new(*part, if index % 2 == 1 { Style::CODE } else { Style::default() })).collect()
}

/// The same without the backticks, for places that show plain text only.
pub fn unnamed(text: &str) -> String {
    named(text).into_iter().map(|run| run.text).collect()
}

/// The lines of a code block.
pub fn code(language: &str, text: &str) -> Vec<Line> {
    let language: Arc<str> = language_word(language).into();
    let shown = visible(text).replace("\r\n", "\n").replace('\r', "\n");
    let lines = shown.strip_suffix('\n').unwrap_or(&shown).split('\n').enumerate();
    lines
        .map(|(index, text)| Line {
            kind: Kind::Code { language: language.clone(), first: index == 0 },
            runs: if text.is_empty() { Vec::new() } else { vec![Run::plain(text)] },
            ..Line::default()
        })
        .collect()
}

/// `rust,ignore` is `rust`; what could not be a name is none.
fn language_word(info: &str) -> String {
    let word = info.split([' ', ',', '\t', '{']).next().unwrap_or_default();
    let plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-#._".contains(letter));
    if plain && word.len() <= 20 { word.to_owned() } else { String::new() }
}

pub fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What platforms count as a text's length. The stricter of the ways to count: emoji outside the basic plane are two.
pub fn width(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
