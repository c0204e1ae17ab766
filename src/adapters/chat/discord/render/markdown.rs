//! How is a line written in Discord's Markdown?
//!
//! Nearly CommonMark, with escapes; but `<@1>` and `@everyone` call people whatever stands before them, so a space of no
//! width stands within. Inside a link's words there are no escapes at all. Bare addresses are text, as in the web chat.

use crate::adapters::chat::mention::{NOTHING, apart, calm, calm_address};
use crate::adapters::chat::script::{Kind, Line, Mark, NestMark, Run, Step, Style, Tongue, nest, sheltered, tidy};
use regex::Regex;
use std::sync::LazyLock;

pub struct Markdown;

impl Tongue for Markdown {
    fn line(&self, line: &Line) -> String {
        let quote = quote(line.quote);
        if line.kind == Kind::Rule {
            return format!("{quote}──────────");
        }
        let mut runs = line.runs.clone();
        let size = match line.kind {
            Kind::Small => "-# ",
            Kind::Heading(1) if line.depth == 0 => "## ",
            Kind::Heading(2) if line.depth == 0 => "### ",
            Kind::Heading(_) => {
                runs.iter_mut().for_each(|run| run.style.bold = true);
                ""
            }
            _ => "",
        };
        let body = emphasised(&sheltered(tidy(runs), letter));
        format!("{quote}{}{size}{}", mark(line), at_start(&body))
    }

    fn code(&self, text: &str) -> String {
        let text = calm_code(text);
        if text.contains("```") { apart(&text) } else { text }
    }

    fn language(&self, language: &str) -> String {
        language.to_owned()
    }

    /// Without the space it would be text.
    fn quoted_blank(&self) -> &'static str {
        "> "
    }
}

/// Lists deeper than that stay at its level: a phone has no room for more.
const DEEPEST: usize = 6;

/// A list item needs a bullet to be indented; a task at the top has its box and needs none.
fn mark(line: &Line) -> String {
    let depth = line.depth.clamp(1, DEEPEST) - 1;
    let indent = "  ".repeat(depth);
    match line.mark {
        // Behind the sign of an inner quote Discord sees no list.
        Some(Mark::Bullet) if line.quote > 1 => format!("{indent}• "),
        Some(Mark::Bullet) => format!("{indent}- "),
        Some(Mark::Number(number)) => format!("{indent}{number}. "),
        Some(Mark::Task(done)) => {
            format!("{indent}{}{} ", if depth > 0 && line.quote <= 1 { "- " } else { "" }, if done { "☑" } else { "☐" })
        }
        None if line.depth > 0 => format!("{indent}  "),
        None => String::new(),
    }
}

/// Discord has one level of quotes.
fn quote(depth: usize) -> String {
    match depth {
        0 => String::new(),
        depth => format!("> {}", "» ".repeat(depth.min(4) - 1)),
    }
}

/// One line of plain words, for titles: escaped, names in code.
pub fn one_line(runs: &[Run]) -> String {
    at_start(&emphasised(runs))
}

fn emphasised(runs: &[Run]) -> String {
    let styles: Vec<Style> = runs.iter().map(|run| run.style.emphasis()).collect();
    let mut text = String::new();
    for (index, Step { closes, opens }) in nest(&styles).into_iter().enumerate() {
        // `*` beside `**` reads as three; but for bold around italic, a space of no width keeps them two marks.
        for (at, mark) in closes.iter().enumerate() {
            let inner = at > 0 && *mark == NestMark::Bold && closes[at - 1] == NestMark::Italic;
            push_mark(&mut text, *mark, inner);
        }
        for (at, mark) in opens.iter().enumerate() {
            let inner = at > 0 && *mark == NestMark::Italic && opens[at - 1] == NestMark::Bold;
            push_mark(&mut text, *mark, inner);
        }
        match runs.get(index) {
            Some(run) if run.link.is_some() => text.push_str(&link(run)),
            Some(run) if run.style.code => text.push_str(&code(&run.text, text.ends_with('`'))),
            Some(run) => text.push_str(&escape(&run.text)),
            None => {}
        }
    }
    text
}

