//! What does a person see of mrkdwn? For tests: read as generously as Slack could, by a reader that knows nothing of ours.

/// What a person sees of mrkdwn, read as generously as Slack could: any mark at a word's edge counts.
pub fn heard(text: &str) -> String {
    let mut fenced = false;
    let mut seen = String::new();
    for line in text.split('\n') {
        if line == "```" {
            fenced = !fenced;
        } else if fenced {
            seen.push_str(&unescaped(line));
        } else {
            seen.push_str(&heard_line(if line == ">" { "" } else { line.trim_start_matches("> ") }));
        }
        seen.push('\n');
    }
    assert!(!fenced, "a fence is left open in {text}");
    seen
}

fn heard_line(line: &str) -> String {
    // Each letter, and whether it can still be a mark.
    let mut letters: Vec<(char, bool)> = Vec::new();
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        let until = match letter {
            // A lone one is text.
            '`' if !rest.contains('`') => None,
            '<' => Some('>'),
            '`' => Some('`'),
            '>' => panic!("a bare > in {line}"),
            _ => None,
        };
        let Some(until) = until else {
            letters.push((letter, true));
            continue;
        };
        let (inner, after) = rest.split_once(until).unwrap_or_else(|| panic!("{letter} is not closed in {line}"));
        rest = after;
        let shown = if letter == '<' {
            assert!(inner.starts_with("http://") || inner.starts_with("https://"), "a special in {line}");
            inner.split_once('|').map_or(inner, |(_, words)| words).replace('│', "|")
        } else {
            inner.replace('ˋ', "`")
        };
        letters.extend(shown.chars().map(|letter| (letter, false)));
    }
    for mark in ['*', '_', '~'] {
        while let Some((from, to)) = emphasis(&letters, mark) {
            letters.remove(to);
            letters.remove(from);
        }
    }
    unescaped(&letters.into_iter().map(|(letter, _)| letter).collect::<String>())
}

fn emphasis(letters: &[(char, bool)], mark: char) -> Option<(usize, usize)> {
    let edge = |at: Option<&(char, bool)>| at.is_none_or(|(letter, _)| !letter.is_alphanumeric());
    let blank =
        |at: Option<&(char, bool)>| at.is_none_or(|(letter, open)| letter.is_whitespace() || *letter == mark && *open);
    let is = |at: usize| letters[at] == (mark, true);
    let before = |at: usize| at.checked_sub(1).and_then(|at| letters.get(at));
    (0..letters.len()).filter(|at| is(*at) && edge(before(*at)) && !blank(letters.get(at + 1))).find_map(|from| {
        let to = (from + 2..letters.len()).find(|to| is(*to) && !blank(before(*to)) && edge(letters.get(to + 1)))?;
        Some((from, to))
    })
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace('\u{200b}', "")
}
