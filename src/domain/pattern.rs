//! How is a constant regular expression compiled so that it is small and quick? ASCII only, where it says `\w`, `\d`, `\s`, `\b`.
//!
//! Unicode's classes are tables of thousands of ranges; compiling a hundred patterns with them takes longer than reading a
//! release. What we look for in code is ASCII.

use regex::{Regex, RegexSet};

/// Compiles a constant pattern; its tests are those of the file that holds it.
pub fn pattern(source: &str) -> Regex {
    Regex::new(&ascii(source)).expect("a constant pattern, used by the tests of its file")
}

/// Like [`pattern`], for several tried at once.
pub fn patterns(sources: &[String]) -> RegexSet {
    RegexSet::new(sources.iter().map(|source| ascii(source)))
        .expect("constant patterns, used by the tests of their file")
}

/// The pattern with its Perl classes narrowed to ASCII.
fn ascii(source: &str) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    let mut class = false;
    let mut characters = source.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                let next = characters.next().unwrap_or('\\');
                match (next, class) {
                    ('w', true) => out.push_str("A-Za-z0-9_"),
                    ('d', true) => out.push_str("0-9"),
                    ('s', true) => out.push_str(r" \t\r\n\x0B\x0C"),
                    ('w' | 'd' | 's' | 'b', false) => out.push_str(&format!(r"(?-u:\{next})")),
                    _ => out.extend(['\\', next]),
                }
            }
            '[' if !class => {
                class = true;
                out.push('[');
            }
            ']' if class => {
                class = false;
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_ascii_and_literals_stay() {
        assert_eq!(ascii(r"\w+[\w.-]\[\d\]"), r"(?-u:\w)+[A-Za-z0-9_.-]\[(?-u:\d)\]");
        assert!(pattern(r"^[^\s]+ \bx$").is_match("환불 x"));
        assert!(!pattern(r"^\w+$").is_match("환불"));
    }
}
