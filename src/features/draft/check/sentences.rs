//! Where does one sentence of a Markdown text end and the next begin?

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 14] =
    ["e.g.", "i.e.", "vs.", "cf.", "approx.", "resp.", "incl.", "excl.", "fig.", "no.", "nr.", "dr.", "st.", "ca."];

/// One line or paragraph of Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub shape: Shape,
    /// The text without its marker; a paragraph's or item's wrapped lines are joined.
    pub text: String,
    /// An empty line stood before it.
    pub gap: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// `# …` (its level), a bold line (7), or a line that ends in a colon and leads into a list (8): states nothing itself.
    Heading(u8),
    Item {
        indent: usize,
        marker: String,
    },
    Paragraph,
    /// A table's head and its dashes; belongs to the rows under it.
    TableHead,
    Row,
    /// A fenced block; belongs to what stands before it.
    Code,
}

/// Reads Markdown as blocks.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut gap = false;
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let inside = line.trim_start();
        if let Some(mark) = fence {
            let open = found.last_mut().expect("a fence begins with a block");
            open.text.push('\n');
            open.text.push_str(line);
            if inside.starts_with(mark) {
                fence = None;
            }
            continue;
        }
        if inside.is_empty() || is_rule(inside) {
            gap = true;
            continue;
        }
        fence = ["```", "~~~"].into_iter().find(|mark| inside.starts_with(mark));
        let (shape, text) = shape(line, inside);
        match found.last_mut() {
            Some(last) if shape == Shape::Paragraph && !gap && continues(last) => {
                last.text.push(' ');
                last.text.push_str(text.trim());
            }
            _ => found.push(Block { shape, text: text.trim_end().to_owned(), gap }),
        }
        gap = false;
    }
    leads(&mut found);
    table_heads(&mut found);
    found
}

/// Splits running text into sentences, each with the citations that follow it.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        if let Some(end) = skip(text, at) {
            at = end;
            continue;
        }
        let letter = text[at..].chars().next().expect("`at` is inside the text and on a boundary");
        let after = at + letter.len_utf8();
        if !ends(letter) {
            at = after;
            continue;
        }
        let stop = run_of_ends(text, after);
        if let Some(end) = boundary(text, start, at, stop) {
            push(&mut found, &text[start..end]);
            start = end;
            at = end;
        } else {
            at = stop;
        }
    }
    push(&mut found, &text[start..]);
    found
}

/// The end of the bracket that opens at `at`, both brackets included; `None` when it never closes.
pub fn bracket(text: &str, at: usize) -> Option<usize> {
    let open = text[at..].chars().next()?;
    let close = match open {
        '[' => ']',
        '(' => ')',
        _ => return None,
    };
    let mut depth = 0usize;
    for (offset, letter) in text[at..].char_indices() {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + offset + letter.len_utf8());
            }
        }
    }
    None
}

/// The end of the code span that opens at `at`.
pub fn code_span(text: &str, at: usize) -> Option<usize> {
    let ticks = text[at..].chars().take_while(|letter| *letter == '`').count();
    if ticks == 0 {
        return None;
    }
    let mark = "`".repeat(ticks);
    text[at + ticks..].find(&mark).map(|offset| at + ticks + offset + ticks)
}

/// Does this bracket look like a citation? `[pr:#12]`, `[risk:1, c:1a2b3c4]`, `[#12]`, `[PAY-311]`.
pub fn is_citation(bracket: &str) -> bool {
    let inside = bracket.trim_start_matches('[').trim_end_matches(']');
    let mut tokens = tokens(inside).peekable();
    tokens.peek().is_some() && tokens.all(looks_like_id)
}

/// What stands in a citation bracket, id by id.
pub fn tokens(inside: &str) -> impl Iterator<Item = &str> {
    inside
        .split([',', ';', ' '])
        .map(|token| token.trim().trim_matches(['[', ']']))
        .filter(|token| !token.is_empty() && !matches!(*token, "see" | "and" | "also"))
}

