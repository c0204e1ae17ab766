//! What does CommonMark, as models and rules write it, say line by line?

use super::bold::{ESCAPED, bold};
use super::table::Table;
use super::tidy::tidy;
use super::{Kind, Line, Mark, Run, Style, code, one_line};
use crate::page::visible::visible;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;
use std::sync::Arc;

/// Where our own pages live; `None` where nothing is known of them.
pub type Base<'a> = Option<&'a str>;

/// Line ends are kept, since people and models mean them; raw HTML is text, images are words, only web links are links.
pub fn read(markdown: &str, base: Base<'_>) -> Vec<Line> {
    let shown = visible(markdown).replace("\r\n", "\n");
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader { base, source: &shown, ..Reader::default() };
    for (event, range) in Parser::new_ext(&shown, options).into_offset_iter() {
        reader.hear(event, range);
    }
    reader.flush();
    reader.lines
}

#[derive(Default)]
struct Reader<'a> {
    base: Base<'a>,
    source: &'a str,
    lines: Vec<Line>,
    runs: Vec<Run>,
    kind: Kind,
    quote: usize,
    /// Open lists, with the number of the next item.
    lists: Vec<Option<u64>>,
    mark: Option<Mark>,
    gap: bool,
    bold: usize,
    italic: usize,
    strike: usize,
    /// Open links and images: the address, and how many runs stood before.
    links: Vec<(Option<Arc<str>>, usize)>,
    code: Option<(String, String)>,
    table: Option<Table>,
}

