//! Can a reader trust the order and the letters they see? Characters that change a text invisibly are shown by number.

use std::borrow::Cow;

/// The text with bidirectional overrides, zero-width and tag characters written as `‹U+202E›`.
///
/// Joiners stay where they join (emoji, Indic and Persian words); right-to-left letters stay as they are. The list is
/// the one of Unicode TR 36 §3 ("Trojan Source"), plus the tag block U+E0000 that hides orders to a model.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.push_str(&format!("‹U+{:04X}›", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{0000}'..='\u{0008}' | '\u{000b}' | '\u{000c}' | '\u{000e}'..='\u{001f}' | '\u{007f}'..='\u{009f}'
        | '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_is_shown_and_plain_text_is_left_alone() {
        assert_eq!(visible("pay\u{202e}gpj.exe"), "pay‹U+202E›gpj.exe");
        assert_eq!(visible("a\u{200b}b"), "a‹U+200B›b");
        assert!(matches!(visible("naïve שלום 👩\u{200d}🚀\n\ttab"), Cow::Borrowed(_)));
    }
}