fn looks_like_id(token: &str) -> bool {
    const KINDS: [&str; 9] = ["c", "pr", "t", "f", "risk", "brk", "gap", "n", "range"];
    match token.split_once(':') {
        Some((kind, rest)) => KINDS.contains(&kind) && !rest.is_empty(),
        None => {
            token.strip_prefix('#').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        }
    }
}

fn shape<'a>(line: &'a str, inside: &'a str) -> (Shape, &'a str) {
    let indent = line.len() - inside.len();
    if inside.starts_with("```") || inside.starts_with("~~~") {
        return (Shape::Code, line);
    }
    let hashes = inside.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&hashes) && inside[hashes..].starts_with(' ') {
        return (Shape::Heading(u8::try_from(hashes).unwrap_or(6)), inside);
    }
    if inside.starts_with('|') {
        return (Shape::Row, inside);
    }
    if is_bold_line(inside) {
        return (Shape::Heading(7), inside);
    }
    match marker(inside) {
        Some(length) => (Shape::Item { indent, marker: inside[..length].trim_end().to_owned() }, &inside[length..]),
        None => (Shape::Paragraph, inside),
    }
}

/// Length of a list or quote marker with the blank after it.
fn marker(inside: &str) -> Option<usize> {
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    let bullet = match inside.as_bytes() {
        [b'-' | b'*' | b'+' | b'>', b' ', ..] => 2,
        bytes if (1..=3).contains(&digits) && matches!(bytes.get(digits..digits + 2), Some([b'.' | b')', b' '])) => {
            digits + 2
        }
        _ => return None,
    };
    let task = ["[ ] ", "[x] ", "[X] "].iter().any(|task| inside[bullet..].starts_with(task));
    Some(if task { bullet + 4 } else { bullet })
}

fn is_rule(inside: &str) -> bool {
    inside.len() >= 3 && ["-", "*", "_"].iter().any(|mark| inside.replace(' ', "").replace(mark, "").is_empty())
}

fn is_bold_line(inside: &str) -> bool {
    let bare = inside.trim_end().trim_end_matches(':');
    bare.len() > 4 && bare.starts_with("**") && bare.ends_with("**") && !bare[2..bare.len() - 2].contains("**")
}

fn continues(last: &Block) -> bool {
    matches!(last.shape, Shape::Paragraph | Shape::Item { .. })
}

/// A paragraph that ends in a colon, cites nothing and stands before a list leads into it.
fn leads(found: &mut [Block]) {
    for at in 1..found.len() {
        let (before, rest) = found.split_at_mut(at);
        let lead = &mut before[at - 1];
        let leads = lead.shape == Shape::Paragraph
            && lead.text.ends_with(':')
            && lead.text.chars().count() <= 80
            && sentences(&lead.text).len() == 1
            && !lead.text.contains('[');
        if leads && matches!(rest[0].shape, Shape::Item { .. } | Shape::Row) {
            lead.shape = Shape::Heading(8);
        }
    }
}

fn table_heads(found: &mut [Block]) {
    for at in 0..found.len() {
        let dashes = found[at].shape == Shape::Row
            && found[at].text.contains('-')
            && found[at].text.chars().all(|letter| matches!(letter, '|' | '-' | ':' | ' '));
        if dashes {
            found[at].shape = Shape::TableHead;
            if at > 0 && found[at - 1].shape == Shape::Row {
                found[at - 1].shape = Shape::TableHead;
            }
        }
    }
}

/// The end of a code span or bracket that opens here: nothing inside ends a sentence.
fn skip(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes()[at] {
        b'`' => code_span(text, at).or(Some(at + 1)),
        b'[' | b'(' => bracket(text, at),
        _ => None,
    }
}

fn ends(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…' | '。' | '！' | '？')
}

fn run_of_ends(text: &str, from: usize) -> usize {
    let run = text[from..]
        .chars()
        .take_while(|letter| ends(*letter) || matches!(letter, '"' | '\'' | '”' | '»' | '*' | '_' | ')'));
    from + run.map(char::len_utf8).sum::<usize>()
}

