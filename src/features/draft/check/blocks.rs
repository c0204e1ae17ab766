//! Which lines of a Markdown text are headings, entries, paragraphs, tables and code?

use super::sentences::sentences;

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

#[cfg(test)]
mod tests {
    use super::*;

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
