//! What do people read where a bot wrote Discord's markdown?
//!
//! After the rules of Discord's own client: headings, small print, lists, quotes, blocks of code; emphasis in five kinds,
//! masked links, names. What does not close is text.

/// A line or block, as it stands on the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Line(Vec<Span>),
    Heading(usize, Vec<Span>),
    Small(Vec<Span>),
    Quote(Vec<Span>),
    Item { depth: usize, mark: String, spans: Vec<Span> },
    Block { language: String, text: String },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Span {
    Text(String),
    Styled(Style, Vec<Span>),
    Code(String),
    Link {
        text: Vec<Span>,
        url: String,
    },
    /// A name in colour: `@kim`, `#releases`.
    Chip(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Strong,
    Emphasis,
    Underline,
    Strike,
    Spoiler,
}

/// Whose name an id is: `@1`, `#2`, `@&3`.
pub type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

pub struct Reader<'a> {
    pub names: Names<'a>,
    /// Masked links count: in what bots write and in embeds, not in titles.
    pub links: bool,
}

impl Reader<'_> {
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("```") {
            let Some(length) = rest[start + 3..].find("```") else { break };
            self.lines(rest[..start].trim_end_matches('\n'), &mut pieces);
            pieces.push(block(&rest[start + 3..start + 3 + length]));
            rest = rest[start + 6 + length..].trim_start_matches('\n');
        }
        self.lines(rest, &mut pieces);
        pieces
    }

    fn lines(&self, text: &str, pieces: &mut Vec<Piece>) {
        if text.is_empty() {
            return;
        }
        let mut quoted = false;
        for line in text.split('\n') {
            if let Some(rest) = line.strip_prefix(">>> ") {
                quoted = true;
                pieces.push(Piece::Quote(self.spans(rest)));
            } else if quoted {
                pieces.push(Piece::Quote(self.spans(line)));
            } else if let (Some(Piece::Item { depth, .. }), true) = (pieces.last(), line.starts_with("  ")) {
                // What is indented below an item belongs to it.
                let (depth, line) = (*depth, self.line(line));
                pieces.push(match line {
                    Piece::Line(spans) => Piece::Item { depth, mark: String::new(), spans },
                    other => other,
                });
            } else {
                pieces.push(self.line(line));
            }
        }
    }

    fn line(&self, line: &str) -> Piece {
        for (mark, level) in [("# ", 1), ("## ", 2), ("### ", 3)] {
            if let Some(rest) = line.strip_prefix(mark) {
                return Piece::Heading(level, self.spans(rest.trim()));
            }
        }
        if let Some(rest) = line.strip_prefix("-# ") {
            return Piece::Small(self.spans(rest));
        }
        if let Some(rest) = line.strip_prefix("> ") {
            return Piece::Quote(self.spans(rest));
        }
        let bare = line.trim_start_matches(' ');
        let depth = (line.len() - bare.len()) / 2;
        if let Some(rest) = bare.strip_prefix("- ").or_else(|| bare.strip_prefix("* ")) {
            return Piece::Item { depth, mark: "•".to_owned(), spans: self.spans(rest) };
        }
        if let Some((number, rest)) = bare.split_once(". ")
            && !number.is_empty()
            && number.len() <= 3
            && number.bytes().all(|digit| digit.is_ascii_digit())
        {
            return Piece::Item { depth, mark: format!("{number}."), spans: self.spans(rest) };
        }
        Piece::Line(self.spans(line))
    }

    pub fn spans(&self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while at < text.len() {
            let before = text[..at].chars().next_back();
            let rest = &text[at..];
            if let Some((span, length)) = self.span(rest, before) {
                if !plain.is_empty() {
                    spans.push(Span::Text(std::mem::take(&mut plain)));
                }
                spans.push(span);
                at += length;
                continue;
            }
            let mut letters = rest.chars();
            let letter = letters.next().expect("not at the end");
            match letters.next() {
                Some(next) if letter == '\\' && !next.is_alphanumeric() && !next.is_whitespace() => {
                    plain.push(next);
                    at += 1 + next.len_utf8();
                }
                _ => {
                    plain.push(letter);
                    at += letter.len_utf8();
                }
            }
        }
        if !plain.is_empty() {
            spans.push(Span::Text(plain));
        }
        spans
    }

    /// What begins here, and how many bytes it takes.
    fn span(&self, rest: &str, before: Option<char>) -> Option<(Span, usize)> {
        match rest.as_bytes()[0] {
            b'`' => code(rest),
            b'*' => self.styled(rest, "**", Style::Strong).or_else(|| self.starred(rest)),
            b'_' => self.styled(rest, "__", Style::Underline).or_else(|| self.scored(rest, before)),
            b'~' => self.styled(rest, "~~", Style::Strike),
            b'|' => self.styled(rest, "||", Style::Spoiler),
            b'[' if self.links => self.masked(rest),
            b'<' => self.angled(rest),
            b'@' => ["@everyone", "@here"].iter().find(|name| rest.starts_with(**name)).map(|name| {
                let chip = Span::Chip((*name).to_owned());
                (chip, name.len())
            }),
            b'h' if rest.starts_with("https://") || rest.starts_with("http://") => Some(bare(rest)),
            _ => None,
        }
    }

    fn styled(&self, rest: &str, mark: &str, style: Style) -> Option<(Span, usize)> {
        let inside = rest.strip_prefix(mark)?;
        let letter = mark.chars().next().expect("a mark");
        let end = closing(inside, |tail| tail.starts_with(mark) && !tail[mark.len()..].starts_with(letter))?;
        (end > 0).then(|| (Span::Styled(style, self.spans(&inside[..end])), end + 2 * mark.len()))
    }

    fn starred(&self, rest: &str) -> Option<(Span, usize)> {
        let inside = &rest[1..];
        if inside.starts_with(|first: char| first.is_whitespace() || first == '*') {
            return None;
        }
        let mut last = ' ';
        let end = closing(inside, |tail| {
            let ends = tail.starts_with('*') && !tail.starts_with("**") && !last.is_whitespace() && last != '*';
            last = tail.chars().next().unwrap_or(' ');
            ends
        })?;
        Some((Span::Styled(Style::Emphasis, self.spans(&inside[..end])), end + 2))
    }

    /// `_` counts at the edges of words only.
    fn scored(&self, rest: &str, before: Option<char>) -> Option<(Span, usize)> {
        let word = |letter: char| letter.is_alphanumeric() || letter == '_';
        if before.is_some_and(word) {
            return None;
        }
        let inside = &rest[1..];
        let end = closing(inside, |tail| tail.starts_with('_') && !tail[1..].starts_with(word))?;
        (end > 0).then(|| (Span::Styled(Style::Emphasis, self.spans(&inside[..end])), end + 2))
    }

    fn masked(&self, rest: &str) -> Option<(Span, usize)> {
        let text_end = closing(&rest[1..], |tail| tail.starts_with("](")).map(|end| end + 1)?;
        let target = &rest[text_end + 2..];
        let (url, used) = match target.strip_prefix('<') {
            Some(inner) => {
                let end = inner.find('>')?;
                inner[end + 1..].starts_with(')').then(|| (&inner[..end], end + 3))?
            }
            None => {
                let mut open = 0;
                let end = target.char_indices().find_map(|(at, letter)| match letter {
                    '(' => {
                        open += 1;
                        None
                    }
                    ')' if open == 0 => Some(Some(at)),
                    ')' => {
                        open -= 1;
                        None
                    }
                    letter if letter.is_whitespace() => Some(None),
                    _ => None,
                })??;
                (&target[..end], end + 1)
            }
        };
        let lead = url.starts_with("https://") || url.starts_with("http://");
        let text = Reader { names: self.names, links: false }.spans(&rest[1..text_end]);
        lead.then(|| (Span::Link { text, url: url.to_owned() }, text_end + 2 + used))
    }

    fn angled(&self, rest: &str) -> Option<(Span, usize)> {
        let end = rest.find('>')?;
        let inside = &rest[1..end];
        if inside.starts_with("https://") || inside.starts_with("http://") {
            let text = vec![Span::Text(inside.to_owned())];
            return Some((Span::Link { text, url: inside.to_owned() }, end + 1));
        }
        if let Some(command) = inside.strip_prefix('/') {
            return Some((Span::Chip(format!("/{}", command.split(':').next()?)), end + 1));
        }
        let id = inside.replacen("@!", "@", 1);
        let digits = id.trim_start_matches(['@', '#', '&']);
        if digits.is_empty() || digits == id || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let sign = if id.starts_with('#') { '#' } else { '@' };
        let name = (self.names)(&id).unwrap_or_else(|| format!("{sign}unknown"));
        Some((Span::Chip(name), end + 1))
    }
}

