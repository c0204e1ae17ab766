//! What does a line of wiki markup say: links, mentions, images, macros, emphasis, icons?

use crate::domain::pattern::pattern;
use regex::{Captures, Regex};
use std::sync::LazyLock;

static MACRO: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{([A-Za-z][A-Za-z0-9_-]*)(?::([^{}\n]*))?\}"));
static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\|)title=([^|]*)"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\[\]\n]+)\]"));
static IMAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"!([^\s!|][^!|\n]*\.[A-Za-z0-9]{2,5})(?:\|[^!\n]*)?!"));
static EMPHASIS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let marks = [r"\*", "_", r"\?\?", r"\+", r"\^", "~", "-"];
    let between = |mark: &str| pattern(&format!(r"(^|[\s(\[>|,;:]){mark}(\S(?:[^\n]*?\S)?){mark}($|[\s).,;:!?\]<|])"));
    marks.into_iter().map(between).collect()
});
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\([*_{}\[\]|!~^+?#(\\-])"));

/// A private-use character stands for what was escaped until the end, so that nothing reads it as markup.
const HELD: u32 = 0xE000;

pub fn words(line: &str) -> String {
    let line = ESCAPE.replace_all(line, |found: &Captures<'_>| held(&found[1]));
    let line = line.replace("{{", "").replace("}}", "");
    let line = MACRO.replace_all(&line, |found: &Captures<'_>| {
        let titled = found.get(2).and_then(|parameters| TITLE.captures(parameters.as_str()));
        titled.map(|titled| titled[1].to_owned()).unwrap_or_default()
    });
    let line = LINK.replace_all(&line, |found: &Captures<'_>| link(&found[1]));
    let line = IMAGE.replace_all(&line, "[attachment: $1]");
    let line = EMPHASIS.iter().fold(line.into_owned(), |line, mark| mark.replace_all(&line, "$1$2$3").into_owned());
    let icons = [("(/)", "✓"), ("(x)", "✗"), ("(!)", "⚠"), ("(i)", "ℹ"), ("(y)", "👍"), ("(n)", "👎"), ("(*)", "★")];
    let line = icons.into_iter().fold(line, |line, (icon, meant)| line.replace(icon, meant));
    line.chars().map(let_go).collect()
}

/// `text|url`, `url`, `~user`, `^file`; a box stays what it is.
fn link(inside: &str) -> String {
    let whole = || format!("[{inside}]");
    match inside.as_bytes() {
        [b'~', ..] => return format!("@{}", inside[1..].trim_start_matches("accountid:")),
        [b'^', ..] => return format!("[attachment: {}]", &inside[1..]),
        [_] => return whole(),
        _ => {}
    }
    let web = |address: &str| ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    let parts: Vec<&str> = inside.split('|').collect();
    match parts.as_slice() {
        [address] if web(address) || address.starts_with('#') => (*address).to_owned(),
        [_] => whole(),
        [text, address, ..] if text == address => (*text).to_owned(),
        [text, address, ..] if web(address) => format!("{text} ({address})"),
        [text, ..] => (*text).to_owned(),
        [] => whole(),
    }
}

fn held(escaped: &str) -> String {
    escaped.chars().map(|letter| char::from_u32(HELD + u32::from(letter)).unwrap_or(letter)).collect()
}

fn let_go(letter: char) -> char {
    match u32::from(letter).checked_sub(HELD) {
        Some(code @ 0..=127) => char::from_u32(code).unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_marks_a_word_goes_and_what_is_escaped_stays() {
        assert_eq!(words(r"*bold* and \*stars\* at snake_case_name"), "bold and *stars* at snake_case_name");
        assert_eq!(words(r"\[~operator\] is nobody [~operator]"), "[~operator] is nobody @operator");
        assert_eq!(words("a-b -gone- 1 - 2"), "a-b gone 1 - 2");
        assert_eq!(words("[ ] open [PAY-1]"), "[ ] open [PAY-1]");
    }
}
