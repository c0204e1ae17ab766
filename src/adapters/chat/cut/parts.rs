//! How does a long value fit into several inputs of a form, so that they can be put together again exactly?

use super::is_joined;
use crate::adapters::chat::script::width;

/// A piece of a value, and the white space that stands between it and the piece before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub joint: String,
    pub text: String,
}

/// Pieces of at most `limit`, cut at line ends, else at spaces. At least one, however empty.
pub fn parts(value: &str, limit: usize) -> Vec<Part> {
    let mut found = Vec::new();
    let (mut rest, mut joint) = (value, String::new());
    loop {
        if width(rest) <= limit {
            found.push(Part { joint, text: rest.to_owned() });
            return found;
        }
        let (end, next) = cut(rest, limit);
        found.push(Part { joint, text: rest[..end].to_owned() });
        joint = rest[end..next].to_owned();
        rest = &rest[next..];
    }
}

/// The pieces as one value. A piece that was emptied takes its joint with it.
pub fn join(parts: &[Part]) -> String {
    let mut value = String::new();
    for part in parts.iter().filter(|part| !part.text.is_empty()) {
        if !value.is_empty() {
            value.push_str(&part.joint);
        }
        value.push_str(&part.text);
    }
    value
}

/// Where a piece ends and where the next begins; what is between goes into the joint.
fn cut(text: &str, limit: usize) -> (usize, usize) {
    let mut seen = 0;
    let (mut line, mut space, mut letter) = (None, None, 0);
    let mut before: Option<(usize, char)> = None;
    for (at, now) in text.char_indices() {
        if let Some((_, last)) = before {
            // A joint stands between two words: white space at a piece's edge may be lost on the way.
            if now == '\n' && !last.is_whitespace() {
                line = Some(at);
            } else if now == ' ' && !last.is_whitespace() {
                space = Some(at);
            }
            if !is_joined(last, now) || letter == 0 {
                letter = at;
            }
        }
        seen += now.len_utf16();
        if seen > limit {
            break;
        }
        before = Some((at, now));
    }
    let late = |at: &usize| width(&text[..*at]) * 2 >= limit;
    let joint = |at: usize| {
        let blank = text[at..].chars().take(JOINT).take_while(|letter| matches!(letter, '\n' | ' ' | '\t'));
        at + blank.map(char::len_utf8).sum::<usize>()
    };
    // What is nothing but white space behind the cut would be a piece without a word.
    match line.filter(late).or(space.filter(late)).map(|at| (at, joint(at))).filter(|(_, next)| *next < text.len()) {
        Some(found) => found,
        None => (letter, letter),
    }
}

/// Longer white space stays in the pieces.
const JOINT: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(value: &str, limit: usize) -> Vec<String> {
        parts(value, limit).into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn a_value_is_cut_at_a_line_end_and_else_between_words() {
        assert_eq!(texts("one two\n\nthree four", 14), ["one two", "three four"]);
        assert_eq!(texts("one two three four", 10), ["one two", "three four"]);
        assert_eq!(texts("onetwothreefour", 10), ["onetwothre", "efour"]);
        assert_eq!(texts("", 10), [""]);
    }

    #[test]
    fn an_emoji_stays_whole() {
        assert_eq!(texts("abcd👩\u{200d}🚀e", 8), ["abcd", "👩\u{200d}🚀e"]);
    }

    #[test]
    fn an_emptied_piece_leaves_no_blank_line_behind() {
        let mut pieces = parts("one two\n\nthree four", 14);
        pieces[1].text.clear();
        assert_eq!(join(&pieces), "one two");
    }

    proptest! {
        #[test]
        fn pieces_make_the_value_again(value in "([a-z가-힣]{1,9}|[ \n\t]{1,30}|👩\u{200d}🚀|e\u{301}){0,60}", limit in 8usize..60) {
            let pieces = parts(&value, limit);
            prop_assert!(pieces.iter().all(|part| width(&part.text) <= limit));
            prop_assert_eq!(join(&pieces), value);
        }
    }
}
