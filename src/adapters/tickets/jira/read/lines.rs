//! What is a description once its markup is gone? Lines, each of which still knows what it was.

use crate::adapters::tickets::jira::read::html::without_tags;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 1 is the highest.
    Heading(u8),
    /// An entry of a list, this deep.
    Item(usize),
    /// An entry that is ticked or not.
    Box {
        met: bool,
        depth: usize,
    },
    Text,
    /// Stays as it is, whatever stands in it.
    Code,
    /// Between two blocks.
    Gap,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub kind: Kind,
    pub text: String,
}

/// Collects the lines of a description.
#[derive(Debug, Default)]
pub struct Lines(Vec<Line>);

impl Lines {
    /// One line, tidied. A box that is only written, `[x] done`, becomes one.
    pub fn push(&mut self, kind: Kind, text: &str) {
        let text = without_tags(text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return;
        }
        let (kind, text) = match (kind, ticked(&text)) {
            (Kind::Item(depth), Some((met, rest))) => (Kind::Box { met, depth }, rest.to_owned()),
            (Kind::Text, Some((met, rest))) => (Kind::Box { met, depth: 1 }, rest.to_owned()),
            _ => (kind, text),
        };
        self.0.push(Line { kind, text });
    }

    pub fn code(&mut self, text: &str) {
        self.gap();
        self.0.extend(text.trim_matches('\n').lines().map(|line| Line { kind: Kind::Code, text: line.to_owned() }));
        self.gap();
    }

    /// The end of a block; several make one.
    pub fn gap(&mut self) {
        if self.0.last().is_some_and(|last| last.kind != Kind::Gap) {
            self.0.push(Line { kind: Kind::Gap, text: String::new() });
        }
    }

    pub fn all(mut self) -> Vec<Line> {
        while self.0.last().is_some_and(|last| last.kind == Kind::Gap) {
            self.0.pop();
        }
        self.0
    }
}

/// As people read it in a place without markup.
pub fn plain(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let indent = |depth: usize| "  ".repeat(depth.saturating_sub(1).min(8));
        match line.kind {
            Kind::Item(depth) => text.push_str(&format!("{}- ", indent(depth))),
            Kind::Box { met, depth } => {
                text.push_str(&format!("{}- [{}] ", indent(depth), if met { 'x' } else { ' ' }));
            }
            Kind::Code => text.push_str("    "),
            Kind::Heading(_) | Kind::Text | Kind::Gap => {}
        }
        text.push_str(&line.text);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// At most so many bytes, cut between two characters and, where that costs little, between two words.
pub fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub('…'.len_utf8());
    let mut end = room;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let kept = &text[..end];
    let kept = match kept.rfind(char::is_whitespace) {
        Some(space) if end - space < 64 => &kept[..space],
        _ => kept,
    };
    if most < '…'.len_utf8() { kept.to_owned() } else { format!("{}…", kept.trim_end()) }
}

/// `[x] done`, `[ ] open`, also behind a written dash.
fn ticked(text: &str) -> Option<(bool, &str)> {
    let text = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")).unwrap_or(text);
    let (mark, rest) = match text.strip_prefix("[]") {
        Some(rest) => (" ", rest),
        None => text.strip_prefix('[')?.split_once(']')?,
    };
    let met = match mark {
        "x" | "X" | "v" | "V" => true,
        " " | "" | "-" => false,
        _ => return None,
    };
    rest.strip_prefix(' ').filter(|rest| !rest.trim().is_empty()).map(|rest| (met, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_box_that_is_only_written_is_one_and_a_link_in_brackets_is_not() {
        assert_eq!(ticked("[x] done"), Some((true, "done")));
        assert_eq!(ticked("- [ ] open"), Some((false, "open")));
        assert_eq!(ticked("[PAY-311] refunds"), None);
        assert_eq!(ticked("[ ]"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_cut_text_is_a_beginning_within_its_bounds(text in "\\PC{0,300}", most in 0_usize..200) {
            let kept = cut(&text, most);
            prop_assert!(kept.len() <= most);
            prop_assert!(text.starts_with(kept.trim_end_matches('…').trim_end()));
        }
    }
}