/// Where in a text something closes, past escapes and code.
fn closing(text: &str, mut ends: impl FnMut(&str) -> bool) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let tail = &text[at..];
        if ends(tail) {
            return Some(at);
        }
        if let Some((_, length)) = tail.starts_with('`').then(|| code(tail)).flatten() {
            at += length;
            continue;
        }
        let mut letters = tail.chars();
        let letter = letters.next().expect("not at the end");
        at += letter.len_utf8();
        if letter == '\\'
            && let Some(next) = letters.next()
        {
            at += next.len_utf8();
        }
    }
    None
}

/// As many ticks as it began with close it.
fn code(rest: &str) -> Option<(Span, usize)> {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let mut from = ticks;
    while let Some(found) = rest[from..].find('`') {
        let start = from + found;
        let run = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        if run == ticks {
            let inside = &rest[ticks..start];
            let padded = ticks > 1 && inside.starts_with(' ') && inside.ends_with(' ');
            let inside = if padded { &inside[1..inside.len() - 1] } else { inside };
            return (!inside.is_empty()).then(|| (Span::Code(inside.to_owned()), start + run));
        }
        from = start + run;
    }
    None
}

fn block(inside: &str) -> Piece {
    let (first, rest) = inside.split_once('\n').unwrap_or(("", inside));
    let named = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_#.".contains(&byte));
    let (language, text) = if named { (first, rest) } else { ("", inside.strip_prefix('\n').unwrap_or(inside)) };
    Piece::Block { language: language.to_owned(), text: text.trim_end_matches('\n').to_owned() }
}

