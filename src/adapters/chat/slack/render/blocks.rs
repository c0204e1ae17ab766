//! Which Block Kit blocks does each kind of neutral block become?

use super::buttons::buttons;
use super::limits;
use super::mrkdwn::Mrkdwn;
use crate::adapters::chat::compose;
use crate::adapters::chat::cut::cut;
use crate::adapters::chat::script::{Base, Kind, Line, Run, Style, code, plain, read, unnamed, width, write};
use crate::domain::message::{Attachment, Block, Message};
use serde_json::{Value, json};

/// A block of Slack's and what is said of it elsewhere.
#[derive(Debug, Clone)]
pub struct Piece {
    pub block: Value,
    /// How long the block is as JSON, with what parts it from others.
    pub size: usize,
    /// For the fallback text.
    pub plain: String,
    /// Means little without the piece after it.
    pub keep: bool,
    pub buttons: bool,
    /// The block stands for this file.
    pub file: Option<Attachment>,
}

impl Piece {
    pub fn new(block: Value, plain: String) -> Self {
        let size = width(&block.to_string()) + 1;
        Self { block, size, plain, keep: false, buttons: false, file: None }
    }
}

pub fn pieces(message: &Message, base: Base<'_>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for block in &message.blocks {
        let new = of(block, base);
        if let (Block::Buttons { .. }, Some(last)) = (block, pieces.last_mut()) {
            last.keep = true;
        }
        pieces.extend(new);
    }
    pieces
}

fn of(block: &Block, base: Base<'_>) -> Vec<Piece> {
    match block {
        Block::Heading { text } => heading(text),
        Block::Text { markdown } => text(read(markdown, base)),
        Block::Fields { fields } => self::fields(fields, base),
        Block::Code { language, text } => sections(code(language, text), true),
        Block::Details { summary, markdown } => details(summary, markdown, base),
        Block::Buttons { buttons: list } => buttons(list),
        Block::Image { attachment } | Block::File { attachment } => vec![file(attachment)],
        Block::Footnote { markdown } => context(compose::footnote(markdown, base)),
        Block::Progress { steps } => sections(compose::progress(steps), true),
        Block::Callout { tone, markdown } => sections(quoted(compose::callout(*tone, markdown, base)), true),
        Block::Divider => vec![Piece::new(json!({ "type": "divider" }), String::new())],
    }
}

/// A header cannot show code, so names lose their backticks; what is too long for one is a bold line.
fn heading(text: &str) -> Vec<Piece> {
    let shown = unnamed(text);
    let block = match width(&shown) {
        0 => return Vec::new(),
        width if width <= limits::HEADER => json!({ "type": "header", "text": plain_text(&shown) }),
        _ => return kept(sections(compose::heading(text), true)),
    };
    kept(vec![Piece::new(block, shown)])
}

/// Headings of the upper levels are Slack's own where they can be; between them are sections.
fn text(lines: Vec<Line>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut under: Vec<Line> = Vec::new();
    for line in lines {
        match header(&line) {
            Some(header) => {
                pieces.extend(sections(std::mem::take(&mut under), true));
                pieces.push(header);
            }
            None => under.push(line),
        }
    }
    pieces.extend(sections(under, true));
    pieces
}

fn header(line: &Line) -> Option<Piece> {
    let upper = matches!(line.kind, Kind::Heading(1 | 2)) && line.quote == 0 && line.depth == 0;
    let bare = line.runs.iter().all(|run| run.link.is_none());
    let text = line.text();
    (upper && bare && width(&text) <= limits::HEADER).then(|| {
        let block = json!({ "type": "header", "text": plain_text(&text) });
        Piece { keep: true, ..Piece::new(block, text.clone()) }
    })
}

fn kept(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.iter_mut().for_each(|piece| piece.keep = true);
    pieces
}

/// Without `expand`, Slack folds a long section away behind "See more".
pub fn sections(lines: Vec<Line>, expand: bool) -> Vec<Piece> {
    let section = |lines: Vec<Line>| {
        let mut block = json!({ "type": "section", "text": marked(&write(&lines, &Mrkdwn)) });
        if expand {
            block["expand"] = json!(true);
        }
        Piece::new(block, plain(&lines))
    };
    cut(lines, limits::SECTION, &Mrkdwn).into_iter().map(section).collect()
}

fn quoted(lines: Vec<Line>) -> Vec<Line> {
    lines.into_iter().map(|line| Line { quote: line.quote + 1, ..line }).collect()
}

/// Folded by Slack itself, as far as it folds: the summary in sight, the rest behind "See more".
fn details(summary: &str, markdown: &str, base: Base<'_>) -> Vec<Piece> {
    let mut pieces = heading(summary);
    pieces.extend(sections(compose::folded(summary, markdown, base), false));
    pieces
}

fn fields(fields: &[(String, String)], base: Base<'_>) -> Vec<Piece> {
    let shown: Vec<(String, Vec<Line>)> = fields.iter().map(|(name, value)| field(name, value, base)).collect();
    if shown.iter().any(|(text, _)| width(text) > limits::FIELD) {
        return sections(compose::fields(fields, base), true);
    }
    let block = |fields: &[(String, Vec<Line>)]| {
        let marked: Vec<Value> = fields.iter().map(|(text, _)| marked(text)).collect();
        let plains: Vec<String> = fields.iter().map(|(_, lines)| plain(lines)).collect();
        Piece::new(json!({ "type": "section", "fields": marked }), plains.join("\n"))
    };
    let mut groups: Vec<Vec<(String, Vec<Line>)>> = Vec::new();
    let mut size = usize::MAX / 2;
    for field in shown {
        size += width(&field.0);
        match groups.last_mut().filter(|group| group.len() < limits::FIELDS && size <= limits::FIELDS_TEXT) {
            Some(group) => group.push(field),
            None => {
                size = width(&field.0);
                groups.push(vec![field]);
            }
        }
    }
    groups.iter().map(|group| block(group)).collect()
}

/// The name above its value; in the fallback text before it.
fn field(name: &str, value: &str, base: Base<'_>) -> (String, Vec<Line>) {
    let name_line = Line::of(vec![Run::new(compose::name_of(name), Style::BOLD)]);
    let lines: Vec<Line> = std::iter::once(name_line).chain(read(value, base)).collect();
    (write(&lines, &Mrkdwn), compose::field(name, value, base))
}

pub fn context(lines: Vec<Line>) -> Vec<Piece> {
    let block = |lines: Vec<Line>| {
        let element = marked(&write(&lines, &Mrkdwn));
        Piece::new(json!({ "type": "context", "elements": [element] }), plain(&lines))
    };
    cut(lines, limits::CONTEXT, &Mrkdwn).into_iter().map(block).collect()
}

fn file(attachment: &Attachment) -> Piece {
    let mut lines = compose::attachment(attachment);
    lines.iter_mut().for_each(|line| line.kind = Kind::Small);
    let mut pieces = context(lines);
    let mut piece = pieces.swap_remove(0);
    piece.file = Some(attachment.clone());
    // The block's id comes when its page is known.
    piece.size += 40;
    piece
}

/// With `verbatim`, Slack looks for no addresses, names or channels of its own in the text.
pub fn marked(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

pub fn plain_text(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": true })
}
