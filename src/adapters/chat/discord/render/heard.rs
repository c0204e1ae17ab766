//! What does a person see of Discord's Markdown? For tests: by the rules of its own parser, not by ours.

/// What a person sees of Discord's Markdown, read by the rules of its own parser, line by line.
pub fn heard(text: &str) -> String {
    let mut fenced = false;
    let mut seen = String::new();
    for line in text.split('\n') {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            seen.push_str(line);
        } else {
            let line = line.trim_start_matches("> ").trim_start_matches(' ');
            let line = ["## ", "### ", "-# ", "- "].iter().find_map(|mark| line.strip_prefix(mark)).unwrap_or(line);
            assert!(!line.starts_with(['#', '>', '-', '+']), "a mark at the start of {line}");
            inline(&line.chars().collect::<Vec<char>>(), &mut seen);
        }
        seen.push('\n');
    }
    assert!(!fenced, "a fence is left open in {text}");
    seen.replace(['\u{200b}', '\u{2060}'], "").replace('［', "[").replace('］', "]")
}

fn inline(text: &[char], seen: &mut String) {
    let mut at = 0;
    while let Some(letter) = text.get(at) {
        let rest = &text[at..];
        let found = match letter {
            '\\' if rest.get(1).is_some_and(|next| !next.is_alphanumeric() && !next.is_whitespace()) => {
                seen.push(rest[1]);
                Some(2)
            }
            '`' => code_span(rest, seen),
            '<' if rest.starts_with(&['<', 'h', 't', 't', 'p']) => {
                let end = rest.iter().position(|letter| *letter == '>').expect("an address ends");
                seen.extend(&rest[1..end]);
                Some(end + 1)
            }
            '[' => masked(rest, seen),
            '*' => emphasis(rest, seen),
            '~' if rest.starts_with(&['~', '~']) => between(rest, '~').map(|end| {
                inline(&rest[2..end], seen);
                end + 2
            }),
            '_' if at > 0
                && text[at - 1].is_ascii_alphanumeric()
                && rest.get(1).is_some_and(char::is_ascii_alphanumeric) =>
            {
                None
            }
            '_' | '|' => panic!("a bare mark in {}", text.iter().collect::<String>()),
            _ => None,
        };
        if found.is_none() {
            seen.push(*letter);
        }
        at += found.unwrap_or(1);
    }
}

fn code_span(rest: &[char], seen: &mut String) -> Option<usize> {
    let ticks = rest.iter().take_while(|letter| **letter == '`').count();
    let mut at = ticks;
    while at < rest.len() {
        let run = rest[at..].iter().take_while(|letter| **letter == '`').count();
        if run == ticks {
            seen.extend(&rest[ticks..at]);
            return Some(at + ticks);
        }
        at += run.max(1);
    }
    None
}

/// `[words](<address>)`: no escapes in the words.
fn masked(rest: &[char], seen: &mut String) -> Option<usize> {
    let middle = rest.windows(3).position(|three| three == [']', '(', '<'])?;
    let end = rest.windows(2).position(|two| two == ['>', ')'])?;
    assert!(!rest[1..middle].contains(&'\\') || rest[1] == '`', "an escape in the words of a link");
    if rest[1] == '`' {
        seen.extend(&rest[2..middle - 1]);
    } else {
        inline(&rest[1..middle], seen);
    }
    Some(end + 2)
}

/// Where the same two marks stand again with no third behind them, escapes skipped.
fn between(rest: &[char], mark: char) -> Option<usize> {
    let mut at = 2;
    while at + 1 < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            letter
                if letter == mark
                    && rest[at + 1] == mark
                    && at > 2
                    && (mark == '~' || rest.get(at + 2) != Some(&mark)) =>
            {
                return Some(at);
            }
            _ => at += 1,
        }
    }
    None
}

/// Bold and italic both match; the longer match counts, italic if they are equal.
fn emphasis(rest: &[char], seen: &mut String) -> Option<usize> {
    let bold = rest.starts_with(&['*', '*']).then(|| between(rest, '*')).flatten().map(|end| (end + 2, 2));
    let italic = italic_end(rest).map(|end| (end + 1, 1));
    let (end, marks) = match (bold, italic) {
        (Some(bold), Some(italic)) => {
            if bold.0 > italic.0 {
                bold
            } else {
                italic
            }
        }
        (one, other) => one.or(other)?,
    };
    inline(&rest[marks..end - marks], seen);
    Some(end)
}

fn italic_end(rest: &[char]) -> Option<usize> {
    let mut at = 1;
    if rest.get(1).is_none_or(|letter| letter.is_whitespace()) {
        return None;
    }
    while at < rest.len() {
        let two = rest[at..].starts_with(&['*', '*']);
        match rest[at] {
            '*' if !two && at > 1 && !rest[at - 1].is_whitespace() => return Some(at),
            '*' if two && rest.get(at + 2) == Some(&'*') && at > 1 && rest.get(at + 3) != Some(&'*') => {
                // Two belong to what is inside, or one ends it: the parser tries the shorter content first and fails on
                // the mark that follows, so the two are content and the third ends it.
                return Some(at + 2);
            }
            '*' if two => at += 2,
            '*' => return None,
            '\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}
