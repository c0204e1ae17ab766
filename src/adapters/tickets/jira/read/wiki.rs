//! What does a text in Jira's wiki markup say (Data Center)?

use crate::adapters::tickets::jira::read::html::as_wiki;
use crate::adapters::tickets::jira::read::inline::words;
use crate::adapters::tickets::jira::read::lines::{Kind, Line, Lines};

pub fn lines(source: &str) -> Vec<Line> {
    let source = source.replace("\r\n", "\n");
    let mut lines = Lines::default();
    let mut rest = source.as_str();
    while let Some((before, code, after)) = next_code(rest) {
        spoken(before, &mut lines);
        lines.code(code);
        rest = after;
    }
    spoken(rest, &mut lines);
    lines.all()
}

/// What stands before the next `{code}` or `{noformat}`, in it, and after it. One that is never closed is a macro like
/// any other.
fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('{').map(|at| at + from) {
        for name in ["code", "noformat"] {
            let Some(rest) = text[at + 1..].strip_prefix(name) else { continue };
            let Some((parameters, inside)) = rest.split_once('}') else { continue };
            let opens = parameters.is_empty() || (parameters.starts_with(':') && !parameters.contains(['\n', '{']));
            let end = format!("{{{name}}}");
            if let Some((code, after)) = inside.split_once(end.as_str()).filter(|_| opens) {
                return Some((&text[..at], code, after));
            }
        }
        from = at + 1;
    }
    None
}

fn spoken(text: &str, lines: &mut Lines) {
    for line in as_wiki(text).lines() {
        // Two backslashes break a line.
        for line in line.split("\\\\") {
            one(line.trim(), lines);
        }
    }
}

fn one(line: &str, lines: &mut Lines) {
    if line.is_empty() || (line.len() >= 4 && line.bytes().all(|byte| byte == b'-')) {
        return lines.gap();
    }
    if let Some((level, text)) = heading(line) {
        lines.gap();
        return lines.push(Kind::Heading(level), &words(text));
    }
    if let Some(text) = line.strip_prefix("bq. ") {
        return lines.push(Kind::Text, &words(text));
    }
    if line.starts_with('|') {
        return lines.push(Kind::Text, &row(line));
    }
    match item(line) {
        Some((depth, text)) => boxed(Kind::Item(depth), depth, text, lines),
        None => boxed(Kind::Text, 1, line, lines),
    }
}

/// A tick or a cross at the beginning makes a box of a line.
fn boxed(kind: Kind, depth: usize, text: &str, lines: &mut Lines) {
    let icons = [("(/)", true), ("(x)", false), ("(y)", true), ("(n)", false)];
    let found = icons.iter().find_map(|(icon, met)| text.strip_prefix(icon).map(|rest| (*met, rest)));
    match found {
        Some((met, rest)) if !rest.trim().is_empty() => lines.push(Kind::Box { met, depth }, &words(rest)),
        _ => lines.push(kind, &words(text)),
    }
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix(['h', 'H'])?;
    let level = rest.bytes().next().filter(|digit| (b'1'..=b'6').contains(digit))? - b'0';
    Some((level, rest[1..].strip_prefix('.')?))
}

/// `* one`, `## two`, `- three`, `*# mixed`.
fn item(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches(['*', '#', '-']);
    let depth = line.len() - text.len();
    // `-- ` and `--- ` are dashes.
    let dashes = depth > 1 && line.starts_with("--");
    (depth > 0 && text.starts_with(' ') && !dashes).then(|| (depth, text.trim_start()))
}

fn row(line: &str) -> String {
    // A bar inside a link or an image is not the end of a cell.
    let (mut cells, mut depth) = (vec![String::new()], 0_usize);
    for letter in line.trim_matches('|').chars() {
        depth = match letter {
            '[' | '{' => depth + 1,
            ']' | '}' => depth.saturating_sub(1),
            _ => depth,
        };
        match letter {
            '|' if depth == 0 => cells.push(String::new()),
            letter => cells.iter_mut().last().into_iter().for_each(|cell| cell.push(letter)),
        }
    }
    cells.iter().filter(|cell| !cell.is_empty()).map(|cell| words(cell.trim())).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::tickets::jira::read::lines::plain;
    use proptest::prelude::*;

    fn said(source: &str) -> String {
        plain(&lines(source))
    }

    #[test]
    fn a_whole_description_becomes_plain_lines() {
        let source = "h2. Goal\r\n*Refunds* are _split_, see [the plan|https://x.example/a] and [https://y.example].\r\n\r\n* one\r\n** deeper\r\n# (/) ticked\r\n# (x) open\r\n* [ ] a box\r\n{code:sql|title=Q}\r\nselect *a* from <b>t</b>;\r\n{code}\r\n{panel:title=Mind|borderStyle=dashed}\r\nThe {color:red}gap{color} and {{code}}\r\n{panel}\r\n||Case||Result||\r\n|a|[b|https://z.example]|\r\n!flow.png|thumbnail!\r\n[~operator] [^log.txt] {status:colour=Green|title=DONE} {jira:PAY-1} {excerpt}kept{excerpt}\r\n<p>Old <b>HTML</b></p><ul><li>as a list</li></ul>\r\n----\r\nbq. quoted\\\\and broken";
        assert_eq!(
            said(source),
            "Goal\nRefunds are split, see the plan (https://x.example/a) and https://y.example.\n\n- one\n  - deeper\n- [x] ticked\n- [ ] open\n- [ ] a box\n\n    select *a* from <b>t</b>;\n\nMind\nThe gap and code\nCase | Result\na | b (https://z.example)\n[attachment: flow.png]\n@operator [attachment: log.txt] DONE kept\nOld HTML\n- as a list\n\nquoted\nand broken"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_never_panics_and_bare_words_stay(text in "(\\PC|[*_{}|!\\[\\]~^h1.#\n-]){0,200}", word in "[a-z]{4,9}") {
            let said = said(&format!("{text}\n\n{word}\n"));
            prop_assert!(said.contains(&word) , "{word} is not in {said}");
        }

        #[test]
        fn no_word_is_lost_whatever_marks_it(
            parts in proptest::collection::vec(("[a-z]{3,8}", proptest::sample::select(vec![
                ("h2. ", ""), ("* ", ""), ("## ", ""), ("*", "*"), ("_", "_"), ("{color:red}", "{color}"), ("{code}", "{code}"),
                ("{panel:title=T}\n", "\n{panel}"), ("|", "|"), ("||", "||"), ("[", "|https://x.example]"), ("{{", "}}"),
                ("(/) ", ""), ("<b>", "</b>"), ("<li>", "</li>"), ("{unheard:of=1}", "{unheard}"), ("bq. ", ""), ("[~", "]"),
            ])), 1..12),
        ) {
            let source: String = parts.iter().map(|(word, (open, close))| format!("{open}{word}{close}\n")).collect();
            let said = said(&source);
            for (word, _) in &parts {
                prop_assert!(said.contains(word.as_str()), "{word} of {source} is not in {said}");
            }
        }
    }
}
