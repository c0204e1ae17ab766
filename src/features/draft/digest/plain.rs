//! What of a text from outside may be shown? Everything a person can see, on one line.

use crate::domain::change::Author;

/// One line of visible text: control, bidi, zero-width and tag characters removed, white space collapsed.
pub fn plain(text: &str) -> String {
    if is_plain(text.as_bytes()) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let before = out.len();
        if !out.is_empty() {
            out.push(' ');
        }
        let start = out.len();
        out.extend(word.chars().filter(|c| visible(*c)));
        if out.len() == start {
            out.truncate(before);
        }
    }
    out
}

/// Visible ASCII with single spaces inside, as most text is: it stays as it stands.
fn is_plain(text: &[u8]) -> bool {
    let spaced = text.first() == Some(&b' ') || text.last() == Some(&b' ') || text.windows(2).any(|pair| pair == b"  ");
    !spaced && text.iter().all(|byte| (0x20..0x7f).contains(byte))
}

/// A path as it may be shown: like [`plain`], but inner spaces stay as they are.
pub fn path(path: &str) -> String {
    if path.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return path.to_owned();
    }
    path.chars().filter(|c| visible(*c)).collect()
}

pub fn author(author: &Author) -> Author {
    Author { name: plain(&author.name), email: plain(&author.email) }
}

/// At most `limit` characters, with `…` where it was cut.
pub fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Characters that hide, reorder or command: C0 and C1 controls, soft hyphen, zero-width and bidi marks, variation
/// selectors, interlinear marks, the byte-order mark and the tag block (which can carry a whole hidden text).
fn visible(c: char) -> bool {
    !(c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_do_not_survive() {
        assert_eq!(
            plain("Pay\u{200b}ments \u{202e}evil\u{202c}\u{e0041}\u{e0042}\r\n next\u{7}"),
            "Payments evil next"
        );
        assert_eq!(plain("\u{200b} a \u{200b} b"), "a b");
        assert_eq!(plain("환불 é ok"), "환불 é ok");
        assert_eq!(path("a b/c\u{1b}[31m.rs"), "a b/c[31m.rs");
    }

    #[test]
    fn long_text_is_cut_on_a_character() {
        assert_eq!(shortened("환불환불", 3), "환불…");
        assert_eq!(shortened("short", 5), "short");
    }
}
