//! Which parts does a message have, before they are put on pages?

use super::limits;
use super::markdown::one_line;
use crate::adapters::chat::compose;
use crate::adapters::chat::script::{Base, Kind, Line, Run, Style, code, named, read, tidy, width};
use crate::domain::message::{Attachment, Block, Button, Message, Tone};

#[derive(Debug, Clone)]
pub enum Part {
    Chapter(Chapter),
    Buttons(Vec<Button>),
    File(Attachment),
}

/// What becomes an embed, or several if it is long.
#[derive(Debug, Clone, Default)]
pub struct Chapter {
    pub title: String,
    pub lines: Vec<Line>,
    /// The worst there is in it.
    pub tone: Option<Tone>,
    pub image: Option<Attachment>,
}

impl Chapter {
    fn is_empty(&self) -> bool {
        self.title.is_empty() && self.lines.is_empty() && self.image.is_none()
    }
}

pub fn chapters(message: &Message, base: Base<'_>) -> Vec<Part> {
    let groups = message.blocks.iter().filter(|block| matches!(block, Block::Buttons { .. })).count();
    let mut sorter = Sorter { base, groups, folded: false, parts: Vec::new(), now: Chapter::default() };
    message.blocks.iter().for_each(|block| sorter.add(block));
    sorter.begin(Chapter::default());
    sorter.parts
}

struct Sorter<'a> {
    base: Base<'a>,
    /// How many groups of buttons the message has.
    groups: usize,
    /// The chapter is one that is folded away elsewhere.
    folded: bool,
    parts: Vec<Part>,
    now: Chapter,
}

impl Sorter<'_> {
    fn add(&mut self, block: &Block) {
        // What follows an image stands below it.
        if self.now.image.is_some() && !matches!(block, Block::Buttons { .. } | Block::File { .. }) {
            self.begin(Chapter::default());
        }
        // Nor does it belong to what is folded away, unless it is small print.
        if self.folded && !matches!(block, Block::Footnote { .. } | Block::Buttons { .. }) {
            self.begin(Chapter::default());
        }
        let base = self.base;
        match block {
            Block::Heading { text } => self.begin(titled(text)),
            Block::Details { summary, markdown } => {
                self.begin(titled(summary));
                append(&mut self.now.lines, compose::folded(summary, markdown, base));
                self.folded = true;
            }
            Block::Buttons { buttons } => {
                // A lone group stands on the first page in any case; others end the text they are about.
                if self.groups > 1 {
                    self.begin(Chapter::default());
                }
                self.parts.push(Part::Buttons(buttons.clone()));
            }
            Block::File { attachment } => {
                append(&mut self.now.lines, file(attachment));
                self.parts.push(Part::File(attachment.clone()));
            }
            Block::Image { attachment } => {
                append(&mut self.now.lines, caption(attachment));
                self.now.image = Some(attachment.clone());
            }
            Block::Callout { tone, markdown } => {
                self.now.tone = worse(self.now.tone, *tone);
                append(&mut self.now.lines, compose::callout(*tone, markdown, base));
            }
            _ => {
                let new = lines(block, base, self.now.lines.is_empty());
                append(&mut self.now.lines, new);
            }
        }
    }

    fn begin(&mut self, next: Chapter) {
        let done = std::mem::replace(&mut self.now, next);
        self.folded = false;
        if !done.is_empty() {
            self.parts.push(Part::Chapter(done));
        }
    }
}

fn lines(block: &Block, base: Base<'_>, first: bool) -> Vec<Line> {
    match block {
        Block::Text { markdown } => read(markdown, base),
        Block::Fields { fields } => compose::fields(fields, base),
        Block::Code { language, text } => code(language, text),
        Block::Footnote { markdown } => compose::footnote(markdown, base),
        Block::Progress { steps } => compose::progress(steps),
        Block::Divider if !first => vec![Line { kind: Kind::Rule, ..Line::default() }],
        _ => Vec::new(),
    }
}

/// A new block begins after a blank line.
pub fn append(lines: &mut Vec<Line>, mut new: Vec<Line>) {
    if let Some(first) = new.first_mut().filter(|_| !lines.is_empty()) {
        first.gap = !first.is_code();
    }
    lines.append(&mut new);
}

/// What is too long for a title is a heading in the text.
fn titled(text: &str) -> Chapter {
    let title = one_line(&tidy(named(text)));
    if width(&title) <= limits::TITLE {
        return Chapter { title, ..Chapter::default() };
    }
    Chapter { lines: compose::heading(text), ..Chapter::default() }
}

fn worse(known: Option<Tone>, new: Tone) -> Option<Tone> {
    let rank = |tone: Tone| match tone {
        Tone::Plain => 0,
        Tone::Good => 1,
        Tone::Caution => 2,
        Tone::Danger => 3,
    };
    known.filter(|known| rank(*known) >= rank(new)).or(Some(new))
}

/// Discord shows the file by its name; only what it is needs words.
fn file(attachment: &Attachment) -> Vec<Line> {
    if attachment.alt.is_empty() || attachment.alt == attachment.name {
        return Vec::new();
    }
    compose::attachment(attachment)
}

fn caption(attachment: &Attachment) -> Vec<Line> {
    let runs: Vec<Run> = named(&attachment.alt).into_iter().map(|run| Run { style: Style::default(), ..run }).collect();
    vec![Line { kind: Kind::Small, ..Line::of(tidy(runs)) }]
}