/// Where the sentence ends whose last sign stands at `at..stop`, following citations included; `None` if it goes on.
fn boundary(text: &str, start: usize, at: usize, stop: usize) -> Option<usize> {
    let run = &text[at..stop];
    if run.starts_with(['。', '！', '？']) {
        return Some(following_citations(text, stop));
    }
    let rest = &text[stop..];
    let next = rest.trim_start().chars().next();
    match next {
        None => return Some(text.len()),
        Some(_) if !rest.starts_with(char::is_whitespace) => return None,
        Some('[') => {
            let end = following_citations(text, stop);
            if end > stop {
                return Some(end);
            }
        }
        Some(letter) if letter.is_lowercase() => return None,
        Some(_) => {}
    }
    let word =
        text[start..stop].rsplit(char::is_whitespace).next().unwrap_or_default().trim_start_matches(['(', '"', '\'']);
    let initial = word.len() == 2 && word.starts_with(|letter: char| letter.is_ascii_uppercase()) && word != "I.";
    let goes_on = initial || ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known));
    (!goes_on).then_some(stop)
}

/// Skips ` [pr:#12] [risk:1].` after a full stop.
fn following_citations(text: &str, from: usize) -> usize {
    let mut end = from;
    loop {
        let rest = text[end..].trim_start();
        let at = text.len() - rest.len();
        if !rest.starts_with('[') {
            return end;
        }
        match bracket(text, at) {
            Some(close) if is_citation(&text[at..close]) => {
                end = close + usize::from(text[close..].starts_with('.'));
            }
            _ => return end,
        }
    }
}

fn push<'a>(found: &mut Vec<&'a str>, sentence: &'a str) {
    let sentence = sentence.trim();
    if !sentence.is_empty() {
        found.push(sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_would_say_so() {
        assert_eq!(
            sentences(
                "Refunds are idempotent, e.g. twice is once [pr:#1]. It needs v2.4.0. [c:1a2b3c4] [risk:1] Wait... then go on. `a. B` stays. Ask J. Doe."
            ),
            [
                "Refunds are idempotent, e.g. twice is once [pr:#1].",
                "It needs v2.4.0. [c:1a2b3c4] [risk:1]",
                "Wait... then go on.",
                "`a. B` stays.",
                "Ask J. Doe."
            ]
        );
        assert_eq!(sentences("一つ。二つ。[pr:#1]"), ["一つ。", "二つ。[pr:#1]"]);
        assert_eq!(sentences("Set (see docs. Really) it. Done"), ["Set (see docs. Really) it.", "Done"]);
        assert_eq!(sentences("An open ` tick. Next ( one. Third"), ["An open ` tick.", "Next ( one.", "Third"]);
        assert_eq!(sentences(""), Vec::<&str>::new());
    }

    #[test]
    fn markdown_is_read_as_blocks() {
        let text = "## Fixes\n\n- one\n  wrapped\n2. two\n\nWatch these:\n- [ ] three\n\n```sh\na. b\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |";
        let found: Vec<(Shape, String)> = blocks(text).into_iter().map(|block| (block.shape, block.text)).collect();
        let item = |indent, marker: &str| Shape::Item { indent, marker: marker.to_owned() };
        assert_eq!(
            found,
            [
                (Shape::Heading(2), "## Fixes".to_owned()),
                (item(0, "-"), "one wrapped".to_owned()),
                (item(0, "2."), "two".to_owned()),
                (Shape::Heading(8), "Watch these:".to_owned()),
                (item(0, "- [ ]"), "three".to_owned()),
                (Shape::Code, "```sh\na. b\n```".to_owned()),
                (Shape::TableHead, "| a | b |".to_owned()),
                (Shape::TableHead, "|---|---|".to_owned()),
                (Shape::Row, "| 1 | 2 |".to_owned()),
            ]
        );
    }
}