/// An address in the open.
fn bare(rest: &str) -> (Span, usize) {
    let end = rest.find(|letter: char| letter.is_whitespace() || letter == '<').unwrap_or(rest.len());
    let url = rest[..end].trim_end_matches(['.', ',', ':', ';', '"', '\'', ')', ']', '!', '?', '*', '_', '`']);
    (Span::Link { text: vec![Span::Text(url.to_owned())], url: url.to_owned() }, url.len())
}

/// Everything a person reads, line by line.
pub fn visible(pieces: &[Piece]) -> String {
    let lines: Vec<String> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Line(spans) | Piece::Heading(_, spans) | Piece::Small(spans) | Piece::Quote(spans) => plain(spans),
            Piece::Item { mark, spans, .. } => format!("{mark} {}", plain(spans).trim()).trim().to_owned(),
            Piece::Block { text, .. } => text.clone(),
        })
        .collect();
    lines.join("\n")
}

pub fn plain(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Code(text) | Span::Chip(text) => text.clone(),
            Span::Styled(_, inside) | Span::Link { text: inside, .. } => plain(inside),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        visible(&Reader { names: &|id| (id == "@1").then(|| "@Kim".to_owned()), links: true }.pieces(text))
    }

    #[test]
    fn people_read_words_and_not_marks() {
        assert_eq!(
            read("**bold**, *slanted*, __under__, ~~gone~~ and ***both***"),
            "bold, slanted, under, gone and both"
        );
        assert_eq!(read("a `v1_0*` b ``x ` y`` c"), "a v1_0* b x ` y c");
        assert_eq!(read("snake_case_name and _slanted_ and 2*3*4"), "snake_case_name and slanted and 234");
        assert_eq!(read(r"\*\*not bold\*\* \_x\_ C:\dir"), r"**not bold** _x_ C:\dir");
        assert_eq!(read("[note 7](https://a.example/n_(7)) <https://b.example>"), "note 7 https://b.example");
        assert_eq!(read("<@1>, <@!1>, <@2>"), "@Kim, @Kim, @unknown");
        assert_eq!(
            read("# Title\n-# small\n> quoted\n- one\n  - two\n1. first"),
            "Title\nsmall\nquoted\n• one\n• two\n1. first"
        );
        assert_eq!(read("- one\n  more of it"), "• one\nmore of it");
        assert_eq!(read("before\n```rust\nlet x = **y;\n```\nafter"), "before\nlet x = **y;\nafter");
        assert_eq!(read("**open and `code"), "**open and `code");
    }
}