impl Reader<'_> {
    fn hear(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range.start),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, &range),
            Event::Html(text) | Event::InlineHtml(text) => self.raw(&text),
            Event::Code(text) => self.push(text.trim(), Style { code: true, ..self.style() }),
            Event::SoftBreak | Event::HardBreak => self.line_end(),
            Event::Rule => {
                self.flush();
                self.kind = Kind::Rule;
                self.runs.push(Run::plain(""));
                self.flush();
                self.gap = true;
            }
            Event::TaskListMarker(done) => self.mark = Some(Mark::Task(done)),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.raw(&text),
        }
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.gap = self.lines.last().is_none_or(|line| !matches!(line.kind, Kind::Heading(_)));
                self.kind = Kind::Heading(level as u8);
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quote += 1;
                self.gap = true;
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((info, String::new()));
            }
            Tag::List(start) => {
                self.flush();
                self.gap &= self.lists.is_empty() && !self.is_led(at);
                self.lists.push(start);
            }
            Tag::Item => {
                self.flush();
                self.mark = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        Mark::Number(*number - 1)
                    }
                    _ => Mark::Bullet,
                });
            }
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { dest_url, link_type, .. } => {
                let address = (link_type != LinkType::Email).then(|| self.address(&dest_url)).flatten();
                self.links.push((address, self.runs.len()));
            }
            Tag::Image { .. } => {
                self.push("[image: ", self.style());
                self.links.push((None, self.runs.len()));
            }
            Tag::Table(alignments) => {
                self.flush();
                self.table = Some(Table::new(alignments));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => {
                self.flush();
                self.gap = self.lists.is_empty();
            }
            TagEnd::Heading(_) => {
                self.flush();
                self.kind = Kind::Text;
                self.gap = false;
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quote -= 1;
                self.gap = self.lists.is_empty();
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::Item => {
                // An item without a word is still one.
                if self.mark.is_some() && self.runs.is_empty() {
                    self.runs.push(Run::plain(""));
                }
                self.flush();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap = self.lists.is_empty();
            }
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Strikethrough => self.strike -= 1,
            TagEnd::Link => self.end_link(),
            TagEnd::Image => {
                self.links.pop();
                self.push("]", self.style());
            }
            TagEnd::TableCell => {
                let cell = tidy(bold(std::mem::take(&mut self.runs)));
                self.table.iter_mut().for_each(|table| table.cell(cell.clone()));
            }
            TagEnd::TableRow | TagEnd::TableHead => self.table.iter_mut().for_each(Table::end_row),
            TagEnd::Table => {
                let lines = self.table.take().map(Table::lines).unwrap_or_default();
                self.add(lines);
                self.gap = true;
            }
            _ => {}
        }
    }

    /// Does the line before say what the list is of? Then no blank line parts them.
    fn is_led(&self, at: usize) -> bool {
        let close = !self.source[..at].trim_end_matches([' ', '>']).ends_with("\n\n");
        self.lines.last().is_some_and(|line| {
            let title = !line.runs.is_empty() && line.runs.iter().all(|run| run.style.bold);
            line.mark.is_none() && line.quote == self.quote && (close || title || line.text().ends_with(':'))
        })
    }

    fn text(&mut self, text: &CowStr<'_>, range: &Range<usize>) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        let written = self.source.get(range.clone()).unwrap_or_default();
        let escaped = self.source.get(..range.start).is_some_and(|before| before.ends_with('\\'));
        if written != &**text {
            self.push(&text.replace('*', &ESCAPED.to_string()), self.style());
        } else if let (true, Some(rest)) = (escaped, text.strip_prefix('*')) {
            self.push(&format!("{ESCAPED}{rest}"), self.style());
        } else {
            self.push(text, self.style());
        }
    }

    fn raw(&mut self, text: &str) {
        for (index, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if index > 0 {
                self.line_end();
            }
            self.push(&line.replace('*', &ESCAPED.to_string()), self.style());
        }
        if text.ends_with('\n') {
            self.line_end();
        }
    }

    fn push(&mut self, text: &str, style: Style) {
        if !text.is_empty() {
            self.runs.push(Run::new(text.replace('\n', " "), style));
        }
    }

    fn style(&self) -> Style {
        Style { bold: self.bold > 0, italic: self.italic > 0, strike: self.strike > 0, code: false }
    }

    fn line_end(&mut self) {
        let inside = self.table.is_some() || !self.links.is_empty() || matches!(self.kind, Kind::Heading(_));
        if inside {
            self.push(" ", self.style());
        } else {
            self.flush();
        }
    }

    /// What was heard since the last line is a line.
    fn flush(&mut self) {
        let kind = std::mem::take(&mut self.kind);
        let empty_item = self.mark.is_some() && self.runs.len() == 1 && self.runs[0].text.is_empty();
        let mut runs = tidy(bold(std::mem::take(&mut self.runs)));
        if runs.is_empty() && kind != Kind::Rule && !empty_item {
            self.kind = kind;
            return;
        }
        if let Kind::Heading(_) = kind {
            runs.iter_mut().for_each(|run| run.style.bold = false);
            runs = tidy(runs);
        }
        let mark = self.mark.take();
        self.add(vec![Line { mark, kind, runs, ..Line::default() }]);
    }

    fn add(&mut self, lines: Vec<Line>) {
        for line in lines {
            let gap = std::mem::take(&mut self.gap) && !self.lines.is_empty();
            let depth = line.depth + self.lists.len();
            self.lines.push(Line { quote: self.quote, depth, gap: gap || line.gap, ..line });
        }
    }

    fn end_code(&mut self) {
        let Some((info, text)) = self.code.take() else { return };
        // The item's mark stands on a line of its own, since the block has none.
        if self.mark.is_some() {
            self.runs.push(Run::plain(""));
            self.flush();
        }
        self.gap = false;
        self.add(code(&info, &text));
        self.gap = false;
    }

    /// A link is one run: a dialect writes its address once.
    fn end_link(&mut self) {
        let Some((address, from)) = self.links.pop() else { return };
        let Some(address) = address else { return };
        let inner: Vec<Run> = self.runs.drain(from.min(self.runs.len())..).collect();
        let text = one_line(&inner.iter().map(|run| run.text.replace(ESCAPED, "*")).collect::<String>());
        let style = inner.iter().map(|run| run.style).reduce(Style::and).unwrap_or_else(|| self.style());
        let text = if text.is_empty() { address.to_string() } else { text };
        self.runs.push(Run { text, style, link: Some(address) });
    }

    /// Web addresses, and paths of our own pages; nothing else is a link.
    fn address(&self, written: &str) -> Option<Arc<str>> {
        let base = self.base.map(|base| base.trim_end_matches('/'));
        let whole = match base {
            Some(base) if written.starts_with('/') && !written.starts_with("//") => format!("{base}{written}"),
            _ => written.to_owned(),
        };
        let lower = whole.get(..8).unwrap_or(&whole).to_ascii_lowercase();
        let web = lower.starts_with("http://") || lower.starts_with("https://");
        // Escaped, an address can be five times as long.
        let long = whole.chars().map(|letter| if "&<>|()\"* ".contains(letter) { 5 } else { 2 }).sum::<usize>();
        (web && long <= LONGEST_ADDRESS).then(|| whole.into())
    }
}

/// A longer address would leave no room for words on a page; its words are shown without it.
const LONGEST_ADDRESS: usize = 1_600;