fn push_mark(text: &mut String, mark: NestMark, inner: bool) {
    let three = mark != NestMark::Strike && text.ends_with('*') && !inner;
    text.push_str(if three { NOTHING } else { "" });
    text.push_str(sign(mark));
}

fn letter(mark: NestMark) -> char {
    if mark == NestMark::Strike { '~' } else { '*' }
}

fn sign(mark: NestMark) -> &'static str {
    match mark {
        NestMark::Bold => "**",
        NestMark::Italic => "*",
        NestMark::Strike => "~~",
    }
}

/// Text that stays text.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = calm(text);
    rest = rest.replace("://", ":\u{1}//");
    let mut letters = rest.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1}' => {}
            ':' if letters.peek() == Some(&'\u{1}') => escaped.push_str("\\:"),
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' => escaped.extend(['\\', letter]),
            '<' => {
                escaped.push_str("\\<");
                if letters.peek().is_some_and(|next| !next.is_whitespace()) {
                    escaped.push_str(NOTHING);
                }
            }
            other => escaped.push(other),
        }
    }
    escaped
}

static STARTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:#|>|[-+](?:\s|#|$)|\d+[.)](?:\s|$))").expect("the pattern is a constant"));

/// What would begin a heading, a quote or a list is text.
fn at_start(body: &str) -> String {
    match STARTS.find(body) {
        Some(found) => {
            let digits = body.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(0).min(found.end());
            format!("{}\\{}", &body[..digits], &body[digits..])
        }
        None => body.to_owned(),
    }
}

static SPECIALS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<(@[!&]?\d|#\d|/[^>\n]*:\d|a?:\w+:\d|t:-?\d|id:)").expect("the pattern is a constant")
});

fn calm_code(text: &str) -> String {
    if !text.contains(['<', '@', '＠', '﹫']) {
        return text.to_owned();
    }
    SPECIALS.replace_all(&calm(text), "<\u{200b}$1").into_owned()
}

/// A span with backticks in it stands between two; more than one in a row are kept apart.
fn code(text: &str, touches: bool) -> String {
    let calm = calm_code(text);
    let before = if touches { NOTHING } else { "" };
    if calm.contains('`') { format!("{before}`` {} ``", apart(&calm)) } else { format!("{before}`{calm}`") }
}

/// In angle brackets an address has no preview. Words with marks in them become code, the only way to show them.
fn link(run: &Run) -> String {
    let address = run.link.as_deref().unwrap_or_default();
    let target = target(address);
    if run.text == address {
        return format!("<{target}>");
    }
    let words = calm_code(&run.text).replace("://", ":\u{200b}//").replace('[', "［").replace(']', "］");
    let marked = run.style.code || words.contains(['*', '~', '|', '<', '\\']) || has_outer_underscore(&words);
    let words = if marked && !words.contains('`') { format!("`{words}`") } else { words.replace('`', "ˋ") };
    format!("[{words}](<{target}>)")
}

/// `snake_case` is safe, `_private` may not be.
fn has_outer_underscore(words: &str) -> bool {
    let inner = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    words
        .match_indices('_')
        .any(|(at, _)| !inner(words[..at].chars().next_back()) || !inner(words[at + 1..].chars().next()))
}

/// Parentheses stay where they are balanced: Discord does not take every address in which they are encoded.
fn target(address: &str) -> String {
    let (mut depth, mut balanced) = (0_i32, true);
    for letter in address.chars() {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        balanced &= (0..=1).contains(&depth);
    }
    let keep = balanced && depth == 0;
    let mut target = String::with_capacity(address.len() + 16);
    for letter in calm_address(address).chars() {
        match letter {
            '<' => target.push_str("%3C"),
            '>' => target.push_str("%3E"),
            '(' if !keep => target.push_str("%28"),
            ')' if !keep => target.push_str("%29"),
            '\\' => target.push_str("%5C"),
            other if other.is_whitespace() => target.push_str("%20"),
            other => target.push(other),
        }
    }
    target
}
