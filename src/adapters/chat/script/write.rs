//! How do lines become one text in a dialect, and how long is it?

use super::{Kind, Line, width};

/// The dialect of a platform.
pub trait Tongue {
    /// A line that is no code, with everything that stands before it.
    fn line(&self, line: &Line) -> String;
    /// A line of a code block.
    fn code(&self, text: &str) -> String;
    /// What stands after the three backticks.
    fn language(&self, language: &str) -> String;
    /// A line without words inside of a quote.
    fn quoted_blank(&self) -> &'static str;
}

pub fn write(lines: &[Line], tongue: &impl Tongue) -> String {
    let mut text = String::new();
    let mut before: Option<&Line> = None;
    for line in lines {
        let opens = opens(before, line);
        if let Some(before) = before {
            text.push_str(if before.is_code() && (opens || !line.is_code()) { "\n```\n" } else { "\n" });
            if line.gap {
                text.push_str(blank(before, line, tongue));
                text.push('\n');
            }
        }
        if let (Kind::Code { language, .. }, true) = (&line.kind, opens) {
            text.push_str(&format!("```{}\n", tongue.language(language)));
        }
        text.push_str(&body(line, tongue));
        before = Some(line);
    }
    text.push_str(if before.is_some_and(Line::is_code) { "\n```" } else { "" });
    text
}

/// By how much `line` after `before` makes a text longer, its closing fence included; never too little.
pub fn cost(before: Option<&Line>, line: &Line, tongue: &impl Tongue) -> usize {
    let between = before.map_or(0, |before| 1 + if line.gap { width(blank(before, line, tongue)) + 1 } else { 0 });
    let fences = match &line.kind {
        Kind::Code { language, .. } if opens(before, line) => 9 + width(&tongue.language(language)),
        _ => 0,
    };
    between + fences + width(&body(line, tongue))
}

/// A blank line between two quoted lines is quoted too, or the quote would fall apart.
fn blank(before: &Line, line: &Line, tongue: &impl Tongue) -> &'static str {
    let inside = before.quote > 0 && line.quote > 0 && !before.is_code() && !line.is_code();
    if inside { tongue.quoted_blank() } else { "" }
}

fn opens(before: Option<&Line>, line: &Line) -> bool {
    match line.kind {
        Kind::Code { first, .. } => first || before.is_none_or(|before| !before.is_code()),
        _ => false,
    }
}

fn body(line: &Line, tongue: &impl Tongue) -> String {
    if line.is_code() { tongue.code(&line.text()) } else { tongue.line(line) }
}
