//! How is a line written in Slack's mrkdwn?
//!
//! Slack knows no escape but for `&`, `<` and `>`. Its marks of emphasis count only at a word's edge, and to it Korean
//! letters are no edge: there a space of no width stands between. A word that holds marks as text, `__init__` or
//! `*args*`, becomes code if Slack could take them for emphasis: code shows every character as it is.

use super::literal::risky;
use crate::adapters::chat::mention::{NOTHING, apart, calm, calm_address};
use crate::adapters::chat::script::NestMark;
use crate::adapters::chat::script::{Kind, Line, Mark, Run, Step, Style, Tongue, nest, sheltered, tidy};

pub struct Mrkdwn;

impl Tongue for Mrkdwn {
    fn line(&self, line: &Line) -> String {
        if line.kind == Kind::Rule {
            return format!("{}──────────", quote(line.quote));
        }
        let mut text = quote(line.quote) + &"    ".repeat(line.depth.clamp(1, DEEPEST) - 1);
        text.push_str(&match line.mark {
            Some(Mark::Bullet) => format!("{} ", BULLETS[(line.depth.clamp(1, 3)) - 1]),
            Some(Mark::Number(number)) => format!("{number}. "),
            Some(Mark::Task(done)) => if done { "☑ " } else { "☐ " }.to_owned(),
            None if line.depth > 0 => "   ".to_owned(),
            None => String::new(),
        });
        let mut runs = line.runs.clone();
        if matches!(line.kind, Kind::Heading(_)) {
            runs.iter_mut().for_each(|run| run.style.bold = true);
        }
        let body = emphasised(&settled(tidy(runs)));
        // At a line's start Slack takes an escaped `>` for a quote as well.
        text.push_str(if text.is_empty() && body.starts_with("&gt;") { NOTHING } else { "" });
        text + &body
    }

    fn code(&self, text: &str) -> String {
        let text = escape(&calm(text));
        if text.contains("```") { apart(&text) } else { text }
    }

    fn language(&self, _: &str) -> String {
        String::new()
    }

    fn quoted_blank(&self) -> &'static str {
        ">"
    }
}

/// Lists deeper than that stay at its level: a phone has no room for more.
const DEEPEST: usize = 6;
const BULLETS: [&str; 3] = ["•", "◦", "▪"];

/// Slack has one level of quotes.
fn quote(depth: usize) -> String {
    match depth {
        0 => String::new(),
        depth => format!("> {}", "» ".repeat(depth.min(4) - 1)),
    }
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Code takes emphasis off its run, which may lay bare another mark.
fn settled(mut runs: Vec<Run>) -> Vec<Run> {
    loop {
        let next = sheltered(risky(runs.clone()), sign);
        if next == runs {
            return runs;
        }
        runs = next;
    }
}

fn emphasised(runs: &[Run]) -> String {
    let styles: Vec<Style> = runs.iter().map(|run| run.style.emphasis()).collect();
    let mut pen = Pen::default();
    for (index, Step { closes, opens }) in nest(&styles).into_iter().enumerate() {
        closes.into_iter().for_each(|mark| pen.close(mark));
        opens.into_iter().for_each(|mark| pen.open(mark));
        match runs.get(index) {
            Some(run) if run.link.is_some() => pen.link(run),
            Some(run) if run.style.code => pen.code(&run.text),
            Some(run) => pen.text(&escape(&calm(&run.text))),
            None => {}
        }
    }
    pen.text
}

/// Writes marks so that a word's edge is where Slack looks for one.
#[derive(Default)]
struct Pen {
    text: String,
    last: Last,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Last {
    #[default]
    Text,
    Opened,
    /// A mark that must be followed by a word's edge.
    Closed,
}

impl Pen {
    fn open(&mut self, mark: NestMark) {
        if self.last == Last::Closed
            || (self.last == Last::Text && !self.text.chars().next_back().is_none_or(is_edge_before))
        {
            self.text.push_str(NOTHING);
        }
        self.text.push(sign(mark));
        self.last = Last::Opened;
    }

    fn close(&mut self, mark: NestMark) {
        self.text.push(sign(mark));
        self.last = Last::Closed;
    }

    fn text(&mut self, text: &str) {
        if self.last == Last::Closed && !text.chars().next().is_none_or(is_edge_after) {
            self.text.push_str(NOTHING);
        }
        self.text.push_str(text);
        self.last = if text.is_empty() { self.last } else { Last::Text };
    }

    fn code(&mut self, text: &str) {
        if self.last == Last::Closed
            || (self.last == Last::Text && !self.text.chars().next_back().is_none_or(is_edge_before))
        {
            self.text.push_str(NOTHING);
        }
        // Nothing escapes a backtick inside of code; this letter looks like one.
        self.text.push_str(&format!("`{}`", escape(&calm(text)).replace('`', "ˋ")));
        self.last = Last::Closed;
    }

    fn link(&mut self, run: &Run) {
        let address = run.link.as_deref().unwrap_or_default();
        let target = target(address);
        let words = escape(&calm(&run.text)).replace('|', "│");
        let link = if run.text == address && !words.contains(['│', '\u{200b}']) {
            format!("<{target}>")
        } else {
            format!("<{target}|{words}>")
        };
        self.text.push_str(if self.last == Last::Closed { NOTHING } else { "" });
        self.text.push_str(&link);
        self.last = Last::Text;
    }
}

fn sign(mark: NestMark) -> char {
    match mark {
        NestMark::Bold => '*',
        NestMark::Italic => '_',
        NestMark::Strike => '~',
    }
}

fn is_edge_before(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '(' | '[' | '{' | '"' | '\u{200b}')
}

fn is_edge_after(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ')' | ']' | '}' | '"' | '.' | ',' | ';' | ':' | '!' | '?' | '\u{200b}')
}

/// An address between `<` and `|`.
fn target(address: &str) -> String {
    let mut target = String::with_capacity(address.len() + 16);
    for letter in calm_address(address).chars() {
        match letter {
            '&' => target.push_str("&amp;"),
            '<' => target.push_str("%3C"),
            '>' => target.push_str("%3E"),
            '|' => target.push_str("%7C"),
            '"' => target.push_str("%22"),
            other if other.is_whitespace() => target.push_str("%20"),
            other => target.push(other),
        }
    }
    target
}
